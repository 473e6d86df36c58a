"""Ingest jobs: uploads and syncs that a process of their own does, one after the other, and that outlive a restart."""

"""Questions to figures: sets, metrics, runs and their reports."""

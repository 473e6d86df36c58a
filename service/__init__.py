"""Hits to cited answers, over HTTP, on the command line and in the chat page."""

"""Stored sessions: conversations that the server keeps, so that a client need not send the history."""

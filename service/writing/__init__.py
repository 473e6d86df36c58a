"""Answers written by a chat model: grounded prompts, streamed text, and every sentence checked."""

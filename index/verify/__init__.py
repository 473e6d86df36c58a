"""Proof that a data folder is whole: every check reads, none repairs."""

"""What languages are called: in English, for the instructions of a chat model."""

from ingest.language_names import NAMES


def english_name(code: str | None) -> str | None:
    """ "German" for "de"; None for what has no name here."""
    return NAMES.get(code) if code else None

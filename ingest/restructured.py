"""reStructuredText to blocks: docutils makes HTML of it, with nothing included from elsewhere."""

from core.errors import ReadError
from ingest.blocks import Parsed, clean
from ingest.html import parse as parse_html

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "syntax_highlight": "none",
    "_disable_config": True,
}


def parse(text: str | bytes, name: str) -> Parsed:
    """Raises ReadError."""
    from docutils.core import publish_string

    try:
        page = publish_string(clean(text), writer="html5", settings_overrides=_SETTINGS)
    except Exception as error:  # docutils raises whatever a directive raises
        raise ReadError(f"{name} is not valid reStructuredText: {error}", "Correct it, or name it .txt.") from error
    return parse_html(page, name)

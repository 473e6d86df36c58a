"""RTF to blocks, by striprtf: paragraphs and tables' rows; the format does not say what is a heading."""

from striprtf.striprtf import rtf_to_text

from core.errors import ReadError
from ingest.blocks import Parsed
from ingest.plain import parse as parse_plain


def parse(data: bytes, name: str) -> Parsed:
    """Raises ReadError."""
    try:
        text: str = rtf_to_text(data.decode("ascii", "surrogateescape"), errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # the library raises whatever a damaged file drives it into
        raise ReadError(f"{name} is not a whole RTF file: {error}", "Save it again in its own program.") from error
    return parse_plain("\n\n".join(line.strip(" |") for line in text.split("\n") if line.strip(" |")), name)

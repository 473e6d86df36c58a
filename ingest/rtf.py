"""RTF to blocks, by striprtf: paragraphs and tables' rows; the format does not say what is a heading."""

from striprtf.striprtf import rtf_to_text

from ingest.blocks import Parsed
from ingest.packages import whole
from ingest.plain import parse as parse_plain


def parse(data: bytes, name: str) -> Parsed:
    """Raises ReadError."""
    with whole(name, "RTF file", "Save it again in its own program."):
        text: str = rtf_to_text(data.decode("ascii", "surrogateescape"), errors="replace")  # type: ignore[no-untyped-call]
    return parse_plain("\n\n".join(line.strip(" |") for line in text.split("\n") if line.strip(" |")), name)

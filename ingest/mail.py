"""E-mail to blocks: EML files and MBOX folders of them; the headers that people read, then the text."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from core.errors import ReadError
from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, clean, fold_spaces
from ingest.html import parse_fragment

_SHOWN = ("From", "To", "Cc", "Date")
_MBOX_START = re.compile(rb"^From \S+.*\d{4}\s*$", re.M)


def parse(data: bytes, name: str) -> Parsed:
    """Attachments are not read; they are told. Raises ReadError."""
    builder = TextBuilder()
    attachments: list[str] = []
    subjects = []
    for message in _messages(data):
        subjects.append(fold_spaces(str(message.get("Subject") or "")))
        builder.add(BlockKind.HEADING, subjects[-1] or "(no subject)", level=2)
        heads = [f"{key}: {fold_spaces(str(message[key]))}" for key in _SHOWN if message[key]]
        builder.add(BlockKind.PARAGRAPH, "\n".join(heads))
        _body(message, builder)
        attachments += [part.get_filename() or "without a name" for part in message.iter_attachments()]
    if not subjects:
        raise ReadError(f"{name} holds no message.", "Export it again from the mail program.")
    notes = (f"{name}: attachments were not read: {', '.join(attachments[:10])}.",) if attachments else ()
    return builder.build(subjects[0] if len(subjects) == 1 else None, notes=notes)


def _messages(data: bytes) -> Iterator[EmailMessage]:
    starts = [m.start() for m in _MBOX_START.finditer(data)] if data.startswith(b"From ") else []
    ends = [*starts[1:], len(data)] if starts else []
    pieces = [data[start:end].split(b"\n", 1)[-1] for start, end in zip(starts, ends, strict=True)]
    for piece in pieces or [data]:
        yield message_from_bytes(piece, policy=policy.default)


def _body(message: EmailMessage, builder: TextBuilder) -> None:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return
    try:
        text = clean(str(part.get_content()))
    except (LookupError, KeyError, UnicodeError):  # an unknown character set
        text = clean(cast(bytes, part.get_payload(decode=True) or b"").decode("utf-8", "replace"))
    if part.get_content_subtype() == "html":
        parse_fragment(text, builder)
        return
    for paragraph in re.split(r"\n[ \t]*\n\s*", text):
        builder.add(BlockKind.PARAGRAPH, paragraph)

"""Which text format some text is in: by its content where that is plain, else by its name."""

import csv
import json
import re

from ingest.media_types import CODE, CSV, HTML, JSON, MARKDOWN, PLAIN, RST

_HTML_START = re.compile(r"\s*(<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_ANY = re.compile(r"</?(p|div|h[1-6]|table|ul|ol|br|span|a|article|section)\b[^>]*>", re.I)
_HTML_NAMES = {".html", ".htm", ".xhtml"}
_TEXT_NAMES = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), MARKDOWN),
    **dict.fromkeys((".csv", ".tsv", ".tab"), CSV),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), JSON),
    **dict.fromkeys((".rst", ".rest"), RST),
    **dict.fromkeys(
        (
            ".py .pyi .js .mjs .cjs .ts .tsx .jsx .java .kt .kts .scala .c .h .cc .cpp .cxx .hpp .cs .go .rs .rb .php "
            ".pl .pm .lua .r .jl .m .swift .dart .ex .exs .erl .hs .ml .fs .clj .sql .sh .bash .zsh .ps1 .vb .groovy "
            ".proto .graphql .css .scss .less .vue .svelte .toml .yaml .yml .ini .cfg .conf .xml .tf .cmake .gradle"
        ).split(),
        CODE,
    ),
}
_SAMPLE = 4096
_FEWEST_ROWS, _MOST_ROWS = 4, 50
_DELIMITERS = ("\t", ";", ",", "|")
_WHOLE_JSON_CHARS = 20_000_000  # read once to tell, and once more to parse


def text_type(text: str, suffix: str) -> str:
    """The media type. ``suffix`` is that of the file's name, in lower case with its dot, or empty."""
    start = text[:_SAMPLE]
    if _HTML_START.match(start) or (suffix in _HTML_NAMES and _HTML_ANY.search(start)):
        return HTML
    if suffix in _TEXT_NAMES:
        return _TEXT_NAMES[suffix]
    if start.startswith("#!"):
        return CODE
    if _is_json(text):
        return JSON
    return CSV if _is_delimited(text) else PLAIN


def _is_json(text: str) -> bool:
    """JSON Lines by its first two lines, JSON as a whole. A bare number or word is no record."""
    begin = text[:_SAMPLE].lstrip()
    if not begin.startswith(("{", "[")):
        return False
    lines = [line for line in text[: 250 * _SAMPLE].split("\n", 3)[:3] if line.strip()][:2]
    if len(lines) == 2 and all(_parses(line) for line in lines):
        return True
    return len(text) <= _WHOLE_JSON_CHARS and text.rstrip().endswith(("}", "]")) and _parses(text)


def _parses(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _is_delimited(text: str) -> bool:
    """Four lines or more that all have the same number of cells, three at least: prose does not do that."""
    lines = text[: 16 * _SAMPLE].split("\n")[: _MOST_ROWS + 1]
    if len(lines) > _MOST_ROWS or len(text) > 16 * _SAMPLE:
        lines.pop()  # it may be cut
    lines = [line for line in lines if line.strip()]
    if len(lines) < _FEWEST_ROWS:
        return False
    for delimiter in _DELIMITERS:
        # In sentences, a space follows.
        of_prose = sum(line.count(f"{delimiter} ") for line in lines)
        if lines[0].count(delimiter) >= 2 and 2 * of_prose < sum(line.count(delimiter) for line in lines):
            try:
                widths = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
            except csv.Error:
                continue
            if len(widths) == 1:
                return True
    return False

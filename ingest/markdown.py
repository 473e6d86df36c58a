"""Markdown to blocks, by markdown-it-py's CommonMark parser with GitHub's tables."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, clean, fold_spaces
from ingest.html import parse_fragment
from ingest.tables import table_lines

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.M)


def parse(text: str | bytes, name: str) -> Parsed:
    """Headings, paragraphs, lists, tables and code; marks are dropped, link texts and image texts kept."""
    text = clean(text)
    title = None
    if front := _FRONT_MATTER.match(text):
        found = _TITLE.search(front.group(1))
        title = found.group(1) if found else None
        text = text[front.end() :]
    builder = TextBuilder()
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    _walk(tokens, builder)
    return builder.build(title or builder.first_heading())


def _walk(tokens: list[Token], builder: TextBuilder) -> None:
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.type == "heading_open":
            builder.add(BlockKind.HEADING, fold_spaces(_inline(tokens[i + 1])), level=int(token.tag[1]))
            i += 2
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            end = _closing(tokens, i)
            _list(tokens[i : end + 1], builder)
            i = end
        elif token.type == "table_open":
            end = _closing(tokens, i)
            builder.add(BlockKind.TABLE, _table(tokens[i:end]))
            i = end
        elif token.type in ("fence", "code_block"):
            builder.add(BlockKind.CODE, token.content)
        elif token.type == "html_block":
            parse_fragment(token.content, builder)
        elif token.type == "inline":
            builder.add(BlockKind.PARAGRAPH, _inline(token))
        i += 1


def _closing(tokens: list[Token], i: int) -> int:
    depth = 0
    for j in range(i, len(tokens)):
        depth += tokens[j].nesting
        if depth == 0:
            return j
    return len(tokens) - 1


def _inline(token: Token) -> str:
    parts: list[str] = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "image":
            parts.append(_inline(child) or child.content)
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
    return "".join(parts)


def _list(tokens: list[Token], builder: TextBuilder) -> None:
    """One block for a whole list, a line an item, also of what is nested in it."""
    lines: list[str] = []
    counters: list[int | None] = []
    fresh = False
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.type == "bullet_list_open":
            counters.append(None)
        elif token.type == "ordered_list_open":
            counters.append(int(token.attrGet("start") or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counters.pop()
        elif token.type == "list_item_open":
            fresh = True
        elif token.type == "inline":
            content = fold_spaces(_inline(token))
            lines.append(f"{_bullet(counters)} {content}" if fresh else content)
            fresh = False
        elif token.type in ("fence", "code_block"):
            lines.extend(line for line in token.content.split("\n") if line.strip())
        elif token.type == "table_open":
            end = _closing(tokens, i)
            lines.extend(_table(tokens[i:end]).split("\n"))
            i = end
        i += 1
    builder.add(BlockKind.LIST, "\n".join(lines))


def _bullet(counters: list[int | None]) -> str:
    number = counters[-1]
    if number is None:
        return "-"
    counters[-1] = number + 1
    return f"{number}."


def _table(tokens: list[Token]) -> str:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(fold_spaces(_inline(token)))
    return "\n".join(table_lines(rows, header=True))

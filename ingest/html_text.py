"""The text of an element of HTML in lines: as one, an item each, a definition each."""

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from ingest.blocks import fold_spaces

DROPPED = {
    "script", "style", "noscript", "template", "svg", "math", "canvas", "iframe", "object", "head",
    "nav", "form", "button", "select", "dialog", "menu",
}  # fmt: skip
HEADINGS = {f"h{n}": n for n in range(1, 7)}
BLOCKS = {
    "p", "div", "section", "article", "main", "blockquote", "figure", "figcaption", "address", "details",
    "summary", "dl", "dt", "dd", "header", "footer", "aside", "body", "html", "fieldset", "hr", "center",
    "table", "tbody", "tr", "td", "th", "caption",  # of a table for layout only: its text flows as usual
}  # fmt: skip
OF_BLOCKS = "table, ul, ol, pre, h1, h2, h3, h4, h5, h6"
"""What is a block of its own kind wherever it stands, also in a definition list."""
_BREAKS = {*BLOCKS, *HEADINGS, "br", "li", "ol", "pre", "ul"}  # no word goes on across one of these
_ENDS = tuple(".:?!。：？！…")
_PERMALINKS = ("¶", "#", "§", "🔗")


def is_dropped(node: LexborNode) -> bool:
    """What no reader of the page takes for its text, wherever it stands."""
    return node.tag in DROPPED or is_permalink(node)


def is_permalink(node: LexborNode) -> bool:
    """The mark behind a heading or a term that links to it."""
    if node.tag != "a" or not (node.attributes.get("href") or "").startswith("#"):
        return False
    return node.text().strip().rstrip("\ufe0e\ufe0f") in _PERMALINKS


def flat(root: LexborNode, without: tuple[str, ...] = ()) -> str:
    """The text in a node as one line: line breaks and the borders of blocks become spaces."""
    parts: list[str] = []
    stack: list[LexborNode | str | None] = [root.child]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        if node is None:
            continue
        stack.append(node.next)
        if node.tag in without or is_dropped(node):
            continue
        if node.tag == "-text":
            parts.append(node.text_content or "")
        else:
            if node.tag in _BREAKS:
                parts.append(" ")
                stack.append(" ")
            stack.append(node.child)
    return fold_spaces("".join(parts))


def defined(terms: Sequence[str], text: str) -> str:
    """A definition with its terms before it, so that it can be understood alone. A term may be a question."""
    if not terms:
        return text
    names = ", ".join(terms)
    return f"{names} {text}" if names.endswith(_ENDS) else f"{names}: {text}"


def is_glossary(root: LexborNode) -> bool:
    """Terms and definitions of running text only."""
    return root.css_first("dt") is not None and not root.css(f"{OF_BLOCKS}, dl dl, dd p + p")


def glossary_lines(root: LexborNode) -> list[str]:
    """A line a definition, with its terms before it."""
    lines: list[str] = []
    terms: list[str] = []
    is_defined = False
    for node in root.css("dt, dd"):
        text = flat(node)
        if node.tag == "dt":
            terms = [text] if is_defined else [*terms, text]
            is_defined = False
        elif text:
            lines.append(text if is_defined else defined(terms, text))
            is_defined = True
    return lines if is_defined else [*lines, *terms]


def list_lines(root: LexborNode) -> list[str]:
    """A line an item, nested items after their parent."""
    lines = []
    counters: dict[int, int] = {}
    for item in root.css("li"):
        content = flat(item, without=("ul", "ol"))
        parent = item.parent
        bullet = "-"
        if parent is not None and parent.tag == "ol":
            counters[parent.mem_id] = counters.get(parent.mem_id, 0) + 1
            bullet = f"{counters[parent.mem_id]}."
        if content:
            lines.append(f"{bullet} {content}")
    return lines

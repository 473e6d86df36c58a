"""Documents of otters and beavers, and somebody's page with the widget in it, for the browser tests."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Locator, Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

OTTER = "The otter Ida eats two kilograms of fish a day."
OTTER_QUESTION = "How much fish does the otter Ida eat a day?"
BEAVER = "The beaver Bruno builds a new dam every autumn before the first frost."
BEAVER_LINES = [BEAVER[: BEAVER.index("every")], BEAVER[BEAVER.index("every") :]]
HANDBOOK = f"""# Handbook

Ida lives at the river. {OTTER} She sleeps at noon.

### Food

- fish
- crabs from the river

1. wake
2. swim

| Animal | Weight | Food |
|---|---|---|
| Otter | 9 | 2 |
| Beaver | 20 | 1 |

    eat(fish)
"""
ARABIC = "تأكل القضاعة عايدة كيلوغرامين من السمك كل يوم. وهي تنام عند الظهر."
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Host</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/host.css"><link rel="icon" href="data:,">
<script src="/widget.js" {tag} defer></script>
<body><main><h1>Host</h1>{chat}</main>"""
_STYLE = """body { margin: 0 } main { display: flex; flex-direction: column; height: 100vh }
footnoted-chat { flex: 1; min-height: 0 }"""
# What a careful site sends; the icon is the page's own. The widget makes its templates by a policy of that name.
_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:; "
    "require-trusted-types-for 'script'; trusted-types footnoted"
)


def otter_pdf() -> bytes:
    """Two pages; the second tells of Bruno, in a sentence that runs over two lines."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setTitle("Animals")
    for lines in (
        ["Otters", *[f"Otter number {i} swims in the river all day long." for i in range(12)], OTTER],
        ["Beavers", *[f"Beaver number {i} gnaws at a birch tree." for i in range(12)], *BEAVER_LINES],
    ):
        for i, line in enumerate(lines):
            canvas.drawString(72, 760 - 18 * i, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def upload_animals(client: httpx.Client, upload: Callable[..., Any], collection: str) -> dict[str, str]:
    """Puts the documents into a new collection; gives their ids by file name."""
    client.post("/v1/collections", json={"name": collection}).raise_for_status()
    files = {"animals.pdf": otter_pdf(), "handbook.md": HANDBOOK, "arabic.txt": ARABIC}
    upload(collection, files)
    rows = client.get("/v1/documents", params={"collection": collection}).raise_for_status().json()["documents"]
    return {name: next(row["id"] for row in rows if row["uri"].endswith(name)) for name in files}


def citation(document_id: str, name: str, text: str, quote: str, marker: int = 1) -> dict[str, Any]:
    """A citation of words in a document's text, as an answer has it."""
    # A PDF's lines may have become blocks of their own.
    found = re.search(r"\s+".join(map(re.escape, quote.split())), text)
    assert found, quote
    known = {"document_id": document_id, "title": name, "uri": name, "media_type": "", "page": None}
    place = {"section": [], "start": found.start(), "end": found.end(), "quote": found.group()}
    return {**known, **place, "marker": marker, "support": 1, "url": f"/view/{document_id}"}


def open_widget(
    context: BrowserContext,
    collection: str,
    *,
    language: str = "en",
    size: tuple[int, int] = (1280, 800),
    launcher: bool = False,
    attributes: str = "",
) -> Page:
    """Opens the page, on the server's own origin, so that no site is needed; with the chat in it or behind a button."""
    chat = "" if launcher else f'<footnoted-chat collection="{collection}" {attributes}></footnoted-chat>'
    tag = f'data-collection="{collection}" {attributes}' if launcher else ""
    body = _PAGE.format(language=language, chat=chat, tag=tag)
    headers = {"Content-Security-Policy": _POLICY}
    context.route("**/host", lambda route: route.fulfill(body=body, content_type="text/html", headers=headers))
    context.route("**/host.css", lambda route: route.fulfill(body=_STYLE, content_type="text/css"))
    page = context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/host")
    expect(
        page.locator("footnoted-launcher button.launcher" if launcher else "footnoted-chat textarea")
    ).to_be_visible()
    return page


def show(page: Page, *citations: dict[str, Any]) -> Locator:
    """Opens the first of some citations, as a press on its marker does."""
    page.locator("footnoted-chat").evaluate("(chat, given) => chat.show({id: 'x'}, given, 0)", list(citations))
    return opened(page)


def opened(page: Page) -> Locator:
    source = page.locator("footnoted-source")
    expect(source.locator("[role=status]").first).not_to_contain_text("…")
    return source


def ask_on(page: Page, question: str) -> None:
    page.locator("footnoted-chat textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("footnoted-chat .sources").last).to_be_visible()

"""The source inside the widget, in a real browser on a page with a strict policy, against the running server."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect
from widget_page import (
    ARABIC,
    BEAVER,
    OTTER,
    OTTER_QUESTION,
    ask_on,
    citation,
    open_widget,
    opened,
    otter_pdf,
    show,
    upload_animals,
)

COLLECTION = "widget-sources"
DARK_PIXELS = """canvas => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 0 && value < 99).length;
}"""
BOXES = """source => {
  const page = source.shadowRoot.querySelector("footnoted-source-page").shadowRoot;
  const sheet = page.querySelector("canvas").getBoundingClientRect();
  return [...page.querySelectorAll(".box")].map(box => {
    const at = box.getBoundingClientRect();
    return [(at.left - sheet.left) / sheet.width, (at.top - sheet.top) / sheet.height,
            (at.right - sheet.left) / sheet.width, (at.bottom - sheet.top) / sheet.height];
  });
}"""


@pytest.fixture(scope="module")
def documents(client, upload) -> Iterator[dict[str, str]]:
    """The ids of the collection's documents, by file name."""
    yield upload_animals(client, upload, COLLECTION)
    client.delete(f"/v1/collections/{COLLECTION}").raise_for_status()


@pytest.fixture
def open_page(watched, documents) -> Callable[..., Page]:
    return lambda collection=COLLECTION, **more: open_widget(watched.context, collection, **more)


@pytest.fixture
def cite(documents, stored_text) -> Callable[..., dict[str, Any]]:
    """A citation of words in one of the documents."""

    def make(name: str, quote: str, marker: int = 1) -> dict[str, Any]:
        text = stored_text({"document_id": documents[name]}, COLLECTION)
        return citation(documents[name], name, text, quote, marker)

    return make


def lit(source: Locator) -> str:
    """The text of all lit words, also of those that only markup shows."""
    return source.evaluate("e => [...e.shadowRoot.querySelectorAll('mark')].map(mark => mark.textContent).join('')")


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def words_in_boxes(pdf: bytes, number: int, boxes: list[list[float]]) -> str:
    """The letters that PDFium finds in boxes given in shares of the page from its top left."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[number - 1]
    width, height = page.get_size()
    text = page.get_textpage()
    found = [
        text.get_text_bounded(a * width, height - d * height, c * width, height - b * height) for a, b, c, d in boxes
    ]
    document.close()
    return letters("".join(found))


def test_a_marker_opens_the_lit_words_and_escape_leads_back_to_it(open_page):
    page = open_page()
    ask_on(page, OTTER_QUESTION)
    marker = page.locator("footnoted-chat button.marker").first
    marker.focus()
    page.keyboard.press("Enter")
    source = opened(page)
    expect(source.locator("h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(source).to_have_count(0)
    expect(marker).to_be_focused()


def test_the_lit_words_are_the_quote_and_in_sight(open_page, cite):
    source = show(open_page(), cite("handbook.md", OTTER))
    assert lit(source) == OTTER
    expect(source.locator("mark").first).to_be_in_viewport()
    expect(source.locator(".banner, [role=tab]")).to_have_count(0)


def test_the_text_keeps_its_structure(open_page, cite):
    quote = "Otter | Weight: 9 | Food: 2\nAnimal: Beaver"
    source = show(open_page(), cite("handbook.md", quote))
    assert source.locator("[role=heading]").evaluate_all("all => all.map(h => [h.ariaLevel, h.textContent])") == [
        ["3", "Handbook"],
        ["4", "Food"],
    ]
    expect(source.locator("ul li")).to_have_text(["fish", "crabs from the river"], use_inner_text=True)
    expect(source.locator("ol li")).to_have_text(["wake", "swim"], use_inner_text=True)
    expect(source.locator("thead th")).to_have_text(["Animal", "Weight", "Food"], use_inner_text=True)
    rows = source.locator("tbody tr").evaluate_all("all => all.map(row => [...row.cells].map(cell => cell.innerText))")
    assert rows == [["Otter", "9", "2"], ["Beaver", "20", "1"]]
    expect(source.locator("pre code")).to_have_text("eat(fish)")
    # Cells are parted by tabs where the source is sent in pieces.
    assert lit(source).replace("\t", " | ") == quote


@pytest.mark.parametrize(("number", "quote"), [(1, OTTER), (2, BEAVER)])
def test_the_boxes_on_a_page_are_over_the_cited_words(open_page, cite, number, quote):
    page = open_page()
    source = show(page, cite("animals.pdf", quote))
    expect(source.get_by_role("tab", name="Page")).to_have_attribute("aria-selected", "true")
    expect(source.locator(".frame")).to_have_attribute("aria-busy", "false")
    expect(source.locator(".tools .count")).to_have_text(f"Page {number} of 2")
    assert words_in_boxes(otter_pdf(), number, source.evaluate(BOXES)) == letters(quote)
    expect(source.locator(".box").first).to_be_in_viewport()
    assert source.locator("canvas").evaluate(DARK_PIXELS) > 100

    source.get_by_role("tab", name="Page").focus()
    page.keyboard.press("ArrowRight")
    expect(source.get_by_role("tab", name="Text")).to_be_focused()
    assert letters(lit(source)) == letters(quote)
    expect(source.locator("mark").first).to_be_in_viewport()


def test_pages_turn_and_grow_and_the_boxes_stay_over_their_words(open_page, cite):
    source = show(open_page(), cite("animals.pdf", BEAVER))
    previous, larger = source.get_by_role("button", name="Previous page"), source.get_by_role("button", name="Larger")
    expect(source.locator(".frame")).to_have_attribute("aria-busy", "false")
    previous.click()
    expect(source.locator(".tools .count")).to_have_text("Page 1 of 2")
    expect(source.locator(".box")).to_have_count(0)
    expect(previous).to_have_attribute("aria-disabled", "true")
    expect(source.get_by_role("img", name=re.compile("Page 1 of Animals"))).to_be_visible()
    source.get_by_role("button", name="Next page").click()
    expect(source.locator(".box")).to_have_count(2)  # not before the page itself is there
    before = source.locator(".sheet").bounding_box()
    larger.click()
    expect(source.locator(".sheet")).to_have_attribute("data-zoom", "1")
    assert source.locator(".sheet").bounding_box()["width"] == pytest.approx(1.5 * before["width"], abs=1)
    assert words_in_boxes(otter_pdf(), 2, source.evaluate(BOXES)) == letters(BEAVER)


def test_the_citations_of_an_answer_follow_each_other(open_page, cite):
    page = open_page()
    source = show(page, cite("handbook.md", OTTER), cite("arabic.txt", ARABIC, marker=2))
    expect(source.locator(".steps .count")).to_have_text("1 of 2")
    following = source.get_by_role("button", name="Next source")
    following.click()
    expect(source.locator("h2")).to_have_text("Arabic")
    expect(source.locator(".steps .count")).to_have_text("2 of 2")
    expect(source.locator("mark")).to_have_text(ARABIC)
    assert lit(source) == ARABIC
    expect(following).to_be_focused()
    expect(following).to_have_attribute("aria-disabled", "true")
    expect(source.locator("article")).to_have_attribute("lang", "ar")
    assert source.locator("mark").evaluate("mark => getComputedStyle(mark).direction") == "rtl"
    address = source.get_by_role("link", name="Open in a new tab").get_attribute("href")
    assert "cites=" in address


def test_the_panel_speaks_the_readers_language_and_writing_direction(open_page, cite):
    source = show(open_page(language="ar"), cite("animals.pdf", OTTER))
    expect(source.get_by_role("tab", name="النص")).to_be_visible()
    expect(source.locator("section").first).to_have_attribute("dir", "rtl")
    expect(source.locator(".frame")).to_have_attribute("aria-busy", "false")
    assert words_in_boxes(otter_pdf(), 1, source.evaluate(BOXES)) == letters(OTTER)


def test_a_document_that_changed_says_what_it_said_and_what_it_says(open_page, client, upload):
    collection = "widget-changed"
    client.post("/v1/collections", json={"name": collection}).raise_for_status()
    upload(collection, {"otter.txt": OTTER})
    page = open_page(collection=collection)
    ask_on(page, OTTER_QUESTION)
    marker = page.locator("footnoted-chat button.marker").first

    upload(collection, {"otter.txt": f"The river is wide and cold in winter.\n\n{OTTER}"})
    marker.click()
    source = opened(page)
    expect(source.locator(".banner")).to_contain_text("stand elsewhere")
    assert lit(source) == OTTER
    page.keyboard.press("Escape")

    newer = OTTER.replace("two", "three")
    upload(collection, {"otter.txt": newer})
    marker.click()
    source = opened(page)
    expect(source.locator(".banner dd")).to_have_text([OTTER, newer])
    expect(source.locator(".banner p")).to_contain_text("marked with a dashed line")
    assert source.locator("mark").evaluate("mark => getComputedStyle(mark).textDecorationStyle") == "dashed"
    assert lit(source) == newer
    page.keyboard.press("Escape")

    upload(collection, {"otter.txt": "Nothing but turnips grows in this garden, and nobody minds."})
    marker.click()
    source = opened(page)
    expect(source.locator(".banner dd")).to_have_text([OTTER])
    expect(source.locator("mark")).to_have_count(0)
    page.keyboard.press("Escape")
    client.delete(f"/v1/collections/{collection}").raise_for_status()


def test_a_source_that_did_not_come_can_be_asked_for_again(open_page, watched, cite):
    page = open_page()
    page.context.route("**/source?*", lambda route: route.abort())
    source = show(page, cite("handbook.md", OTTER))
    retry = source.get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    page.context.unroute("**/source?*")
    retry.click()
    expect(source.locator("mark")).to_have_text(OTTER)
    expect(source.locator("h2")).to_be_focused()
    watched.errors.clear()  # the browser notes the failed request


def test_a_removed_document_is_said_to_be_removed(open_page, watched, cite):
    page = open_page()
    source = show(page, {**cite("handbook.md", OTTER), "document_id": "0" * 32})
    expect(source.locator(".wrong")).to_have_text("This document was removed.")
    expect(source.get_by_role("button", name="Retry")).to_have_count(0)
    watched.errors.clear()

"""The source page in a real browser: the lit words in sight, the page of a PDF beside them, the ways from there."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

DATA = Path(__file__).parent.parent / "data"
FARE = "Every passenger pays eleven crowns, and children under twelve travel free of charge."


def long_text(fare: str = FARE) -> str:
    parts = []
    for number in range(12):
        filler = f"Section {number} tells of buoys, ropes and lamps, and of who looks after them. " * 8
        parts.append(f"## Section {number}\n\n{filler}")
    parts.insert(9, f"## Fares\n\n{fare}")
    return "# Harbour rules\n\n" + "\n\n".join(parts)


@pytest.fixture(scope="module")
def rules(upload) -> str:
    """The id of a text with an outline."""
    return upload("view-page", {"rules.md": long_text()})["files"][0]["document_id"]


@pytest.fixture(scope="module")
def report(upload) -> str:
    """The id of a PDF."""
    return upload("view-page", {"report.pdf": (DATA / "report.pdf").read_bytes()})["files"][0]["document_id"]


@pytest.fixture
def address(client):
    """The address of the page for a quote in a document of the collection "view-page"."""

    def make(document_id: str, quote: str, collection: str = "view-page", **more: str) -> str:
        text = client.get(f"/v1/documents/{document_id}/text", params={"collection": collection}).text
        start = text.index(quote)
        place = {"collection": collection, "start": start, "end": start + len(quote), "quote": quote}
        query = httpx.QueryParams({**place, **more})
        return f"/view/{document_id}?{query}#cited"

    return make


@pytest.fixture
def show(watched):
    """Opens an address in a browser that is watched for errors."""

    def open_page(path: str, width: int = 1280):
        page = watched.context.new_page()
        page.set_viewport_size({"width": width, "height": 850})
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def show_in(browser, server):
    """Opens an address in a browser with other settings, such as one that runs no script."""
    contexts = []

    def open_page(path: str, **settings):
        contexts.append(browser.new_context(base_url=server, **settings))
        page = contexts[-1].new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_cited_words_are_lit_and_in_sight(show, address, rules, width):
    page = show(address(rules, FARE), width)
    expect(page.locator("mark")).to_have_text(FARE)
    expect(page.locator("#cited")).to_be_in_viewport()
    expect(page.locator("#notice")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_outline_marks_the_section_that_is_read_and_leads_to_others(show, address, rules):
    page = show(address(rules, FARE))
    current = page.locator("#outline [aria-current]")
    expect(current).to_have_text("Fares")
    page.locator("#outline a", has_text="Section 2").click()
    expect(page.get_by_role("heading", name="Section 2")).to_be_in_viewport()
    expect(current).to_have_text("Section 2")


def test_on_a_phone_the_outline_is_folded(show, address, rules):
    page = show(address(rules, FARE), 390)
    expect(page.locator("#outline nav")).to_be_hidden()
    page.locator("#outline summary").click()
    expect(page.locator("#outline nav")).to_be_visible()


def test_without_script_the_page_is_complete(show_in, address, rules, report):
    page = show_in(address(rules, FARE), java_script_enabled=False)
    expect(page.locator("#cited")).to_be_in_viewport()
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator("#outline nav")).to_be_visible()
    page.goto(address(report, "412 ships called"))
    assert page.locator(".paper img").evaluate("image => image.complete && image.naturalWidth > 300")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("#sheet .count")).to_have_text("Page 3 of 4")


def test_a_reader_goes_from_citation_to_citation(show, client, address, rules, report):
    quotes = [(rules, FARE), (report, "412 ships called"), (rules, "Harbour rules")]
    texts = {d: client.get(f"/v1/documents/{d}/text", params={"collection": "view-page"}).text for d in (rules, report)}
    starts = [texts[document_id].index(quote) for document_id, quote in quotes]
    cites = ",".join(f"{d}:{start}-{start + len(q)}" for (d, q), start in zip(quotes, starts, strict=True))
    page = show(address(*quotes[0], cites=cites))
    steps = page.get_by_role("navigation", name="Citations of the answer")
    for number, (_, quote) in enumerate(quotes, 1):
        expect(steps).to_contain_text(f"{number} of 3")
        expect(page.locator("#cited")).to_have_text(quote)
        if number < 3:
            steps.get_by_role("link", name="Next citation").click()
    expect(steps.get_by_role("link", name="Next citation")).to_have_count(0)
    steps.get_by_role("link", name="Previous citation").click()
    expect(page.locator("#cited")).to_have_text(quotes[1][1])


def test_a_pdf_shows_its_page_with_boxes_on_the_words(show, address, report):
    page = show(address(report, "412 ships called"))
    image = page.locator(".paper img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") > 300
    frame, box = image.bounding_box(), page.locator(".boxes rect").first.bounding_box()
    assert frame is not None
    assert box is not None
    assert box["width"] > 20
    assert frame["x"] < box["x"] < box["x"] + box["width"] < frame["x"] + frame["width"]
    assert frame["y"] < box["y"] < box["y"] + box["height"] < frame["y"] + frame["height"]
    assert page.locator(".boxes").get_attribute("aria-hidden") == "true"


def test_another_page_of_a_pdf_comes_without_losing_the_place_in_the_text(show, address, report):
    page = show(address(report, "412 ships called"))
    expect(page.locator("#sheet .count")).to_have_text("Page 2 of 4")
    before = page.evaluate("scrollY")
    # Not by a click of the test's pointer, which would scroll the link into sight first.
    page.get_by_role("link", name="Next page").evaluate("link => link.click()")
    expect(page.locator("#sheet .count")).to_have_text("Page 3 of 4")
    expect(page.locator(".boxes rect")).to_have_count(0)
    expect(page.get_by_role("link", name="Next page")).to_be_focused()
    assert page.evaluate("scrollY") == before
    page.reload()
    expect(page.locator("#sheet .count")).to_have_text("Page 3 of 4")


def test_reworded_words_are_shown_beside_the_old_ones_and_not_as_cited(show, upload, address, client):
    old = upload("view-changed", {"rules.md": long_text()})["files"][0]["document_id"]
    link = address(old, FARE, "view-changed")
    new_fare = FARE.replace("eleven", "fourteen")
    upload("view-changed", {"rules.md": long_text(new_fare)})
    page = show(link)
    expect(page.locator("#notice")).to_be_in_viewport()
    expect(page.locator("#notice")).to_contain_text("no longer in it")
    expect(page.locator("#old-words")).to_have_text(FARE)
    expect(page.locator("#new-words")).to_have_text(new_fare)
    expect(page.locator("#old-words del")).to_have_text("eleven")
    expect(page.locator("#new-words ins")).to_have_text("fourteen")
    expect(page.locator("mark.similar")).to_have_text(new_fare)
    expect(page.locator("mark:not(.similar)")).to_have_count(0)
    page.locator("#jump").click()
    expect(page.locator("mark.similar")).to_be_in_viewport()


def test_the_link_that_is_copied_leads_to_the_same_words(show, address, rules, watched):
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = show(address(rules, FARE))
    page.locator("#copy-link").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator("#cited")).to_have_text(FARE)
    page.locator("#copy-quote").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == FARE


def test_the_page_speaks_the_readers_language_and_leaves_the_documents_alone(show_in, address, rules):
    page = show_in(address(rules, FARE), locale="ar")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    expect(page.locator("#jump")).to_have_text("الفقرة المقتبسة")
    expect(page.locator("article")).to_have_attribute("lang", "en")
    assert page.locator("#cited").evaluate("mark => getComputedStyle(mark.parentElement).direction") == "ltr"

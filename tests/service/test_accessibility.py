"""Everybody can use the pages and the widget: axe finds nothing, the keyboard reaches everything, nothing moves."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from quality_documents import faulty
from widget_page import (
    ARABIC,
    BEAVER,
    OTTER,
    OTTER_QUESTION,
    ask_on,
    citation,
    open_widget,
    opened,
    show,
    upload_animals,
)

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[2] / "widget/node_modules/axe-core/axe.min.js"
COLLECTION = "accessible"
NOWHERE = "How do I reset my router password?"
WIDE, PHONE, NARROW = (1280, 800), (390, 780), (320, 640)
# All rules, also those that are only good practice, and the size of targets (WCAG 2.2, 2.5.8).
RUN_AXE = """async () => {
  const {violations} = await axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}});
  const told = node => `${node.target} ${node.failureSummary}`;
  return violations.map(({id, nodes}) => `${id}: ${nodes.map(told).join("; ")}`);
}"""
# Elements of the page and of all shadow roots, and who of them has the focus.
DEEP = """
window.deep = function* (root = document) {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    if (element.shadowRoot) yield* deep(element.shadowRoot);
  }
};
window.focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};
window.named = element => {
  if (!element || element === document.body) return null;
  return `${element.localName} ${element.ariaLabel ?? element.textContent.trim().slice(0, 40)}`;
};
"""
CONTROLS = """() => [...deep()].filter(e => e.matches("button, a[href], textarea, input, select, summary")
  && e.tabIndex >= 0 && !e.disabled && !e.closest("[inert]") && e.checkVisibility({visibilityProperty: true}))
  .map(named)"""
MOVING = """() => [...deep()].filter(element => {
  const {animationName, transitionDuration} = getComputedStyle(element);
  return animationName !== "none" || /[1-9]/.test(transitionDuration);
}).map(named)"""
OVERFLOWING = """() => [document.scrollingElement, ...[...deep()].filter(e => e.matches(".root, .scroller, section"))]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible"
    || e === document.scrollingElement && e.scrollWidth > innerWidth)
  .map(named)"""


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: it comes with npm. To run this test: (cd widget && npm ci)")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def assert_accessible(axe) -> Callable[..., None]:
    def check(page: Page) -> None:
        page.evaluate(axe)
        assert page.evaluate(RUN_AXE) == []

    return check


@pytest.fixture(scope="module")
def documents(client, upload) -> Iterator[dict[str, str]]:
    yield upload_animals(client, upload, COLLECTION)
    client.delete(f"/v1/collections/{COLLECTION}").raise_for_status()


@pytest.fixture
def cite(documents, stored_text) -> Callable[..., dict[str, Any]]:
    def make(name: str, quote: str, marker: int = 1) -> dict[str, Any]:
        text = stored_text({"document_id": documents[name]}, COLLECTION)
        return citation(documents[name], name, text, quote, marker)

    return make


@pytest.fixture
def widget(watched, documents) -> Callable[..., Page]:
    """Opens somebody's page with the widget."""

    def open_one(**more: Any) -> Page:
        page = open_widget(watched.context, COLLECTION, **more)
        page.evaluate(DEEP)
        return page

    return open_one


def tab_through(page: Page, limit: int = 80) -> list[str]:
    """The elements that Tab reaches, one after the other, until the focus leaves the page or comes back."""
    seen: list[str] = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        name = page.evaluate("() => named(focused())")
        if name is None or (seen and name == seen[0]):
            return seen
        seen.append(name)
    return seen


# The widget, state by state


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("attributes", ["", 'theme="dark"', 'lang="ar"'])
def test_an_answer_and_all_that_opens_from_it(widget, assert_accessible, size, attributes):
    page = widget(size=size, attributes=attributes)
    chat = page.locator("footnoted-chat")
    assert_accessible(page)
    ask_on(page, OTTER_QUESTION)
    assert_accessible(page)

    chat.locator("button.marker").first.hover()
    expect(chat.locator(".peek")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")

    for button in chat.locator(".menu-button").all():
        button.click()
        expect(chat.locator("[role=menu]")).to_be_visible()
        assert_accessible(page)
        page.keyboard.press("Escape")

    chat.locator("button.marker").first.click()
    opened(page)
    assert_accessible(page)


@pytest.mark.parametrize("attributes", ["", 'theme="dark"'])
def test_a_rating_with_its_reasons(widget, assert_accessible, attributes):
    page = widget(attributes=attributes)
    ask_on(page, OTTER_QUESTION)
    chat = page.locator("footnoted-chat")
    chat.get_by_role("button", name="Bad answer").click()
    expect(chat.get_by_role("form", name="What is wrong with it?")).to_be_visible()
    assert_accessible(page)
    chat.get_by_role("button", name="Not now").click()
    expect(chat.get_by_role("button", name="Say why")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("attributes", ["", 'theme="dark"'])
def test_what_the_documents_do_not_tell(widget, assert_accessible, attributes):
    page = widget(attributes=attributes)
    page.locator("footnoted-chat textarea").fill(NOWHERE)
    page.keyboard.press("Enter")
    expect(page.locator("footnoted-chat .nearest")).to_be_visible()
    assert_accessible(page)


def test_an_answer_that_failed(widget, watched, assert_accessible):
    page = widget()
    page.context.route("**/v1/ask", lambda route: route.abort())
    page.locator("footnoted-chat textarea").fill(OTTER_QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("footnoted-chat").get_by_role("button", name="Retry")).to_be_visible()
    assert_accessible(page)
    watched.errors.clear()  # the browser notes the failed request


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("attributes", ["", 'theme="dark"', 'lang="ar"'])
@pytest.mark.parametrize(("name", "quote"), [("animals.pdf", BEAVER), ("handbook.md", OTTER), ("arabic.txt", ARABIC)])
def test_the_source(widget, assert_accessible, cite, size, attributes, name, quote):
    page = widget(size=size, attributes=attributes)
    source = show(page, cite(name, quote), cite("handbook.md", OTTER, 2))
    if name == "animals.pdf":
        expect(source.locator(".frame")).to_have_attribute("aria-busy", "false")
        assert_accessible(page)
        source.get_by_role("tab").last.click()
    assert_accessible(page)


def test_a_source_that_changed_or_is_gone(widget, assert_accessible, cite):
    page = widget()
    changed = cite("handbook.md", OTTER)
    gone = {**changed, "quote": "Nothing of the kind was ever written in it by anybody at all.", "start": 3, "end": 64}
    source = show(page, {**changed, "quote": OTTER.replace("two", "three")}, gone)
    expect(source.locator(".banner dd")).to_have_count(2)
    assert_accessible(page)
    source.get_by_role("button", name="Next source").click()
    expect(source.locator(".banner dd")).to_have_count(1)
    assert_accessible(page)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_launcher_and_its_panel(widget, assert_accessible, size):
    page = widget(launcher=True, size=size)
    assert_accessible(page)
    page.locator("footnoted-launcher button.launcher").click()
    expect(page.locator("footnoted-chat textarea")).to_be_visible()
    assert_accessible(page)


# By keyboard alone


def test_the_keyboard_alone_asks_opens_a_source_copies_and_rates(widget):
    page = widget()
    tab_through(page, limit=1)
    while not page.evaluate("() => focused().matches('textarea')"):
        page.keyboard.press("Tab")
    page.keyboard.type(OTTER_QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("footnoted-chat .sources")).to_be_visible()

    while not page.evaluate("() => focused().matches('.marker')"):
        page.keyboard.press("Shift+Tab")
    marker = page.evaluate("() => named(focused())")
    page.keyboard.press("Enter")
    source = opened(page)
    expect(source.locator("h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(source).to_have_count(0)
    assert page.evaluate("() => named(focused())") == marker

    while not page.evaluate("() => focused().matches('article .menu-button')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => focused().matches('[role=menuitem]')")
    first = page.evaluate("() => named(focused())")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("() => named(focused())") != first
    page.keyboard.press("Escape")
    assert page.evaluate("() => focused().matches('.menu-button')")


def test_tab_reaches_every_control(widget, cite):
    page = widget()
    ask_on(page, OTTER_QUESTION)
    show(page, cite("animals.pdf", BEAVER), cite("handbook.md", OTTER, 2))
    # From the beginning of the page on.
    page.locator("h1").evaluate("h1 => { h1.tabIndex = -1; h1.focus(); }")
    reached = tab_through(page)
    assert set(page.evaluate(CONTROLS)) <= set(reached)


def test_the_launcher_gives_the_focus_back(widget):
    page = widget(launcher=True)
    page.keyboard.press("Tab")
    assert page.evaluate("() => focused().matches('.launcher')")
    page.keyboard.press("Enter")
    expect(page.locator("footnoted-chat textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("footnoted-launcher button.launcher")).to_be_focused()
    expect(page.locator("footnoted-chat textarea")).to_be_hidden()


def test_on_a_phone_the_focus_stays_in_the_open_chat(widget):
    page = widget(launcher=True, size=PHONE)
    page.locator("footnoted-launcher button.launcher").click()
    expect(page.locator("footnoted-chat textarea")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        # From the end, the focus may go by the browser's own controls, which is the body here.
        assert page.evaluate(
            "() => focused() === document.body || document.activeElement.localName === 'footnoted-launcher'"
        )


# Sizes and movement


@pytest.mark.parametrize("launcher", [False, True])
def test_nothing_is_cut_off_at_320_pixels(widget, cite, launcher):
    page = widget(launcher=launcher, size=NARROW)
    if launcher:
        page.locator("footnoted-launcher button.launcher").click()
    assert page.evaluate(OVERFLOWING) == []
    ask_on(page, OTTER_QUESTION)
    assert page.evaluate(OVERFLOWING) == []
    for name, quote in (("animals.pdf", BEAVER), ("handbook.md", OTTER)):
        show(page, cite(name, quote), cite("handbook.md", OTTER, 2))
        assert page.evaluate(OVERFLOWING) == []


def test_nothing_is_cut_off_with_letters_of_twice_the_size(widget, cite):
    page = widget(size=(640, 800))
    page.evaluate("() => document.querySelector('footnoted-chat').style.setProperty('--footnoted-font-size', '32px')")
    ask_on(page, OTTER_QUESTION)
    assert page.evaluate(OVERFLOWING) == []
    show(page, cite("animals.pdf", BEAVER), cite("handbook.md", OTTER, 2))
    assert page.evaluate(OVERFLOWING) == []


def test_nothing_moves_for_those_who_want_no_movement(widget, cite):
    page = widget()
    ask_on(page, OTTER_QUESTION)
    show(page, cite("animals.pdf", BEAVER), cite("handbook.md", OTTER, 2))
    assert page.evaluate(MOVING) == []


# Pages of the service


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROW])
def test_the_chat_page(page, assert_accessible, date_question, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(DEEP)
    assert_accessible(page)
    ask_on(page, date_question)
    assert_accessible(page)
    assert page.evaluate(OVERFLOWING) == []
    page.locator("footnoted-chat button.marker").first.click()
    opened(page)
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("#open-documents").click()
    expect(page.locator("dialog#documents")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize(("name", "quote"), [("animals.pdf", BEAVER), ("handbook.md", OTTER), ("arabic.txt", ARABIC)])
def test_the_source_page(browser: Browser, server, assert_accessible, cite, scheme, locale, size, name, quote):
    cited = cite(name, quote)
    asked = {key: cited[key] for key in ("start", "end", "quote")}
    look = {"color_scheme": scheme, "viewport": {"width": size[0], "height": size[1]}, "reduced_motion": "reduce"}
    context = browser.new_context(base_url=server, locale=locale, **look)
    page = context.new_page()
    page.goto(f"/view/{cited['document_id']}?{urlencode({'collection': COLLECTION, **asked})}#cited")
    assert_accessible(page)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    page.goto(f"/view/{cited['document_id']}?{urlencode({'collection': COLLECTION, **asked, 'quote': 'Quite else.'})}")
    assert_accessible(page)
    context.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server, served_folder) -> Any:
    """The cookies of an operator."""
    context = browser.new_context(base_url=server)
    token = (served_folder / "admin.token").read_text().strip()
    answer = context.request.post("/v1/admin/session", data={"token": token})
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_operators_pages(browser: Browser, server, signed_in, assert_accessible, documents, scheme, size):
    look = {"color_scheme": scheme, "viewport": {"width": size[0], "height": size[1]}, "reduced_motion": "reduce"}
    outside = browser.new_context(base_url=server, **look)
    page = outside.new_page()
    page.goto("/admin")
    expect(page.locator("form")).to_be_visible()
    assert_accessible(page)
    outside.close()

    inside = browser.new_context(base_url=server, storage_state=signed_in, **look)
    page = inside.new_page()
    page.goto("/admin")
    expect(page.locator("#nav a").first).to_be_visible()
    for section in page.locator("#nav a").evaluate_all("all => all.map(link => link.getAttribute('href'))"):
        page.goto(f"/admin{section}")
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth"), section
    inside.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE, NARROW])
def test_the_operators_pages_on_quality(browser: Browser, server, signed_in, assert_accessible, upload, scheme, size):
    upload("accessible-faults", faulty())
    look = {"color_scheme": scheme, "viewport": {"width": size[0], "height": size[1]}, "reduced_motion": "reduce"}
    inside = browser.new_context(base_url=server, storage_state=signed_in, **look)
    page = inside.new_page()
    for address, shown in (("quality", ".card"), ("documents", ".troubles a")):
        page.goto(f"/admin#/{address}/accessible-faults")
        expect(page.locator(shown).first).to_be_visible()
        assert_accessible(page)
        assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth"), address
    page.locator(".troubles a").first.click()
    expect(page.locator(".document-name")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    inside.close()

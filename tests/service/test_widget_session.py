"""The widget's session with a site: renewed without a word, and honest about limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from host_site import HostSite, host_site
from playwright.sync_api import Browser, Locator, Page, Route, expect

from service.sites.records import SiteLook
from service.sites.store import Sites

pytestmark = pytest.mark.slow

TIMEOUT_MS = 60_000
QUESTIONS_A_MINUTE = 2


@dataclass(frozen=True)
class Place:
    """A server that allows few questions, with a site that a page of another origin may show."""

    server: str
    host: HostSite
    site: str

    def page(self) -> str:
        """The address of a page with the widget."""
        tag = f'<script src="{self.server}/widget.js" data-site="{self.site}" data-open defer></script>'
        return self.host.put("/", f"<!doctype html><title>Host</title><link rel=icon href=data:,><body>{tag}</body>")


@pytest.fixture(scope="module")
def place(start_server, tmp_path_factory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("widget-session") / "data"
    with host_site() as host:
        sites = Sites(folder)
        look = SiteLook(title="Library", greeting="Ask the library.", suggestions=("Who spoke?",), language="de")
        site = sites.add("Library", "default", [host.origin], look)
        sites.close()
        limits = {"FOOTNOTED_SITES__QUESTIONS_PER_MINUTE": str(QUESTIONS_A_MINUTE)}
        with start_server(folder, "--demo", **limits) as running:
            yield Place(running.url, host, site.id)


@pytest.fixture
def page(browser: Browser, place) -> Iterator[Page]:
    """A new visitor's page with the chat open."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(TIMEOUT_MS)
    opened = context.new_page()
    opened.goto(place.page())
    expect(opened.locator(".empty")).to_be_visible()
    yield opened
    context.close()


def ask(page: Page, question: str) -> Locator:
    before = page.locator(".exchange").count()
    page.locator("#question").fill(question)
    page.locator("#send").click()
    answer = page.locator(".exchange").nth(before).locator(".answer")
    expect(answer).to_have_attribute("aria-busy", "false", timeout=TIMEOUT_MS)
    return answer


def test_it_shows_what_the_sites_owner_chose(page):
    expect(page.locator("#title")).to_have_text("Library")
    expect(page.locator(".greeting")).to_have_text("Ask the library.")
    expect(page.locator(".suggestion")).to_have_text(["Who spoke?"])
    expect(page.locator("footnoted-chat .root")).to_have_attribute("lang", "de")


def test_a_session_that_ended_is_renewed_without_a_word(page, date_question, first_sentence):
    statuses = []
    page.on("response", lambda response: statuses.append((response.url.rsplit("/", 1)[1], response.status)))

    def spoil(route: Route) -> None:
        """The server sees a token that it never gave."""
        route.continue_(headers={**route.request.headers, "authorization": "Bearer worn-out"})

    page.route("**/ask", spoil, times=1)
    answer = ask(page, date_question)
    expect(answer.locator(".words")).to_have_text(first_sentence)
    expect(answer.locator(".failure")).to_have_count(0)
    assert statuses == [("ask", 401), ("session", 200), ("ask", 200)]


def test_too_many_questions_are_told_how_long_to_wait(page, date_question):
    for _ in range(QUESTIONS_A_MINUTE):
        expect(ask(page, date_question).locator(".failure")).to_have_count(0)
    failure = ask(page, date_question).locator(".failure")
    expect(failure).to_contain_text(re.compile(r"\d+\s+Sekunden"))
    expect(failure.locator(".retry")).to_be_visible()


def test_a_visitor_who_returns_needs_no_new_session_to_see_the_button(page, place):
    page.evaluate("document.querySelector('footnoted-launcher').removeAttribute('open')")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    closed = place.page().rstrip("/") + "/closed"
    tag = f'<script src="{place.server}/widget.js" data-site="{place.site}" defer></script>'
    place.host.put("/closed", f"<!doctype html><title>Host</title><link rel=icon href=data:,><body>{tag}</body>")
    page.goto(closed)
    expect(page.locator(".launcher")).to_be_visible()
    assert [url for url in asked if "/v1/" in url] == []
    page.locator(".launcher").click()
    expect(page.locator(".greeting")).to_have_text("Ask the library.")


def test_a_site_that_is_gone_says_so(browser, place):
    context = browser.new_context()
    page = context.new_page()
    tag = f'<script src="{place.server}/widget.js" data-site="site_AAAAAAAAAAAA" data-open defer></script>'
    page.goto(place.host.put("/gone", f"<!doctype html><title>Host</title><body>{tag}</body>"))
    expect(page.locator(".failure-title")).to_have_text("This chat does not exist any more")
    expect(page.locator("#send")).to_be_disabled()
    context.close()

"""The widget on somebody else's pages, in a real browser: whatever these do to it, and whatever the network does."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from bad_network import BadNetwork, bad_network
from host_site import HostSite, host_site
from playwright.sync_api import Browser, Locator, Page, expect

from service.sites.store import Sites

OTTER = "The otter Ida eats two kilograms of fish a day."
OTTER_QUESTION = "How much fish does the otter Ida eat a day?"
HOSTILE_SENTENCE = "The baker <img src=x onerror=alert(1)> Berta bakes ninety loaves a day."
HOSTILE_QUESTION = "How many loaves does the baker Berta bake a day?"
TIMEOUT_MS = 60_000
# The same lines as docs/widget.md asks of the owner of a page.
STRICT = "default-src 'none'; script-src {server}; connect-src {server}; base-uri 'none'; form-action 'none'"
HOSTILE_CSS = """
* { all: unset !important; display: inline !important; color: lime !important; font: 40px/3 fantasy !important; }
button, textarea, mark, dialog, div, p { position: absolute !important; top: -999px !important; }
p, span, mark, button, h2 { visibility: hidden !important; }
:root { font-size: 3px; --text: lime; --accent: lime; }
"""


@dataclass(frozen=True)
class Embedding:
    """A server with two sites, and the foreign origin whose pages show them."""

    server: str
    host: HostSite
    site: str
    other_site: str

    def tag(self, site: str | None = None, server: str | None = None) -> str:
        return f'<script src="{server or self.server}/widget.js" data-site="{site or self.site}" defer></script>'

    def inline(self, site: str | None = None, more: str = "") -> str:
        return f'<footnoted-chat site="{site or self.site}" {more}></footnoted-chat>'


@pytest.fixture(scope="module")
def embedding(start_server, tmp_path_factory) -> Iterator[Embedding]:
    folder = tmp_path_factory.mktemp("embedding") / "data"
    limits = {
        "FOOTNOTED_SITES__QUESTIONS_PER_MINUTE": "1000",
        "FOOTNOTED_SITES__SESSIONS_PER_MINUTE_PER_ADDRESS": "1000",
    }
    limits["FOOTNOTED_SITES__QUESTIONS_PER_MINUTE_PER_ADDRESS"] = "1000"
    with host_site() as host:
        sites = Sites(folder)
        site = sites.add("Docs", "default", [host.origin])
        other = sites.add("Animals", "animals", [host.origin])
        sites.close()
        with start_server(folder, "--demo", **limits) as running:
            files = [("files", ("otter.txt", OTTER)), ("files", ("baker.txt", HOSTILE_SENTENCE))]
            sent = httpx.post(f"{running.url}/v1/documents", files=files, data={"collection": "animals"}, timeout=60)
            while httpx.get(running.url + sent.headers["location"]).json()["status"] in ("queued", "running"):
                pass
            yield Embedding(running.url, host, site.id, other.id)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page as a new visitor; what goes wrong in it is in ``page.errors``."""
    opened = []

    def go(address: str, **options: object) -> Page:
        context = browser.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(TIMEOUT_MS)
        opened.append(context)
        page = context.new_page()
        page.errors = []
        page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("dialog", lambda dialog: (page.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(address)
        return page

    yield go
    for context in opened:
        context.close()


def document(body: str, head: str = "") -> str:
    head = f"<title>Host</title><link rel=icon href=data:,>{head}"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>"


def ask_in(chat: Locator | Page, question: str) -> Locator:
    """Asks in a chat on the page, and gives the finished answer."""
    before = chat.locator(".exchange").count()
    chat.locator("#question").fill(question)
    chat.locator("#send").click()
    expect(chat.locator(".exchange")).to_have_count(before + 1)
    answer = chat.locator(".exchange").nth(before).locator(".answer")
    expect(answer).to_have_attribute("aria-busy", "false", timeout=TIMEOUT_MS)
    return answer


def open_launcher(page: Page) -> Locator:
    page.locator("footnoted-launcher .launcher").click()
    chat = page.locator("footnoted-launcher footnoted-chat")
    expect(chat.locator("#question")).to_be_visible()
    return chat


def lit_words(chat: Locator | Page) -> str:
    """The words that the source panel lights, put together."""
    marks = chat.locator("footnoted-source mark")
    expect(marks.first).to_be_visible()
    return "".join(marks.all_text_contents())


def assert_cited_and_lit(chat: Locator, answer: Locator, quote: str) -> None:
    answer.locator("button.marker").first.click()
    assert lit_words(chat) == quote
    expect(chat.locator("footnoted-source mark").first).to_be_in_viewport()


def test_one_line_on_a_page_of_another_origin_is_enough(embedding, visit, date_question, first_sentence):
    page = visit(embedding.host.put("/one-line", document(f"<h1>Shop</h1>{embedding.tag()}")))
    chat = open_launcher(page)
    answer = ask_in(chat, date_question)
    expect(answer.locator(".sentence .words").first).to_have_text(first_sentence)
    assert_cited_and_lit(chat, answer, first_sentence)
    assert page.errors == []


def test_a_strict_policy_of_the_page_needs_two_directives_only(embedding, visit, date_question, first_sentence):
    policy = STRICT.format(server=embedding.server)
    address = embedding.host.put(
        "/strict",
        document(embedding.tag().replace("defer", "defer data-open")).replace("<link rel=icon href=data:,>", ""),
        Content_Security_Policy=policy,
    )
    page = visit(address)
    chat = page.locator("footnoted-launcher footnoted-chat")
    answer = ask_in(chat, date_question)
    assert_cited_and_lit(chat, answer, first_sentence)
    # It looks as it does elsewhere: its styles need no permission.
    bubble = chat.locator("#send").bounding_box()
    assert bubble["width"] >= 24 and bubble["height"] >= 24
    refused = [error for error in page.errors if "Content Security Policy" in error and "favicon" not in error]
    assert refused == []


def test_the_pages_own_styles_do_not_get_in(embedding, visit, date_question):
    plain = visit(embedding.host.put("/plain", document(embedding.tag())))
    hostile = visit(embedding.host.put("/hostile", document(embedding.tag(), f"<style>{HOSTILE_CSS}</style>")))
    looks = []
    for page in (plain, hostile):
        page.evaluate("document.querySelector('footnoted-launcher').open = true")
        chat = page.locator("footnoted-launcher footnoted-chat")
        answer = ask_in(chat, date_question)
        parts = [
            chat.locator("#question"),
            chat.locator("#send"),
            answer.locator(".words").first,
            answer.locator(".marker").first,
        ]
        look = """node => { const s = getComputedStyle(node);
            return [s.color, s.fontSize, s.fontFamily, s.display, s.visibility, s.position]; }"""
        looks.append([part.evaluate(look) for part in parts])
    assert looks[0] == looks[1]


def test_the_widget_does_not_get_out_into_the_page(embedding, visit):
    body = "<main><p id=host>Words of the page <mark>marked</mark> <button>Buy</button></p></main>"
    without = visit(embedding.host.put("/without", document(body)))
    with_it = visit(embedding.host.put("/with", document(body + embedding.tag())))
    with_it.locator("footnoted-launcher .launcher").wait_for()
    look = """() => [...document.querySelectorAll('html, body, #host, #host *')].map(node => {
        const s = getComputedStyle(node);
        return [s.color, s.font, s.margin, s.backgroundColor, s.overflow, node.className]; })"""
    assert without.evaluate(look) == with_it.evaluate(look)
    names = "() => Object.getOwnPropertyNames(window).filter(name => isNaN(name)).sort()"
    # What Lit itself keeps, to tell when it is loaded twice.
    new = set(with_it.evaluate(names)) - set(without.evaluate(names))
    assert {name for name in new if not re.match("(lit|reactiveElement)", name)} == set()


def test_two_chats_on_one_page_keep_to_themselves(embedding, visit, date_question, first_sentence):
    both = embedding.inline(more="id=one") + embedding.inline(embedding.other_site, "id=two")
    script = f'<script src="{embedding.server}/widget.js" defer></script>'
    page = visit(embedding.host.put("/two", document(both + script, "<style>footnoted-chat{height:500px}</style>")))
    one, two = page.locator("#one"), page.locator("#two")
    first = ask_in(one, date_question)
    second = ask_in(two, OTTER_QUESTION)
    expect(first.locator(".words").first).to_have_text(first_sentence)
    expect(second.locator(".words").first).to_have_text(OTTER)
    expect(one.locator(".exchange")).to_have_count(1)
    expect(two.locator(".exchange")).to_have_count(1)
    assert_cited_and_lit(two, second, OTTER)
    expect(one.locator("footnoted-source")).to_have_count(0)
    page.reload()
    expect(one.locator(".words").first).to_have_text(first_sentence)
    expect(two.locator(".words").first).to_have_text(OTTER)
    assert page.errors == []


def test_the_script_twice_on_a_page_makes_one_button(embedding, visit):
    page = visit(embedding.host.put("/twice", document(embedding.tag() + embedding.tag())))
    page.locator("footnoted-launcher .launcher").wait_for()
    expect(page.locator("footnoted-launcher")).to_have_count(1)
    assert page.errors == []


def test_a_page_that_is_not_on_the_list_is_told_what_its_owner_must_do(embedding, visit):
    with host_site() as stranger:
        page = visit(stranger.put("/", document(embedding.tag())))
        chat = page.locator("footnoted-launcher footnoted-chat")
        page.locator("footnoted-launcher .launcher").click()
        expect(chat.locator(".failure")).to_contain_text(f"doctor --origin {stranger.origin}")
        # Nothing to ask with.
        expect(chat.locator("#send")).to_have_count(0) if chat.locator("#send").count() == 0 else expect(
            chat.locator("#send")
        ).to_be_disabled()


def test_markup_in_a_document_stays_text_everywhere(embedding, visit):
    page = visit(embedding.host.put("/markup", document(embedding.tag(embedding.other_site))))
    chat = open_launcher(page)
    answer = ask_in(chat, HOSTILE_QUESTION)
    expect(answer.locator(".words").first).to_have_text(HOSTILE_SENTENCE)
    answer.locator("button.marker").first.hover()
    expect(chat.locator(".peek-quote")).to_have_text(HOSTILE_SENTENCE)
    assert_cited_and_lit(chat, answer, HOSTILE_SENTENCE)
    expect(chat.locator("img")).to_have_count(0)
    assert page.errors == []


def test_a_follow_up_says_how_it_was_understood_and_one_press_undoes_that(
    embedding, visit, date_question, first_sentence
):
    page = visit(embedding.host.put("/follow-up", document(embedding.tag())))
    chat = open_launcher(page)
    ask_in(chat, date_question)
    answer = ask_in(chat, "And where was it held?")
    expect(answer.locator(".understood bdi")).to_have_text(
        "And where was the Central Foreign Affairs Work Conference held?"
    )
    answer.locator(".undo").click()
    again = chat.locator(".exchange").nth(1).locator(".answer")
    expect(again).to_have_attribute("aria-busy", "false", timeout=TIMEOUT_MS)
    expect(again.locator(".understood")).to_have_count(0)
    expect(chat.locator(".exchange")).to_have_count(2)


def test_a_rating_reaches_the_server(embedding, visit, date_question):
    page = visit(embedding.host.put("/rating", document(embedding.tag())))
    answer = ask_in(open_launcher(page), date_question)
    with page.expect_response(re.compile("/feedback$")) as sent:
        answer.get_by_role("button", name="Bad answer").click()
    assert sent.value.status == 204
    assert sent.value.request.post_data_json["rating"] == "down"


def test_history_stays_over_a_reload_and_can_be_erased(embedding, visit, date_question, first_sentence):
    page = visit(embedding.host.put("/history", document(embedding.tag())))
    ask_in(open_launcher(page), date_question)
    page.reload()
    chat = open_launcher(page)
    expect(chat.locator(".words").first).to_have_text(first_sentence)
    assert_cited_and_lit(chat, chat.locator(".answer").first, first_sentence)
    page.keyboard.press("Escape")
    chat.get_by_role("button", name="More").click()
    chat.get_by_role("menuitem", name=re.compile("Erase")).click()
    erase = chat.get_by_role("button", name=re.compile("Erase"))
    if erase.count():
        erase.last.click()
    expect(chat.locator(".exchange")).to_have_count(0)
    assert first_sentence not in page.evaluate("JSON.stringify(localStorage)")
    page.reload()
    expect(open_launcher(page).locator(".exchange")).to_have_count(0)


@pytest.fixture
def network(embedding) -> Iterator[BadNetwork]:
    with bad_network(embedding.server) as made:
        yield made


def test_a_stream_that_breaks_keeps_what_came_and_offers_another_try(
    embedding, visit, network, date_question, first_sentence
):
    page = visit(embedding.host.put("/broken", document(embedding.tag(server=network.address))))
    chat = open_launcher(page)
    network.cut_at = b"event: done"
    answer = ask_in(chat, date_question)
    expect(answer.locator(".failure")).to_contain_text("The connection was lost")
    expect(answer.locator(".words").first).to_have_text(first_sentence)
    network.cut_at = None
    answer.locator(".retry").click()
    expect(answer.locator(".failure")).to_have_count(0)
    expect(answer.locator(".confidence")).to_be_visible()
    expect(answer.locator(".words").first).to_have_text(first_sentence)


def test_a_slow_stream_shows_what_came_and_can_be_stopped(embedding, visit, network, date_question):
    page = visit(embedding.host.put("/slow", document(embedding.tag(server=network.address))))
    chat = open_launcher(page)
    network.hold_at = b"event: token"
    chat.locator("#question").fill(date_question)
    chat.locator("#send").click()
    answer = chat.locator(".answer").first
    expect(answer.locator(".progress")).to_be_visible()
    expect(answer.locator(".progress")).to_have_text(re.compile("longer|still", re.I), timeout=20_000)
    chat.locator("#stop").click()
    expect(answer.locator(".ending")).to_contain_text("Stopped")
    network.hold_at = None
    network.released.set()
    answer.locator(".retry").click()
    expect(answer.locator(".confidence")).to_be_visible()


def test_offline_is_said_and_does_not_lose_the_question(embedding, visit, date_question):
    page = visit(embedding.host.put("/offline", document(embedding.tag())))
    chat = open_launcher(page)
    page.context.set_offline(True)
    expect(chat.get_by_text(re.compile("offline", re.I)).first).to_be_visible()
    page.context.set_offline(False)
    answer = ask_in(chat, date_question)
    expect(answer.locator(".confidence")).to_be_visible()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"answer": {"sentences": [None]}},
        {"answer": {"sentences": [], "citations": [], "status": "not_found", "id": "a", "confidence": 0.1}},
        {"partial": {"sentences": [{"text": "No markers"}], "citations": []}},
        {"answer": {"sentences": [{"text": "x", "markers": [1]}], "citations": [{"marker": 1}], "hits": []}},
    ],
)
def test_what_others_left_in_the_storage_does_not_keep_the_chat_from_coming(embedding, visit, spoilt):
    page = visit(embedding.host.put("/storage", document(embedding.tag())))
    kept = {"id": "x", "at": 1, "question": "Old?", "state": "done", "answer": None, "partial": None, "problem": None}
    key = f"footnoted.chat.2.{embedding.server}.{embedding.site}"
    page.evaluate("([key, value]) => localStorage.setItem(key, JSON.stringify([value]))", [key, {**kept, **spoilt}])
    page.reload()
    chat = open_launcher(page)
    expect(chat.locator(".greeting")).to_be_visible()
    assert page.errors == []


@pytest.mark.parametrize("wrong", ["suggestions='\"abc\"'", "suggestions='[null]'", "question-limit=-5"])
def test_attributes_of_the_wrong_kind_do_not_keep_it_from_answering(embedding, visit, wrong, date_question):
    script = f'<script src="{embedding.server}/widget.js" defer></script>'
    page = visit(embedding.host.put("/wrong", document(embedding.inline(more=wrong) + script)))
    answer = ask_in(page.locator("footnoted-chat"), date_question)
    expect(answer.locator(".confidence")).to_be_visible()


def test_a_page_that_put_things_on_every_object_gets_the_button(embedding, visit):
    spoiling = "<script>Object.prototype.spoilt = 1; Array.prototype.last = function () {};</script>"
    page = visit(embedding.host.put("/spoilt", document(spoiling + embedding.tag())))
    expect(page.locator("footnoted-launcher .launcher")).to_be_visible()
    assert page.errors == []


def test_a_server_that_the_page_cannot_reach_is_told_as_that(embedding, visit):
    script = f'<script src="{embedding.server}/widget.js" defer></script>'
    policy = f"script-src {embedding.server}; connect-src 'none'"
    address = embedding.host.put("/no-way", document(embedding.inline() + script), Content_Security_Policy=policy)
    failure = visit(address).locator("footnoted-chat .failure")
    expect(failure).to_contain_text("could not be reached")
    expect(failure).to_contain_text(f"doctor --origin {embedding.host.origin}")

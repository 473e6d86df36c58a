"""The chat element in a real browser against the running server: asking, reading, and what keeps it usable."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from bad_network import BadNetwork, bad_network
from playwright.sync_api import Browser, Locator, Page, Route, expect

TIMEOUT_MS = 60_000
HOST_PATH = "/host-page"
GROWN = """() => { window.seen = [];
    const root = document.querySelector("footnoted-chat").shadowRoot;
    const note = () => window.seen.push(root.querySelector(".pending")?.textContent ?? "");
    new MutationObserver(note).observe(root, {subtree: true, childList: true, characterData: true}); }"""
CONTRAST = """node => {
    const rgb = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
        return text.startsWith("color(") ? [r * 255, g * 255, b * 255] : [r, g, b]; };
    const light = text => { const [r, g, b] = rgb(text).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const clear = at => /^(transparent|rgba\\(0, 0, 0, 0\\))$/.test(getComputedStyle(at).backgroundColor);
    let back = node;
    while (clear(back)) back = back.parentElement;
    const colours = [getComputedStyle(node).color, getComputedStyle(back).backgroundColor];
    const [low, high] = colours.map(light).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05); }"""


def host_page(element: str, head: str = "", language: str = "en") -> str:
    style = "body{margin:0} footnoted-chat{height:100vh}"
    return (
        f"<!doctype html><html lang={language}><meta charset=utf-8><title>Host</title><link rel=icon href='data:,'>"
        f"<meta name=viewport content='width=device-width, initial-scale=1'><style>{style}</style>{head}"
        f"<body><main>{element}</main></body></html>"
    )


SCRIPT = "<script src=/widget.js defer></script>"


@pytest.fixture
def visit(browser: Browser, server) -> Iterator[Callable[..., Page]]:
    """Opens a page of the server's origin with the element on it; no test may leave an error in its console."""
    contexts, errors = [], []

    def go(element: str = "<footnoted-chat></footnoted-chat>", at: str = server, **options) -> Page:
        head, language = options.pop("head", SCRIPT), options.pop("language", "en")
        context = options.pop("context", None) or browser.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: errors.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        html = host_page(element, head, language)
        page.route(f"**{HOST_PATH}", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(at + HOST_PATH)
        return page

    go.errors = errors
    yield go
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def network(server) -> Iterator[BadNetwork]:
    with bad_network(server) as made:
        yield made


def send(page: Page, question: str) -> Locator:
    """Asks, and gives the exchange's answer, finished or not."""
    before = page.locator(".exchange").count()
    page.locator("#question").fill(question)
    page.locator("#send").click()
    expect(page.locator(".exchange")).to_have_count(before + 1)
    return page.locator(".exchange").nth(before).locator(".answer")


def ask(page: Page, question: str) -> Locator:
    answer = send(page, question)
    expect(answer).to_have_attribute("aria-busy", "false", timeout=TIMEOUT_MS)
    return answer


def focused(page: Page) -> str:
    """Id or class of what has the focus, in whatever shadow it is."""
    return page.evaluate("""() => { let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at?.id || at?.className || at?.localName; }""")


def test_an_answer_grows_and_ends_with_its_answer_in_bold_and_its_source(visit, date_question, first_sentence):
    page = visit()
    page.locator(".empty").wait_for()
    page.evaluate(GROWN)
    answer = ask(page, date_question)
    expect(answer.locator(".sentence .words")).to_have_text(first_sentence)
    parts = [part for part in page.evaluate("window.seen") if part and first_sentence.startswith(part)]
    assert any(part != first_sentence for part in parts)
    assert parts == sorted(parts, key=len)
    expect(answer.locator(".prose strong")).to_have_text(re.compile("December 27th to 28th"))
    marker = answer.locator("button.marker")
    expect(marker).to_have_text("1")
    # Who does not see the card hears the quote.
    described = page.locator(f"#{marker.get_attribute('aria-describedby')}")
    expect(described).to_have_text(first_sentence)
    expect(answer.locator(".support")).to_have_text("Quoted word for word")
    expect(page.locator("#question")).to_be_empty()


@pytest.mark.parametrize(
    ("code", "shown"), [("model_broke_off", "Das Sprachmodell hat abgebrochen"), ("of_a_newer_server", "In English.")]
)
def test_a_notice_is_told_in_the_pages_language_if_it_is_known(visit, date_question, code, shown):
    def with_notice(route: Route) -> None:
        reply = route.fetch()
        notice = json.dumps({"code": code, "text": "In English."})
        route.fulfill(response=reply, body=reply.text().replace('"notice":null', f'"notice":{notice}'))

    page = visit(language="de")
    page.route("**/v1/ask", with_notice)
    expect(ask(page, date_question).locator(".notice")).to_contain_text(shown)


def test_the_card_at_a_marker_stays_while_it_is_pointed_at_and_goes_by_escape(visit, date_question, first_sentence):
    page = visit()
    marker = ask(page, date_question).locator("button.marker")
    card = page.locator(".peek")
    marker.hover()
    expect(card.locator(".peek-quote")).to_have_text(first_sentence)
    chat, box = page.locator("footnoted-chat").bounding_box(), card.bounding_box()
    assert box["x"] >= chat["x"] and box["x"] + box["width"] <= chat["x"] + chat["width"]
    card.hover()
    page.wait_for_timeout(400)  # longer than it lingers
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.mouse.move(0, 0)
    marker.hover()
    expect(card).to_be_visible()
    page.mouse.move(0, 0)
    expect(card).to_have_count(0)


def test_the_keyboard_alone_asks_opens_the_source_and_comes_back(visit, date_question, first_sentence):
    page = visit()
    page.locator("#question").focus()
    page.keyboard.type(date_question)
    page.keyboard.press("Enter")
    expect(page.locator(".confidence")).to_be_visible(timeout=TIMEOUT_MS)
    assert focused(page) == "question"
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if focused(page) == "marker":
            break
    expect(page.locator(".peek-quote")).to_have_text(first_sentence)
    page.keyboard.press("Enter")
    expect(page.locator("footnoted-source h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("footnoted-source")).to_have_count(0)
    assert focused(page) == "marker"


def test_the_source_lies_beside_a_wide_chat_and_over_a_narrow_one(visit, date_question):
    for width, beside in ((1200, True), (600, False)):
        page = visit(viewport={"width": width, "height": 700})
        ask(page, date_question).locator("button.marker").click()
        expect(page.locator("footnoted-source mark").first).to_be_visible()
        expect(page.locator(".prose")).to_be_visible(visible=beside)
        assert page.locator(".chat").evaluate("node => node.inert") is not beside
        expect(page.locator("button.marker")).to_have_attribute("aria-expanded", "true")


def test_what_the_documents_do_not_say_leads_to_the_nearest_passages_and_other_questions(
    visit, off_topic_question, date_question, first_sentence
):
    page = visit(f"<footnoted-chat suggestions='{json.dumps([date_question])}'></footnoted-chat>")
    answer = ask(page, off_topic_question)
    expect(answer.locator(".verdict")).to_have_text("The documents do not say.")
    expect(answer.locator(".marker, .sources")).to_have_count(0)
    passage = answer.locator(".passage").first
    words = passage.locator(".passage-text").text_content()
    passage.click()
    lit = page.locator("footnoted-source mark")
    expect(lit.first).to_be_visible()
    address = page.locator("footnoted-source").get_by_role("link", name="Open in a new tab").get_attribute("href")
    assert "/view/" in address and "start=" in address and "quote=" in address
    letters = re.sub(r"\s+", "", "".join(lit.all_text_contents()))
    assert letters == re.sub(r"\s+", "", words)
    page.keyboard.press("Escape")
    assert focused(page) == "passage"
    answer.locator(".instead .suggestion").click()
    expect(page.locator(".exchange").nth(1).locator(".words")).to_have_text(first_sentence, timeout=TIMEOUT_MS)


def test_a_question_is_sent_only_when_it_can_be(visit):
    page = visit()
    question, button = page.locator("#question"), page.locator("#send")
    expect(button).to_be_disabled()
    question.fill("   ")
    expect(button).to_be_disabled()
    question.fill("𝒙" * 2000)  # each one character, though two units of JavaScript
    expect(button).to_be_enabled()
    question.fill("x" * 2001)
    expect(button).to_be_disabled()
    expect(page.locator("#note")).to_contain_text("2,001 of 2,000")
    page.keyboard.press("Enter")
    question.fill("First line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    expect(question).to_have_value("First line\nsecond line")
    expect(page.locator(".exchange")).to_have_count(0)


def test_an_answer_is_copied_with_its_footnotes(visit, date_question, first_sentence):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    answer = ask(page, date_question)
    button = answer.get_by_role("button", name="Copy the answer")
    for item, words in ((0, "[^1]"), (1, "[1]"), (2, "@")):
        button.focus()
        page.keyboard.press("Enter")
        expect(answer.get_by_role("menuitem").first).to_be_focused()
        for _ in range(item):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(button).to_be_focused()
        expect(answer.locator(".copying .said")).to_have_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert words in copied and first_sentence in copied and f"{page.url.rsplit('/', 1)[0]}/view/" in copied
    button.click()
    page.keyboard.press("Escape")
    expect(answer.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()


def test_two_tabs_share_a_conversation_and_lose_nothing(visit, browser, date_question, off_topic_question):
    context = browser.new_context(reduced_motion="reduce")
    one, other = visit(context=context), visit(context=context)
    for page, question in ((one, date_question), (other, off_topic_question)):
        page.locator("#question").fill(question)
    one.locator("#send").click()
    other.locator("#send").click()
    for page in (one, other):
        expect(page.locator('.exchange[data-state="done"]')).to_have_count(2, timeout=TIMEOUT_MS)
        page.reload()
        expect(page.locator(".question .bubble")).to_have_text([date_question, off_topic_question])
    one.get_by_role("button", name="New chat").click()
    expect(other.locator(".exchange")).to_have_count(0)


def test_it_works_where_storage_is_switched_off(visit, browser, date_question, first_sentence):
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script("""Object.defineProperty(window, "localStorage",
        {get() { throw new DOMException("denied", "SecurityError"); }})""")
    page = visit(context=context)
    expect(ask(page, date_question).locator(".words")).to_have_text(first_sentence)


def test_a_full_storage_keeps_the_newest_answers(visit, browser, date_question, off_topic_question):
    context = browser.new_context(reduced_motion="reduce")
    page = visit(context=context)
    ask(page, off_topic_question)
    page.evaluate("""() => { let size = 4 << 20;
        while (size >= 64) { try { localStorage.setItem(`filler-${size}-${localStorage.length}`, "x".repeat(size)); }
            catch { size >>= 1; } } }""")
    ask(page, date_question)
    page.reload()
    expect(page.locator(".question .bubble")).to_have_text([date_question])


def test_an_answer_goes_on_while_the_element_is_moved(visit, network, date_question, first_sentence):
    page = visit("<footnoted-chat></footnoted-chat><section id=there></section>", at=network.address)
    network.hold_at = b"event: token"
    answer = send(page, date_question)
    expect(answer.locator(".progress")).to_contain_text("Reading")
    page.evaluate("document.querySelector('#there').append(document.querySelector('footnoted-chat'))")
    network.released.set()
    expect(answer.locator(".words")).to_have_text(first_sentence)
    expect(answer).to_have_attribute("aria-busy", "false")


def test_a_page_left_in_the_middle_keeps_the_question(visit, network, date_question, first_sentence):
    page = visit(at=network.address)
    network.hold_at = b"event: token"
    send(page, date_question)
    page.reload()
    answer = page.locator(".answer")
    expect(answer.locator(".ending")).to_contain_text("left before the answer was complete")
    network.hold_at = None
    network.released.set()
    answer.locator(".retry").click()
    assert focused(page).startswith("question-")
    expect(answer.locator(".words")).to_have_text(first_sentence, timeout=TIMEOUT_MS)


def test_what_was_set_before_the_script_came_counts(visit, date_question):
    page = visit("", head="")
    page.evaluate(f"""() => {{ const chat = document.createElement("footnoted-chat");
        chat.suggestions = [{json.dumps(date_question)}]; chat.heading = "Ask us";
        document.querySelector("main").append(chat);
        const script = document.createElement("script"); script.src = "/widget.js"; document.head.append(script); }}""")
    expect(page.locator(".suggestion")).to_have_text(date_question)
    expect(page.locator("#title")).to_have_text("Ask us")


@pytest.mark.parametrize("accent", ["#ffd400", "#ffffff", "#000000", "#7f7f7f", "#0b57d0", "#ff0000", "not a colour"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_accent_stays_readable(visit, date_question, accent, theme):
    page = visit(f'<footnoted-chat accent="{accent}" theme="{theme}"></footnoted-chat>')
    answer = ask(page, date_question)
    page.locator("#question").fill("Next")
    for part in (answer.locator("button.marker"), page.locator("#send"), answer.locator(".number")):
        page.mouse.move(0, 0)
        assert part.evaluate(CONTRAST) >= 4.5


def test_the_pages_style_sheet_can_change_the_look(visit):
    style = "<style>footnoted-chat { --footnoted-accent: oklch(0.5 0.2 150); --footnoted-background: #fffaf0 }" + (
        "footnoted-chat::part(title) { font-style: italic }</style>"
    )
    page = visit(head=SCRIPT + style)
    page.locator("#question").fill("x")
    assert page.locator("#title").evaluate("node => getComputedStyle(node).fontStyle") == "italic"
    assert page.locator(".root").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 250, 240)"
    red, green, blue = map(
        float, re.findall(r"[\d.]+", page.locator("#send").evaluate("n => getComputedStyle(n).backgroundColor"))[:3]
    )
    assert green > red and green > blue


def test_the_language_is_the_elements_then_the_pages(visit):
    page = visit("<footnoted-chat></footnoted-chat><footnoted-chat lang=de></footnoted-chat>", language="ar")
    roots = page.locator(".root")
    expect(roots.nth(0)).to_have_attribute("lang", "ar")
    expect(roots.nth(0)).to_have_attribute("dir", "rtl")
    expect(roots.nth(1)).to_have_attribute("lang", "de")
    expect(roots.nth(1)).to_have_attribute("dir", "ltr")


LAUNCHER = "<script src=/widget.js data-collection=default defer></script>"
LONG_PAGE = "<a href=#here id=link>Link</a>" + "<p>A long page.</p>" * 80


def test_on_a_phone_the_chat_takes_the_screen_and_gives_it_back(visit):
    page = visit(LONG_PAGE, head=LAUNCHER, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    launcher = page.locator(".launcher")
    box = launcher.bounding_box()
    assert (box["width"], box["height"]) == (56, 56)
    launcher.tap()
    dialog = page.locator("dialog")
    expect(page.locator("#title")).to_be_focused()
    frame = dialog.bounding_box()
    assert (frame["x"], frame["y"], frame["width"], frame["height"]) == (0, 0, 390, 700)
    for _ in range(12):  # round and round, never out into the page
        page.keyboard.press("Tab")
        assert focused(page) != "link"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(launcher).to_be_focused()
    assert page.evaluate("document.documentElement.style.overflow") == ""


def test_on_a_wide_screen_the_page_stays_in_use_beside_the_chat(visit, date_question):
    page = visit(LONG_PAGE, head=LAUNCHER)
    page.locator(".launcher").click()
    expect(page.locator("#question")).to_be_focused()
    ask(page, date_question)
    page.locator("#link").click()
    assert page.url.endswith("#here")
    expect(page.locator("dialog")).to_be_visible()
    page.locator(".launcher").click()
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator(".launcher")).to_be_focused()
    page.locator(".launcher").click()
    expect(page.locator(".exchange")).to_have_count(1)

"""The page in a real browser: nothing from documents runs, quotes are lit exactly, the table filters and sorts."""

import dataclasses
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.errors import NotReady
from evals.html_report.page import html_page
from evals.sets.types import Evidence, Question

SCRIPT = "<script>window.ran = 1</script>"
IMAGE = '<img src="http://example.invalid/x.png" onerror="window.ran = 2">'
ENDING = "</script><script>window.ran = 3</script></style>\"'{{ 7 * 7 }}<!--"
HOSTILE = f"{SCRIPT} {IMAGE} {ENDING}"


@pytest.fixture
def show(browser, tmp_path) -> Iterator:
    """Opens the page of a run from its file; it may ask for nothing else, and complain of nothing."""
    addresses, complaints, contexts = [], [], []

    def shown(recorded, script=True) -> Page:
        file = tmp_path / "report.html"
        file.write_text(html_page(recorded), encoding="utf-8")
        context = browser.new_context(java_script_enabled=script, reduced_motion="reduce")
        contexts.append(context)
        context.on("request", lambda request: addresses.append(request.url))
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(file.as_uri())
        return page

    yield shown
    for context in contexts:
        context.close()
    assert [address for address in addresses if not address.endswith("/report.html")] == []
    assert addresses != []
    assert complaints == []


def opened(page: Page, n: int = 0):
    question = page.locator(".question").nth(n)
    question.locator("summary").click()
    return question


def test_markup_in_documents_questions_and_answers_is_shown_as_text(show, record, make_document, make_answer):
    source = make_document(f"{HOSTILE}.txt", HOSTILE)
    whole = (0, len(HOSTILE))
    answer = dataclasses.replace(make_answer(source, hits=[whole], citations=[whole], span=whole), model=HOSTILE)
    questions = [
        Question(f"1{HOSTILE}", HOSTILE, True, (HOSTILE,), (Evidence(source.title, quote=HOSTILE),), kind=HOSTILE),
        Question(f"2{HOSTILE}", f"2{HOSTILE}", True, tags=(f"2{HOSTILE}",)),
    ]
    failed = NotReady(HOSTILE, HOSTILE)
    page = show(record(questions, [source], {HOSTILE: answer, f"2{HOSTILE}": failed}, name=HOSTILE))

    assert page.evaluate("window.ran") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("style").count() == 1
    assert page.locator("h1").text_content() == HOSTILE
    first = opened(page)
    assert first.locator("th").text_content() == HOSTILE
    assert first.locator(".citation mark").first.text_content() == HOSTILE
    assert first.locator(".answers li").text_content() == HOSTILE
    assert first.locator(".tag").first.text_content() == HOSTILE
    assert HOSTILE in opened(page, 1).locator(".failure").text_content()
    assert page.evaluate("JSON.parse(document.getElementById('data').textContent)[0].tags[0]") == HOSTILE


@pytest.mark.parametrize("before", ["", "𝔄𝔅 👩‍🔬🎉 ", "𐍈" * 900])
def test_the_lit_text_is_the_quote_also_behind_astral_characters(show, record, make_document, make_answer, before):
    quote = "Held 🎉 in Rome."
    text = f"First. {before}{quote} 🎉 After it."
    start = text.index(quote)
    # The passage does not begin where the document does.
    answer = make_answer(make_document("a.txt", text), hits=[(7, len(text))], citations=[(start, start + len(quote))])
    question = Question("1", "Where?", True, (), (Evidence("a.txt", quote=text, answer=(start, start + 4)),))
    question = opened(show(record([question], [make_document("a.txt", text)], {"Where?": answer})))
    came = question.locator(".came blockquote")
    assert came.locator("mark").text_content() == quote
    assert came.text_content().endswith(f"{quote} 🎉 After it.")
    assert question.locator(".wanted blockquote mark").text_content() == "Held"


@pytest.fixture
def page(show, record, make_document, make_answer) -> Page:
    """Four questions: sure and right, less sure and wrong, refused, failed."""
    source = make_document("a.txt", "It was held in Rome. It rained in Oslo.")
    questions = [
        Question("1", "Where was it?", True, ("Rome",), (Evidence("a.txt", quote="held in Rome"),), tags=("place",)),
        Question("2", "Where did it snow?", True, ("Bergen",), (Evidence("a.txt", quote="held in Rome"),)),
        Question("3", "Why?", False),
        Question("4", "Who?", True, ("Ann",), tags=("place",)),
    ]
    script = {
        "Where was it?": make_answer(source, hits=[(0, 20)], citations=[(0, 20)], span=(15, 19), confidence=0.6),
        "Where did it snow?": make_answer(source, hits=[(21, 39)], citations=[(21, 39)], confidence=0.9),
        "Who?": NotReady("Too much to do."),
    }
    return show(record(questions, [source], script))


def shown_questions(page: Page) -> list[str]:
    return [row.locator("th").text_content() for row in page.locator(".question").all() if row.is_visible()]


def test_the_table_is_filtered_by_outcome_tag_and_words(page):
    assert len(shown_questions(page)) == 4
    page.get_by_role("combobox", name="Outcome").select_option("wrong")
    assert shown_questions(page) == ["Where did it snow?"]
    expect(page.get_by_role("status")).to_have_text("1 of 4 questions")
    page.get_by_role("combobox", name="Outcome").select_option("")
    page.get_by_role("combobox", name="Tag").select_option("place")
    assert shown_questions(page) == ["Where was it?", "Who?"]
    page.get_by_role("searchbox").fill("ROME")  # in the answer, not in the question
    assert shown_questions(page) == ["Where was it?"]
    page.get_by_role("searchbox").fill("confidence")  # a word of the page, not of the run
    assert shown_questions(page) == []


def test_an_outcome_of_the_bar_leads_to_its_questions(page):
    page.get_by_role("combobox", name="Tag").select_option("place")
    page.locator("a[data-outcome='failed']").click()
    assert shown_questions(page) == ["Who?"]


def test_the_table_is_sorted_and_says_so(page):
    page.get_by_role("button", name="confidence").click()
    assert shown_questions(page) == ["Where did it snow?", "Where was it?", "Why?", "Who?"]
    heading = page.get_by_role("columnheader", name="confidence")
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="confidence").click()
    assert shown_questions(page) == ["Why?", "Where was it?", "Where did it snow?", "Who?"]  # no value stays last
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("combobox", name="Sort").select_option("")
    assert shown_questions(page) == ["Where was it?", "Where did it snow?", "Why?", "Who?"]
    assert heading.get_attribute("aria-sort") is None


def test_a_question_opens_by_keyboard(page):
    details = page.locator(".question details").first
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(details).to_have_attribute("open", "")
    expect(details.locator("mark").first).to_be_visible()


def test_everything_can_be_read_without_script(show, record, make_document, make_answer):
    source = make_document("a.txt", "It was held in Rome.")
    answer = make_answer(source, hits=[(0, 20)], citations=[(0, 20)], span=(15, 19))
    page = show(record([Question("1", "Where?", True, ("Rome",))], [source], {"Where?": answer}), script=False)
    question = opened(page)
    expect(question.locator("mark")).to_have_text("It was held in Rome.")
    expect(page.locator("#tools")).to_be_hidden()

"""The thumbs below answers in a real browser, against a running server."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

DONE = ".exchange:last-child .answer[aria-busy=false]"


@pytest.fixture
def ask_on():
    """Types a question, sends it, and gives its finished answer."""

    def ask(page: Page, question: str):
        before = page.locator(".exchange").count()
        page.locator("#question").fill(question)
        page.locator("#send").click()
        expect(page.locator(".exchange")).to_have_count(before + 1)
        answer = page.locator(DONE)
        answer.wait_for()
        return answer

    return ask


@pytest.fixture
def said(client, page):
    """What the service keeps as feedback on the questions of this page, newest first."""
    asked = []
    page.on("response", lambda response: asked.append(response) if response.url.endswith("/v1/feedback") else None)

    def read() -> list[dict]:
        mine = {response.request.post_data_json["answer_id"] for response in asked}
        kept = client.get("/v1/feedback", params={"limit": 1000}).json()["feedback"]
        return [one for one in kept if one["question"]["answer_id"] in mine]

    return read


def pressed(answer) -> list[bool]:
    thumbs = answer.get_by_role("group", name="Rate this answer").get_by_role("button", name=re.compile("answer$"))
    expect(thumbs).to_have_count(2)
    return [thumb.get_attribute("aria-pressed") == "true" for thumb in thumbs.all()]


def good(answer):
    return answer.get_by_role("button", name="Good answer")


def bad(answer):
    return answer.get_by_role("button", name="Bad answer")


def test_a_thumb_up_is_kept_announced_and_taken_back_by_a_second_press(page, ask_on, said, date_question):
    answer = ask_on(page, date_question)
    assert pressed(answer) == [False, False]
    good(answer).click()
    # What is said closely together is announced together: the answer's end may stand before it.
    expect(page.locator(".spoken")).to_contain_text("Thank you, noted.")
    assert pressed(answer) == [True, False]
    assert [(one["rating"], one["reason"], one["comment"]) for one in said()] == [("up", None, None)]
    expect(answer.locator("form.why")).to_be_hidden()
    good(answer).click()
    expect(page.locator(".spoken")).to_contain_text("Rating withdrawn.")
    assert pressed(answer) == [False, False]
    assert said() == []


def test_a_thumb_down_asks_why_and_outlives_a_reload(page, ask_on, said, date_question):
    answer = ask_on(page, date_question)
    bad(answer).click()
    form = answer.get_by_role("form", name="What is wrong with it?")
    expect(form).to_be_visible()
    assert [(one["rating"], one["reason"]) for one in said()] == [("down", None)]
    expect(form.get_by_role("radio")).to_have_count(5)
    form.get_by_role("radio", name="Something is missing").check()
    form.get_by_label("In your own words").fill("Which <b>year</b>?")
    form.get_by_role("button", name="Send").click()
    expect(form).to_be_hidden()
    expect(bad(answer)).to_be_focused()
    kept = said()
    assert [(one["rating"], one["reason"], one["comment"]) for one in kept] == [
        ("down", "incomplete", "Which <b>year</b>?")
    ]
    assert kept[0]["person"] is not None
    assert kept[0]["question"]["asked_by"] == kept[0]["person"]

    page.reload()
    answer = page.locator(DONE)
    assert pressed(answer) == [False, True]
    answer.get_by_role("button", name="Change what you said").click()
    form = answer.get_by_role("form")
    expect(form.get_by_role("radio", name="Something is missing")).to_be_checked()
    expect(form.get_by_label("In your own words")).to_have_value("Which <b>year</b>?")
    form.get_by_role("radio", name="The source does not fit").check()
    form.get_by_role("button", name="Send").click()
    expect(form).to_be_hidden()
    assert [one["reason"] for one in said()] == ["bad_source"]

    good(answer).click()
    expect(good(answer)).to_have_attribute("aria-pressed", "true")
    assert pressed(answer) == [True, False]
    assert [(one["rating"], one["reason"], one["comment"]) for one in said()] == [("up", None, None)]


def test_a_refusal_is_rated_with_reasons_of_its_own(page, ask_on, said, off_topic_question):
    answer = ask_on(page, off_topic_question)
    bad(answer).click()
    form = answer.get_by_role("form")
    expect(form.get_by_role("radio")).to_have_count(2)
    form.get_by_role("radio", name="The documents do tell").check()
    form.get_by_role("button", name="Send").click()
    expect(form).to_be_hidden()
    assert [(one["rating"], one["reason"], one["question"]["status"]) for one in said()] == [
        ("down", "should_have_answered", "not_found")
    ]


def test_an_answer_is_rated_by_keyboard_alone(page, ask_on, said, date_question):
    answer = ask_on(page, date_question)
    answer.get_by_role("button", name="Copy the answer").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(good(answer)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(answer.get_by_role("form")).to_be_visible()
    expect(bad(answer)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(answer.get_by_role("radio", name="It is wrong")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(answer.get_by_role("radio", name="Something is missing")).to_be_checked()
    page.keyboard.press("Escape")
    expect(answer.get_by_role("form")).to_be_hidden()
    expect(bad(answer)).to_be_focused()
    assert [(one["rating"], one["reason"]) for one in said()] == [("down", None)]


def test_a_rating_that_cannot_be_sent_is_told_and_not_shown_as_given(page, watched, ask_on, date_question):
    answer = ask_on(page, date_question)
    page.route("**/v1/feedback", lambda route: route.abort())
    good(answer).click()
    expect(answer.locator(".said")).to_have_text("The rating could not be sent. Try again.")
    assert pressed(answer) == [False, False]
    page.unroute("**/v1/feedback")
    good(answer).click()
    expect(good(answer)).to_have_attribute("aria-pressed", "true")
    # The browser itself notes the lost request in its console.
    assert "ERR_FAILED" in watched.errors.pop()


def test_the_form_is_not_hidden_by_the_field_for_questions(page, ask_on, date_question):
    page.set_viewport_size({"width": 390, "height": 800})
    answer = ask_on(page, date_question)
    bad(answer).click()
    send = answer.get_by_role("form").get_by_role("button", name="Send")
    expect(send).to_be_visible()
    field = page.locator(".composer").bounding_box()
    button = send.bounding_box()
    assert button["y"] + button["height"] <= field["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_each_browser_is_a_person_of_its_own_and_stays_one(watch, server, ask_on, client, date_question):
    made = [watch(server), watch(server)]
    for one in made:
        for _ in range(2):
            page = one.context.new_page()
            page.goto("/")
            answer = ask_on(page, date_question)
            good(answer).click()
            expect(good(answer)).to_have_attribute("aria-pressed", "true")
    newest = client.get("/v1/feedback", params={"limit": 4}).json()["feedback"]
    people = [one["person"] for one in newest]
    assert people[0] == people[1] != people[2] == people[3]
    assert None not in people
    for one in made:
        one.context.close()
        assert (one.errors, one.foreign) == ([], [])


@pytest.mark.slow
def test_a_service_that_keeps_no_questions_shows_no_thumbs(watch, start_server, ask_on, tmp_path, date_question):
    with start_server(tmp_path / "data", "--demo", FOOTNOTED_QUESTIONS__KEEP_DAYS="0") as running:
        made = watch(running.url)
        page = made.context.new_page()
        page.goto("/")
        answer = ask_on(page, date_question)
        expect(answer.locator(".confidence")).to_be_visible()
        expect(answer.locator(".feedback, .thumb")).to_have_count(0)
        made.context.close()
        assert (made.errors, made.foreign) == ([], [])
    assert not (tmp_path / "data" / "questions.db").exists()

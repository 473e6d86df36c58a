"""What the chat page shows when the language model is down: the reader's answer, and that it is one."""

import pytest
from halden import TOWER_QUESTION
from llm_servers.chat_server import Failure, serving_chat
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

NOTICE = "The language model did not answer. What the documents say is quoted instead, as far as it was found."
WRITTEN = "The Halden Tower is 212 metres tall."
QUOTED = "It was finished on 4 May 1931 and is 212 metres tall."


@pytest.fixture
def page_asking(start_server, halden_folder, watch):
    """The chat page of a server whose model was up for its first answer only."""
    answers = iter([WRITTEN])
    with serving_chat(lambda body: next(answers, Failure(503))) as chat:
        environment = {
            "FOOTNOTED_MODEL__NAME": "openai:scripted",
            "FOOTNOTED_MODEL__BASE_URL": chat.url,
            "FOOTNOTED_MODEL__RETRIES": "0",
            "OPENAI_API_KEY": "sk-of-these-tests",
        }
        with start_server(halden_folder, **environment) as running:
            made = watch(running.url)
            page = made.context.new_page()
            page.goto("/")
            yield page
            made.context.close()
            assert made.errors == []


def ask_on(page):
    before = page.locator(".exchange").count()
    page.locator("#question").fill(TOWER_QUESTION)
    page.locator("#send").click()
    exchange = page.locator(".exchange").nth(before)
    expect(exchange).to_have_attribute("data-status", "answered")
    return exchange


def test_the_reader_answers_for_a_model_that_is_down_and_the_page_says_so(page_asking):
    written = ask_on(page_asking)
    expect(written.locator(".sentence .words").first).to_have_text(WRITTEN)
    expect(written.locator(".notice")).to_have_count(0)

    quoted = ask_on(page_asking)
    expect(quoted.locator(".notice")).to_have_text(NOTICE)
    expect(quoted.locator(".sentence .words").first).to_have_text(QUOTED)
    expect(quoted.locator(".sources li.source").first).to_be_visible()

"""The chat page and the source page in a real browser, against a running server."""

import re
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from playwright.sync_api import Page, expect
from worker_process import slow_text

from service.app import create_app

DONE = ".exchange:last-child .answer[aria-busy=false]"
OTTER = "The otter Ida eats two kilograms of fish a day."
OTTER_QUESTION = "How much fish does the otter Ida eat a day?"
TIMEOUT_MS = 60_000


@pytest.fixture
def collection(client, request, page) -> Iterator[str]:
    """A collection of the test's own, chosen on the page."""
    name = re.sub(r"\W+", "-", request.node.name)[:60].strip("-")
    client.post("/v1/collections", json={"name": name}).raise_for_status()
    page.reload()
    page.locator("#collection").select_option(name)
    yield name
    client.delete(f"/v1/collections/{name}").raise_for_status()


def ask_on(page: Page, question: str):
    """Types a question, sends it, and gives its finished answer."""
    before = page.locator(".exchange").count()
    page.locator("#question").fill(question)
    page.locator("#send").click()
    expect(page.locator(".exchange")).to_have_count(before + 1)
    return finished(page)


def finished(page: Page):
    answer = page.locator(DONE)
    answer.wait_for(timeout=TIMEOUT_MS)
    return answer


def expect_status(page: Page, status: str) -> None:
    """Of the last answer."""
    expect(page.locator(".exchange").last).to_have_attribute("data-status", status)


def upload_on(page: Page, *files: tuple[str, bytes]) -> None:
    """Hands files to the page's own file field, and waits until none is being read any more."""
    page.locator("#files").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    )
    for i in range(len(files)):
        settled = re.compile("added|changed|unchanged|failed")
        expect(page.locator(".upload").nth(i)).to_have_attribute("data-status", settled, timeout=TIMEOUT_MS)


def assert_lit(page: Page, quote: str) -> None:
    """The quote is lit in the source beside the chat, and in sight."""
    marks = page.locator("footnoted-source mark")
    expect(marks.first).to_be_in_viewport()
    assert "".join(marks.all_text_contents()) == quote


def assert_lit_page(tab: Page, quote: str) -> None:
    """The quote is lit on the source page, and in sight."""
    mark = tab.locator("mark#cited")
    expect(mark).to_have_text(quote)
    assert mark.text_content() == quote
    expect(mark).to_be_in_viewport()


def test_a_suggestion_is_answered_with_a_citation_that_leads_to_the_lit_source(
    page, watched, date_question, first_sentence
):
    suggestions = page.locator(".suggestion")
    expect(suggestions).to_have_count(3)
    suggestions.filter(has_text=date_question).click()
    answer = finished(page)
    expect_status(page, "answered")
    expect(answer.locator(".sentence .words").first).to_have_text(first_sentence)

    source = answer.locator(".sources li.source").first
    expect(source.locator("blockquote.quote")).to_have_text(first_sentence)
    expect(source.locator(".support")).to_have_text("Quoted word for word")
    expect(page.locator("#question")).to_be_empty()

    answer.locator('.marker[data-marker="1"]').click()
    assert_lit(page, first_sentence)
    with watched.context.expect_page() as opened:
        page.locator("footnoted-source").get_by_role("link", name="Open in a new tab").click()
    assert_lit_page(opened.value, first_sentence)


def test_a_quote_far_down_a_document_is_scrolled_into_sight(page, collection, watched):
    filler = "\n\n".join(f"Paragraph {i} tells nothing of interest about turnips and their leaves." for i in range(80))
    upload_on(page, ("long.txt", f"{filler}\n\n{OTTER}\n\n{filler}".encode()))
    answer = ask_on(page, OTTER_QUESTION)
    answer.locator('.marker[data-marker="1"]').click()
    assert_lit(page, OTTER)
    with watched.context.expect_page() as opened:
        page.locator("footnoted-source").get_by_role("link", name="Open in a new tab").click()
    assert_lit_page(opened.value, OTTER)
    assert opened.value.evaluate("scrollY") > 0


def test_an_uploaded_file_answers_until_it_is_deleted(page, collection):
    expect(page.locator("#no-documents")).to_be_visible()
    page.locator("#open-documents").click()
    expect(page.locator("dialog#documents")).to_be_visible()
    upload_on(page, ("otter.txt", OTTER.encode()), ("tool.bin", b"\x7fELF" + bytes(64)))
    uploads = page.locator(".upload")
    expect(uploads.nth(0)).to_have_attribute("data-status", "added")
    expect(uploads.nth(1)).to_have_attribute("data-status", "failed")
    expect(uploads.nth(1).locator(".wrong")).to_contain_text("tool.bin is a program")
    expect(page.locator(".document")).to_have_count(1)
    page.locator("#close-documents").click()
    expect(page.locator("#no-documents")).to_be_hidden()

    answer = ask_on(page, OTTER_QUESTION)
    expect(answer.locator("blockquote.quote").first).to_have_text(OTTER)

    page.locator("#open-documents").click()
    page.locator(".document .delete").click()
    page.locator(".confirm .danger").click()
    expect(page.locator(".document")).to_have_count(0)
    expect(page.locator("#document-list")).to_have_text("No documents yet.")
    page.locator("#close-documents").click()
    ask_on(page, OTTER_QUESTION)
    expect_status(page, "not_found")


def test_an_upload_shows_how_far_it_is_and_is_cancelled(page, collection):
    page.locator("#open-documents").click()
    text = slow_text("otter", 2000).encode()
    page.locator("#files").set_input_files([{"name": "long.txt", "mimeType": "text/plain", "buffer": text}])
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("progressbar", name="Progress")).to_be_visible(timeout=TIMEOUT_MS)
    expect(drawer).to_contain_text("0 of 1", timeout=TIMEOUT_MS)
    drawer.get_by_role("button", name="Cancel this upload").click()
    expect(page.locator(".upload")).to_have_attribute("data-status", "cancelled", timeout=TIMEOUT_MS)
    expect(drawer.get_by_role("button", name="Cancel this upload")).to_have_count(0)


def test_a_document_is_not_deleted_without_a_yes(page, collection, upload):
    upload(collection, {"otter.txt": OTTER})
    page.locator("#open-documents").click()
    page.locator(".document .delete").click()
    page.locator(".confirm .secondary").click()
    expect(page.locator(".confirm .danger")).to_be_hidden()
    expect(page.locator(".document")).to_have_count(1)
    expect(page.locator(".document .delete")).to_be_focused()


def test_a_newer_version_of_a_file_is_told_apart_from_a_new_one_and_the_same_one(page, collection):
    page.locator("#open-documents").click()
    newer = OTTER.replace("two", "three").encode()
    for content, status, words in (
        (OTTER.encode(), "added", "Added"),
        (OTTER.encode(), "unchanged", "Already here, unchanged"),
        (newer, "changed", "Added in place of the older version"),
    ):
        upload_on(page, ("otter.txt", content))
        expect(page.locator(".upload").first).to_have_attribute("data-status", status)
        expect(page.locator(".upload .state").first).to_have_text(re.compile(rf"^{words}(,|$)"))
    # Beside it, the progress of the last upload may still be there.
    expect(page.locator("dialog [role=status]").filter(has_text=re.compile("^1\\s+file added"))).to_have_count(1)
    expect(page.locator(".document")).to_have_count(1)


def test_markup_in_a_title_is_shown_as_text(page, collection, upload):
    upload(collection, {"<img src=x onerror=alert(2)>.txt": OTTER})
    page.locator("#open-documents").click()
    expect(page.locator(".document")).to_have_count(1)
    expect(page.locator(".document img")).to_have_count(0)


def test_a_question_that_cannot_be_served_says_why_and_can_be_asked_again(page, watched, client):
    client.post("/v1/collections", json={"name": "short-lived"}).raise_for_status()
    page.reload()
    page.locator("#collection").select_option("short-lived")
    client.delete("/v1/collections/short-lived").raise_for_status()
    answer = ask_on(page, "Is anybody here?")
    expect(page.locator(".exchange").last).to_have_attribute("data-state", "failed")
    expect(answer.locator(".failure")).to_contain_text("There is no collection 'short-lived'")
    client.post("/v1/collections", json={"name": "short-lived"}).raise_for_status()
    answer.locator(".retry").click()
    finished(page)
    expect_status(page, "not_found")
    client.delete("/v1/collections/short-lived").raise_for_status()
    # The browser itself notes the 404 in its console.
    assert len(watched.errors) == 1
    assert "404" in watched.errors.pop()


def test_a_collection_is_chosen_where_there_are_several_and_keeps_its_own_conversation(page, collection, date_question):
    ask_on(page, date_question)
    expect_status(page, "not_found")
    page.locator("#collection").select_option("default")
    expect(page.locator(".exchange")).to_have_count(0)
    ask_on(page, date_question)
    expect_status(page, "answered")
    page.locator("#collection").select_option(collection)
    expect_status(page, "not_found")


@pytest.fixture
def empty_server(tmp_path, make_settings, open_engine) -> Iterator[str]:
    """The address of a server on an empty data folder; it runs in this process."""
    settings = make_settings(tmp_path / "data")
    app = create_app(settings, open_engine(settings.data_dir))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        assert thread.is_alive()
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join()


@pytest.mark.slow
def test_a_server_without_documents_asks_for_some_first(watch, empty_server):
    while httpx.get(f"{empty_server}/readyz").status_code != 200:
        pass
    made = watch(empty_server)
    page = made.context.new_page()
    page.goto("/")
    expect(page.locator("#no-documents")).to_be_visible()
    page.locator("#add-first").click()
    expect(page.locator("dialog#documents")).to_be_visible()
    upload_on(page, ("otter.txt", OTTER.encode()))
    page.locator("#close-documents").click()
    expect(page.locator("#no-documents")).to_be_hidden()
    ask_on(page, OTTER_QUESTION)
    expect_status(page, "answered")
    made.context.close()
    assert (made.errors, made.foreign) == ([], [])

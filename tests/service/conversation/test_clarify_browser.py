"""A question back on the chat page: what it may have meant, as buttons."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

COLLECTION = "asked-back-on-the-page"
TENANCY = (
    "# Tenancy agreement\n\n## Flats\n\nThe notice period is three months to the end of a month.\n\n"
    "## Garages\n\nThe notice period is two weeks to the end of a month.\n"
)
QUESTION = "What is the notice period?"
OPTIONS = ["What is the notice period (Flats)?", "What is the notice period (Garages)?"]


@pytest.fixture(scope="module", autouse=True)
def documents(client, upload):
    client.post("/v1/collections", json={"name": COLLECTION}).raise_for_status()
    upload(COLLECTION, {"Tenancy.md": TENANCY})
    yield
    client.delete(f"/v1/collections/{COLLECTION}").raise_for_status()


@pytest.mark.parametrize("by_keyboard", [False, True])
def test_an_option_is_asked_by_a_press_and_answered(page, by_keyboard):
    page.locator("#collection").select_option(COLLECTION)
    page.locator("#question").fill(QUESTION)
    page.locator("#send").click()
    asked = page.locator(".exchange").first
    buttons = asked.get_by_role("button", name="What is the notice period")
    expect(buttons).to_have_count(2)
    assert sorted(buttons.all_text_contents()) == OPTIONS
    expect(asked.locator(".verdict")).to_be_visible()
    expect(asked.locator(".sentence")).to_have_count(0)

    garages = buttons.filter(has_text="Garages")
    if by_keyboard:
        garages.focus()
        page.keyboard.press("Enter")
    else:
        garages.click()
    answered = page.locator(".exchange").nth(1)
    expect(answered).to_have_attribute("data-status", "answered")
    expect(answered.locator(".sentence .words").first).to_have_text(
        "The notice period is two weeks to the end of a month."
    )
    expect(answered.locator(".sources li.source")).to_have_count(1)
    assert OPTIONS[1] in answered.text_content()

"""The pages of keys and of signing in, in a real browser, by keyboard, and as axe sees them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.access.operators import Operators
from service.access.tables import AccessFile

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[3] / "widget/node_modules/axe-core/axe.min.js"
PASSWORD = "correct horse battery"


@pytest.fixture
def assert_accessible():
    if not AXE.exists():
        pytest.skip("axe-core is not installed: it comes with npm. To run this test: (cd widget && npm ci)")

    def check(page: Page) -> None:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []

    return check


@pytest.fixture
def page(watch, keyed) -> Page:
    watched = watch(keyed.url)
    opened = watched.context.new_page()
    yield opened
    errors = [error for error in watched.errors if "status of 401" not in error]
    watched.context.close()
    assert errors == []
    assert watched.foreign == []


def sign_in(page: Page, keyed) -> None:
    page.goto(f"/admin#token={(keyed.folder / 'admin.token').read_text().strip()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Collections")


def test_a_key_is_made_rotated_and_revoked_by_keyboard(page, keyed, assert_accessible):
    sign_in(page, keyed)
    page.goto("/admin#/keys")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")
    page.get_by_label("Name").focus()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Ask and read")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_label("Collections", exact=True).fill("alpha\nbeta")
    page.get_by_label("Name").press("Enter")
    shown = page.get_by_role("heading", name="The secret of By keyboard")
    expect(shown).to_be_focused()
    first = page.locator(".copy-box code").inner_text()
    assert re.fullmatch(r"fn_[\w-]{43}", first)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="By keyboard"))
    expect(row).to_contain_text("ask, ingest")
    expect(row).to_contain_text("alpha, beta")
    assert_accessible(page)
    row.get_by_role("button", name="New secret for By keyboard").press("Enter")
    page.get_by_role("button", name="Make a new secret").press("Enter")
    expect(page.locator(".copy-box code")).not_to_have_text(first)
    row.get_by_role("button", name="Revoke By keyboard").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").press("Enter")
    expect(row).to_contain_text("Revoked")
    expect(row.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("rowheader", name="By keyboard")).to_be_visible()
    assert first not in page.content()


def test_a_person_signs_in_with_a_key_asks_and_signs_out(page, keyed, assert_accessible):
    page.goto("/")
    field = page.get_by_label("API key")
    expect(field).to_be_focused()
    assert_accessible(page)
    field.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Paste the key first.")
    field.fill("fn_wrong")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not valid")
    field.fill(keyed.secrets["board"])
    field.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.locator("#question").fill("What is the code of the vault in Larkspur?")
    page.locator("#question").press("Enter")
    expect(page.get_by_text("4711").first).to_be_visible()
    page.get_by_role("button", name="Documents").click()
    expect(page.get_by_role("dialog")).to_contain_text("vault", ignore_case=True)
    expect(page.locator("#drop")).to_be_hidden()  # the key may not take anything in
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()


def test_an_operator_signs_in_by_name(page, keyed, assert_accessible):
    file = AccessFile(keyed.folder)
    Operators(file).add("Ada of the pages", PASSWORD)
    try:
        page.goto("/admin")
        expect(page.get_by_label("Name")).to_be_focused()
        assert_accessible(page)
        page.get_by_role("button", name="Use the operator’s token instead").click()
        expect(page.get_by_label("Token", exact=True)).to_be_focused()
        page.get_by_role("button", name="Use name and password instead").click()
        page.get_by_label("Name").fill("ada of the pages")
        page.get_by_label("Password", exact=True).fill("not the password")
        page.get_by_label("Password", exact=True).press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("wrong")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password", exact=True).press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Collections")
        page.get_by_role("button", name="Sign out everywhere").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    finally:
        Operators(file).remove("Ada of the pages")
        file.close()

"""The operator's page on quality in a real browser, against a running server."""

import re

import pytest
from playwright.sync_api import Page, expect
from quality_documents import COPY_OF_RULES, RULES, faulty

COLLECTION = "quality-page"
MANY = "quality-many"


@pytest.fixture(scope="module")
def _documents(upload):
    upload(COLLECTION, faulty())


@pytest.fixture
def admin(watched, served_folder, _documents) -> Page:
    page = watched.context.new_page()
    page.goto(f"/admin#token={(served_folder / 'admin.token').read_text().strip()}")
    expect(page.locator("#nav a").first).to_be_visible()
    return page


def card(page: Page, code: str):
    return page.locator(f'.card[data-code="{code}"]')


def test_the_page_tells_what_was_found_by_kind(admin):
    admin.get_by_role("link", name="Quality", exact=True).click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Quality")
    admin.get_by_label("Collection").select_option(COLLECTION)
    expect(admin.locator(".facts").first).to_contain_text("5 documents")
    expect(card(admin, "language_not_covered")).to_contain_text("Maltese")
    expect(card(admin, "failed")).to_contain_text("broken.pdf")
    expect(card(admin, "duplicates")).to_contain_text(COPY_OF_RULES)
    expect(card(admin, "near_identical")).to_contain_text(re.compile(r"rules-2025\.txt\d\d\s%"))
    expect(card(admin, "near_identical")).not_to_contain_text("100")


def test_a_page_without_text_opens_at_that_page(admin, watched):
    admin.goto(f"/admin#/quality/{COLLECTION}")
    link = card(admin, "pages_without_text").get_by_role("link", name="Page 2 of Pump")
    with watched.context.expect_page() as opened:
        link.click()
    expect(opened.value).to_have_url(re.compile(r"/view/.*page=2"))
    expect(opened.value.locator("#sheet")).to_contain_text("2")


def test_the_list_of_documents_leads_to_the_report_of_one(admin):
    admin.goto(f"/admin#/documents/{COLLECTION}")
    row = admin.get_by_role("row").filter(has_text="biber.txt")
    row.get_by_role("link", name="Languages that the encoder does not know").click()
    expect(admin.get_by_role("heading", level=2)).to_contain_text("Biber")
    expect(card(admin, "language_not_covered")).to_contain_text("Maltese")
    admin.get_by_role("link", name=f"Quality of {COLLECTION}").click()
    expect(card(admin, "failed")).to_be_visible()


def test_a_document_names_those_that_it_resembles(admin):
    admin.goto(f"/admin#/quality/{COLLECTION}")
    card(admin, "near_identical").get_by_role("link", name="Rules 2025").click()
    expect(card(admin, "alike").get_by_role("listitem")).to_have_count(2)
    card(admin, "alike").get_by_role("link", name="Rules 2024").click()
    expect(admin.get_by_role("heading", level=2)).to_contain_text("Rules 2024")
    expect(card(admin, "alike")).to_contain_text("the same text")


def test_long_lists_go_on_by_a_button(admin, upload):
    upload(MANY, {f"empty-{i}.txt": b"" for i in range(45)} | {"rules.txt": RULES})
    admin.goto(f"/admin#/quality/{MANY}")
    failed = card(admin, "failed")
    expect(failed).to_contain_text("(45)")
    failed.locator("summary").click()
    expect(failed.get_by_role("listitem")).to_have_count(20)
    more = failed.get_by_role("button", name="Show more")
    more.click()
    expect(failed.get_by_role("listitem")).to_have_count(40)
    more.click()
    expect(failed.get_by_role("listitem")).to_have_count(45)
    expect(more).to_have_count(0)


def test_of_good_documents_there_is_nothing_to_tell(admin, upload):
    upload("quality-good", {"rules.txt": RULES})
    admin.goto("/admin#/quality/quality-good")
    expect(admin.locator(".nothing")).to_contain_text("Nothing was found")
    admin.goto("/admin#/documents/quality-good")
    expect(admin.get_by_role("row").filter(has_text="rules.txt")).to_be_visible()
    expect(admin.locator(".troubles")).to_have_count(0)

"""The chat over documents in other languages: direction, language and fonts of what is quoted, in a real browser."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

ARABIC = "بُنيت منارة هالدن عام ١٨٧١ على الصخرة غرب الميناء. يبلغ ارتفاع البرج ٢٣ مترًا. تكلفة التذكرة ٦٠ كرونة."
CHINESE = "哈尔登灯塔于1871年建在港口以西的礁石上。塔高23米，花岗岩来自伊德峡湾的采石场。门票为60克朗。"
TIMEOUT_MS = 60_000


@pytest.fixture(scope="module")
def lighthouses(client, upload) -> None:
    for name, text in (("arabic", ARABIC), ("chinese", CHINESE)):
        client.post("/v1/collections", json={"name": f"lighthouse-{name}"}).raise_for_status()
        upload(f"lighthouse-{name}", {f"{name}.txt": text})


@pytest.fixture
def chat(browser: Browser, server, lighthouses):
    contexts = []

    def asked(collection: str, language: str, question: str) -> Page:
        contexts.append(browser.new_context(reduced_motion="reduce", viewport={"width": 800, "height": 700}))
        page = contexts[-1].new_page()
        html = (
            f"<!doctype html><html lang={language}><meta charset=utf-8><title>Host</title><link rel=icon href='data:,'>"
            "<style>body{margin:0} footnoted-chat{height:100vh}</style><script src=/widget.js defer></script>"
            f"<body><footnoted-chat collection={collection}></footnoted-chat></body></html>"
        )
        page.route("**/host-page", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(f"{server}/host-page")
        page.locator("#question").fill(question)
        page.locator("#send").click()
        expect(page.locator(".answer").last).to_have_attribute("aria-busy", "false", timeout=TIMEOUT_MS)
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{collection}-{language}.png")
        return page

    yield asked
    for context in contexts:
        context.close()


def direction(page: Page, selector: str) -> str:
    return page.locator(selector).first.evaluate("node => getComputedStyle(node).direction")


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_an_arabic_quote_runs_from_right_to_left_on_any_page(chat, language):
    page = chat("lighthouse-arabic", language, "كم يبلغ ارتفاع البرج؟")
    quote = ".quote, .passage-text"  # a quotation, or the nearest passage where the documents do not say
    expect(page.locator(quote).first).to_contain_text("٢٣")
    assert direction(page, quote) == "rtl"
    assert direction(page, ".root") == ("rtl" if language == "ar" else "ltr")
    expect(page.locator(quote).first).to_have_attribute("lang", "ar")


def test_a_chinese_quote_says_its_language_where_the_page_is_in_another(chat):
    page = chat("lighthouse-chinese", "en", "塔高多少米？")
    quote = page.locator(".quote, .passage-text").first
    expect(quote).to_contain_text("23米")
    expect(quote).to_have_attribute("lang", "zh")
    expect(page.locator(".language").first).to_have_text("Chinese")
    assert direction(page, ".quote, .passage-text") == "ltr"
    page = chat("lighthouse-chinese", "zh", "塔高多少米？")
    expect(page.locator(".language")).to_have_count(0)


def test_a_refusal_is_told_in_the_pages_language(chat):
    page = chat("lighthouse-chinese", "ru", "How do I reset my router password?")
    expect(page.locator(".verdict")).to_have_text("В документах об этом не говорится.")

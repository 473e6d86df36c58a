"""The page that shows a document with the cited span lit, as the server sends it: no script has run."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent / "data"

HOSTILE = """<script>alert("first")</script> The gardener <b>Greta</b> grows "quinces" & pears.

The second paragraph: <img src=x onerror=alert(1)> is in it. 😀 Greta's pears weigh 300 grams.

One | Two
Three | Four"""
VOID = {"meta", "link", "img", "br", "input", "hr"}


class Page(HTMLParser):
    """What a test asks of a page: the text of its marks, of its article, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: list[tuple[dict, str]] = []
        self.article = ""
        self.tags: list[tuple[str, dict]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "mark":
            self.marks.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "mark" in self._open:
            attributes, text = self.marks[-1]
            self.marks[-1] = attributes, text + data
        if "article" in self._open:
            self.article += data


@pytest.fixture(scope="module")
def hostile(upload) -> str:
    """The id of a document full of markup, in the collection "view"."""
    return upload("view", {"hostile.txt": HOSTILE})["files"][0]["document_id"]


@pytest.fixture
def view(client, hostile):
    def get(**query: int) -> Page:
        response = client.get(f"/view/{hostile}", params={"collection": "view", **query})
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        return Page(response.text)

    return get


def test_the_address_of_a_citation_shows_its_quote_lit(client, ask, date_question):
    citation = ask(date_question)["citations"][0]
    page = Page(client.get(citation["url"]).raise_for_status().text)
    assert page.marks == [({"id": "cited"}, citation["quote"])]


def test_a_span_in_the_middle_of_a_sentence_is_lit_exactly(view):
    start = HOSTILE.index("grows")
    page = view(start=start, end=start + len('grows "quinces" & pears'))
    assert [text for _, text in page.marks] == ['grows "quinces" & pears']


def test_a_span_after_an_emoji_is_lit_exactly(view):
    start = HOSTILE.index("Greta's pears")
    assert [text for _, text in view(start=start, end=len("Greta's pears") + start).marks] == ["Greta's pears"]


def test_a_span_over_paragraphs_is_lit_in_each_and_anchored_at_the_first(view):
    start, end = HOSTILE.index("grows"), HOSTILE.index("The second") + len("The second")
    marks = view(start=start, end=end).marks
    assert [attributes for attributes, _ in marks] == [{"id": "cited"}, {}]
    assert [text for _, text in marks] == ['grows "quinces" & pears.', "The second"]


def test_without_a_span_the_whole_text_is_there_and_nothing_is_lit(view):
    page = view()
    assert page.marks == []
    for line in HOSTILE.splitlines():
        assert line in page.article


def test_markup_in_a_document_is_shown_as_text(view):
    page = view(start=0, end=30)
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert all(attributes["src"].startswith("/static/") for attributes in scripts)
    assert not any(tag in ("img", "b") for tag, _ in page.tags)
    assert '<script>alert("first")</script>' in page.article


def test_markup_in_a_title_and_a_name_is_shown_as_text(client, upload):
    name = "'\"><script>alert(2)<!--.md"
    content = "# <script>alert(1)</script> Pears\n\nThe pears are ripe in autumn."
    document_id = upload("view", {name: content})["files"][0]["document_id"]
    page = Page(client.get(f"/view/{document_id}", params={"collection": "view", "start": 0, "end": 8}).text)
    assert all("src" in attributes for tag, attributes in page.tags if tag == "script")


def test_the_original_can_be_opened_from_the_page(client, view):
    links = [attributes["href"] for tag, attributes in view(start=0, end=8).tags if attributes.get("id") == "original"]
    assert client.get(links[0]).content == HOSTILE.encode()


@pytest.mark.parametrize(
    "query", [{"start": 5, "end": 5}, {"start": 9, "end": 5}, {"start": 0, "end": 10_000}, {"start": 5}, {"end": 5}]
)
def test_a_span_that_does_not_lie_in_the_document_is_refused(client, hostile, assert_problem, query):
    response = client.get(f"/view/{hostile}", params={"collection": "view", **query})
    assert_problem(response, 422, "invalid_request", ["span"])


@pytest.mark.parametrize("query", [{"start": -1, "end": 5}, {"start": "a", "end": 5}, {"start": 1.5, "end": 5}])
def test_a_span_that_is_no_pair_of_counts_is_refused(client, hostile, assert_problem, query):
    response = client.get(f"/view/{hostile}", params={"collection": "view", **query})
    assert_problem(response, 422, "invalid_request", ["query.start"])


def test_a_program_is_told_of_an_unknown_document_by_a_problem(client, assert_problem):
    assert_problem(client.get("/view/nothing"), 404, "not_found", ["nothing"])


def test_a_document_that_is_gone_is_told_by_a_page_with_the_words_of_the_link(client):
    asked = {"start": 0, "end": 9, "quote": "Old <b>words</b>"}
    gone = client.get("/view/nothing", params=asked, headers={"Accept": "text/html", "Accept-Language": "de"})
    assert gone.status_code == 404
    assert gone.headers["content-type"].startswith("text/html")
    assert "Dieses Dokument ist nicht mehr hier." in gone.text
    assert "Old &lt;b&gt;words&lt;/b&gt;" in gone.text


def test_a_citation_of_a_web_page_is_lit(client, upload, ask):
    content = b"<h1>Quarry</h1><p>The quarry of <i>Carrara</i> gives white&nbsp;marble.</p>"
    upload("view-html", {"quarry.html": content})
    citation = ask("What does the quarry of Carrara give?", collection="view-html")["citations"][0]
    assert citation["media_type"] == "text/html"
    page = Page(client.get(citation["url"]).text)
    assert "".join(text for _, text in page.marks) == citation["quote"] != ""


def test_a_citation_of_a_pdf_is_lit_and_opens_the_original_at_its_page(client, upload, ask):
    upload("view-pdf", {"report.pdf": (DATA / "report.pdf").read_bytes()})
    citation = ask("How many ships called in the first quarter?", collection="view-pdf")["citations"][0]
    assert (citation["media_type"], citation["page"]) == ("application/pdf", 2)
    assert "412 ships called" in citation["quote"]
    page = Page(client.get(citation["url"]).text)
    assert "".join(text for _, text in page.marks) == citation["quote"]
    link = next(attributes["href"] for tag, attributes in page.tags if attributes.get("id") == "original")
    assert link.endswith("#page=2")
    assert client.get(link).headers["content-type"] == "application/pdf"


def test_a_page_needs_nothing_that_a_public_proxy_does_not_pass_on(client, upload):
    data = (DATA / "report.pdf").read_bytes()
    document_id = upload("view-proxy", {"report.pdf": data})["files"][0]["document_id"]
    query = {"collection": "view-proxy", "start": 0, "end": 20}
    page = Page(client.get(f"/view/{document_id}", params=query).text)
    needed = [attributes[name] for _, attributes in page.tags for name in ("src", "href") if name in attributes]
    needed += [one.split()[0] for _, attributes in page.tags for one in attributes.get("srcset", "").split(",") if one]
    passed_on = ("/widget.js", "/v1/sites/", "/view/", "/static/", "#")
    assert [address for address in needed if not address.startswith(passed_on)] == []
    [picture] = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert client.get(picture).raise_for_status().headers["content-type"] == "image/png"
    [original] = [attributes["href"] for _, attributes in page.tags if attributes.get("id") == "original"]
    assert client.get(original).content == data


@pytest.mark.slow
def test_a_long_document_is_shown_in_parts_that_lead_to_each_other(client, upload):
    filler = "".join(f"Line {i} of the long list tells nothing new about turnips.\n\n" for i in range(5000))
    document_id = upload("view-long", {"long.txt": filler})["files"][0]["document_id"]
    start = filler.index("Line 2500 ")
    query = {"collection": "view-long", "start": start, "end": start + 9, "quote": "Line 2500"}
    response = client.get(f"/view/{document_id}", params=query)
    page = Page(response.text)
    assert [text for _, text in page.marks] == ["Line 2500"]
    assert "Line 1500 " in page.article
    assert "Line 100 " not in page.article
    assert "Line 4900 " not in page.article
    links = [attributes["href"] for tag, attributes in page.tags if "at=" in attributes.get("href", "")]
    earlier, later = (Page(client.get(link).raise_for_status().text) for link in links)
    assert "Line 100 " in earlier.article
    assert "Line 4900 " in later.article


@pytest.mark.parametrize("cites", ["nonsense", ",,:-", "a:1-2,b:3", "x" * 300, "<script>:1-2", "a:9-1,a:1-99999999999"])
def test_a_damaged_list_of_citations_is_passed_over(client, hostile, cites):
    query = {"collection": "view", "start": 0, "end": 8, "cites": cites}
    response = client.get(f"/view/{hostile}", params=query)
    assert response.status_code == 200
    assert "<script>:" not in response.text


def test_a_path_of_the_servers_disk_is_not_shown(client, sample_document):
    document = client.get("/v1/documents").json()["documents"][0]
    assert document["uri"] == sample_document.as_uri()
    page = client.get(f"/view/{document['id']}").text
    assert sample_document.name in page
    assert str(sample_document.parent) not in page


def test_the_language_is_told_to_caches(client, hostile):
    response = client.get(f"/view/{hostile}", params={"collection": "view"}, headers={"Accept-Language": "fr"})
    assert (response.headers["content-language"], response.headers["vary"]) == ("fr", "Accept-Language")
    assert '<html lang="fr" dir="ltr">' in response.text

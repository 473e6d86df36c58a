"""The cited place as JSON, and pages of PDFs as pictures, over HTTP."""

import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from service.sites.store import Sites

DATA = Path(__file__).parent.parent / "data"
OLD = """# Ferries

The ferry leaves the northern pier at six in the morning.

## Fares

Every passenger pays eleven crowns, and children under twelve travel free of charge."""
FERRY = "The ferry leaves the northern pier at six in the morning."
FARE = "Every passenger pays eleven crowns, and children under twelve travel free of charge."


@pytest.fixture(scope="module")
def report(upload) -> str:
    """The id of a PDF in the collection "source"."""
    return upload("source", {"report.pdf": (DATA / "report.pdf").read_bytes()})["files"][0]["document_id"]


@pytest.fixture
def source(client):
    """The source of a document as JSON."""

    def get(document_id: str, collection: str = "source", **query):
        response = client.get(f"/v1/documents/{document_id}/source", params={"collection": collection, **query})
        assert response.status_code == 200, response.text
        return response.json()

    return get


@pytest.fixture
def put(upload, request):
    """Uploads a text under one name into a collection of the test's own; gives the document's id."""
    collection = request.node.name.replace("[", "-").replace("]", "")[:60]

    def send(content: str, name: str = "ferries.md") -> str:
        return upload(collection, {name: content})["files"][0]["document_id"]

    send.collection = collection
    return send


def ask_for(text: str, quote: str) -> dict:
    start = text.index(quote)
    return {"start": start, "end": start + len(quote), "quote": quote}


def lit(answer) -> str:
    return "".join(part["text"] for block in answer["blocks"] for part in block["parts"] if part["lit"])


def test_a_citation_comes_with_its_text_around_it_and_its_boxes_on_the_page(client, upload, ask, source):
    upload("source-pdf", {"report.pdf": (DATA / "report.pdf").read_bytes()})
    citation = ask("How many ships called in the first quarter?", collection="source-pdf")["citations"][0]
    place = {name: citation[name] for name in ("start", "end", "quote")}
    answer = source(citation["document_id"], "source-pdf", **place)
    assert (answer["state"], answer["asked"]) == ("same", place)
    assert {name: answer["cited"][name] for name in ("start", "end", "page", "quote")} == {**place, "page": 2}
    assert lit(answer) == citation["quote"]
    assert answer["view_url"] == citation["url"]
    assert answer["pages"] == 4
    assert answer["cited"]["boxes"] != []
    assert all(0 <= box[side] <= 1 for box in answer["cited"]["boxes"] for side in ("x", "y", "width", "height"))
    assert {box["page"] for box in answer["cited"]["boxes"]} == {2}


def test_blocks_of_the_window_are_stretches_of_the_stored_text(client, report, source):
    text = client.get(f"/v1/documents/{report}/text", params={"collection": "source"}).text
    answer = source(report)
    assert answer["window"] == {"start": 0, "end": len(text), "characters": len(text)}
    for block in answer["blocks"]:
        shown = "".join(part["text"] for part in block["parts"])
        stored = text[block["start"] :].replace(" | ", "\t") if block["kind"] == "table" else text[block["start"] :]
        assert stored.startswith(shown)


def test_the_outline_names_headings_with_their_places(put, source):
    document_id = put(OLD)
    outline = source(document_id, put.collection)["outline"]
    text = "Ferries\n\n" + FERRY + "\n\nFares\n\n" + FARE
    assert [(h["title"], h["level"]) for h in outline] == [("Ferries", 1), ("Fares", 2)]
    assert [text[h["start"] :][: len(h["title"])] for h in outline] == ["Ferries", "Fares"]


def test_cells_of_a_table_are_parted_by_tabs_and_lit_exactly(client, put, source):
    document_id = put("Year,Ships\n2021,412\n2022,455\n", "ships.csv")
    text = client.get(f"/v1/documents/{document_id}/text", params={"collection": put.collection}).text
    quote = next(line for line in text.splitlines() if "455" in line)
    assert " | " in quote
    answer = source(document_id, put.collection, **ask_for(text, quote))
    assert lit(answer) == quote.replace(" | ", "\t")
    assert answer["cited"]["quote"] == quote


def test_the_words_of_a_replaced_version_are_found_in_the_new_one(client, put, source):
    old = put(OLD)
    text = client.get(f"/v1/documents/{old}/text", params={"collection": put.collection}).text
    place = ask_for(text, FARE)
    new = put(OLD.replace("# Ferries", "# Ferries\n\nThis table was revised in spring."))
    answer = source(old, put.collection, **place)
    assert (answer["document_id"], answer["state"], answer["asked"]) == (new, "moved", place)
    assert (answer["cited"]["quote"], lit(answer)) == (FARE, FARE)
    assert answer["cited"]["start"] > place["start"]
    again = parse_qs(urlsplit(answer["view_url"]).query)
    assert urlsplit(answer["view_url"]).path == f"/view/{new}"
    assert again["quote"] == [FARE]


def test_reworded_and_removed_words_are_told_apart_over_several_versions(client, put, source):
    first = put(OLD)
    text = client.get(f"/v1/documents/{first}/text", params={"collection": put.collection}).text
    fare, ferry = ask_for(text, FARE), ask_for(text, FERRY)
    put(OLD + "\n\nA line more.")
    last = put(OLD.replace("eleven crowns", "fourteen crowns").replace(FERRY, "There is a bridge now."))
    reworded = source(first, put.collection, **fare)
    assert (reworded["state"], reworded["document_id"]) == ("changed", last)
    assert reworded["cited"]["quote"] == FARE.replace("eleven", "fourteen")
    removed = source(first, put.collection, **ferry)
    assert (removed["state"], removed["cited"], lit(removed)) == ("gone", None, "")


def test_without_the_words_a_replaced_version_lights_nothing(client, put, source):
    old = put(OLD)
    put(OLD.replace("six", "seven"))
    answer = source(old, put.collection, start=0, end=7)
    assert (answer["state"], answer["cited"]) == ("gone", None)
    assert answer["asked"] == {"start": 0, "end": 7, "quote": None}


def test_a_document_that_comes_back_is_the_same_again(client, put, source):
    old = put(OLD)
    new = put(OLD.replace("six", "seven"))
    assert put(OLD) == old
    assert source(old, put.collection, start=0, end=7)["state"] == "same"
    assert source(new, put.collection, start=0, end=7, quote="Ferries")["document_id"] == old


def test_a_deleted_document_is_not_found_by_any_of_its_ids(client, put, assert_problem):
    old = put(OLD)
    new = put(OLD.replace("six", "seven"))
    at = {"collection": put.collection}
    client.delete(f"/v1/documents/{new}", params=at).raise_for_status()
    for gone in (old, new):
        assert_problem(client.get(f"/v1/documents/{gone}/source", params=at), 404, "not_found", [gone])


@pytest.mark.parametrize(
    "query",
    [{"start": 5}, {"start": 5, "end": 5}, {"start": 0, "end": 10**6}, {"start": 0, "end": 10**6, "quote": "x"}],
)
def test_half_and_impossible_spans_are_refused(client, report, assert_problem, query):
    response = client.get(f"/v1/documents/{report}/source", params={"collection": "source", **query})
    assert_problem(response, 422, "invalid_request", ["span"])


@pytest.fixture
def picture(client, report):
    def get(page: int = 1, **more):
        headers = more.pop("headers", {})
        address = f"/v1/documents/{report}/pages/{page}"
        return client.get(address, params={"collection": "source", **more}, headers=headers)

    return get


@pytest.mark.parametrize(("asked", "given"), [(900, 900), (1, 200), (10**6, 2400)])
def test_a_page_is_drawn_at_a_width_within_bounds(picture, asked, given):
    response = picture(width=asked)
    assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(response.content))
    assert image.width == pytest.approx(given, abs=1)
    assert len(image.convert("L").getcolors()) > 1


def test_a_page_that_the_browser_has_is_not_sent_again(picture):
    first = picture()
    assert first.headers["cache-control"].startswith("private")
    again = picture(headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert picture(width=800).headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("page", [0, -1, 5, 10**9])
def test_a_page_that_is_not_there_is_not_found(picture, assert_problem, page):
    assert_problem(picture(page), 404, "not_found", [f"page {page}"])


def test_a_text_has_no_pages_to_draw(client, put, assert_problem):
    document_id = put(OLD)
    response = client.get(f"/v1/documents/{document_id}/pages/1", params={"collection": put.collection})
    assert_problem(response, 404, "not_found", ["no pages"])


def original_of(served_folder, client, document_id: str, collection: str) -> Path:
    record = client.get(f"/v1/documents/{document_id}", params={"collection": collection}).json()
    digest = record["metadata"]["sha256"]
    return served_folder / "originals" / digest[:2] / digest


def crowded_page() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Helvetica", 0.3)
    for line in range(2010):
        canvas.drawString(0, line * 0.4, "x" * 100)
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("harm", ["missing", "damaged", "crowded"])
def test_without_a_good_original_the_text_is_lit_and_the_page_is_a_problem(
    client, upload, source, served_folder, assert_problem, harm
):
    # A file of its own: the same bytes would share the original with another test.
    data = (DATA / "manual.pdf").read_bytes() + b"\n% " + harm.encode()
    collection = f"source-{harm}"
    document_id = upload(collection, {"manual.pdf": data})["files"][0]["document_id"]
    original = original_of(served_folder, client, document_id, collection)
    if harm == "missing":
        original.unlink()
    else:
        original.write_bytes(crowded_page() if harm == "crowded" else b"%PDF-1.7\n" + bytes(1000))
    answer = source(document_id, collection, start=0, end=10)
    assert (answer["state"], answer["cited"]["boxes"]) == ("same", [])
    assert lit(answer) == answer["cited"]["quote"]
    response = client.get(f"/v1/documents/{document_id}/pages/1", params={"collection": collection})
    if harm != "crowded":  # that can be drawn, only not told where its words are
        assert_problem(response, *((404, "not_found") if harm == "missing" else (422, "document_unreadable")))
    page = client.get(f"/view/{document_id}", params={"collection": collection, "start": 0, "end": 10})
    assert page.status_code == 200
    assert 'id="no-page"' in page.text
    assert ("missing or damaged" in page.text) is (harm != "crowded")


def test_a_visitor_of_a_site_reads_sources_of_its_collection_only(
    client, upload, report, served_folder, assert_problem
):
    other = upload("source-other", {"ferries.md": OLD})["files"][0]["document_id"]
    origin = "https://harbour.example"
    sites = Sites(served_folder)
    site = sites.add("Harbour", "source", [origin])
    sites.close()
    opened = client.post(f"/v1/sites/{site.id}/session", json={"token": None}, headers={"Origin": origin})
    headers = {"Origin": origin, "Authorization": f"Bearer {opened.json()['token']}"}
    at = f"/v1/sites/{site.id}/documents"

    answer = client.get(f"{at}/{report}/source", params={"start": 0, "end": 10}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["cited"]["boxes"] != []
    assert str(served_folder) not in answer.text
    page = client.get(f"{at}/{report}/pages/1", params={"width": 300}, headers=headers)
    assert (page.headers["content-type"], page.headers["access-control-allow-origin"]) == ("image/png", origin)

    assert_problem(client.get(f"{at}/{other}/source", headers=headers), 404, "not_found")
    for path in (f"{at}/{report}/source", f"{at}/{report}/pages/1"):
        assert_problem(client.get(path, headers={"Origin": origin}), 401, "session_expired")

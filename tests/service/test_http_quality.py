"""The quality report and the passages of documents over HTTP, on real documents."""

from functools import partial

import pytest
from quality_documents import CHANGED_RULES, COPY_OF_RULES, RULES, faulty

COLLECTION = "quality"


@pytest.fixture(scope="module")
def documents(client, upload) -> dict[str, str]:
    """The ids of the documents with faults, by file name."""
    upload(COLLECTION, faulty())
    listed = client.get("/v1/documents", params={"collection": COLLECTION}).json()["documents"]
    return {row["uri"].removeprefix("upload:"): row["id"] for row in listed}


@pytest.fixture
def report(client, documents):
    def get(headers=None, **query):
        answer = client.get(f"/v1/collections/{COLLECTION}/quality", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.fixture
def as_operator(report, served_folder):
    token = (served_folder / "admin.token").read_text().strip()
    return partial(report, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def quality_of(client, documents):
    def get(name: str):
        answer = client.get(f"/v1/documents/{documents[name]}/quality", params={"collection": COLLECTION})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def names(group: dict) -> set[str]:
    return {one["uri"].removeprefix("upload:") for one in group["documents"]}


# Of a document


def test_a_page_without_text_is_told_with_its_number(quality_of):
    told = {finding["code"]: finding for finding in quality_of("pump.pdf")["findings"]}
    finding = told["pages_without_text"]
    assert finding["pages"] == [2]
    assert "2" in finding["message"]


def test_a_language_that_the_encoder_does_not_know_is_told(quality_of):
    report = quality_of("biber.txt")
    [finding] = report["findings"]
    assert finding["code"] == "language_not_covered"
    assert "Maltese" in finding["message"]
    assert (report["assessed"], report["alike"], report["failure"]) == (True, [], None)


def test_documents_that_are_alike_name_each_other(quality_of, documents):
    report = quality_of("rules-2025.txt")
    assert report["findings"] == []
    alike = {one["uri"].removeprefix("upload:"): one["similarity"] for one in report["alike"]}
    assert set(alike) == {"rules.txt", COPY_OF_RULES}
    assert all(0.8 <= similarity < 1 for similarity in alike.values())
    [equal, near] = quality_of("rules.txt")["alike"]
    assert (equal["document_id"], equal["similarity"]) == (documents[COPY_OF_RULES], 1)
    assert near["document_id"] == documents["rules-2025.txt"]


def test_a_newer_version_that_cannot_be_read_is_told_at_the_one_that_answers(client, upload):
    upload("quality-versions", {"rules.txt": RULES})
    upload("quality-versions", {"rules.txt": b""})
    query = {"collection": "quality-versions"}
    [row] = client.get("/v1/documents", params=query).json()["documents"]
    failure = client.get(f"/v1/documents/{row['id']}/quality", params=query).json()["failure"]
    assert failure["code"] == "document_empty"
    assert failure["hint"]
    upload("quality-versions", {"rules.txt": CHANGED_RULES})
    [row] = client.get("/v1/documents", params=query).json()["documents"]
    report = client.get(f"/v1/documents/{row['id']}/quality", params=query).json()
    assert (report["failure"], report["alike"]) == (None, [])


# Of a collection


def test_a_collection_counts_its_findings_and_names_the_documents(report, documents):
    told = report()
    assert (told["documents"], told["assessed"], told["not_assessed"]["total"]) == (5, 5, 0)
    assert told["with_findings"] == 2
    by_code = {finding["code"]: finding for finding in told["findings"]}
    maltese = by_code["language_not_covered"]
    assert (maltese["documents"], maltese["total"]) == (1, 1)
    assert maltese["found"][0]["document_id"] == documents["biber.txt"]
    assert by_code["pages_without_text"]["pages"] == 1


def test_equal_and_nearly_identical_documents_are_grouped(report):
    told = report()
    assert told["duplicates"]["total"] == told["near_identical"]["total"] == 1
    [equal] = told["duplicates"]["groups"]
    assert names(equal) == {"rules.txt", COPY_OF_RULES}
    assert [one["similarity"] for one in equal["documents"]] == [1, 1]
    [near] = told["near_identical"]["groups"]
    assert "rules-2025.txt" in names(near)
    assert near["total"] == 2  # of the equal ones, one stands for both


def test_failed_sources_are_told_to_the_operator_with_what_to_do(report, as_operator):
    assert report()["failed"] == {"total": 1, "sources": []}
    failed = as_operator()["failed"]
    assert failed["total"] == 1
    [source] = failed["sources"]
    assert source["uri"] == "upload:broken.pdf"
    assert source["code"] == "document_unreadable"
    assert source["message"]
    assert source["hint"]


def test_a_kind_and_a_stretch_may_be_asked_for(as_operator):
    whole = as_operator()
    one = as_operator(code="failed", limit=1)
    assert one["failed"] == whole["failed"]
    assert one["duplicates"]["total"] == 1
    assert one["duplicates"]["groups"] == []
    assert [finding["total"] for finding in one["findings"]] == [finding["total"] for finding in whole["findings"]]
    assert all(finding["found"] == [] for finding in one["findings"])
    assert as_operator(code="failed", offset=1)["failed"] == {"total": 1, "sources": []}


def test_what_was_deleted_is_not_told_any_more(client, upload):
    upload("quality-gone", {"a.txt": RULES, "b.txt": RULES})
    address, query = "/v1/collections/quality-gone/quality", {"collection": "quality-gone"}
    assert client.get(address).json()["duplicates"]["total"] == 1
    row = client.get("/v1/documents", params=query).json()["documents"][0]
    client.delete(f"/v1/documents/{row['id']}", params=query).raise_for_status()
    told = client.get(address).json()
    assert (told["documents"], told["duplicates"]["total"]) == (1, 0)


def test_what_is_not_there_is_a_problem(client, assert_problem, documents):
    assert_problem(client.get("/v1/collections/nowhere/quality"), 404, "not_found", ["nowhere"])
    query = {"collection": COLLECTION}
    for what in ("quality", "passages"):
        assert_problem(client.get(f"/v1/documents/none/{what}", params=query), 404, "not_found", ["none"])
    address = f"/v1/documents/{documents['rules.txt']}/passages"
    assert_problem(client.get(address, params={**query, "around": 1, "offset": 1}), 422, "invalid_request")


# Passages


@pytest.fixture
def passages_of(client, documents):
    def get(name: str, **query):
        address = f"/v1/documents/{documents[name]}/passages"
        return client.get(address, params={"collection": COLLECTION, **query}).raise_for_status().json()

    return get


def test_passages_are_in_order_exact_and_linked(client, documents, passages_of):
    text = client.get(f"/v1/documents/{documents['rules.txt']}/text", params={"collection": COLLECTION}).text
    told = passages_of("rules.txt")
    passages = told["passages"]
    assert told["total"] == len(passages) > 1
    ids = [passage["id"] for passage in passages]
    assert [passage["previous"] for passage in passages] == [None, *ids[:-1]]
    assert [passage["next"] for passage in passages] == [*ids[1:], None]
    assert all(text[passage["start"] : passage["end"]] == passage["text"] for passage in passages)
    assert [passage["start"] for passage in passages] == sorted(passage["start"] for passage in passages)


def test_a_stretch_of_passages_is_linked_beyond_its_ends(passages_of):
    every = passages_of("rules.txt")
    stretched = [passages_of("rules.txt", limit=1, offset=i)["passages"][0] for i in range(every["total"])]
    assert stretched == every["passages"]
    assert passages_of("rules.txt", offset=every["total"]) == {
        "passages": [],
        "offset": every["total"],
        "total": every["total"],
    }
    pages = [(passage["page"], passage["last_page"]) for passage in passages_of("pump.pdf")["passages"]]
    assert (pages[0][0], pages[-1][1]) == (1, 3)
    assert every["passages"][0]["page"] is None


def test_the_neighbours_of_a_hit_are_found(client, passages_of):
    hits = client.post("/v1/search", json={"question": "Who feeds the herons?", "collection": COLLECTION}).json()[
        "hits"
    ]
    hit = next(hit for hit in hits if hit["uri"] == "upload:rules.txt")
    around = passages_of("rules.txt", around=hit["start"])["passages"]
    every = passages_of("rules.txt")["passages"]
    own = next(i for i, passage in enumerate(every) if passage["start"] == hit["start"])
    assert around == every[max(0, own - 1) : own + 2]

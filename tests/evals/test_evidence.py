import pytest

from evals.evidence import (
    AnswerPlace,
    DocumentPlace,
    EvidenceLocator,
    PagePlace,
    QuotePlace,
    Stretch,
    finds_any,
    ids_named,
    path_of,
)
from evals.sets.types import ANY_DOCUMENT, Evidence

D = "id-a.txt"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (100, 200, True),  # the same
        (0, 1000, True),  # around it
        (120, 130, True),  # inside it
        (0, 150, True),  # half of the quote
        (0, 149, False),  # 49 of its 100 characters
        (195, 205, True),  # half of a short stretch
        (196, 206, False),
        (200, 300, False),  # beside it
    ],
)
def test_a_quote_is_found_by_half_of_the_shorter(start, end, expected):
    assert QuotePlace(D, 100, 200).is_found_by(Stretch(D, start, end, None)) is expected


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(100, 110, True), (0, 500, True), (0, 109, False), (101, 500, False)]
)
def test_an_answer_is_found_only_whole(start, end, expected):
    assert AnswerPlace(D, 100, 110).is_found_by(Stretch(D, start, end, None)) is expected


@pytest.mark.parametrize(("pages", "expected"), [((3, 3), True), ((2, 4), True), ((4, 5), False), (None, False)])
def test_a_page_is_found_by_what_lies_on_it(pages, expected):
    assert PagePlace(D, 3).is_found_by(Stretch(D, 0, 10, pages)) is expected


@pytest.mark.parametrize("place", [QuotePlace(D, 0, 10), AnswerPlace(D, 0, 10), PagePlace(D, 1), DocumentPlace(D)])
def test_another_document_finds_nothing(place):
    assert not place.is_found_by(Stretch("other", 0, 10, (1, 1)))


def test_a_document_is_found_by_any_of_its_passages():
    assert DocumentPlace(D).is_found_by(Stretch(D, 700, 701, None))


def test_one_of_several_places_is_enough():
    places = [AnswerPlace(D, 50, 60), AnswerPlace(D, 0, 5)]
    assert finds_any(Stretch(D, 0, 10, None), places)
    assert not finds_any(Stretch(D, 0, 10, None), [])


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///docs/annual%20report.pdf", "/docs/annual report.pdf"),
        ("upload:report.pdf", "report.pdf"),
        ("upload:what?.txt", "what?.txt"),
        ("https://example.org/a/b.html?x=1", "/a/b.html"),
    ],
)
def test_the_path_of_a_uri(uri, path):
    assert str(path_of(uri)) == path


def test_documents_go_by_file_name_or_the_end_of_the_path(make_document):
    documents = [make_document("2022/a.txt", "x").ref, make_document("2023/a.txt", "x").ref]
    assert ids_named(documents, "a.txt") == ["id-2022/a.txt", "id-2023/a.txt"]
    assert ids_named(documents, "2023/a.txt") == ["id-2023/a.txt"]
    assert ids_named(documents, ".txt") == []
    assert ids_named(documents, "3/a.txt") == []


@pytest.fixture
def locator(make_document):
    texts = [make_document("a.txt", "Intro. It was held  in Rome."), make_document("b.pdf", "Page two.", pages=(2,))]
    return EvidenceLocator([text.ref for text in texts], {text.id: text for text in texts}.__getitem__)


def test_evidence_is_located(locator):
    assert locator.locate(Evidence("a.txt", quote="held in Rome")).places == (QuotePlace(D, 14, 27),)
    answer = Evidence("a.txt", quote="held in Rome", answer=(8, 12))
    assert locator.locate(answer).places == (AnswerPlace(D, 23, 27),)
    assert locator.locate(Evidence("b.pdf", page=2)).places == (PagePlace("id-b.pdf", 2),)


def test_a_document_without_more_is_evidence_as_a_whole(locator):
    assert locator.locate(Evidence("a.txt", grade=2)).places == (DocumentPlace(D),)
    assert locator.locate(Evidence("c.txt")).fault == "c.txt is not among the ingested documents"


def test_a_quote_without_a_document_is_found_wherever_it_stands(make_document):
    texts = [
        make_document(name, text) for name, text in [("a", "In  Rome."), ("b", "In Rome!"), ("c", "In\nBonn, in Rome")]
    ]
    locator = EvidenceLocator([text.ref for text in texts], {text.id: text for text in texts}.__getitem__)
    assert locator.locate(Evidence(ANY_DOCUMENT, quote="In Rome")).places == (QuotePlace("id-b", 0, 7),)
    assert locator.locate(Evidence(ANY_DOCUMENT, quote="in Rome")).places == (QuotePlace("id-c", 9, 16),)
    assert locator.locate(Evidence(ANY_DOCUMENT, quote="In Bonn")).places == (QuotePlace("id-c", 0, 7),)
    lost = locator.locate(Evidence(ANY_DOCUMENT, quote="In Oslo"))
    assert (lost.places, lost.fault) == ((), 'no document has the quote "In Oslo"')


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        (Evidence("c.txt", quote="x"), "c.txt is not among the ingested documents"),
        (Evidence("a.txt", quote="held in Bonn"), 'a.txt does not have the quote "held in Bonn"'),
        (Evidence("b.pdf", page=3), "b.pdf has no text on page 3"),
        (Evidence("a.txt", page=1), "a.txt has no text on page 1"),
    ],
)
def test_what_cannot_be_located_is_a_fault(locator, evidence, fault):
    located = locator.locate(evidence)
    assert located.places == ()
    assert located.fault == fault

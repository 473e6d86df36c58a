import csv
import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from core.errors import InvalidRequest
from core.types import Turn
from evals import check_command
from evals import place as places
from evals.check import check_evidence, check_questions
from evals.check_leaks import check_leaks
from evals.cli import app
from evals.evidence import EvidenceLocator
from evals.sets.types import Evidence, Question
from service.settings import Settings

SENTENCE = "The conference was held in Rome from December 27th to 28th, and ended with a declaration of the ministers."


def question(number, text, answerable=True, answers=("Rome",), **more):
    return Question(f"q{number}", text, answerable, answers, place=f"line {number}", **more)


def codes(findings, *, sizes=False):
    """Code and question of each finding; those on the set's size are not what most tests are about."""
    return [(f.kind.code, f.id) for f in findings if sizes or f.id]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (question(2, "where WAS the peace conference held – in the end"), "duplicate_question"),
        (question(2, "Where was the peace conference held in the end?", answers=("in Rome",)), "duplicate_question"),
        (question(2, "Where was the peace conference held in the end?", answers=("Bonn",)), "different_answers"),
        (
            question(2, "Where was the peace conference held in the end?", answerable=False, answers=()),
            "answerable_and_not",
        ),
        (question(2, "Where was the peace conference helt in the end?"), "near_duplicate_question"),
        (
            question(2, "Where was the peace conference helt in the end?", answerable=False, answers=()),
            "nearly_answerable_and_not",
        ),
        (question(2, "What did it cost in the end?", history=(Turn("user", "Hello"),)), None),
        (
            question(
                2, "Where was the peace conference held in the end?", history=(Turn("user", "What was the meeting?"),)
            ),
            None,
        ),
        (question(2, "Who paid for it?"), None),
    ],
)
def test_questions_that_are_there_twice(second, code):
    first = question(1, "Where was the peace conference held in the end?")
    third = question(3, "Is this about something else?")
    findings = check_questions([first, second, third])
    assert codes(findings) == ([(code, "q2")] if code else [])
    if code:
        (finding,) = [f for f in findings if f.id]
        assert finding.place == "line 2"
        assert "line 1 (q1)" in finding.what


def test_a_follow_up_is_repeated_only_in_the_same_conversation():
    asked = [
        question(1, "And where?", history=(Turn("user", "When was it?"), Turn("assistant", "In May."))),
        question(2, "And where?", history=(Turn("user", "When was it?"), Turn("assistant", "In June."))),
        question(3, "and where", history=(Turn("user", "when was it"), Turn("assistant", "in May"))),
    ]
    assert codes(check_questions(asked)) == [("duplicate_question", "q3")]


@pytest.mark.parametrize(
    ("answers", "quote", "is_told"),
    [
        (("december 27TH",), SENTENCE, False),
        (("27 December", "from  December\n27th"), SENTENCE, False),
        (("27 December",), SENTENCE, True),
        (("Yes",), SENTENCE, False),
        ((), SENTENCE, False),
        (("27 December",), None, False),
    ],
)
def test_answers_are_looked_for_in_their_quotes(answers, quote, is_told):
    asked = [question(1, "When?", answers=answers, evidence=(Evidence("a.txt", quote=quote, page=1),))]
    assert codes(check_questions(asked)) == ([("answer_not_in_evidence", "q1")] if is_told else [])


def test_one_quote_with_an_answer_is_enough():
    evidence = (Evidence("a.txt", quote="It was in Bonn."), Evidence("a.txt", quote=SENTENCE))
    assert codes(check_questions([question(1, "Where?", evidence=evidence)])) == []


def test_a_question_of_which_nothing_is_known():
    asked = [
        question(1, "Where?", answers=()),
        question(2, "Who was it?", answerable=None, answers=()),
        question(3, "Did it rain?", answerable=False, answers=()),
        question(4, "How long?", answers=(), evidence=(Evidence("a.txt"),)),
    ]
    assert codes(check_questions(asked)) == [("nothing_known", "q1")]


def of_the_set(questions):
    return [(f.kind.code, f.what) for f in check_questions(questions) if not f.id]


def distinct(count, answerable):
    """Questions that do not look alike."""
    return [question(n, f"{n}?", answerable, evidence=(Evidence("a.txt"),)) for n in range(count)]


def test_a_small_set_says_how_wide_its_interval_is():
    told = of_the_set(distinct(24, answerable=True))
    assert told == [
        ("few_questions", "24 answerable questions: a share of 50 % of them has the 95 % interval 31 – 69 %"),
        ("not_measured", "no question is unanswerable: how many of those are refused cannot be measured"),
    ]


@pytest.mark.parametrize(("count", "is_few"), [(92, True), (93, False)])
def test_a_set_is_small_below_ten_points_to_either_side(count, is_few):
    assert ("few_questions" in dict(of_the_set(distinct(count, answerable=True)))) is is_few


def test_what_cannot_be_measured_is_said():
    asked = [Question("a", "Where?", None), Question("b", "Who was that?", False)]
    assert [what for code, what in of_the_set(asked) if code == "not_measured"] == [
        "1 of 2 questions do not say whether they are answerable: they count as neither",
        "no question is answerable: how many of those are answered cannot be measured",
        "no question has evidence: finding and citing cannot be measured",
        "no question has an answer to compare with: what is said cannot be measured",
    ]


def test_evidence_is_looked_for_in_the_documents_as_they_were_read(make_document):
    texts = [make_document("a.txt", SENTENCE)]
    locator = EvidenceLocator([text.ref for text in texts], {text.id: text for text in texts}.__getitem__)
    lost = "held in Bonn"
    asked = [
        question(1, "Where?", evidence=(Evidence("a.txt", quote="held  in Rome"),)),
        question(
            2, "Where?", evidence=(Evidence("a.txt", lost, answer=(8, 12)), Evidence("a.txt", lost, answer=(5, 12)))
        ),
        question(3, "Where?", evidence=(Evidence("b.txt"),)),
    ]
    assert [(f.kind.code, f.id, f.what) for f in check_evidence(asked, locator)] == [
        ("evidence_not_in_documents", "q2", 'a.txt does not have the quote "held in Bonn"'),
        ("evidence_not_in_documents", "q3", "b.txt is not among the ingested documents"),
    ]


def test_questions_of_another_set_are_found():
    others = [question(7, "Where was it held?"), question(8, "Who opened the conference of the ministers?")]
    asked = [
        question(1, "where was it held"),
        question(2, "Who opened the conferences of the ministers?"),
        question(3, "Who closed it?"),
        question(4, "Where was it held?", history=(Turn("user", "What was the meeting?"),)),
    ]
    findings = check_leaks(asked, others, "dev")
    assert codes(findings) == [("leaked_question", "q1"), ("nearly_leaked_question", "q2")]
    assert findings[0].what == '"where was it held" is line 7 (q7) of dev'


@pytest.mark.parametrize(
    ("quote", "is_leaked"),
    [
        (SENTENCE, True),
        ("Before it rained. " + SENTENCE.replace("Rome", "ROME") + " After it nobody came back.", True),
        ("the conference was held in Rome from December 27th", True),
        ("was held in Rome", False),
        ("The conference was held in Bonn from May 1st to 2nd, and ended with no declaration of the ministers.", False),
        (None, False),
    ],
)
def test_passages_of_another_set_are_found(quote, is_leaked):
    others = [question(7, "Where?", evidence=(Evidence("x.txt", quote=SENTENCE),))]
    asked = [
        question(1, "What ended it?", evidence=(Evidence("a.txt", quote=quote, page=1),)),
        question(2, "Who came?", evidence=(Evidence("a.txt", quote=quote, page=1),)),
    ]
    assert codes(check_leaks(asked, others, "dev")) == ([("leaked_passage", "q1")] if is_leaked else [])


ROWS = [
    {"question": "Where?", "answer": "Rome", "answerable": "yes", "document": "a.txt", "quote": "held in Rome"},
    {"question": "Who paid for it?", "answerable": "no"},
]


@pytest.fixture
def save(tmp_path):
    """Writes a set of rows, and the document a.txt beside it."""

    def write(name, rows):
        place = tmp_path / name
        place.mkdir()
        (place / "a.txt").write_text("It was held in Rome.")
        with (place / "questions.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, ["question", "answer", "answerable", "document", "quote"])
            writer.writeheader()
            writer.writerows(rows)
        return place

    return write


@pytest.fixture
def opened(monkeypatch, tmp_path, make_document, make_system):
    """The command on a scripted system; what it was opened with is kept."""
    kept = SimpleNamespace(system=make_system([make_document("a.txt", "It was held in Rome.")], {}), collection=None)

    @contextmanager
    def open_system(settings, collection):
        kept.settings, kept.collection = settings, collection
        yield kept.system

    def load_settings(overrides=None):
        return Settings(**{"data_dir": tmp_path / "data", **(overrides or {})})

    for module in (check_command, places):
        monkeypatch.setattr(module, "open_system", open_system)
        monkeypatch.setattr(module, "load_settings", load_settings)
    return kept


def invoke(*words):
    return CliRunner().invoke(app, ["check", *(str(word) for word in words)])


def test_a_set_with_warnings_alone_passes(save, opened, tmp_path):
    place = save("trips", ROWS)
    result = invoke(place)
    assert result.exit_code == 0
    assert "trips: 2 questions; 0 errors, 2 warnings, 0 notes" in result.stdout
    assert opened.system.ingested == [place / "a.txt"]
    assert opened.settings.data_dir.parent.parent == tmp_path / "data" / "evals"


def test_an_error_fails_and_says_where_and_what_to_do(save, opened):
    result = invoke(save("trips", [ROWS[0], {**ROWS[0], "quote": "held in Bonn"}]))
    assert result.exit_code == 1
    assert "line 3 (q-" in result.stdout
    assert 'a.txt does not have the quote "held in Bonn"' in result.stdout
    assert "Copy the quote from the document" in result.stdout


def test_json_has_every_finding(save, opened):
    rows = [{**ROWS[0], "quote": f"held in {n}"} for n in range(9)]
    result = invoke(save("trips", rows), "--json")
    document = json.loads(result.stdout)
    assert (document["set"], document["questions"], document["errors"]) == ("trips", 9, 9)
    lost = [f for f in document["findings"] if f["code"] == "evidence_not_in_documents"]
    assert [(f["severity"], f["place"]) for f in lost][-1] == ("error", "line 10")
    assert len({f["id"] for f in lost}) == 9
    assert document["findings"][:9] == lost


def test_other_sets_are_compared(save, opened):
    other = save("dev", [{"question": "where"}])
    result = invoke(save("trips", ROWS), "--against", other)
    assert result.exit_code == 1
    assert '"Where?" is line 2 (q-' in result.stdout and ") of dev" in result.stdout


def test_documents_that_are_missing_or_unreadable_are_errors_among_others(save, opened):
    place = save("trips", [*ROWS, ROWS[1]])
    opened.system.unreadable = frozenset({"a.txt"})
    result = invoke(place)
    assert result.exit_code == 1
    assert "a.txt: unreadable" in result.stdout
    (place / "a.txt").unlink()
    result = invoke(place)
    assert result.exit_code == 1
    assert "1 document not found" in result.stdout
    assert "the same question is asked again" in result.stdout


def test_without_evidence_no_documents_are_needed(save, opened):
    place = save("trips", [{"question": "Where?"}])
    assert invoke(place).exit_code == 0
    assert opened.system.ingested == []


def test_a_collection_is_left_as_it_is(save, opened, tmp_path):
    place = save("trips", ROWS)
    (place / "a.txt").unlink()
    assert invoke(place, "--collection", "mine").exit_code == 0
    assert (opened.collection, opened.system.ingested) == ("mine", [])
    assert isinstance(invoke(place, "--collection", "mine", "--documents", place).exception, InvalidRequest)

"""Gaps: grouping by hand-made vectors, exports, and the report from a real log before and after a gap is closed."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.types import AnswerStatus
from evals import cli, gaps
from evals.gap_exports import as_csv, as_issue, as_json, issue_name
from evals.gaps import Gap, Group, NearestDocument, State, Today, grouped, shows_gap, similarity_of
from service.cli import app
from service.questions.log import QuestionLog
from service.questions.records import AskedQuestion, Feedback, NearDocument, Rating

PLAIN = AskedQuestion(
    answer_id="ans_1",
    asked_at="2026-11-20T10:00:00.000+00:00",
    collection="default",
    question="?",
    understood_as="How long is parental leave?",
    history=(),
    status=AnswerStatus.NOT_FOUND,
    confidence=0.1,
    answer="",
    answer_words=None,
    citations=(),
    hits=(),
    model="reader",
    person=None,
)
ANSWERED = replace(PLAIN, status=AnswerStatus.ANSWERED, confidence=0.8, answer="So. [1]")
DISLIKED = Feedback(Rating.DOWN, None, "No!", None, "2026-11-20T10:00:00.000+00:00")
# Angles in degrees: a distance of 0.4 is about 53.
ANGLES = {"leave?": 0, "parental leave?": 20, "leave for parents?": 30, "canteen?": 120, "lunch?": 130, "parking?": 250}


def asked(text: str, number: int, person: str | None = None, **more: object) -> AskedQuestion:
    return replace(PLAIN, answer_id=f"ans_{number}", understood_as=text, person=person, **more)


def encode(texts) -> np.ndarray:
    radians = np.radians([ANGLES[text.casefold()] for text in texts])
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def gap(*questions: AskedQuestion, answered: int = 0, asked_again: int = 1, documents=()) -> Gap:
    texts = tuple(dict.fromkeys(question.understood_as for question in questions))
    return Gap(Group(texts, questions), Today(answered, asked_again, 0.2, tuple(documents)))


@pytest.mark.parametrize(
    ("question", "shows"),
    [
        (PLAIN, True),
        (ANSWERED, False),
        (replace(ANSWERED, confidence=0.49), True),
        (replace(ANSWERED, confidence=0.5), False),
        (replace(ANSWERED, feedback=(DISLIKED,)), True),
        (replace(ANSWERED, feedback=(replace(DISLIKED, rating=Rating.UP),)), False),
    ],
)
def test_refused_unsure_and_disliked_answers_show_a_gap(question, shows):
    assert shows_gap(question, below=0.5) is shows


@pytest.mark.parametrize(("cosine", "shown"), [(1.09, 1.0), (-0.2, 0.0), (0.41237, 0.4124)])
def test_a_similarity_is_shown_from_0_to_1(cosine, shown):
    assert similarity_of(cosine) == shown


def test_like_questions_are_one_gap_named_by_the_most_central_and_sorted_by_people():
    questions = [
        asked("leave?", 1, "ada"),
        asked("parental leave?", 2, "ada"),
        asked("leave for parents?", 3, "bob"),
        asked("Canteen?", 4, "ada"),
        asked("canteen ?", 5, "bob"),
        asked("lunch?", 6, "cyd"),
        asked("parking?", 7, "ada"),
    ]
    found, left_out = grouped(questions, encode)
    assert [(group.title, group.people, len(group.questions)) for group in found] == [
        ("Canteen?", 3, 3),
        ("parental leave?", 2, 3),
        ("parking?", 1, 1),
    ]
    assert found[0].texts == ("Canteen?", "lunch?")
    assert left_out == 0
    assert grouped([], encode) == ([], 0)
    assert [group.title for group in grouped(questions[:1], encode)[0]] == ["leave?"]


def test_each_text_is_encoded_once():
    seen = []

    def counting(texts):
        seen.extend(texts)
        return encode(texts)

    grouped([asked("leave?", i) for i in range(5)], counting)
    assert seen == ["leave?"]


def test_who_gave_no_name_counts_as_a_person_of_its_own_and_who_disliked_counts_too():
    questions = (
        asked("leave?", 1, "ada"),
        asked("leave?", 2, "ada", feedback=(replace(DISLIKED, person="bob"), replace(DISLIKED, person="ada"))),
        asked("leave?", 3, None, feedback=(DISLIKED, replace(DISLIKED, person="cyd", rating=Rating.UP))),
        asked("leave?", 4, None),
    )
    assert Group(("leave?",), questions).people == 4


def test_beyond_the_most_texts_the_oldest_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(gaps, "MOST_TEXTS", 2)
    texts = ["leave?", "canteen?", "parking?", "leave?", "lunch?"]
    found, left_out = grouped([asked(text, i) for i, text in enumerate(texts)], encode)
    assert sorted(group.title for group in found) == ["canteen?", "leave?"]
    assert sum(len(group.questions) for group in found) == 3
    assert left_out == 2


def test_a_gap_is_closed_when_all_examples_are_answered_and_to_check_when_such_an_answer_was_disliked():
    assert gap(PLAIN, answered=1, asked_again=2).state is State.OPEN
    assert gap(PLAIN, answered=2, asked_again=2).state is State.CLOSED
    refusal_disliked = replace(PLAIN, feedback=(DISLIKED,))
    assert gap(refusal_disliked, answered=1).state is State.CLOSED
    answer_disliked = replace(ANSWERED, feedback=(DISLIKED,))
    assert gap(answer_disliked, answered=1).state is State.TO_CHECK


@pytest.mark.parametrize("opening", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "  =", "＝", "＠"])
def test_words_cannot_become_formulas(opening):
    words = f'{opening}HYPERLINK("http://evil")'
    table = as_csv([gap(asked(words, 1), documents=[NearestDocument(words, words, 0.3, 0)])])
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    for column in ("gap", "nearest_document", "nearest_uri", "examples"):
        assert row[column] == "'" + words.replace("\r", "")


def test_harmless_words_and_numbers_stay_as_they_are():
    document = NearestDocument("Hand-book", "upload:a.md", -0.05, 0)
    (row,) = csv.DictReader(io.StringIO(as_csv([gap(asked("How, long?", 1), documents=[document])]), newline=""))
    assert (row["gap"], row["nearest_document"]) == ("How, long?", "Hand-book")
    assert (row["similarity"], row["near"], row["people"]) == ("-0.05", "no", "1")


def test_an_issue_says_what_was_asked_what_is_near_and_what_to_write():
    near = NearestDocument("Handbook", "upload:handbook.md", 0.55, 2)
    gone = NearestDocument("Old", "upload:old.md", None, 1)
    questions = (
        asked("How long is leave?", 1, "ada"),
        asked("How long is leave?", 2, "bob", feedback=(DISLIKED,)),
        asked("Is <img src=x> [leave](http://evil) paid?", 3),
    )
    issue = as_issue(gap(*questions, documents=[near, gone]))
    assert issue.startswith("# How long is leave?\n")
    assert "3 people, 3 questions, from 2026-11-20 to 2026-11-20. Open" in issue
    assert "- How long is leave? (2 times)" in issue
    assert "- No\\!" in issue
    assert "- Handbook (handbook.md): near, similarity 0.55; it came up for 2 of 3 questions" in issue
    assert "- Old (old.md): not found any more; it came up for 1 of 3 questions" in issue
    assert "The subject is near in “Handbook”" in issue
    assert "\\<img src=x\\>" in issue
    assert "\\[leave\\]" in issue
    assert "Nothing in the documents is near" in as_issue(gap(*questions, documents=[gone]))


def test_an_issue_links_nowhere_and_calls_nobody():
    issue = as_issue(gap(asked("@everyone see http://evil.example or www.evil.example \x1b[31mnow", 1)))
    for live in ("@everyone", "http://", "www.evil", "\x1b"):
        assert live not in issue


def test_an_issue_keeps_its_file_while_the_gap_grows():
    first = asked("How long is leave?", 1, asked_at="2026-11-01T10:00:00.000+00:00")
    later = asked("Is leave paid?", 2)
    assert issue_name(gap(first)) == issue_name(gap(later, first)) != issue_name(gap(later))
    assert issue_name(gap(asked("../../etc/passwd", 3))).startswith("etc-passwd-")
    assert issue_name(gap(asked("???", 4))).startswith("gap-")


# From a real log

LEAVE = ("How long is parental leave?", "How many weeks of parental leave do I get?", "What is the parental leave?")
HANDBOOK = "Employee handbook\n\nParental leave is 14 weeks. Every parent gets these 14 weeks of parental leave."
CONFERENCE = "What was the budget of the Central Foreign Affairs Work Conference?"


@pytest.fixture(scope="module")
def world(tmp_path_factory, open_engine, sample_document) -> Path:
    """A data folder with the sample, and a log of refused questions; nothing in the sample is about leave."""
    folder = tmp_path_factory.mktemp("gaps") / "data"
    open_engine(folder).ingest([sample_document])
    log = QuestionLog(folder)
    hit = NearDocument("x", "Old handbook", "upload:old.md", 0.5)
    for i, (text, person) in enumerate([*zip(LEAVE, ("ada", "bob", None), strict=True), (CONFERENCE, "ada")]):
        log.put(asked(text, i, person, hits=(hit,) if i < 2 else ()))
    log.put(replace(ANSWERED, answer_id="sure"))
    log.put(asked("Anything?", 9, collection="other"))
    log.close()
    return folder


@pytest.fixture
def report(world, reader_name):
    def run(*arguments: object):
        words = ["eval", "gaps", "--data-dir", str(world), *map(str, arguments)]
        result = CliRunner().invoke(app, words, env={"FOOTNOTED_ANSWER__READER": reader_name})
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_the_report_tells_gaps_and_when_one_is_closed(world, report, tmp_path, open_engine):
    exported = "--csv", tmp_path / "gaps.csv", "--markdown", tmp_path / "issues"
    leave, conference = json.loads(report("--json", *exported))["gaps"]
    assert leave["gap"] in LEAVE
    assert sorted(leave["examples"]) == sorted(LEAVE)
    assert (leave["people"], leave["questions"], leave["state"]) == (3, 3, "open")
    assert leave["today"]["answered"] == 0
    assert all(not document["near"] for document in leave["today"]["documents"])
    old = next(document for document in leave["today"]["documents"] if document["uri"] == "upload:old.md")
    assert (old["similarity"], old["came_up"]) == (None, 2)
    assert (conference["gap"], conference["people"], conference["state"]) == (CONFERENCE, 1, "open")
    assert conference["today"]["documents"][0]["near"] is True
    assert len((tmp_path / "gaps.csv").read_text(encoding="utf-8").splitlines()) == 3
    issues = [file.read_text(encoding="utf-8") for file in sorted((tmp_path / "issues").iterdir())]
    assert len(issues) == 2
    assert sum("Nothing in the documents is near" in issue for issue in issues) == 1
    shown = report("--most", 1)
    assert "4 of 5 questions got no good answer" in shown
    assert "nothing is near" in shown

    handbook = tmp_path / "handbook.txt"
    handbook.write_text(HANDBOOK, encoding="utf-8")
    open_engine(world).ingest([handbook])
    leave, _ = json.loads(report("--json", "--markdown", tmp_path / "gaps.md"))["gaps"]
    assert (leave["state"], leave["today"]["answered"]) == ("closed", 3)
    assert leave["today"]["documents"][0]["title"] == "Handbook"
    assert leave["today"]["documents"][0]["near"] is True
    assert "Closed: these questions are answered today." in (tmp_path / "gaps.md").read_text(encoding="utf-8")


def test_a_log_without_gaps_gives_an_empty_report(report):
    assert json.loads(report("--json", "--since", "2100-01-01")) == {"gaps": []}
    assert "0 of 0 questions" in report("--since", "2100-01-01")


def test_an_unknown_collection_is_told(world):
    result = CliRunner().invoke(cli.app, ["gaps", "--data-dir", str(world), "--collection", "nowhere"])
    assert result.exit_code == 1
    assert "nowhere" in str(result.exception)


def test_as_json_names_the_answers():
    assert as_json(gap(asked("leave?", 1), asked("leave?", 2)))["answer_ids"] == ["ans_1", "ans_2"]

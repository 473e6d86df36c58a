"""Questions to an engine: what is answered, what is refused, and that every citation is exact."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidRequest, NotFound
from core.types import AnswerStatus, Turn
from service.answer.events import Cited, Done, SentenceDone, Started, Token, fold
from service.answer.reader import Candidate, Reading, ReadingTask
from service.answer.sentences import sentences
from service.commands.serve import SAMPLE, SAMPLE_DOCUMENT
from service.engine import Engine

WORDS = sorted(set(re.findall(r"\w+", SAMPLE_DOCUMENT.read_text(encoding="utf-8"))))
QUESTIONS = [json.loads(line) for line in (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
HAMSTERS = """The hamster Otto weighs 140 grams.

The hamster Otto weighs 140 grams.

A vet saw the hamster Otto in March. Otto was in good health."""


def assert_whole(answer, engine, collection: str = "default") -> None:
    """What holds for every answer."""
    markers = [citation.marker for citation in answer.citations]
    assert markers == list(range(1, len(markers) + 1))
    assert [marker for sentence in answer.sentences for marker in sentence.markers] == markers
    assert (answer.status is AnswerStatus.ANSWERED) == bool(markers)
    assert 0 <= answer.confidence <= 1
    for citation, sentence in zip(answer.citations, answer.sentences, strict=True):
        document = engine.document(citation.document.id, collection)
        assert document.text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip() == citation.quote != ""
        assert " ".join(citation.quote.split()) == sentence.text
        assert sentence.supported
        assert 0 <= citation.support <= 1
    for hit in answer.hits:
        text = engine.document(hit.passage.document.id, collection).text
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text
    if answer.answer_span is not None:
        span = answer.answer_span
        cited = answer.citations[span.marker - 1]
        assert cited.start <= span.start < span.end <= cited.end
        assert span.text == cited.quote[span.start - cited.start : span.end - cited.start]


def test_the_date_question_is_answered_by_the_first_sentence(sample_engine, date_question, first_sentence):
    answer = sample_engine.ask(date_question)
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.citations[0].quote == first_sentence
    assert (answer.citations[0].start, answer.citations[0].end) == (0, len(first_sentence))
    assert answer.text.startswith(f"{first_sentence} [1]")
    assert answer.question == answer.understood_as == date_question
    assert_whole(answer, sample_engine)


def test_a_question_off_the_topic_is_refused_and_shows_what_came_nearest(sample_engine, off_topic_question):
    answer = sample_engine.ask(off_topic_question)
    assert answer.status is AnswerStatus.NOT_FOUND
    assert (answer.text, answer.sentences, answer.citations, answer.answer_span) == ("", (), (), None)
    assert answer.confidence < 0.5
    assert len(answer.hits) > 0


def test_a_follow_up_is_answered_with_the_conversation_filled_in(sample_engine, date_question, first_sentence):
    history = [Turn("user", date_question), Turn("assistant", "It was held from December 27th to 28th.")]
    answer = sample_engine.ask("And where was it held?", history=history)
    assert answer.question == "And where was it held?"
    assert answer.understood_as == "And where was the Central Foreign Affairs Work Conference held?"
    assert answer.citations[0].quote == first_sentence


@pytest.mark.parametrize("row", QUESTIONS, ids=[row["id"] for row in QUESTIONS])
def test_every_citation_of_the_sample_questions_is_exact(sample_engine, row):
    history = [
        turn
        for said in row.get("history", [])
        for turn in (Turn("user", said["question"]), Turn("assistant", said["answer"]))
    ]
    assert_whole(sample_engine.ask(row["question"], history=history), sample_engine)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), end=st.sampled_from(["?", "", ".", " …?"]))
def test_every_citation_of_a_question_in_the_documents_words_is_exact(sample_engine, words, end):
    assert_whole(sample_engine.ask(" ".join(words) + end), sample_engine)


def test_events_come_in_order_and_the_answer_is_their_fold(sample_engine, date_question):
    events = list(sample_engine.ask_events(date_question))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Done)
    answer = fold(events)
    assert answer is events[-1].answer
    assert (events[0].id, events[0].understood_as, events[0].hits) == (answer.id, answer.understood_as, answer.hits)
    expected = []
    for sentence in answer.sentences:
        expected += [Token] * len(sentence.text.split(" ")) + [SentenceDone, Cited]
    assert [type(event) for event in events[1:-1]] == expected
    assert tuple(event.sentence for event in events if isinstance(event, SentenceDone)) == answer.sentences
    assert tuple(event.citation for event in events if isinstance(event, Cited)) == answer.citations
    tokens = "".join(event.text for event in events if isinstance(event, Token))
    assert tokens == " ".join(sentence.text for sentence in answer.sentences)


def test_a_refusal_has_no_tokens_and_ends_with_the_answer(sample_engine, off_topic_question):
    events = list(sample_engine.ask_events(off_topic_question))
    assert [type(event) for event in events] == [Started, Done]


def test_the_plain_answer_equals_the_streamed_one(sample_engine, date_question):
    plain, streamed = sample_engine.ask(date_question), fold(sample_engine.ask_events(date_question))
    assert (plain.sentences, plain.citations, plain.hits, plain.confidence, plain.answer_span) == (
        streamed.sentences,
        streamed.citations,
        streamed.hits,
        streamed.confidence,
        streamed.answer_span,
    )


def test_events_that_break_off_do_not_fold_to_an_answer(sample_engine, date_question):
    events = list(sample_engine.ask_events(date_question))
    with pytest.raises(ValueError, match="ended without an answer"):
        fold(events[:-1])


@pytest.mark.parametrize("top_k", [1, 2, 50])
def test_top_k_limits_the_hits_not_the_answer(sample_engine, date_question, first_sentence, top_k):
    answer = sample_engine.ask(date_question, top_k=top_k)
    assert 1 <= len(answer.hits) <= top_k
    assert answer.citations[0].quote == first_sentence


def test_hits_come_best_first(sample_engine, date_question):
    scores = [hit.score for hit in sample_engine.search(date_question)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 1


@pytest.mark.parametrize("question", ["", " ", "\n\t "])
def test_an_empty_question_is_refused(sample_engine, question):
    with pytest.raises(InvalidRequest, match="empty"):
        sample_engine.ask(question)


def test_a_question_as_long_as_allowed_is_answered_and_a_longer_one_refused(sample_engine, date_question):
    longest = f"{date_question} {'x' * 2000}"[:2000]
    assert sample_engine.ask(longest).question == longest
    with pytest.raises(InvalidRequest, match=r"2,001 characters; at most 2,000"):
        sample_engine.ask("x" * 2001)


@pytest.mark.parametrize("top_k", [0, -1, 51])
def test_top_k_out_of_range_is_refused(sample_engine, date_question, top_k):
    with pytest.raises(InvalidRequest, match="top_k"):
        sample_engine.ask(date_question, top_k=top_k)


def test_an_unknown_collection_is_refused(sample_engine, date_question):
    with pytest.raises(NotFound, match="nowhere"):
        sample_engine.ask(date_question, collection="nowhere")


@pytest.fixture
def sample_with(sample_engine, sample_folder, open_engine):
    """An engine on the sample with other settings of the answer."""
    return lambda **answer: open_engine(sample_folder, answer=answer)


def test_threshold_0_answers_anything_that_has_a_passage(sample_with, off_topic_question):
    engine = sample_with(threshold=0.0)
    answer = engine.ask(off_topic_question)
    assert answer.status is AnswerStatus.ANSWERED
    assert_whole(answer, engine)


def test_threshold_1_answers_nothing(sample_with, date_question):
    assert sample_with(threshold=1.0).ask(date_question).status is AnswerStatus.NOT_FOUND


def test_a_threshold_above_the_confidence_refuses_and_one_below_answers(sample_engine, sample_with, date_question):
    confidence = sample_engine.ask(date_question).confidence
    for threshold, status in ((confidence - 0.01, AnswerStatus.ANSWERED), (confidence + 0.01, AnswerStatus.NOT_FOUND)):
        assert sample_with(threshold=threshold).ask(date_question).status is status


def test_no_sentence_is_given_twice(open_engine, tmp_path):
    (tmp_path / "otto.txt").write_text(HAMSTERS, encoding="utf-8")
    (tmp_path / "otto-again.txt").write_text(HAMSTERS + "\n\nThat is all.", encoding="utf-8")
    engine = open_engine(answer={"threshold": 0.0, "max_sentences": 10})
    engine.ingest([tmp_path])
    answer = engine.ask("How much does the hamster Otto weigh?")
    texts = [sentence.text for sentence in answer.sentences]
    assert texts.count("The hamster Otto weighs 140 grams.") == 1
    assert len(set(texts)) == len(texts)
    assert_whole(answer, engine)


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_sentences_are_given_than_the_setting_says(sample_with, most):
    question = "Who attended the conference?"
    assert 1 <= len(sample_with(threshold=0.0, max_sentences=most).ask(question).sentences) <= most


def test_a_document_deleted_between_search_and_citing_is_not_cited(open_engine, tmp_path):
    file = tmp_path / "otto.txt"
    file.write_text(HAMSTERS, encoding="utf-8")
    engine = open_engine(answer={"threshold": 0.0})
    engine.ingest([file])
    events = engine.ask_events("How much does the hamster Otto weigh?")
    started = next(events)
    assert len(started.hits) > 0
    engine.remove([started.hits[0].passage.document.id])
    answer = fold(events)
    assert (answer.status, answer.citations, answer.sentences) == (AnswerStatus.NOT_FOUND, (), ())


def test_a_document_replaced_between_search_and_citing_is_not_cited_with_the_old_words(open_engine, tmp_path):
    file = tmp_path / "otto.txt"
    file.write_text(HAMSTERS, encoding="utf-8")
    engine = open_engine(answer={"threshold": 0.0})
    engine.ingest([file])
    events = engine.ask_events("How much does the hamster Otto weigh?")
    next(events)
    file.write_text(HAMSTERS.replace("140", "150"), encoding="utf-8")
    engine.ingest([file])
    answer = fold(events)
    assert (answer.status, answer.citations) == (AnswerStatus.NOT_FOUND, ())
    assert "150 grams" in engine.ask("How much does the hamster Otto weigh?").text


def test_an_empty_collection_finds_nothing(open_engine, date_question):
    engine = open_engine()
    engine.create_collection("bare")
    answer = engine.ask(date_question, collection="bare")
    assert (answer.status, answer.hits, answer.confidence) == (AnswerStatus.NOT_FOUND, (), 0.0)


def test_a_question_without_words_is_no_error(sample_engine):
    assert_whole(sample_engine.ask("?!"), sample_engine)
    assert_whole(sample_engine.ask("😀"), sample_engine)


def test_a_wrapped_quote_is_given_on_one_line_and_cited_as_it_stands(open_engine, tmp_path):
    text = "The lighthouse at Cape Wrath\nwas built in 1828 by\nRobert Stevenson."
    (tmp_path / "lighthouse.txt").write_text(text, encoding="utf-8")
    engine = open_engine()
    engine.ingest([tmp_path])
    answer = engine.ask("Who built the lighthouse at Cape Wrath?")
    assert answer.sentences[0].text == text.replace("\n", " ")
    assert answer.citations[0].quote == text


def test_offsets_count_code_points_not_bytes_or_utf16_units(open_engine, tmp_path):
    text = "😀😀 Über uns: 北京。 The tower of Ulm is 161 metres high."
    (tmp_path / "ulm.txt").write_text(text, encoding="utf-8")
    engine = open_engine()
    engine.ingest([tmp_path])
    citation = engine.ask("How high is the tower of Ulm?").citations[0]
    assert text[citation.start : citation.end] == citation.quote
    assert citation.quote.endswith("The tower of Ulm is 161 metres high.")


class DatesReader:
    """A reader of another kind: it knows dates, and tells which words of a sentence are one."""

    name = "dates"
    default_threshold = 0.5

    def read(self, task: ReadingTask) -> Reading:
        found = []
        for hit in task.hits:
            for start, end in sentences(hit.passage.text):
                if date := re.search(r"December \w+ to \w+", hit.passage.text[start:end]):
                    first = hit.passage.start + start
                    words = (first + date.start(), first + date.end())
                    found.append(Candidate(hit, first, hit.passage.start + end, 0.9, words))
        return Reading(tuple(found), 0.9 if found else 0.0)


def test_the_words_that_a_reader_points_at_are_given_at_their_place_in_the_document(
    sample_engine, make_settings, sample_folder, date_question
):
    answer = Engine(sample_engine.store, DatesReader(), make_settings(sample_folder)).ask(date_question)
    text = sample_engine.document(answer.citations[0].document.id).text
    assert answer.model == "dates"
    assert answer.answer_span.text == "December 27th to 28th"
    assert text[answer.answer_span.start : answer.answer_span.end] == "December 27th to 28th"
    assert_whole(answer, sample_engine)

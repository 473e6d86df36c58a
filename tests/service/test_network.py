"""The trained network: what it is given, and that its offsets are those of the passages."""

import pytest

from service.answer.network import MODEL_FOLDER, Network

QUESTION = "When was the observatory opened?"
FILLER = "The town lies on a river and has a market on Mondays. "
ANSWER = "The observatory was opened in 1894."


@pytest.fixture(scope="module")
def network():
    return Network(MODEL_FOLDER)


def test_every_offset_is_a_piece_of_its_passage_without_space_before_it(network):
    text = "It  was\n\nopened in 1894.\tRead — more: 天文台。"
    (window,) = network.read(QUESTION, [("A town", text)])
    assert window.span.shape == (len(window.offsets), 2)
    for start, end in window.offsets:
        assert 0 <= start <= end <= len(text)
        assert start == end or not text[start].isspace()


def test_every_passage_is_read_and_the_one_that_answers_is_the_most_relevant(network):
    passages = [("", FILLER * 2), ("", ANSWER), ("", "Cats sleep a lot."), ("", FILLER)]
    read = network.read(QUESTION, passages)
    assert sorted(window.passage for window in read) == [0, 1, 2, 3]
    assert max(read, key=lambda window: window.relevance).passage == 1


def test_a_long_passage_is_read_to_its_end_in_windows(network):
    text = FILLER * 60 + ANSWER
    windows = network.read(QUESTION, [("A town", text)])
    assert len(windows) > 2
    assert windows and {window.passage for window in windows} == {0}
    assert max(end for window in windows for _, end in window.offsets) == len(text)
    covered = sorted({offset for window in windows for offset in window.offsets})
    assert covered[0][0] == 0
    best = max(windows, key=lambda w: w.span.max(axis=0).sum() - w.null)
    start = best.offsets[int(best.span[:, 0].argmax())][0]
    end = best.offsets[int(best.span[:, 1].argmax())][1]
    assert text[start:end].strip(".").endswith("1894")
    assert len(text[start:end]) < len(ANSWER)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_passage_without_words_is_no_harm(network, text):
    windows = network.read(QUESTION, [("", text), ("", ANSWER)])
    assert {w.passage for w in windows if len(w.offsets)} == {1}


def test_a_question_of_any_length_is_read(network):
    assert network.read("When " * 1000, [("Title " * 200, ANSWER)])

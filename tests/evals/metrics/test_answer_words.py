import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.answer_words import normalised, words
from evals.metrics.exact_match import exact_match
from evals.metrics.token_f1 import token_f1


# An independent copy of the official SQuAD 2.0 script's functions.
def official_normalize(s):
    def remove_articles(text):
        return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", text)

    def white_space_fix(text):
        return " ".join(text.split())

    def remove_punc(text):
        exclude = set(string.punctuation)
        return "".join(ch for ch in text if ch not in exclude)

    return white_space_fix(remove_articles(remove_punc(s.lower())))


def official_f1(a_gold, a_pred):
    gold_toks = official_normalize(a_gold).split()
    pred_toks = official_normalize(a_pred).split()
    num_same = sum((Counter(gold_toks) & Counter(pred_toks)).values())
    if len(gold_toks) == 0 or len(pred_toks) == 0:
        return int(gold_toks == pred_toks)
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(pred_toks)
    recall = 1.0 * num_same / len(gold_toks)
    return (2 * precision * recall) / (precision + recall)


ENGLISH = st.text(alphabet="abethn AN.,-'’é\n", max_size=30)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The  Normans.", "normans"),
        ("U.S.-led", "usled"),
        ("an apple a day", "apple day"),
        ("Theatre", "theatre"),
        ("the", ""),
        ("Court’s", "court’s"),
    ],
)
def test_normalisation_by_hand(answer, expected):
    assert normalised(answer) == expected


def test_chinese_characters_are_words():
    assert words("2015年 北京") == ["2015", "年", "北", "京"]
    assert token_f1("2015年", ["2015"]) == pytest.approx(2 / 3)


def test_a_chinese_name_in_english_words_is_one_word_as_for_the_official_script():
    answer, reference = "大元通制, the institutions of the Great Yuan", "the institutions of the Great Yuan"
    assert token_f1(answer, [reference]) == pytest.approx(official_f1(reference, answer))
    assert token_f1("Great Yuan (Chinese: 大元", ["Yuán Cháo", "元朝"]) == 0.0


@pytest.mark.parametrize(
    ("answer", "references", "em", "f1"),
    [
        ("Beijing", ["in Beijing", "beijing."], 1.0, 1.0),
        ("held in Beijing", ["Beijing"], 0.0, 0.5),  # P 1/3, R 1
        ("in 1998", ["in 1989"], 0.0, 0.5),
        ("red red", ["red"], 0.0, 2 / 3),  # a word counts as often as it is there
        ("blue", ["red"], 0.0, 0.0),
        ("the", ["a"], 1.0, 1.0),  # nothing is left on either side
        ("the", ["red"], 0.0, 0.0),
        ("blue", [], 0.0, 0.0),
    ],
)
def test_exact_match_and_f1_by_hand(answer, references, em, f1):
    assert exact_match(answer, references) == em
    assert token_f1(answer, references) == pytest.approx(f1)


@given(ENGLISH, ENGLISH)
def test_both_agree_with_the_official_script(answer, reference):
    assert normalised(answer) == official_normalize(answer)
    assert exact_match(answer, [reference]) == int(official_normalize(answer) == official_normalize(reference))
    assert token_f1(answer, [reference]) == pytest.approx(official_f1(reference, answer))


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=4), st.randoms())
def test_f1_is_at_least_exact_match_and_the_order_of_references_is_free(answer, references, random):
    shuffled = random.sample(references, len(references))
    assert exact_match(answer, references) <= token_f1(answer, references) <= 1.0
    assert token_f1(answer, references) == token_f1(answer, shuffled)
    assert exact_match(answer, references) == exact_match(answer, shuffled)


@given(st.text(max_size=20), st.text(max_size=20))
def test_f1_is_symmetric(one, other):
    assert token_f1(one, [other]) == token_f1(other, [one])

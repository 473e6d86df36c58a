import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.writing.answer_text import AnswerText, EndlessText, Sentence, Words
from service.writing.shown import is_abstention

KEYS = ("p-7f3kq", "p-x2m9a")
SOURCES = "More stands at https://ok.example/a in the handbook."


def told(pieces):
    text = AnswerText(lambda words: words, KEYS, SOURCES)
    parts = [part for piece in pieces for part in text.feed(piece)]
    return [*parts, *text.finish()]


def sentences(*pieces):
    return [(part.text, part.keys) for part in told(pieces) if isinstance(part, Sentence)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is so [p-7f3kq].", [("It is so.", (KEYS[0],))]),
        ("It is so. [p-7f3kq]", [("It is so.", (KEYS[0],))]),
        ("It is so. [p-7f3kq] That is not.", [("It is so.", (KEYS[0],)), ("That is not.", ())]),
        ("[p-7f3kq] It is so.", [("It is so.", (KEYS[0],))]),
        ("It is so [p-7f3kq, p-x2m9a].", [("It is so.", KEYS)]),
        ("It is so [P-7F3KQ][p-x2m9a].", [("It is so.", KEYS)]),
        ("It is so (p-7f3kq).", [("It is so.", (KEYS[0],))]),
        ("It is so p-7f3kq.", [("It is so.", (KEYS[0],))]),
        ("It is so [7f3kq].", [("It is so.", (KEYS[0],))]),
        ("It is so [p\u20117f3kq].", [("It is so.", (KEYS[0],))]),
        ("It is so [p-7f\u200b3kq].", [("It is so.", (KEYS[0],))]),
        ("It is so [1][^2] 【3†a】.", [("It is so.", ())]),
        ("It is so [passage p-7f3kq].", [("It is so.", (KEYS[0],))]),
        ("The U.S. Senate met. It sat.", [("The U.S. Senate met.", ()), ("It sat.", ())]),
        ("The p-value is 0.05 [sic].", [("The p-value is 0.05 [sic].", ())]),
        ("It is 0.03 (p-value), by a p-chart (p-chart).", [("It is 0.03 (p-value), by a p-chart (p-chart).", ())]),
        ("It is so [p-zzzzz] (p-zzzz9).", [("It is so.", ("p-zzzz9",))]),
        ("- One.\n- Two.", [("- One.", ()), ("- Two.", ())]),
        ("会议在北京举行。[p-7f3kq]第二句。", [("会议在北京举行。", (KEYS[0],)), ("第二句。", ())]),
        ("[p-7f3kq] [p-x2m9a]", []),
        ("See https://ok.example/a.", [("See https://ok.example/a.", ())]),
        ("See https://ok.example/ab.", [("See (link removed).", ())]),
        ("## Answer\nIt is so.", [("## Answer", ()), ("It is so.", ())]),
        ("It is so\n# Answer\nIt is.", [("It is so", ()), ("# Answer", ()), ("It is.", ())]),
        ("Answer\n===\nIt is so.", [("Answer", ()), ("It is so.", ())]),
        ("**Answer**\nIt is so.", [("**Answer**", ()), ("It is so.", ())]),
        ("- One. Two\nThree.", [("- One.", ()), ("Two", ()), ("Three.", ())]),
        ("| a | b. c |\nIt is so.", [("| a | b. c |", ()), ("It is so.", ())]),
        ("It is so\nand so.", [("It is so and so.", ())]),
        ("## Answer [p-7f3kq]\nIt is so.", [("## Answer", (KEYS[0],)), ("It is so.", ())]),
        ("See https：／／evil.example/a now.", [("See (link removed) now.", ())]),
        ("It is so.[p-7f3kq]It sat.", [("It is so.", (KEYS[0],)), ("It sat.", ())]),
        ("See www[1].evil.example now.", [("See www .evil.example now.", ())]),
    ],
)
def test_sentences_and_their_keys(text, expected):
    assert sentences(text) == expected
    assert sentences(*text) == expected


PIECES = st.lists(
    st.sampled_from(
        "p-7f3kq|p-x2m9a|[p-7f3kq]|[p-|7f3kq|]| |\n|. |The| tower is|1958|U.S.|[1]|- |http|://evil.example|](|<img |![|"
        "&#60;|\u200b|是。|😀|www.|(|)|No. 5|?".split("|")
    ),
    max_size=30,
)


@given(PIECES, st.integers(1, 7))
def test_no_key_gets_out_and_words_are_those_of_the_sentences(pieces, size):
    text = "".join(pieces)
    parts = told([text[start : start + size] for start in range(0, len(text), size)])
    said = ""
    for part in parts:
        if isinstance(part, Words):
            said += part.text
            continue
        assert part.text == said
        said = ""
        assert not any(f"[{key}]" in part.text or f" {key} " in f" {part.text} " for key in KEYS)
        assert "](" not in part.text
        assert "<img" not in part.text
        assert "://" not in part.text
    assert said == ""


@pytest.mark.parametrize(
    "text", ["The documents do not say.", "the documents do not say", "“The documents do not say.”"]
)
def test_the_abstention_is_known(text):
    assert is_abstention(text)
    assert not is_abstention(f"{text} But I know.")


@pytest.mark.parametrize(
    "pieces",
    [["abcdefgh"] * 100_000, ["["] * 100_000, ["word "] * 100_000, ["a\n"] * 100_000, ["A" * 100_000], ["a " * 50_000]],
    ids=["letters", "brackets", "words", "lines", "one word", "one sentence"],
)
def test_text_without_an_end_is_given_up(pieces):
    """Else each piece has all the text before it looked at again."""
    with pytest.raises(EndlessText):
        told(pieces)


@pytest.mark.parametrize(
    "text", ["[" + "1" * 200, "[" + "3†" * 200, "(" + "p-7f3kq," * 60, "[" + "p-7f3kq " * 60, "[1" + " " * 900]
)
def test_what_is_almost_a_reference_is_told_from_one_at_once(text):
    """A pattern that can match it in two ways at each step would need 2 ** 60 of them."""
    told([text, " It is so."])


def test_many_sentences_at_once():
    assert len(sentences("It is so. " * 2000)) == 2000

"""Harder examples: questions whose sentence is known, among sentences like it, and changed questions.

Changed questions ask for what the passage does not say, as the adversarial ones of SQuAD 2.0 do (Rajpurkar et al.
2018): a name, a year or a number exchanged, or a word turned into its opposite.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from service.answer.sentences import sentences
from training.example import Example

Pools = dict[tuple[str, str], list[str]]
"""By title and kind."""

_FROM_POOL = 200
_AT_ONCE = 256  # questions

_WORD = r"[A-Z][\w.-]*\w"
_NAME = rf"{_WORD}(?: (?:(?:of|the|de|von|van) )*{_WORD})*"
_KINDS = {
    "year": re.compile(r"(?<![\d.,])(?:1[0-9]{3}|20[0-2][0-9])(?![\d,])"),
    "number": re.compile(r"\b(?!1[0-9]{3}\b|20[0-2][0-9]\b)\d[\d,.]*\b"),
    "name": re.compile(rf"(?<=[a-z,] ){_NAME}"),
}
_PAIRS = (
    "first last|largest smallest|most least|highest lowest|before after|more less|north south|east west|won lost|"
    "oldest youngest|early late|mother father|northern southern|eastern western|minimum maximum|increase decrease|"
    "increased decreased|best worst|above below|began ended|male female|longest shortest|upper lower|inside outside|"
    "majority minority|strong weak|rich poor|born died|support oppose|supported opposed|accepted rejected|"
    "started stopped|buy sell|bought sold|import export"
)
_OPPOSITES = {word: other for pair in _PAIRS.split("|") for word, other in (pair.split(), pair.split()[::-1])}
_OPPOSITE = re.compile(rf"\b(?:{'|'.join(_OPPOSITES)})\b")


def like_words(spans: Sequence[Example]) -> Pools:
    """The names, years and numbers of each title's passages."""
    pools: Pools = defaultdict(list)
    for context, title in dict.fromkeys((e.context, e.title) for e in spans):
        for kind, pattern in _KINDS.items():
            pools[title, kind] += dict.fromkeys(pattern.findall(context))
    return pools


def changed_question(example: Example, pools: Pools, rng: random.Random) -> Example | None:
    """None where nothing can be changed."""
    question = _changed(example, pools, rng)
    return replace(example, question=question, answerable=False, answer=None) if question else None


def _changed(example: Example, pools: Pools, rng: random.Random) -> str | None:
    assert example.answer is not None
    question, answer = example.question, example.context[slice(*example.answer)]
    swaps = [(m.span(), kind) for kind, pattern in _KINDS.items() for m in pattern.finditer(question)]
    swaps += [(m.span(), "opposite") for m in _OPPOSITE.finditer(question)]
    rng.shuffle(swaps)
    for (start, end), kind in swaps:
        word = question[start:end]
        if kind == "opposite":
            return question[:start] + _OPPOSITES[word] + question[end:]
        here = list(dict.fromkeys(_KINDS[kind].findall(example.context)))
        pool = pools[example.title, kind]
        others = here if rng.random() < 0.4 else rng.sample(pool, min(len(pool), _FROM_POOL))
        usable = [o for o in others if o.lower() not in f"{question} {answer}".lower() and word not in o]
        alike = [o for o in usable if len(o.split()) == len(word.split())] or usable
        if word.lower() in example.context.lower() and alike:
            return question[:start] + rng.choice(alike) + question[end:]
    return None


def cut(example: Example) -> Example | None:
    """The example without the sentence of the answer; None where that leaves too little, or the answer."""
    if example.answer is None:
        return None
    start, end = example.answer
    kept = [(a, b) for a, b in sentences(example.context) if b <= start or a >= end]
    context = " ".join(example.context[a:b] for a, b in kept)
    if len(kept) < 2 or example.context[start:end].lower() in context.lower():
        return None
    return replace(example, context=context, answerable=False, answer=None)


def paragraphs(rows: Sequence[dict[str, str]], rng: random.Random) -> list[Example]:
    """Questions with their sentence, in paragraphs of the sentences around it: rows follow their documents."""
    texts = list(dict.fromkeys(_untokenised(r["positive"]) for r in rows))
    place = {text: i for i, text in enumerate(texts)}
    found = []
    for row in rows:
        sentence = _untokenised(row["positive"])
        i = place[sentence]
        before, after = rng.randint(0, 3), rng.randint(0, 3)
        around = texts[max(0, i - before) : i + after + 1]
        found.append(_somewhere(row["source"], _untokenised(row["question"]), around, sentence))
    return found


def lookalikes(rows: Sequence[dict[str, str]], rng: random.Random) -> list[tuple[Example, Example]]:
    """Questions with their sentence among the sentences most like the question, and beside each the like ones alone."""
    texts = list(dict.fromkeys(r["positive"].strip() for r in rows))
    found = []
    for row, scores in zip(rows, by_terms([r["question"] for r in rows], texts), strict=True):
        sentence = row["positive"].strip()
        like = [texts[i] for i in np.argsort(-scores)[:10] if texts[i] != sentence]
        found.append(_among(row, sentence, like, rng))
    return found


def by_terms(questions: Sequence[str], texts: Sequence[str]) -> Iterator[NDArray[np.float64]]:
    """For each question how much each text is like it, by the weights of their terms: shape (texts,)."""
    vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    terms = vectorizer.fit_transform(texts)
    for start in range(0, len(questions), _AT_ONCE):
        yield from (vectorizer.transform(questions[start : start + _AT_ONCE]) @ terms.T).toarray()


def among_negatives(rows: Sequence[dict[str, Any]], rng: random.Random) -> list[tuple[Example, Example]]:
    """As ``lookalikes``, of rows that name the sentences which do not answer."""
    return [_among(row, row["positive"].strip(), row["negatives"], rng) for row in rows if row["negatives"]]


def _among(row: dict[str, Any], sentence: str, like: Sequence[str], rng: random.Random) -> tuple[Example, Example]:
    question = row["question"].strip()
    few = rng.sample(like[:6], min(len(like[:6]), rng.randint(1, 4)))
    around = [*few, sentence]
    rng.shuffle(around)
    others = rng.sample(like, min(len(like), rng.randint(1, 4)))
    wrong = Example(row["source"], question, "", " ".join(others), False)
    return _somewhere(row["source"], question, around, sentence), wrong


def _somewhere(source: str, question: str, around: Sequence[str], sentence: str) -> Example:
    context = " ".join(around)
    start = context.index(sentence)
    return Example(source, question, "", context, True, (start, start + len(sentence)), somewhere=True)


def _untokenised(text: str) -> str:
    """Penn Treebank tokens back to running text."""
    text = text.replace("-lrb-", "(").replace("-rrb-", ")").replace("``", '"').replace("''", '"')
    text = re.sub(r"\s+([,.;:?!)%]|'s\b|n't\b|'re\b|'ve\b)", r"\1", text)
    return re.sub(r"([($])\s+", r"\1", text).strip()

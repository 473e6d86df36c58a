"""Harder examples: questions whose sentence is known, near misses, and changed questions.

Near misses are what the product's own retrieval would offer: passages like the question that do not answer it.
Changed questions ask for what the passage does not say, as the adversarial ones of SQuAD 2.0 do (Rajpurkar et al.
2018): a name, a year or a number exchanged, or a word turned into its opposite.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from index.encode import SentenceTransformerEncoder
from index.encoder_names import ENGLISH
from service.answer.sentences import sentences
from training.example import Example

Pools = dict[tuple[str, str], list[str]]
"""By title and kind."""

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


def changed_questions(spans: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
    """A question that its passage answers, changed so that it does not."""
    pools = like_words(spans)
    chosen = (e for e in spans if rng.random() < share)
    return [other for e in chosen if (other := changed_question(e, pools, rng))]


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
        others = here if rng.random() < 0.4 else pools[example.title, kind]
        usable = [o for o in others if o.lower() not in f"{question} {answer}".lower() and word not in o]
        alike = [o for o in usable if len(o.split()) == len(word.split())] or usable
        if word.lower() in example.context.lower() and alike:
            return question[:start] + rng.choice(alike) + question[end:]
    return None


def without_the_sentence(spans: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
    """The passage with the sentence of the answer taken out."""
    chosen = (e for e in spans if rng.random() < share)
    return [other for e in chosen if (other := cut(e))]


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


def near_misses(spans: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
    """Passages that dense search ranks first for the question, and of the same document, that lack the answer."""
    contexts = list(dict.fromkeys((e.title, e.context) for e in spans))
    encoder = SentenceTransformerEncoder(ENGLISH)
    vectors = encoder.encode_passages([f"{title}\n{context}" for title, context in contexts])
    by_title: dict[str, list[int]] = defaultdict(list)
    for i, (title, _) in enumerate(contexts):
        by_title[title].append(i)
    chosen = [e for e in spans if rng.random() < share]
    found = []
    for start in range(0, len(chosen), 512):
        batch = chosen[start : start + 512]
        scores = encoder.encode_questions([e.question for e in batch]) @ vectors.T
        for example, row in zip(batch, scores, strict=True):
            assert example.answer is not None
            words = example.context[slice(*example.answer)].lower()
            ranked = np.argsort(-row)[:10].tolist()
            if example.title and rng.random() < 0.5:
                ranked = sorted(by_title[example.title], key=lambda i, row=row: -row[i])[:6]  # type: ignore[misc]
            wrong = [contexts[i] for i in ranked if words not in contexts[i][1].lower()]
            if wrong:
                title, context = rng.choice(wrong[:4])
                found.append(Example(example.source, example.question, title, context, False))
    return found


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


def lookalikes(rows: Sequence[dict[str, str]], rng: random.Random) -> list[Example]:
    """Questions with their sentence among the sentences most like the question, and for some without it."""
    texts = list(dict.fromkeys(r["positive"].strip() for r in rows))
    vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    matrix = vectorizer.fit_transform(texts)
    found = []
    for start in range(0, len(rows), 512):
        batch = rows[start : start + 512]
        scores = (vectorizer.transform([r["question"] for r in batch]) @ matrix.T).toarray()
        for row, ranks in zip(batch, scores, strict=True):
            sentence = row["positive"].strip()
            like = [texts[i] for i in np.argsort(-ranks)[:8] if texts[i] != sentence]
            few = rng.sample(like[:6], rng.randint(1, 4))
            around = [*few, sentence]
            rng.shuffle(around)
            found.append(_somewhere(row["source"], row["question"].strip(), around, sentence))
            if rng.random() < 0.4:
                found.append(Example(row["source"], row["question"].strip(), "", " ".join(few), False))
    return found


def _somewhere(source: str, question: str, around: Sequence[str], sentence: str) -> Example:
    context = " ".join(around)
    start = context.index(sentence)
    return Example(source, question, "", context, True, (start, start + len(sentence)), somewhere=True)


def _untokenised(text: str) -> str:
    """Penn Treebank tokens back to running text."""
    text = text.replace("-lrb-", "(").replace("-rrb-", ")").replace("``", '"').replace("''", '"')
    text = re.sub(r"\s+([,.;:?!)%]|'s\b|n't\b|'re\b|'ve\b)", r"\1", text)
    return re.sub(r"([($])\s+", r"\1", text).strip()

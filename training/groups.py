"""Groups of examples that compete: one that has its answer, beside others like it that have none.

Three kinds. Passages: a question with the passage that answers and the ones that retrieval ranks near it. Questions: a
passage with a question that it answers and SQuAD 2.0's adversarial ones on it. Contrasts: a question and its passage,
beside the question changed or the passage without the sentence that answers.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from index.encode import SentenceTransformerEncoder
from index.encoder_names import ENGLISH
from service.answer.sentences import sentences
from training import hard_cases
from training.example import Example
from training.examples import capped, chinese_rows, reader_rows, squad_rows

Group = tuple[Example, ...]
"""The first has the answer; alone it is an ordinary example."""

_WRONG_PASSAGES = 3
_WRONG_QUESTIONS = 2
_CHINESE_PASSAGE = 220
"""Characters: about 150 tokens, the size of the product's passages."""

# The most of each source: as passages among others, as contrasts, and alone.
_PASSAGES = {"squad2_train": 1500, "squad2_dev": 900, "squad1": 1100, "qed": 250, "bioasq": 250, "cmrc2018": 900}
_CONTRASTS = {"squad2_train": 900, "squad2_dev": 200, "squad1": 900, "qed": 150, "tatqa": 150, "cmrc2018": 500}
_ALONE = {"squad2_train": 1600, "squad1": 2200, "qed": 500, "tatqa": 300, "qamr": 500, "fairytaleqa": 300}


def load_groups(data: Path, squad_file: Path, held_out: Sequence[Path], seed: int) -> list[Group]:
    """All groups, shuffled. ``data`` and ``squad_file`` as in training/examples.py; paragraphs of ``held_out``, files
    in SQuAD's layout, are left out.
    """
    rng = random.Random(seed)
    kept = {"qamr_wikipedia": 500, "fairytaleqa": 1000}
    sources = ("squad2_train_10articles", "squad1_flanresp_5per", "squad1_train_894", "qed_dev_nq")
    caps = dict.fromkeys((*sources, "bioasq_factoid_snippets", "tatqa_text_spans"), 10_000) | kept
    hidden = {_first_words(text) for path in held_out for text in _contexts(path)}
    english = [*capped(reader_rows(data / "reader.jsonl.gz"), caps, rng), *squad_rows(squad_file, range(6))]
    english = [e for e in english if _first_words(e.context) not in hidden]
    spans = [e for e in english if e.answer is not None]
    rng.shuffle(spans)
    chinese = [part for e in chinese_rows(data / "zh.json.gz") if (part := _passage_of(e))]
    rng.shuffle(chinese)
    everything = [*spans, *(example for example, _ in chinese)]
    groups = [
        *_passages(_most(spans, _PASSAGES, 0), spans, rng),
        *_chinese_passages(chinese[: _PASSAGES["cmrc2018"]], chinese, rng),
        *_questions(english, rng),
        *_contrasts(_most(everything, _CONTRASTS, 1), everything, rng),
        *((example,) for example in _most(everything, _ALONE, 2)),
    ]
    rng.shuffle(groups)
    return groups


def _most(examples: Sequence[Example], caps: dict[str, int], turn: int) -> list[Example]:
    """So many of each source; every ``turn`` begins elsewhere, so that few are taken twice."""
    found = []
    for name, cap in caps.items():
        rows = [e for e in examples if e.source.startswith(name)]
        if rows:
            begin = turn * len(rows) // 3
            found += [rows[(begin + i) % len(rows)] for i in range(min(cap, len(rows)))]
    return found


def _passages(chosen: Sequence[Example], spans: Sequence[Example], rng: random.Random) -> Iterator[Group]:
    """As the product searches: cosine and terms' weight added. Mostly of the same document, where there is a title."""
    contexts = list(dict.fromkeys((e.title, e.context) for e in spans))
    texts = [f"{title}\n{context}" for title, context in contexts]
    encoder = SentenceTransformerEncoder(ENGLISH)
    vectors = encoder.encode_passages(texts)
    vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    terms = vectorizer.fit_transform(texts)
    titled = np.array([bool(title) for title, _ in contexts])
    titles = np.array([title for title, _ in contexts])
    for start in range(0, len(chosen), 256):
        batch = chosen[start : start + 256]
        questions = [e.question for e in batch]
        scores = encoder.encode_questions(questions) @ vectors.T + (vectorizer.transform(questions) @ terms.T).toarray()
        for example, row in zip(batch, scores, strict=True):
            allowed = titled == bool(example.title)
            if example.title and rng.random() < 0.8:
                allowed = titles == example.title
            ranked = np.argsort(np.where(allowed, -row, np.inf))[: min(14, int(allowed.sum()))]
            yield from _against(example, [contexts[i] for i in ranked], rng)


def _chinese_passages(
    chosen: Sequence[tuple[Example, list[str]]], everything: Sequence[tuple[Example, list[str]]], rng: random.Random
) -> Iterator[Group]:
    """The other parts of the same text, then the parts of others that share most pairs of characters."""
    contexts = list(dict.fromkeys(e.context for e, _ in everything))
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True)
    terms = vectorizer.fit_transform(contexts)
    for example, beside in chosen:
        scores = (vectorizer.transform([example.question]) @ terms.T).toarray()[0]
        others = [contexts[i] for i in np.argsort(-scores)[:8]]
        yield from _against(example, [(example.title, text) for text in dict.fromkeys([*beside, *others])], rng)


def _against(example: Example, ranked: Sequence[tuple[str, str]], rng: random.Random) -> Iterator[Group]:
    assert example.answer is not None
    answer = example.context[slice(*example.answer)].lower()
    wrong = [c for c in ranked if c[1] != example.context and answer not in c[1].lower()]
    hardest, rest = wrong[: _WRONG_PASSAGES - 1], wrong[_WRONG_PASSAGES - 1 : 10]
    few = [*hardest, *rng.sample(rest, min(1, len(rest)))]
    if few:
        yield (
            example,
            *(replace(example, title=t, context=c, answerable=False, answer=None) for t, c in few),
        )


def _questions(english: Sequence[Example], rng: random.Random) -> Iterator[Group]:
    by_context: dict[str, list[Example]] = defaultdict(list)
    for example in english:
        if example.source.startswith("squad2"):
            by_context[example.context].append(example)
    for examples in by_context.values():
        wrong = [e for e in examples if not e.answerable]
        right = [e for e in examples if e.answerable]
        rng.shuffle(wrong)
        # Each adversarial question once.
        for i in range(0, len(wrong), _WRONG_QUESTIONS):
            if right:
                yield (rng.choice(right), *wrong[i : i + _WRONG_QUESTIONS])
            else:
                yield from ((e,) for e in wrong[i : i + _WRONG_QUESTIONS])


def _contrasts(chosen: Sequence[Example], spans: Sequence[Example], rng: random.Random) -> Iterator[Group]:
    pools = hard_cases.like_words(spans)
    for example in chosen:
        others = [hard_cases.changed_question(example, pools, rng), hard_cases.cut(example)]
        wrong = [e for e in others if e is not None]
        if wrong:
            yield (example, *wrong)


def _passage_of(example: Example) -> tuple[Example, list[str]] | None:
    """A long text as the part that holds the answer, and the other parts."""
    assert example.answer is not None
    start, end = example.answer
    parts: list[tuple[int, int]] = []
    for a, b in sentences(example.context):
        if parts and b - parts[-1][0] <= _CHINESE_PASSAGE:
            parts[-1] = (parts[-1][0], b)
        else:
            parts.append((a, b))
    held = [(a, b) for a, b in parts if a <= start and end <= b]
    if not held or held[0][1] - held[0][0] > 2 * _CHINESE_PASSAGE:
        return None
    a, b = held[0]
    beside = [example.context[slice(*part)] for part in parts if part != held[0]]
    return replace(example, context=example.context[a:b], answer=(start - a, end - a)), beside


def _contexts(path: Path) -> list[str]:
    loaded = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [p["context"] for article in loaded for p in article["paragraphs"]]


def _first_words(text: str) -> str:
    return " ".join(text.split())[:80]

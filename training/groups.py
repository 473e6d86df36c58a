"""Groups of examples that compete: one that has its answer, beside others like it that have none.

Beside a question and its passage: the passages that retrieval ranks near it, the passage without the sentence that
answers, and the question changed so that the passage does not answer it. Beside a passage and a question that it
answers: SQuAD 2.0's adversarial ones on it. SHARES says how often a pass over the data takes each source.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encode import SentenceTransformerEncoder
from index.encoder_names import ENGLISH
from training import hard_cases
from training.example import Example
from training.examples import capped, chinese_rows, pair_rows, part_with_answer, reader_rows, squad_rows
from training.tables import table_groups

# The spans used, at most, and how often a pass takes each; and the same of questions with the text that answers.
SPANS = {
    "squad1_train_894": (1_000, 1.0),
    "squad1_flanresp_5per": (5_000, 1.0),
    "squad2_train_10articles": (5_000, 1.0),
    "squad2_dev": (5_000, 1.0),
    "qed_dev_nq": (2_000, 1.0),
    "tatqa_text_spans": (1_000, 1.0),
    "bioasq_factoid_snippets": (3_000, 0.7),
    "cmrc2018": (6_000, 0.6),
    "onestopqa_spans": (1_500, 0.4),
    "fairytaleqa": (6_100, 0.3),
    "qamr_wikipedia": (1_200, 0.8),
    "qamr_wikinews": (1_600, 0.8),
    "friendsqa": (2_400, 0.2),
    "molweni_test": (2_400, 0.05),
}
PAIRS = {
    "reqa_squad_train": (10_000, 0.6),
    "nqg_test": (10_500, 0.3),
    "selqa": (2_700, 0.6),
    "boolq": (3_300, 0.4),
    "bioasq9b": (3_000, 0.3),
    "medquad": (4_000, 0.3),
}
_TABLES = (5_000, 0.7)

_RANKED = 10
_RETRIEVED = ("squad", "qed", "bioasq", "tatqa", "onestopqa", "fairytaleqa", "qamr")
_TAKEN = 4
_QUESTIONS_TAKEN = 3

Texts = Sequence[tuple[str, str]]
"""Titles and contexts."""


@dataclass(frozen=True, slots=True)
class Group:
    """``wrong`` are the hardest first; a pass takes ``take`` of them, and the group ``share`` times."""

    right: Example
    wrong: tuple[Example, ...]
    take: int
    share: float


def load_groups(data: Path, squad_file: Path, seed: int) -> list[Group]:
    """``data`` holds reader.jsonl.gz, pairs.jsonl.gz and zh.json.gz; of ``squad_file`` the first six articles count."""
    rng = random.Random(seed)
    caps = {name: cap for name, (cap, _) in SPANS.items()}
    english = [*capped(reader_rows(data / "reader.jsonl.gz"), caps, rng), *squad_rows(squad_file, range(6))]
    spans = [e for e in english if e.answer is not None]
    chinese = [part for e in chinese_rows(data / "zh.json.gz") if (part := part_with_answer(e))]
    chinese = rng.sample(chinese, min(len(chinese), caps["cmrc2018"]))
    pairs = pair_rows(data / "pairs.jsonl.gz", {name: cap for name, (cap, _) in PAIRS.items()}, rng)
    retrieved = [e for e in spans if e.source.startswith(_RETRIEVED)]
    pools = hard_cases.like_words(spans)
    groups = [
        *(_span_group(e, ranked, pools, rng) for e, ranked in _ranked(retrieved, _dense_and_terms)),
        *(_span_group(e, [], pools, rng) for e in spans if not e.source.startswith(_RETRIEVED)),
        *(_span_group(e, _chinese(e, beside), pools, rng) for e, beside in chinese),
        *_adversarial(english),
        *_sentences(hard_cases.paragraphs(pairs["nqg_test"], rng), PAIRS["nqg_test"][1]),
        *_lookalikes(hard_cases.lookalikes(pairs["reqa_squad_train"], rng), PAIRS["reqa_squad_train"][1]),
        *_lookalikes(hard_cases.among_negatives(pairs["selqa"], rng), PAIRS["selqa"][1]),
    ]
    for name in ("boolq", "bioasq9b", "medquad"):
        whole = [Example(name, row["question"], "", row["positive"].strip(), True) for row in pairs[name]]
        groups += [_whole_group(e, ranked, PAIRS[name][1]) for e, ranked in _ranked(whole, hard_cases.by_terms)]
    count, share = _TABLES
    groups += [Group(right, wrong, _QUESTIONS_TAKEN, share) for right, wrong in table_groups(count, rng)]
    return groups


Scores = Callable[[Sequence[str], Sequence[str]], Iterator[NDArray[np.float64]]]


def _dense_and_terms(questions: Sequence[str], texts: Sequence[str]) -> Iterator[NDArray[np.float64]]:
    """As the product searches: cosine and terms' weight added."""
    encoder = SentenceTransformerEncoder(ENGLISH)
    passages = encoder.encode_passages(texts)
    asked = encoder.encode_questions(questions)
    for row, vector in zip(hard_cases.by_terms(questions, texts), asked, strict=True):
        yield row + passages @ vector


def _ranked(examples: Sequence[Example], scores: Scores) -> Iterator[tuple[Example, list[tuple[str, str]]]]:
    """Each with the texts that search ranks first for its question and that lack its answer.

    Half of them from the same document, where its title is known.
    """
    texts = list(dict.fromkeys((e.title, e.context) for e in examples))
    same: dict[str, list[int]] = defaultdict(list)
    for i, (title, _) in enumerate(texts):
        same[title].append(i)
    told = scores([e.question for e in examples], [f"{title}\n{context}" for title, context in texts])
    for example, row in zip(examples, told, strict=True):
        anywhere = [texts[i] for i in np.argsort(-row)[: 2 * _RANKED]]
        inside = sorted(same[example.title], key=lambda i: -row[i])[: 2 * _RANKED] if example.title else []
        beside = [texts[i] for i in inside]
        mixed = [one for pair in zip(beside, anywhere, strict=False) for one in pair] if beside else anywhere
        yield example, [one for one in dict.fromkeys(mixed) if _lacks_answer(example, one[1])][:_RANKED]


def _lacks_answer(example: Example, context: str) -> bool:
    if example.answer is None:
        return context != example.context
    return example.context[slice(*example.answer)].lower() not in context.lower()


def _span_group(example: Example, ranked: Texts, pools: hard_cases.Pools, rng: random.Random) -> Group:
    passages = [replace(example, title=t, context=c, answerable=False, answer=None) for t, c in ranked]
    changed = [hard_cases.changed_question(example, pools, rng) for _ in range(2)]
    contrasts = [e for e in (changed[0], hard_cases.cut(example), changed[1]) if e is not None]
    wrong = dict.fromkeys([*passages[:2], *contrasts[:2], *passages[2:], *contrasts[2:]])
    return Group(example, tuple(wrong), _TAKEN, SPANS[example.source][1])


def _whole_group(example: Example, ranked: Texts, share: float) -> Group:
    wrong = tuple(replace(example, title=t, context=c, answerable=False) for t, c in ranked)
    return Group(example, wrong, _QUESTIONS_TAKEN, share)


def _chinese(example: Example, beside: Sequence[str]) -> Texts:
    """The other parts of the same text."""
    return [(example.title, text) for text in beside if _lacks_answer(example, text)]


def _adversarial(examples: Sequence[Example]) -> Iterator[Group]:
    by_context: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.source.startswith("squad2"):
            by_context[example.context].append(example)
    for here in by_context.values():
        wrong = tuple(e for e in here if not e.answerable)
        right = [e for e in here if e.answerable]
        if wrong and right:
            share = len(wrong) / _QUESTIONS_TAKEN / len(right)
            yield from (Group(e, wrong, _QUESTIONS_TAKEN, share) for e in right)
        else:
            yield from (Group(e, (), 0, 1.0) for e in wrong)


def _sentences(examples: Sequence[Example], share: float) -> Iterator[Group]:
    for example in examples:
        without = hard_cases.cut(example)
        yield Group(example, (without,) if without else (), 1, share)


def _lookalikes(groups: Sequence[tuple[Example, Example]], share: float) -> Iterator[Group]:
    yield from (Group(right, (wrong,), 1, share) for right, wrong in groups)

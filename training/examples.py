"""The reader's training examples: what goes in, how much of each source, and which wrong passages beside it."""

import gzip
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


@dataclass(frozen=True, slots=True)
class Example:
    """``answer`` is the (start, end) of the answer in ``context``, in code points.

    ``answerable`` with no ``answer`` means that the context answers, but where is not marked.
    """

    source: str
    question: str
    title: str
    context: str
    answerable: bool
    answer: tuple[int, int] | None = None


# The most that each source gives. Sources missing here are left out: one marks whole paragraphs as answers.
SPAN_CAPS = {
    "squad1_train_894": 842,
    "squad1_flanresp_5per": 3817,
    "squad2_train_10articles": 4705,
    "qed_dev_nq": 1355,
    "bioasq_factoid_snippets": 2652,
    "fairytaleqa": 2500,
    "friendsqa": 600,
    "molweni_test": 500,
    "tatqa_text_spans": 967,
    "qamr_wikipedia": 1200,
    "qamr_wikinews": 1300,
}
PAIR_CAPS = {"selqa": 1000, "boolq": 800, "squad": 4000}


def load_examples(reader_file: Path, pairs_file: Path, squad_file: Path, articles: range, seed: int) -> list[Example]:
    """All examples, shuffled: marked spans, question–passage pairs, some SQuAD articles, and hard negatives."""
    rng = random.Random(seed)
    spans = _capped(_reader_rows(reader_file), SPAN_CAPS, rng)
    squad = _squad_rows(squad_file, articles)
    examples = [*spans, *squad, *_pair_examples(pairs_file, rng)]
    examples += _hard_negatives([e for e in (*spans, *squad) if e.answer is not None], rng)
    rng.shuffle(examples)
    return examples


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _reader_rows(path: Path) -> list[Example]:
    found = []
    for row in _lines(path):
        title = row.get("title") or ""
        # Some sources use their own name for a title, which says nothing.
        title = "" if row["source"].startswith(title.lower()[:4]) and title else title
        base = Example(row["source"], row["question"], title, row["context"], not row["is_impossible"])
        if row["is_impossible"]:
            found.append(base)
            continue
        answer = row["answers"][0]
        found.append(replace(base, answer=(answer["start"], answer["start"] + len(answer["text"]))))
    return found


def _capped(examples: list[Example], caps: dict[str, int], rng: random.Random) -> list[Example]:
    by_source: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_source[example.source].append(example)
    kept = []
    for source, cap in caps.items():
        rows = by_source[source]
        rng.shuffle(rows)
        if source.startswith("qamr"):  # about thirty questions a sentence: ten are enough
            seen: Counter[str] = Counter()
            few = []
            for row in rows:
                seen[row.context] += 1
                if seen[row.context] <= 10:
                    few.append(row)
            rows = few
        kept += rows[:cap]
    return kept


def _squad_rows(path: Path, articles: range) -> list[Example]:
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    found = []
    for index in articles:
        for paragraph in data[index]["paragraphs"]:
            for qa in paragraph["qas"]:
                base = Example(
                    "squad2_dev",
                    qa["question"],
                    data[index]["title"].replace("_", " "),
                    paragraph["context"],
                    not qa["is_impossible"],
                )
                if qa["is_impossible"]:
                    found.append(base)
                else:
                    a = qa["answers"][0]
                    found.append(replace(base, answer=(a["answer_start"], a["answer_start"] + len(a["text"]))))
    return found


def _pair_examples(path: Path, rng: random.Random) -> list[Example]:
    by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _lines(path):
        by_source[row["source"]].append(row)
    found = []
    for name, cap in PAIR_CAPS.items():
        rows = [row for source, rows in by_source.items() if source.startswith(name) for row in rows]
        rng.shuffle(rows)
        for row in rows[:cap]:
            found.append(Example(row["source"], row["question"], "", row["positive"], True))
            found += [Example(row["source"], row["question"], "", n, False) for n in row["negatives"][:2]]
    return found


def _hard_negatives(positives: list[Example], rng: random.Random) -> list[Example]:
    """For two in three questions, one of the passages most like the question that lack the answer's words."""
    contexts = list(dict.fromkeys((e.title, e.context) for e in positives))
    vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    matrix = vectorizer.fit_transform([f"{title} {context}" for title, context in contexts])
    chosen = rng.sample(positives, len(positives) * 2 // 3)
    found = []
    for start in range(0, len(chosen), 512):
        batch = chosen[start : start + 512]
        scores = (vectorizer.transform([e.question for e in batch]) @ matrix.T).toarray()
        for example, row in zip(batch, scores, strict=True):
            assert example.answer is not None
            words = example.context[slice(*example.answer)].lower()
            top = [contexts[i] for i in np.argsort(-row)[:12]]
            wrong = [c for c in top if c[1] != example.context and words not in c[1].lower()][:6]
            if wrong:
                title, context = rng.choice(wrong)
                found.append(Example(example.source, example.question, title, context, False))
    return found

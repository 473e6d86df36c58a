"""The reader's training examples: what goes in, how much of each source, and which wrong passages beside it."""

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from training import hard_cases
from training.example import Example

# The most that each source gives. Sources missing here are left out: one marks whole paragraphs as answers.
SPAN_CAPS = {
    "squad1_train_894": 842,
    "squad1_flanresp_5per": 3817,
    "squad2_train_10articles": 4705,
    "qed_dev_nq": 1355,
    "bioasq_factoid_snippets": 2652,
    "fairytaleqa": 3000,
    "friendsqa": 600,
    "molweni_test": 500,
    "tatqa_text_spans": 967,
    "qamr_wikipedia": 2000,
    "qamr_wikinews": 2000,
}
# Passages of real documents, where a like passage is a real near miss.
DOCUMENT_SOURCES = ("squad", "qed", "bioasq", "tatqa")
PAIR_CAPS = {"selqa": 1000, "boolq": 800, "nqg_test": 5000, "reqa_squad_train": 10000}
CHINESE_CAP = 2500


def load_examples(data: Path, squad_file: Path, seed: int) -> list[Example]:
    """All examples, shuffled: marked spans, sentences, pairs, and beside them questions that have no answer.

    ``data`` holds reader.jsonl.gz, pairs.jsonl.gz and zh.json.gz; of ``squad_file`` the first six articles are used.
    """
    rng = random.Random(seed)
    spans = [*capped(reader_rows(data / "reader.jsonl.gz"), SPAN_CAPS, rng), *squad_rows(squad_file, range(6))]
    chinese = rng.sample(chinese_rows(data / "zh.json.gz"), CHINESE_CAP)
    pairs = _capped_pairs(data / "pairs.jsonl.gz", rng)
    marked = [e for e in spans if e.answer is not None]
    documents = [e for e in marked if e.source.startswith(DOCUMENT_SOURCES)]
    examples = [
        *spans,
        *(e for e in spans if e.source.startswith("squad2") and not e.answerable),  # twice: there are few
        *chinese,
        *_pair_examples([*pairs["selqa"], *pairs["boolq"]]),
        *hard_cases.paragraphs(pairs["nqg_test"], rng),
        *hard_cases.lookalikes(pairs["reqa_squad_train"], rng),
        *_hard_negatives(marked, 0.25, rng),
        *hard_cases.near_misses(documents, 0.65, rng),
        *hard_cases.changed_questions(documents, 0.55, rng),
        *hard_cases.without_the_sentence(documents, 0.2, rng),
        *hard_cases.without_the_sentence(chinese, 0.4, rng),
    ]
    rng.shuffle(examples)
    return examples


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def reader_rows(path: Path) -> list[Example]:
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


def capped(examples: list[Example], caps: dict[str, int], rng: random.Random) -> list[Example]:
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


def squad_rows(path: Path, articles: range) -> list[Example]:
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


def chinese_rows(path: Path) -> list[Example]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    found = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                answer = qa["answers"][0]
                place = (answer["answer_start"], answer["answer_start"] + len(answer["text"]))
                if paragraph["context"][slice(*place)] == answer["text"]:
                    found.append(Example("cmrc2018", qa["question"], "", paragraph["context"], True, place))
    return found


def _capped_pairs(path: Path, rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    """By the first words of their sources; those whose rows follow their documents stay in order."""
    rows = _lines(path)
    found = {}
    for name, cap in PAIR_CAPS.items():
        chosen = [row for row in rows if row["source"].startswith(name)]
        kept = set(rng.sample(range(len(chosen)), min(cap, len(chosen))))
        found[name] = [row for i, row in enumerate(chosen) if i in kept]
    return found


def _pair_examples(rows: Sequence[dict[str, Any]]) -> list[Example]:
    found = []
    for row in rows:
        found.append(Example(row["source"], row["question"], "", row["positive"], True))
        found += [Example(row["source"], row["question"], "", n, False) for n in row["negatives"][:2]]
    return found


def _hard_negatives(positives: list[Example], share: float, rng: random.Random) -> list[Example]:
    """For a share of the questions, one of the passages most like the question that lack the answer's words."""
    contexts = list(dict.fromkeys((e.title, e.context) for e in positives))
    vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    matrix = vectorizer.fit_transform([f"{title} {context}" for title, context in contexts])
    chosen = rng.sample(positives, int(len(positives) * share))
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

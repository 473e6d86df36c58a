"""The rows of the data sets as training examples."""

import gzip
import json
import random
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from service.answer.sentences import sentences
from training.example import Example

_QUESTIONS_A_SENTENCE = 10
_CHINESE_PASSAGE = 220
"""Characters: about 150 tokens, the size of the product's passages."""


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
        if source.startswith("qamr"):  # about thirty questions a sentence
            seen: Counter[str] = Counter()
            few = []
            for row in rows:
                seen[row.context] += 1
                if seen[row.context] <= _QUESTIONS_A_SENTENCE:
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


def part_with_answer(example: Example) -> tuple[Example, list[str]] | None:
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


def pair_rows(path: Path, caps: dict[str, int], rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    """By the first words of their sources; those whose rows follow their documents stay in order."""
    rows = _lines(path)
    found = {}
    for name, cap in caps.items():
        chosen = [row for row in rows if row["source"].startswith(name)]
        kept = set(rng.sample(range(len(chosen)), min(cap, len(chosen))))
        found[name] = [row for i, row in enumerate(chosen) if i in kept]
    return found

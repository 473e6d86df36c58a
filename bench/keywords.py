"""What keyword search alone finds, by ways to make search terms: ``python -m bench.keywords xquad.zh.json zh``.

The file has the layout of SQuAD; its paragraphs are the passages, and a question is right where its own paragraph
comes first, or among the first five. ``--segmenter`` also tries words as jieba cuts them (``pip install rjieba``).
Prints a Markdown table.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import regex

from index.analyse import question_phrases, question_stems, question_terms, terms
from index.fold import plain
from index.inverted import InvertedIndex, State, Wanted
from index.search import wanted

_TOP_K = 5
_WORD = regex.compile(r"\w+")
_RUN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々]+")


@dataclass(frozen=True, slots=True)
class Way:
    """How terms are made of a passage and of a question."""

    name: str
    of_passage: Callable[[str], list[str]]
    of_question: Callable[[str], Wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("language")
    parser.add_argument("--segmenter", action="store_true")
    options = parser.parse_args()
    paragraphs, questions = read(options.set)
    print(f"{len(questions):,} questions on {len(paragraphs):,} paragraphs of {options.set.name}\n")
    print("| terms | hit@1 | hit@5 | terms a passage | ms a passage |\n|---|---|---|---|---|")
    for way in ways(options.language, options.segmenter):
        print(row(way, paragraphs, questions), flush=True)


def read(file: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """Paragraphs, and questions with the number of their paragraph."""
    paragraphs: list[str] = []
    questions: list[tuple[str, int]] = []
    for article in json.loads(file.read_text())["data"]:
        for paragraph in article["paragraphs"]:
            questions += [(asked["question"], len(paragraphs)) for asked in paragraph["qas"]]
            paragraphs.append(paragraph["context"])
    return paragraphs, questions


def ways(language: str, segmenter: bool) -> Iterator[Way]:
    """The shipped one first."""
    yield Way("as shipped", partial(terms, language=language), partial(shipped, language))
    yield Way("stemmed as English is", terms, lambda question: Wanted(question_terms(question)))
    for name, cut in (("words between spaces", words), ("pairs of characters", pairs), ("single characters", singly)):
        yield Way(name, cut, lambda question, cut=cut: Wanted(list(dict.fromkeys(cut(question)))))
    if segmenter:
        import rjieba

        yield Way(
            "words by jieba, for search",
            partial(cut_runs, rjieba.cut_for_search),
            lambda question: Wanted(list(dict.fromkeys(cut_runs(rjieba.cut_for_search, question)))),
        )


def shipped(language: str, question: str) -> Wanted:
    return wanted(question_stems(question, [language]), question_phrases(question, [language]))


def words(text: str) -> list[str]:
    return _WORD.findall(plain(text))


def pairs(text: str) -> list[str]:
    return cut_runs(lambda run: [run[i : i + 2] for i in range(max(1, len(run) - 1))], text)


def singly(text: str) -> list[str]:
    return cut_runs(list, text)


def cut_runs(cut: Callable[[str], list[str]], text: str) -> list[str]:
    """Words, where a run of characters without spaces is cut by a function."""
    found = []
    for word in words(text):
        last = 0
        for run in _RUN.finditer(word):
            found += [word[last : run.start()], *cut(run.group())]
            last = run.end()
        found.append(word[last:])
    return [term for term in found if term.strip()]


def row(way: Way, paragraphs: list[str], questions: list[tuple[str, int]]) -> str:
    """A line of the table."""
    index = InvertedIndex(None)
    began = time.perf_counter()
    made = [way.of_passage(paragraph) for paragraph in paragraphs]
    spent = 1000 * (time.perf_counter() - began) / len(made)
    index.update([(key, "", " ".join(found)) for key, found in enumerate(made)], [], State(0, len(made)))
    ranks = []
    for question, own in questions:
        found = [key for key, _ in index.search(way.of_question(question), _TOP_K)]
        ranks.append(found.index(own) if own in found else _TOP_K)
    first, five = (sum(rank < k for rank in ranks) / len(ranks) for k in (1, _TOP_K))
    return f"| {way.name} | {first:.3f} | {five:.3f} | {sum(map(len, made)) / len(made):.0f} | {spent:.2f} |"


if __name__ == "__main__":
    main()

"""Our metrics against ir-measures and the SQuAD script, on real runs: the largest difference of each.

``python -m bench.metric_agreement RUN_FOLDER…``. The SQuAD script's functions are those that the package torchmetrics
carries, taken from the official evaluation script.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import ir_measures
import torch
from ir_measures import AP, RR, Qrel, R, ScoredDoc, Success, nDCG
from torchmetrics.functional.text import squad

from evals.figures.catalogue import METRICS
from evals.figures.finding import ranking
from evals.judge import said
from evals.metrics.exact_match import exact_match
from evals.metrics.token_f1 import token_f1
from evals.rows import Row
from evals.run import Run
from evals.run_folder import read_run

THEIRS = {
    "hit@1": Success @ 1, "hit@3": Success @ 3, "hit@5": Success @ 5, "hit@10": Success @ 10,
    "mrr@10": RR @ 10, "recall@5": R @ 5, "recall@10": R @ 10, "ndcg@10": nDCG @ 10, "map@10": AP @ 10,
}  # fmt: skip


def main(folders: Sequence[str]) -> None:
    print("| run | questions | metric | ours | theirs | difference |\n|---|---|---|---|---|---|")  # noqa: T201
    for folder in folders:
        record = read_run(Path(folder))
        for name, ours, theirs in [*_retrieval(record.run), *_answers(record.run)]:
            row = f"{ours:.6f} | {theirs:.6f} | {abs(ours - theirs):.1e}"
            print(f"| {record.name} | {len(record.run.rows)} | {name} | {row} |")  # noqa: T201


def _retrieval(run: Run) -> list[tuple[str, float, float]]:
    rows = [row for row in run.rows if row.has_evidence]
    qrels, scored = [], []
    for row in rows:
        qrels += _qrels(row)
        scored += [ScoredDoc(row.question.id, f"r{i}", -float(i)) for i in range(len(ranking(row)))]
    theirs = ir_measures.calc_aggregate(list(THEIRS.values()), qrels, scored)
    return [(name, METRICS[name].measure(run).value or 0.0, theirs[measure]) for name, measure in THEIRS.items()]


def _qrels(row: Row) -> list[Qrel]:
    grades = ranking(row)
    unfound = list(row.piece_grades)
    for grade in grades:
        if grade:
            unfound.remove(grade)
    found = [Qrel(row.question.id, f"r{i}", grade) for i, grade in enumerate(grades)]
    return [*found, *(Qrel(row.question.id, f"unfound{i}", grade) for i, grade in enumerate(unfound))]


def _answers(run: Run) -> list[tuple[str, float, float]]:
    """Of the words given; what was refused scores 0 in ours, and the script never sees it."""
    rows = [row for row in run.rows if row.answered and row.question.has_reference]
    words = {row.question.id: said(row.answer) for row in rows if row.answer}
    if not words:
        return []
    wanted = [{"id": r.question.id, "answers": {"text": list(r.question.answers), "answer_start": []}} for r in rows]
    torch.set_default_dtype(torch.float64)  # it adds up in the default type, which is too coarse for 1e-9
    theirs = squad([{"id": name, "prediction_text": text} for name, text in words.items()], wanted)
    return [
        (name, sum(score(words[r.question.id], r.question.answers) for r in rows) / len(rows), float(theirs[key]) / 100)
        for name, score, key in (("EM", exact_match, "exact_match"), ("F1", token_f1, "f1"))
    ]


if __name__ == "__main__":
    main(sys.argv[1:])

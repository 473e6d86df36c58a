"""Our metrics against ir-measures and the SQuAD script, on real runs: the difference of each.

``python -m bench.metric_agreement RUN_FOLDER…``. The judgements and rankings are made anew from what each hit finds,
not from our own ranking. Questions with a hit that finds several pieces of evidence are left out and counted:
ir-measures knows one a rank. The SQuAD script's functions are those that the package torchmetrics carries.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import ir_measures
import torch
from ir_measures import AP, RR, Qrel, R, ScoredDoc, Success, nDCG
from torchmetrics.functional.text import squad

from evals.figures.catalogue import METRICS
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
    print("| run | questions | metric | ours | theirs | difference |\n|---|---|---|---|---|---|")
    for folder in folders:
        record = read_run(Path(folder))
        plain = [row for row in record.run.rows if all(len(pieces) < 2 for pieces in row.hit_pieces)]
        run = replace(record.run, rows=tuple(plain))
        for name, n, ours, theirs in [*_retrieval(run), *_answers(record.run)]:
            print(f"| {record.name} | {n} | {name} | {ours:.6f} | {theirs:.6f} | {abs(ours - theirs):.1e} |")
        if left_out := len(record.run.rows) - len(plain):
            print(f"\n{left_out} questions left out of the retrieval figures\n")


def _retrieval(run: Run) -> Iterator[tuple[str, int, float, float]]:
    rows = [row for row in run.rows if row.has_evidence]
    if not rows:
        return
    qrels = [Qrel(r.question.id, f"piece{i}", grade) for r in rows for i, grade in enumerate(r.piece_grades)]
    scored = [one for row in rows for one in _ranked(row)]
    theirs = ir_measures.calc_aggregate(list(THEIRS.values()), qrels, scored)
    for name, measure in THEIRS.items():
        yield name, len(rows), METRICS[name].measure(run).value or 0.0, theirs[measure]


def _ranked(row: Row) -> Iterator[ScoredDoc]:
    seen: set[int] = set()
    for rank, pieces in enumerate(row.hit_pieces):
        new = set(pieces) - seen
        seen |= new
        yield ScoredDoc(row.question.id, f"piece{new.pop()}" if new else f"hit{rank}", -float(rank))


def _answers(run: Run) -> Iterator[tuple[str, int, float, float]]:
    """Of the words given; what was refused scores 0 in ours, and the script never sees it."""
    rows = [row for row in run.rows if row.answered and row.question.has_reference]
    words = {row.question.id: said(row.answer) for row in rows if row.answer}
    if not words:
        return
    torch.set_default_dtype(torch.float64)  # it adds up in the default type, which is too coarse for 1e-9
    wanted = [{"id": r.question.id, "answers": {"text": list(r.question.answers), "answer_start": []}} for r in rows]
    theirs = squad([{"id": name, "prediction_text": text} for name, text in words.items()], wanted)
    for name, score, key in (("EM", exact_match, "exact_match"), ("F1", token_f1, "f1")):
        ours = sum(score(words[r.question.id], r.question.answers) for r in rows) / len(rows)
        yield name, len(rows), ours, float(theirs[key]) / 100


if __name__ == "__main__":
    main(sys.argv[1:])

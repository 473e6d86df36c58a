"""How well the check of support does: on people's labels, and on faults planted into true sentences.

``python -m bench.support_check CLAIMS_JSONL --faults-from SQUAD_JSON …``: CLAIMS_JSONL has rows of premise, claim,
label and source (as WiCE and BEGIN have them); only the half that the score was not fitted on is reported. Of each
SQUAD_JSON, the articles ``--articles`` (a slice, "8:") are used. ``--sentences`` is a file of hard sentences, true and
false, with their passages. Prints Markdown tables.
"""

import argparse
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from core.types import Verdict
from service.support.checker import Checked, Checker, open_checker
from training.support_claims import Labelled, held, labelled
from training.support_passages import Claim, articles, claims, passage


def judged(checker: Checker, rows: Iterable[Labelled]) -> list[tuple[bool, bool]]:
    """(supported by the label, supported by the checker) of each row."""
    return [
        (row.supported, checker.check(row.claim, [passage("", row.premise)]).verdict is Verdict.SUPPORTED)
        for row in rows
    ]


def labels_table(checker: Checker, rows: list[Labelled]) -> str:
    lines = [
        "| set (held part) | claims | supported found | others rejected | balanced accuracy |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    by_set = defaultdict(list)
    for row in rows:
        by_set[row.source].append(row)
    for source, own in sorted(by_set.items()):
        pairs = judged(checker, own)
        right = [answer for truth, answer in pairs if truth]
        wrong = [not answer for truth, answer in pairs if not truth]
        sides = statistics.mean(right), statistics.mean(wrong)
        lines.append(f"| {source} | {len(own)} | {sides[0]:.3f} | {sides[1]:.3f} | {sum(sides) / 2:.3f} |")
    return "\n".join(lines)


def sentences_table(checker: Checker, path: Path, shown: bool) -> str:
    """Hard sentences by their set and kind. The file has a passage a line, with sentences that are true of it or not;
    each sentence is checked against all passages of its set."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    results: dict[tuple[str, bool, str], list[Verdict]] = defaultdict(list)
    for row in rows:
        passages = [passage(r["title"], r["text"]) for r in rows if r["set"] == row["set"]]
        for sentence in row["sentences"]:
            verdict = checker.check(sentence["text"], passages).verdict
            for kind in ("all", sentence["kind"]):
                results[row["set"], sentence["true"], kind].append(verdict)
            if shown and (verdict is Verdict.SUPPORTED) != sentence["true"]:
                print(f"- {row['set']}, {sentence['kind']}, {sentence['true']}: {verdict}: {sentence['text']}")
    lines = [
        "| hard sentences | truth | kind | number | supported | partly | unsupported |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for (name, true, kind), own in sorted(results.items(), key=lambda item: (item[0][0], not item[0][1], item[0][2])):
        counts = [sum(v is w for v in own) for w in (Verdict.SUPPORTED, Verdict.PARTLY, Verdict.UNSUPPORTED)]
        shares = " | ".join(f"{count / len(own):.3f}" for count in counts)
        lines.append(f"| {name} | {'true' if true else 'false'} | {kind} | {len(own)} | {shares} |")
    return "\n".join(lines)


def sample(paths: list[Path], which: slice, each: int, rng: random.Random) -> list[Claim]:
    """``each`` claims of every kind of fault, and as many true ones as false ones, half of them verbatim."""
    pool: dict[str, list[Claim]] = defaultdict(list)
    for path in paths:
        for article in list(articles(path).items())[which]:
            for claim in claims(article, rng):
                pool["verbatim" if claim.kind == "verbatim" else "reworded" if claim.true else claim.kind].append(claim)
    faults = [c for kind, own in pool.items() if not own[0].true for c in rng.sample(own, min(each, len(own)))]
    true = [c for kind in ("verbatim", "reworded") for c in rng.sample(pool[kind], min(len(faults), len(pool[kind])))]
    return [*true, *faults]


def faults_table(checker: Checker, chosen: list[Claim], shown: int) -> str:
    results: dict[tuple[bool, str], list[Checked]] = defaultdict(list)
    times = []
    mistakes: dict[str, int] = defaultdict(int)
    for claim in chosen:
        began = time.perf_counter()
        checked = checker.check(claim.text, claim.passages)
        times.append((time.perf_counter() - began) * 1000)
        kind = claim.kind if not claim.true or claim.kind == "verbatim" else "reworded"
        results[claim.true, kind].append(checked)
        if (checked.verdict is Verdict.SUPPORTED) != claim.true and mistakes[kind] < shown:
            mistakes[kind] += 1
            print(
                f"- {claim.kind}: {checked.verdict}, {checked.fault}, {checked.support:.2f}: {claim.text}"
                f"\n  {claim.source}"
            )
    lines = ["| claims | number | supported | partly | unsupported |", "| --- | ---: | ---: | ---: | ---: |"]
    for (true, kind), own in sorted(results.items(), reverse=True):
        counts = [sum(c.verdict is v for c in own) for v in (Verdict.SUPPORTED, Verdict.PARTLY, Verdict.UNSUPPORTED)]
        label = f"true, {kind}" if true else f"fault: {kind}"
        lines.append(f"| {label} | {len(own)} | {' | '.join(f'{c / len(own):.3f}' for c in counts)} |")
    faults = [c for (true, _), own in results.items() if not true for c in own]
    caught = sum(c.verdict is not Verdict.SUPPORTED for c in faults)
    times.sort()
    lines.append(f"\nFaults caught: {caught} of {len(faults)} ({caught / len(faults):.3f}).")
    lines.append(
        f"Milliseconds a sentence, {len(chosen)} sentences with up to 8 passages each, one thread: "
        f"median {statistics.median(times):.1f}, 95th percentile {times[int(0.95 * len(times))]:.1f}."
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("claims", type=Path)
    parser.add_argument("--faults-from", type=Path, nargs="+", default=[])
    parser.add_argument("--sentences", type=Path, default=Path(__file__).parent / "support_sentences.jsonl")
    parser.add_argument("--articles", default="8:", help="Which articles; those before were fitted on.")
    parser.add_argument("--each", type=int, default=80, help="Claims of each kind of fault.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", type=int, default=0, help="So many mistakes of each kind.")
    options = parser.parse_args()
    checker = open_checker()
    rows = [row for row in labelled(options.claims.read_text(encoding="utf-8").splitlines()) if held(row)]
    print(labels_table(checker, rows) if rows else json.dumps([]))
    print(f"\n{sentences_table(checker, options.sentences, options.show > 0)}")
    if options.faults_from:
        rng = random.Random(options.seed)
        first, last = (int(end) if end else None for end in options.articles.split(":"))
        chosen = sample(options.faults_from, slice(first, last), options.each, rng)
        checker.check(chosen[0].text.upper(), chosen[0].passages)  # loads the models
        print(f"\n{faults_table(checker, chosen, options.show)}")


if __name__ == "__main__":
    main()

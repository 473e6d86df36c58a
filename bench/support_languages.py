"""The check of support in other languages and across them: true and false sentences, by what it says of each.

python -m bench.support_languages [--show]
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

from bench.support_check import passage
from core.types import Verdict
from index.encode import SentenceTransformerEncoder
from service.support.checker import Checker, open_checker

SENTENCES = Path(__file__).parent / "support_languages.jsonl"


def table(checker: Checker, shown: bool) -> str:
    """A line for each pair of languages, true and false sentences apart; verbatim ones are left out. Those that are
    held were written after the rules, of other languages and another text."""
    found: dict[tuple[str, bool], list[Verdict]] = defaultdict(list)
    for row in map(json.loads, SENTENCES.read_text(encoding="utf-8").splitlines()):
        place = passage(row["title"], row["text"])
        for sentence in row["sentences"]:
            if sentence["kind"] == "verbatim":
                continue
            checked = checker.check(sentence["text"], [place])
            kind = "over another language" if "over" in row["set"] else "within a language"
            for name in (row["set"], f"all {kind}{', held' if row.get('held') else ''}"):
                found[name, sentence["true"]].append(checked.verdict)
            if shown and (checked.verdict is Verdict.UNSUPPORTED) is sentence["true"]:
                print(f"- {row['set']}, {sentence['true']}: {checked.verdict}, {checked.fault}: {sentence['text']}")
    lines = ["| sentences | truth | number | supported | partly | unsupported |", "|---|---|---:|---:|---:|---:|"]
    for (name, true), own in sorted(found.items(), key=lambda item: (item[0][0], not item[0][1])):
        counts = [sum(verdict is one for verdict in own) for one in (Verdict.SUPPORTED, Verdict.PARTLY)]
        cells = " | ".join(str(count) for count in (*counts, len(own) - sum(counts)))
        lines.append(f"| {name} | {'true' if true else 'false'} | {len(own)} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="multilingual")
    parser.add_argument(
        "--show", action="store_true", help="Each true sentence that is not cited, each false one that is."
    )
    options = parser.parse_args()
    print(table(open_checker(SentenceTransformerEncoder(options.encoder)), options.show))


if __name__ == "__main__":
    main()

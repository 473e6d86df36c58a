"""Questions in one language about documents in another: cited, refused, and the confidences behind SCALE and SHIFT.

Two short English texts and the questions were written for this: the same in five languages, each with an answer or
about something else.

python -m bench.across_languages
"""

import json
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from core.types import AnswerStatus
from index.encode import SentenceTransformerEncoder
from service.answer import across_languages
from service.answer.confidence import logit
from service.engine import Engine
from service.settings import Settings

QUESTIONS = Path(__file__).parent / "across_languages.jsonl"


def main() -> None:
    first, *rows = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    found: dict[str, list[tuple[bool, bool, bool, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for document in first["documents"]:
            paths.append(Path(folder) / document["name"])
            paths[-1].write_text(document["text"], encoding="utf-8")
        settings = Settings(data_dir=Path(folder) / "data")
        engine = Engine.open(settings, SentenceTransformerEncoder(settings.encoder.model))
        engine.ingest(paths)
        for row in rows:
            answer = engine.ask(row["question"])
            quotes = [citation.quote for citation in answer.citations]
            right = [bool(row["evidence"]) and row["evidence"] in quote for quote in quotes]
            answered = answer.status is AnswerStatus.ANSWERED
            found[f"{row['language']}, {'answer' if row['evidence'] else 'no answer'}"].append(
                (answered, any(right), any(right[:1]), logit(answer.confidence))
            )
        engine.close()
    print("| questions | number | answered | cited | cited first | mean logit of the confidence |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, own in sorted(found.items()):
        counts = " | ".join(str(sum(one[i] for one in own)) for i in range(3))
        print(f"| {name} | {len(own)} | {counts} | {np.mean([one[3] for one in own]):.2f} |")
    print(f"Logits across languages are {across_languages.SCALE} times the reader's, plus {across_languages.SHIFT}.")


if __name__ == "__main__":
    main()

"""The bundled sample: ingested by ``serve --demo``, and whose questions the chat page then offers."""

import json
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
SAMPLE_DOCUMENT = SAMPLE / "central-foreign-affairs-work-conference.txt"
_SUGGESTIONS = 3


def sample_questions() -> list[str]:
    """The first that it answers."""
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    return [row["question"] for row in rows if row["answerable"]][:_SUGGESTIONS]

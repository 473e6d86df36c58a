"""A data folder with so many passages, really embedded, and questions to ask of it.

The set's own documents come first; further ones are made of their sentences, five drawn by chance in a paragraph.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.sets.load import load_set
from evals.work_folder import open_work_folder
from index.encode import SentenceTransformerEncoder
from ingest.read import read
from service.answer.sentences import sentences
from service.engine import Engine
from service.settings import Settings

_SENTENCES = 5
_PARAGRAPHS = 50
_MARK = "load.json"


@dataclass(frozen=True, slots=True)
class Corpus:
    """``data`` is the data folder; ``sentences`` are what further documents can be made of."""

    data: Path
    passages: int
    questions: Sequence[str]
    sentences: Sequence[str]


def corpus(question_set: Path, passages: int, folder: Path, database_url: str | None = None) -> Corpus:
    """Opens the folder, or fills a new one; of an index of 20,000 passages that takes minutes.

    With a URL, the passages are in that PostgreSQL; it is filled unless it has them.
    """
    loaded = load_set(question_set)
    files = open_work_folder(folder / "set", loaded.documents).files
    texts = [read(file.read_bytes(), file.as_uri(), file.name).document.text for file in files]
    found = list(dict.fromkeys(text[start:end] for text in texts for start, end in sentences(text)))
    questions = list(dict.fromkeys(question.text for question in loaded.questions))
    np.random.default_rng(0).shuffle(questions)
    settings = Settings(data_dir=folder / "data", **({"database": {"url": database_url}} if database_url else {}))
    mark = folder / _MARK
    told = json.loads(mark.read_text()) if mark.exists() else {}
    if database_url or told.get("wanted") != passages:
        told = {"wanted": passages, "passages": _fill(settings, files, found, passages)}
        mark.write_text(json.dumps(told))
    return Corpus(folder / "data", told["passages"], questions, found)


def paragraphs(drawn_from: Sequence[str], seed: int, count: int = _PARAGRAPHS) -> str:
    """The text of a made document."""
    drawn = np.random.default_rng(seed).integers(len(drawn_from), size=(count, _SENTENCES))
    return "\n\n".join(" ".join(" ".join(drawn_from[i].split()) for i in row) for row in drawn)


def _fill(settings: Settings, files: Sequence[Path], drawn_from: Sequence[str], passages: int) -> int:
    made = settings.data_dir.with_name("made")
    made.mkdir(parents=True, exist_ok=True)
    with Engine.open(settings, SentenceTransformerEncoder()) as engine:
        engine.ingest(files, prune=False)
        count, number = engine.collection("default").passages, 0
        a_document = float(_PARAGRAPHS)
        while count < passages:
            more = max(1, math.floor((passages - count) / a_document))
            batch = []
            for _ in range(more):
                batch.append(made / f"made-{number}.txt")
                batch[-1].write_text(paragraphs(drawn_from, number), encoding="utf-8")
                number += 1
            engine.ingest(batch, prune=False)
            before, count = count, engine.collection("default").passages
            a_document = (count - before) / more
        engine.store.refresh("default", save=True)
    return count

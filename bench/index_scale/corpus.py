"""Any number of passages from the sentences of a question set: five in each, drawn by chance.

A passage's vector is the normalised mean of its sentences' vectors, with a little noise: near in meaning to each of
them, as a real passage is, without embedding a million. Questions are the set's own, really embedded.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.sets.types import QuestionSet
from evals.work_folder import open_work_folder
from index.dense.keys import Keys
from index.encode import SentenceTransformerEncoder, Vectors
from index.encoder_names import ENGLISH
from ingest.read import read
from service.answer.sentences import sentences

_SENTENCES = 5
_NOISE = 0.1
DOCUMENT = 100  # passages
_CHARS = (40, 400)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences and questions with their vectors, shape (n, dimension)."""

    sentences: Sequence[str]
    sentence_vectors: Vectors
    questions: Sequence[str]
    question_vectors: Vectors

    def save(self, path: Path) -> None:
        texts = {"sentences": np.array(self.sentences), "questions": np.array(self.questions)}
        np.savez(path, sentence_vectors=self.sentence_vectors, question_vectors=self.question_vectors, **texts)

    @classmethod
    def load(cls, path: Path) -> "Corpus":
        with np.load(path) as file:
            sentences, questions = file["sentences"].tolist(), file["questions"].tolist()
            return cls(sentences, file["sentence_vectors"], questions, file["question_vectors"])

    def documents(self, passages: int) -> Iterator[tuple[list[str], Vectors]]:
        """The texts of a document's passages and their vectors; the same at every call."""
        for start in range(0, passages, DOCUMENT):
            yield self.document(start, min(DOCUMENT, passages - start))

    def document(self, seed: int, passages: int) -> tuple[list[str], Vectors]:
        chance = np.random.default_rng(seed)
        drawn = chance.integers(len(self.sentences), size=(passages, _SENTENCES))
        texts = [" ".join(self.sentences[i] for i in row) for row in drawn]
        means = self.sentence_vectors[drawn].mean(axis=1)
        noise = chance.normal(scale=_NOISE / np.sqrt(means.shape[1]), size=means.shape)
        vectors = (means + noise).astype(np.float32)
        return texts, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def nearest(questions: Vectors, passages: Iterable[tuple[Keys, Vectors]], k: int) -> Keys:
    """Keys of the ``k`` nearest passages of each question, best first, by comparing all; shape (questions, k)."""
    scores = np.full((len(questions), k), -np.inf, dtype=np.float32)
    best = np.zeros((len(questions), k), dtype=np.int64)
    for keys, vectors in passages:
        both = np.hstack([scores, questions @ vectors.T])
        named = np.hstack([best, np.broadcast_to(keys, (len(questions), len(keys)))])
        order = np.argsort(-both, axis=1)[:, :k]
        scores, best = np.take_along_axis(both, order, 1), np.take_along_axis(named, order, 1)
    return best


def corpus_of(loaded: QuestionSet, questions: int) -> Corpus:
    """Embeds the sentences of the set's documents, and its first questions that have an answer."""
    with tempfile.TemporaryDirectory() as folder:
        files = open_work_folder(Path(folder) / "work", loaded.documents).files
        texts = [read(file.read_bytes(), file.as_uri(), file.name).document.text for file in files]
    found = [text[start:end] for text in texts for start, end in sentences(text)]
    kept = list(dict.fromkeys(s for s in found if _CHARS[0] <= len(s) <= _CHARS[1]))
    asked = [question.text for question in loaded.questions if question.answerable][:questions]
    encoder = SentenceTransformerEncoder(ENGLISH)
    return Corpus(kept, encoder.encode_passages(kept), asked, encoder.encode_questions(asked))

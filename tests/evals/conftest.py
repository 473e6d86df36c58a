"""Builders of small answers, and a system that answers from a script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from llm_servers.chat_server import start_chat  # noqa: F401

from core.errors import FootnotedError, NotFound
from core.types import (
    Answer,
    AnswerSentence,
    AnswerSpan,
    AnswerStatus,
    Block,
    BlockKind,
    Citation,
    Document,
    DocumentRef,
    Hit,
    HitSource,
    Passage,
    Verdict,
)
from evals.system import IngestFailure, IngestOutcome

Spans = Sequence[tuple[int, int]]


def document(name: str, text: str, pages: Sequence[int] = ()) -> Document:
    """A document of one paragraph, or of one paragraph a page."""
    blocks = tuple(Block(BlockKind.PARAGRAPH, 0, len(text), page) for page in pages or (None,))
    return Document(f"id-{name}", f"file:///docs/{name}", name, "text/plain", "en", text, blocks)


def answer(
    source: Document,
    *,
    hits: Spans = (),
    citations: Spans = (),
    span: tuple[int, int] | None = None,
    status: AnswerStatus = AnswerStatus.ANSWERED,
    confidence: float = 0.9,
    page: int | None = None,
) -> Answer:
    """An answer whose hits and citations are stretches of ``source``; the sentences are the quotes."""
    pages = None if page is None else (page, page)
    cited = tuple(
        Citation(number, source.ref, page, (), start, end, source.text[start:end], 1.0)
        for number, (start, end) in enumerate(citations, start=1)
    )
    return Answer(
        id="ans",
        question="q",
        understood_as="q",
        status=status,
        sentences=tuple(AnswerSentence(c.quote, (c.marker,), Verdict.SUPPORTED, 1.0) for c in cited),
        citations=cited,
        answer_span=None if span is None else AnswerSpan(source.text[slice(*span)], 1, *span),
        confidence=confidence,
        model="script",
        hits=tuple(
            Hit(
                Passage(f"p{start}", source.ref, (), pages, start, end, source.text[start:end]),
                1.0 / rank,
                HitSource.FUSED,
            )
            for rank, (start, end) in enumerate(hits, start=1)
        ),
        timings_ms={},
    )


@dataclass
class ScriptedSystem:
    """Gives the scripted answer to each question, raises a scripted error, and refuses what it was not told."""

    texts: Sequence[Document]
    script: Mapping[str, Answer | BaseException]
    unreadable: frozenset[str] = frozenset()
    ingested: list[Path] = field(default_factory=list)
    asked: list[tuple[str, tuple, int]] = field(default_factory=list)

    def ingest(self, files: Sequence[Path], advance: Callable[[int], None]) -> IngestOutcome:
        self.ingested.extend(files)
        advance(len(files))
        failed = tuple(IngestFailure(f.as_uri(), "unreadable") for f in files if f.name in self.unreadable)
        return IngestOutcome(added=len(files) - len(failed), failed=failed)

    def documents(self) -> Sequence[DocumentRef]:
        return [text.ref for text in self.texts if text.title not in self.unreadable]

    def document(self, document_id: str) -> Document:
        for text in self.texts:
            if text.id == document_id:
                return text
        raise NotFound(f"There is no document {document_id}.")

    def ask(self, question: str, history: Sequence, top_k: int) -> Answer:
        self.asked.append((question, tuple(history), top_k))
        scripted = self.script.get(question)
        if isinstance(scripted, FootnotedError | KeyboardInterrupt):
            raise scripted
        return scripted or answer(self.texts[0], status=AnswerStatus.NOT_FOUND, confidence=0.1)

    def description(self) -> Mapping[str, object]:
        return {"settings": {"reader": "script"}}


@pytest.fixture(scope="session")
def make_document():
    return document


@pytest.fixture(scope="session")
def make_answer():
    return answer


@pytest.fixture
def make_system():
    return ScriptedSystem

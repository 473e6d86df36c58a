"""Passages to an answer in a chat model's words: streamed, every sentence checked, and the policy for what fails."""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

import structlog

from core.errors import FootnotedError
from core.stages import stage
from core.types import AnswerSentence, Citation, Hit, Notice, Usage
from service.answer.cite import DocumentOf
from service.answer.events import Event, Working
from service.support.checker import Checker
from service.writing.answer_text import AnswerText, Sentence, Words
from service.writing.chat_model import Tokens
from service.writing.instructions import without_instructions
from service.writing.on_demand import ModelOnDemand
from service.writing.packing import pack
from service.writing.prompts import VERSION, prompt
from service.writing.shown import Shown, is_abstention
from service.writing.verify import Verifier

Policy = Literal["mark", "drop", "refuse"]
NO_ANSWER = Notice(
    "model_failed",
    "The language model did not answer; what the documents say is quoted instead, as far as it was found.",
)
NO_SOURCE = Notice(
    "no_source",
    "No source supports what the language model wrote; the documents are quoted instead, as far as they tell.",
)
BUSY = Notice(
    "model_busy",
    "The language model has too many questions at once; what the documents say is quoted instead, as far as it was "
    "found.",
)
BROKE_OFF = Notice("model_broke_off", "The language model broke off: the answer may not be complete.")
log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class WritingOptions:
    """``passage_budget`` is in tokens, as ``packing`` estimates them; ``prices`` are for a million tokens in and out.

    The model is asked where the reader's confidence is at least ``ask_from``, and for ``at_once`` answers at once:
    each holds one of the server's threads while it waits.
    """

    policy: Policy = "drop"
    passage_budget: int = 3000
    prices: tuple[float, float] | None = None
    ask_from: float = 0.0
    at_once: int = 16


class Ending(StrEnum):
    """How the writing ended."""

    WRITTEN = "written"
    ABSTAINED = "abstained"  # the model says that the passages do not tell
    UNSUPPORTED = "unsupported"  # the policy lets nothing of it be shown, or no sentence is supported
    FAILED = "failed"  # no answer came


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it: ``sentences`` and ``citations`` are those that the events told. ``notice`` is for whoever
    asked, None where all went well. ``in_view`` are the ids of the documents whose passages the model was shown."""

    ending: Ending
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    usage: Usage | None = None
    notice: Notice | None = None
    in_view: tuple[str, ...] = ()

    @property
    def is_answer(self) -> bool:
        return self.ending is Ending.WRITTEN

    @property
    def falls_back(self) -> bool:
        """Nothing was told, so that quotations can be given instead."""
        return self.ending in (Ending.FAILED, Ending.UNSUPPORTED) and not self.sentences


class Writer:
    """Safe from several threads. Counts the answers that are being written; holds no other state."""

    def __init__(self, model: ModelOnDemand, checker: Checker, options: WritingOptions) -> None:
        self.model = model
        self.options = options
        self._checker = checker
        self._free = threading.BoundedSemaphore(options.at_once)

    def warm_up(self) -> None:
        """Open the model and load the checker; nothing is sent. Raises UnsupportedModel, InvalidRequest."""
        self.model.open()
        self._checker.check("The meeting took place in Geneva.", ())

    def write(
        self,
        question: str,
        hits: Sequence[Hit],
        values: Mapping[str, float],
        document_of: DocumentOf,
        lap: Callable[[str], None],
    ) -> Generator[Event, None, Written]:
        """Events of the sentences as they come. ``values`` are ``packing.pack``'s; ``lap`` takes the time of a stage.

        Whatever goes wrong with the model is in what is returned; nothing is raised for it.
        """
        if not self._free.acquire(blocking=False):
            log.warning("model_busy", model=self.model.name, at_once=self.options.at_once)
            return Written(Ending.FAILED, notice=BUSY)
        try:
            return (yield from self._write(question, hits, values, document_of, lap))
        finally:
            self._free.release()

    def _write(
        self,
        question: str,
        hits: Sequence[Hit],
        values: Mapping[str, float],
        document_of: DocumentOf,
        lap: Callable[[str], None],
    ) -> Generator[Event, None, Written]:
        asked = prompt(question, pack(hits, values, self.options.passage_budget))
        verifier = Verifier(self._checker, asked.passages, document_of)
        shown = Shown(self.options.policy)
        counted: list[Tokens] = []
        failed = False
        text_seen = False
        try:
            sources = "\n".join(map(without_instructions, asked.passages.values()))
            text = AnswerText(self.model.hide, asked.passages, sources)
            with closing(self._parts(text, asked.messages, counted, lap)) as parts:
                for part in parts:
                    if isinstance(part, Working):
                        yield part
                        continue
                    text_seen = True
                    if isinstance(part, Words):
                        yield from shown.words(part)
                        continue
                    if is_abstention(part.text):
                        if shown.is_empty:
                            return Written(Ending.ABSTAINED, usage=self._usage(counted))
                        shown.skip()
                        continue
                    with stage("check"):
                        checked, citations = verifier.check(part)
                    lap("verify")
                    yield from shown.sentence(part, checked, citations)
                    if shown.is_refused:
                        break
            yield from shown.finish()
        except FootnotedError as error:  # the model's; every other is a fault of ours
            failed = True
            log.warning("model_failed", model=self.model.name, code=error.code, message=error.message, prompt=VERSION)
            yield from shown.broken_off()
        seen = tuple(dict.fromkeys(passage.document.id for passage in asked.passages.values()))
        return replace(self._result(shown, counted, failed, text_seen), in_view=seen)

    def _parts(
        self,
        text: AnswerText,
        messages: Sequence[tuple[str, str]],
        counted: list[Tokens],
        lap: Callable[[str], None],
    ) -> Generator[Words | Sentence | Working, None, None]:
        """Of each piece of the model ``Working``, then what it completes."""
        stage = "first_token"
        with closing(self.model.stream(messages)) as pieces:
            for piece in pieces:
                yield Working()
                if piece.tokens is not None:
                    counted.append(piece.tokens)
                if piece.text:
                    lap(stage)
                    stage = "write"
                    yield from text.feed(piece.text)
        lap(stage)
        yield from text.finish()

    def _result(self, shown: Shown, counted: Sequence[Tokens], failed: bool, any_text: bool) -> Written:
        ending: Ending
        notice: Notice | None
        if failed and shown.sentences:
            ending, notice = Ending.WRITTEN, BROKE_OFF
        elif failed or not any_text:
            ending, notice = Ending.FAILED, NO_ANSWER
        elif shown.is_supported:
            ending, notice = Ending.WRITTEN, left_out(shown.left_out)
        elif shown.is_empty:
            ending, notice = Ending.ABSTAINED, None
        else:
            ending, notice = Ending.UNSUPPORTED, NO_SOURCE
        if ending is Ending.WRITTEN and not shown.is_supported:
            ending = Ending.UNSUPPORTED
        sentences, citations = tuple(shown.sentences), tuple(shown.citations)
        return Written(ending, sentences, citations, self._usage(counted), notice)

    def _usage(self, counted: Sequence[Tokens]) -> Usage | None:
        """None where the provider did not count. Counts of several pieces are to be added: so LangChain gives them."""
        if not counted:
            return None
        total = sum(counted, Tokens())
        cost = None
        if self.options.prices is not None:
            price_in, price_out = self.options.prices
            cost = (total.input * price_in + total.output * price_out) / 1_000_000
        return Usage(total.input, total.output, cost)


def left_out(count: int) -> Notice | None:
    """The notice on sentences that were dropped."""
    if count == 0:
        return None
    text = f"{count} sentences of the language model were left out: no source supports them."
    if count == 1:
        text = "One sentence of the language model was left out: no source supports it."
    return Notice("sentences_left_out", text)

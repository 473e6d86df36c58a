"""The wire contract, version 1: what requests hold, and core records as JSON."""

from dataclasses import asdict
from typing import Any, Literal, Self
from urllib.parse import quote as quote_address
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, model_validator

from core.types import Answer, AnswerSentence, Citation, Hit, Passage, Turn
from index.catalog import Collection, DocumentRow
from index.marked import MarkedDocument
from index.marks import MAX_MARKS, MarksChange, marks_change
from service.limits import MAX_TOP_K, MAX_TURN_CHARS, MAX_TURNS, Text, UserId
from service.questions.records import AskedQuestion, Feedback, Rating, Reason
from service.source.records import QUOTE_CHARS

_MAX_COMMENT_CHARS = 2000
_MAX_TOKEN_CHARS = 2000
_MAX_MODEL_CHARS = 200


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HistoryTurn(_Request):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Text = Field(max_length=MAX_TURN_CHARS)


class QuestionRequest(_Request):
    """A question in its conversation."""

    question: Text = Field(description="In natural language.", examples=["Where was the conference held?"])
    history: list[HistoryTurn] = Field([], max_length=MAX_TURNS, description="Earlier messages, oldest first.")
    top_k: int = Field(5, ge=1, le=MAX_TOP_K, description="How many hits to return.")

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(turn.role, turn.content) for turn in self.history)


class SearchRequest(QuestionRequest):
    """A question to find passages for."""

    collection: Text = Field("default", description="Which documents to ask.")
    filters: dict[str, Any] = Field(
        {},
        description="Which documents to answer from, by tag, label, language, media_type, document, uri, ingested_at, "
        "date and attribute.NAME, with and, or, not.",
        examples=[{"tag": "finance", "attribute.year": {"gte": 2022}}],
    )
    session_id: Text | None = Field(
        None,
        max_length=100,
        description="Of a session that the server keeps (POST /v1/sessions), in place of `history`.",
    )

    @model_validator(mode="after")
    def _has_one_history(self) -> Self:
        if self.session_id is not None and self.history:
            raise ValueError("give either history or session_id")
        return self


class MarksRequest(_Request):
    """What becomes of a document's tags, attributes and labels; what is left out stays as it is."""

    tags: list[Text] | None = Field(None, max_length=MAX_MARKS, description="In place of all that it has.")
    attributes: dict[Text, Text | StrictInt | StrictFloat | None] | None = Field(
        None, max_length=MAX_MARKS, description="Added to those that it has; null takes one away."
    )
    labels: list[Text] | None = Field(
        None, max_length=MAX_MARKS, description="In place of all that it has; with none, everybody may find it."
    )

    def change(self) -> MarksChange:
        """Raises InvalidRequest."""
        return marks_change(self.tags, self.attributes, self.labels)


class AskRequest(SearchRequest):
    """A question to answer."""

    stream: bool = Field(False, description="Answer by server-sent events.")
    model: Text | None = Field(
        None,
        max_length=_MAX_MODEL_CHARS,
        description='Which model answers: null takes the server\'s, "reader" quotes without a chat model.',
    )
    user: UserId | None = Field(None, description="Any id of whoever asks; only a keyed hash of it is kept.")
    store: bool = Field(
        True,
        description="false keeps the question out of the log, so that it cannot be rated; "
        "the session of `session_id` keeps it all the same.",
    )


class SiteSessionRequest(_Request):
    """A visitor of a page opens the chat, or goes on."""

    token: Text | None = Field(
        None, max_length=_MAX_TOKEN_CHARS, description="The last one; the session goes on if it ended within a day."
    )


class SiteAskRequest(QuestionRequest):
    """A question from a site's page."""

    stream: bool = Field(False, description="Answer by server-sent events.")


class RatingRequest(_Request):
    """What somebody thinks of an answer."""

    answer_id: Text = Field(max_length=100, description="The `id` of the answer.", examples=["ans_0123"])
    rating: Rating | None = Field(description="`null` withdraws what the same user said before.")
    reason: Reason | None = Field(None, description="What is wrong; with `down` only.")
    comment: Text | None = Field(None, max_length=_MAX_COMMENT_CHARS, description="In the user's own words.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.reason is not None and self.rating is not Rating.DOWN:
            raise ValueError("a reason goes with the rating down only")
        if self.comment is not None and self.rating is None:
            raise ValueError("a comment goes with a rating")
        return self


class FeedbackRequest(RatingRequest):
    """What a user thinks of an answer."""

    user: UserId | None = Field(None, description="As in the question; each user has one say on an answer.")


def hit_json(hit: Hit, collection: str) -> dict[str, Any]:
    return {
        **_place_json(hit.passage, collection),
        "text": hit.passage.text,
        "score": round(hit.score, 4),
        "also_in": [_place_json(other, collection) for other in hit.also_in],
    }


def _place_json(passage: Passage, collection: str) -> dict[str, Any]:
    document = passage.document
    return {
        "document_id": document.id,
        "title": document.title,
        "uri": document.uri,
        "page": passage.pages[0] if passage.pages else None,
        "last_page": passage.pages[1] if passage.pages else None,
        "section": list(passage.section),
        "language": passage.language,
        "start": passage.start,
        "end": passage.end,
        "url": view_url(document.id, collection, passage.start, passage.end, passage.text),
    }


def citation_json(citation: Citation, collection: str) -> dict[str, Any]:
    document = citation.document
    return {
        "marker": citation.marker,
        "document_id": document.id,
        "title": document.title,
        "uri": document.uri,
        "media_type": document.media_type,
        "page": citation.page,
        "section": list(citation.section),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "language": citation.language,
        "support": round(citation.support, 4),
        "url": view_url(document.id, collection, citation.start, citation.end, citation.quote),
    }


def sentence_json(sentence: AnswerSentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "markers": list(sentence.markers),
        "supported": sentence.supported,
        "verdict": sentence.verdict.value,
        "support": round(sentence.support, 4),
    }


def answer_json(answer: Answer, collection: str) -> dict[str, Any]:
    span = answer.answer_span
    return {
        "id": answer.id,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "status": answer.status.value,
        "answer": answer.text,
        "sentences": [sentence_json(sentence) for sentence in answer.sentences],
        "citations": [citation_json(citation, collection) for citation in answer.citations],
        "answer_span": span and {"text": span.text, "marker": span.marker, "start": span.start, "end": span.end},
        "confidence": round(answer.confidence, 4),
        "model": answer.model,
        "timings_ms": dict(answer.timings_ms),
        "notice": answer.notice and asdict(answer.notice),
        "usage": answer.usage and asdict(answer.usage),
        "clarification": answer.clarification and asdict(answer.clarification),
        "hits": [hit_json(hit, collection) for hit in answer.hits],
    }


def feedback_json(given: Feedback) -> dict[str, Any]:
    return {
        "rating": given.rating.value,
        "reason": given.reason and given.reason.value,
        "comment": given.comment,
        "person": given.person,
        "given_at": given.given_at,
    }


def question_json(question: AskedQuestion) -> dict[str, Any]:
    """A question of the log, without its feedback."""
    return {
        "answer_id": question.answer_id,
        "asked_at": question.asked_at,
        "asked_by": question.person,
        "collection": question.collection,
        "question": question.question,
        "understood_as": question.understood_as,
        "history": [{"role": turn.role, "content": turn.content} for turn in question.history],
        "status": question.status.value,
        "confidence": question.confidence,
        "answer": question.answer,
        "citations": [citation_json(citation, question.collection) for citation in question.citations],
        "nearest": [asdict(hit) for hit in question.hits],
        "model": question.model,
    }


def document_json(row: DocumentRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DocumentRow.__dataclass_fields__}


def marked_json(document: MarkedDocument) -> dict[str, Any]:
    return {**document_json(document.row), **document.marks.as_json()}


def collection_json(collection: Collection) -> dict[str, Any]:
    return {
        "name": collection.name,
        "documents": collection.documents,
        "passages": collection.passages,
        "generation": collection.generation,
        "encoder": collection.spec.encoder,
        "split_sizes": {
            "target": collection.sizes[0],
            "maximum": collection.sizes[1],
            "own": collection.has_own_sizes,
        },
        "created_at": collection.created_at,
    }


def view_url(
    document_id: str, collection: str, start: int | None = None, end: int | None = None, quote: str | None = None
) -> str:
    """The source page with the span lit; the fragment brings a browser there without any script.

    The quote, or its beginning, goes with the link, so that the words are found again when the document changed.
    """
    query: dict[str, Any] = {"collection": collection}
    if start is None or end is None:
        return f"/view/{quote_address(document_id)}?{urlencode(query)}"
    query |= {"start": start, "end": end}
    if quote:
        query["quote"] = quote[:QUOTE_CHARS]
    return f"/view/{quote_address(document_id)}?{urlencode(query)}#cited"

"""The groups of settings: what can be set, its default, and what it does."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from index.encoder_names import DEFAULT
from index.precision import Precision
from ingest.web.addresses import parse_allowed
from ingest.web.rules import WebRules


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ServerSettings(_Group):
    """Where the service listens, and which pages may call it."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None, description="Where visitors reach this server, for script tags: https://answers.example.org"
    )
    allowed_origins: list[str] = Field(
        [], description="Origins of other sites that may call the API or frame the pages, such as https://example.org."
    )
    allowed_hosts: list[str] = Field(
        [], description="Host names that the server answers to; on a loopback address, besides that address only."
    )
    max_upload_mb: int = Field(200, ge=1, description="Largest upload request, in MiB.")
    trusted_proxies: list[str] = Field(
        ["127.0.0.1", "::1"],
        description="Addresses or networks of reverse proxies, whose X-Forwarded-For and -Proto are believed.",
    )
    workers: int = Field(
        1, ge=1, le=64, description="Processes that answer; each has the models in its own memory, 1.3 GiB."
    )
    drain_s: float = Field(
        30.0, ge=0, le=3600, description="Seconds that answers may still take when the server stops or is renewed."
    )


class EncoderSettings(_Group):
    """The embedding model."""

    model: str = Field(
        DEFAULT,
        description='"english" (all-MiniLM-L6-v2), "multilingual" (multilingual-e5-small), which come along, or any '
        "sentence-transformers model by its folder or hub name.",
    )
    device: str | None = Field(None, description="Torch device, such as cuda; chosen by itself when not set.")
    batch_size: int = Field(32, ge=1, le=1024, description="Passages embedded at once by PyTorch.")
    precision: Precision = Field(
        "auto",
        description="Of the sums for passages; auto: the quickest that is exact enough on the processor. int8 is for "
        "many passages at once, by OpenVINO.",
    )
    backend: Literal["auto", "torch", "openvino"] = Field(
        "auto",
        description="What embeds; auto: OpenVINO where it is quicker: many passages at once, a server's questions.",
    )


class IngestSettings(_Group):
    """Limits of a source, and the sizes of passages."""

    # The reasons are with ingest.read.ReadLimits.
    max_file_mb: int = Field(512, ge=1, description="Largest file, in MiB.")
    max_chars: int = Field(400_000_000, ge=1, description="Most characters of text in one document.")
    ray: str | None = Field(
        None,
        description='Read and embed on a Ray cluster: "auto" is the one of this machine, ray://HOST:10001 another, '
        '"local" one that is started for it; without it, in processes of this machine.',
    )
    readers: int = Field(
        default_factory=lambda: min(8, os.cpu_count() or 1), ge=1, le=64, description="Files read at once."
    )
    split_target: int = Field(120, ge=1, description="A passage grows until it has this many encoder tokens.")
    split_maximum: int = Field(200, ge=16, description="No passage has more encoder tokens than this.")

    @field_validator("ray")
    @classmethod
    def _is_of_ray(cls, ray: str | None) -> str | None:
        if ray is not None and ray not in ("auto", "local") and not ray.startswith("ray://"):
            raise ValueError('write "auto", "local" or ray://HOST:10001')
        return ray


class JobsSettings(_Group):
    """Uploads and syncs that the server does in the background."""

    idle_s: float = Field(
        60, ge=0, description="Seconds that the worker, with its model in memory, waits for more before it ends."
    )
    keep_days: int = Field(30, ge=0, le=36_500, description="Days that settled jobs are kept; at most 1,000 of them.")


class WebSettings(_Group):
    """Pages, files and sitemaps of the web as sources."""

    allowed_private: list[str] = Field(
        [], description="Hosts and networks that may be read though they are not public: wiki.intra, 10.1.0.0/16."
    )
    requests_per_second: float = Field(1.0, gt=0, le=100, description="Requests to one host in a second.")
    max_pages: int = Field(1000, ge=1, description="Most addresses read in one sync.")
    timeout_s: float = Field(
        30.0, gt=0, le=600, description="Longest silence of a server, in seconds; an answer may take ten times as long."
    )
    every_minutes: float = Field(60.0, gt=0, description="How often `ingest --watch` asks for pages and sitemaps.")
    obey_robots: bool = Field(True, description="Read only what robots.txt allows.")
    contact: str | None = Field(
        None, description="A page or e-mail address that every request names, for operators who want to complain."
    )

    @field_validator("allowed_private")
    @classmethod
    def _are_hosts(cls, entries: list[str]) -> list[str]:
        for entry in entries:
            parse_allowed(entry)
        return entries

    @field_validator("contact")
    @classmethod
    def _fits_a_header(cls, contact: str | None) -> str | None:
        if contact is not None and not (contact.isascii() and contact.isprintable()):
            raise ValueError("it has characters that a header cannot hold")
        return contact

    def rules(self) -> WebRules:
        """As plain values for `ingest`."""
        about = f" (+{self.contact})" if self.contact else ""
        return WebRules(
            tuple(self.allowed_private),
            self.requests_per_second,
            self.max_pages,
            self.timeout_s,
            self.obey_robots,
            f"Footnoted/{version('footnoted')}{about}",
        )


class SearchSettings(_Group):
    """Retrieval."""

    candidates: int = Field(50, ge=1, le=1000, description="Passages taken from each of dense and keyword search.")
    dense_weight: float = Field(0.6, ge=0, le=1, description="Share of the dense score in the fused one.")
    fusion: Literal["scores", "ranks"] = Field(
        "scores", description="By normalised scores, or by reciprocal ranks (RRF), which know no weight."
    )
    per_document: int = Field(
        0, ge=0, le=50, description="Most hits of one document, as long as others fill the list; 0 is any number."
    )
    fold_duplicates: bool = Field(
        True, description="One hit for passages that say the same, word for word; it names the others."
    )
    join_neighbours: bool = Field(False, description="One hit for hits that follow each other in their document.")


class AnswerSettings(_Group):
    """Reading, and when to say that nothing was found."""

    reader: Literal["cross-encoder", "overlap"] = Field(
        "cross-encoder",
        description="What reads the passages: the trained reader, or the plain baseline of cosine and shared words.",
    )
    threshold: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Answer only with at least this confidence; the reader's own default when not set.",
    )
    confidence_scale: float = Field(
        1.0, gt=0, description="Multiplies the logit of the confidence; `footnoted eval calibrate` fits it."
    )
    confidence_shift: float = Field(0.0, description="Is added to it; fitted with it.")
    passages: int = Field(8, ge=1, le=50, description="Passages that are read for one question.")
    max_sentences: int = Field(3, ge=1, le=10, description="Most sentences in an answer.")
    max_question_chars: int = Field(2000, ge=1, description="Longest question, in characters.")


class ModelSettings(_Group):
    """The chat model that writes answers. Its key is in the environment (OPENAI_API_KEY, …) or in a file."""

    name: str | None = Field(
        None,
        description='Provider and model: "openai:gpt-4o-mini", "ollama:llama3.2", "anthropic:claude-haiku-4-5"; '
        "without one, answers are quotations.",
    )
    base_url: str | None = Field(
        None, description="Where a server of your own speaks the provider's API: http://127.0.0.1:8080/v1"
    )
    api_key_file: Path | None = Field(None, description="A file whose first line is the provider's key.")
    policy: Literal["mark", "drop", "refuse"] = Field(
        "drop",
        description="What becomes of a sentence that no source supports: it is shown and marked, left out, or the "
        "whole answer is given up for quotations.",
    )
    start_s: float = Field(30.0, gt=0, le=600, description="Seconds to the first word, tries and pauses included.")
    pause_s: float = Field(20.0, gt=0, le=600, description="Seconds that the model may fall silent after that.")
    total_s: float = Field(120.0, gt=0, le=3600, description="Seconds that a whole answer may take.")
    retries: int = Field(2, ge=0, le=10, description="More tries where nothing came yet, with growing pauses.")
    passage_budget: int = Field(
        3000, ge=100, description="Tokens of passages in a prompt, estimated as a third of their UTF-8 bytes."
    )
    at_once: int = Field(
        16,
        ge=1,
        le=32,
        description="Answers that the model writes at once; whoever asks beyond them gets quotations.",
    )
    answer_budget: int = Field(800, ge=16, description="Most tokens of an answer.")
    price_in: float | None = Field(None, ge=0, description="Price of a million tokens sent, for `usage.cost`.")
    price_out: float | None = Field(None, ge=0, description="Price of a million tokens written.")
    ask_from: float = Field(
        0.0, ge=0, le=1, description="Ask the model only where the reader is at least so confident; 0 asks always."
    )

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, base_url: str | None) -> str | None:
        if base_url is not None and "@" in base_url.partition("://")[2].partition("/")[0]:
            raise ValueError("it has a user name or a password in it; put the key into the environment or a file")
        return base_url

    @model_validator(mode="after")
    def _has_both_prices(self) -> Self:
        if (self.price_in is None) != (self.price_out is None):
            raise ValueError("price_in and price_out are set together or not at all")
        return self

    @property
    def prices(self) -> tuple[float, float] | None:
        """Both, or None."""
        return None if self.price_in is None or self.price_out is None else (self.price_in, self.price_out)


class ChatSettings(_Group):
    """The chat page."""

    title: str = Field("Footnoted", description="Name at the top of the page.")
    suggestions: list[str] = Field([], description="Questions offered on the empty page.")


class QuestionsSettings(_Group):
    """The log of what was asked, and of what people thought of the answers."""

    keep_days: int = Field(30, ge=0, le=36_500, description="Days that questions and ratings are kept; 0 keeps none.")
    over_http: bool = Field(
        False,
        description="Let GET /v1/feedback show them to whoever reaches the server, who need not sign in.",
    )


class ConversationSettings(_Group):
    """Follow-up questions, and conversations that the server keeps."""

    rewrite: Literal["auto", "rules", "off"] = Field(
        "auto",
        description="What says what a follow-up means. auto: the chat model where one is set, rules where it fails; "
        "rules: never the model; off: every question is taken as it is asked.",
    )
    rewrite_s: float = Field(4.0, gt=0, le=60, description="Seconds that the chat model has for that.")
    history_tokens: int = Field(
        3000,
        ge=100,
        description="Tokens of earlier turns that are looked at, estimated as a third of their UTF-8 bytes.",
    )
    clarify: bool = Field(True, description="Ask back where a question fits several documents or sections equally.")
    keep_days: int = Field(
        30, ge=0, le=36_500, description="Days that stored sessions are kept after their last question; 0 keeps none."
    )


class SitesSettings(_Group):
    """The chat on other sites' pages: how long a visitor's token is good, and how much a visitor may ask."""

    session_minutes: int = Field(15, ge=1, le=1440, description="Minutes that a visitor's token is good for.")
    questions_per_minute: int = Field(10, ge=1, description="Questions in a minute, of one visitor.")
    questions_per_day: int = Field(200, ge=1, description="Questions in a day, of one visitor.")
    questions_per_minute_per_address: int = Field(
        30, ge=1, description="Questions in a minute, of all visitors at one network address."
    )
    sessions_per_minute_per_address: int = Field(
        20, ge=1, description="Chats opened, or their tokens renewed, in a minute at one network address."
    )
    requests_per_minute_per_address: int = Field(
        300, ge=1, description="Calls of any kind in a minute at one network address, such as for sources."
    )

"""The parts of an engine, put together as the settings say: what finds, reads, writes and understands."""

from collections.abc import Generator, Sequence
from contextlib import closing

from index.encode import Encoder
from index.search import SearchSettings
from index.store import Store
from service.answer.across_languages import reading_across
from service.answer.answerer import Answerer, AnswerPolicy
from service.answer.reader import Reader
from service.conversation.conversation import Conversation, ConversationOptions
from service.load.place import place_free
from service.settings import Settings
from service.support.checker import open_checker
from service.writing.chat_model import Message
from service.writing.on_demand import ModelOnDemand
from service.writing.timed import Limits
from service.writing.writer import Writer, WritingOptions

_REWRITE_TOKENS = 150
_MOST_CHARACTERS_A_TOKEN = 20  # it is 4 to 5 in English


def answerer_of(settings: Settings, store: Store, reader: Reader, writer: Writer | None) -> Answerer:
    """``writer`` is ``writer_of`` the same settings."""
    answer = settings.answer
    policy = AnswerPolicy(
        answer.threshold,
        answer.confidence_scale,
        answer.confidence_shift,
        answer.passages,
        answer.max_sentences,
        answer.max_question_chars,
    )
    search = SearchSettings(**settings.search.model_dump())
    reader = reading_across(reader, store.encoder)
    return Answerer(store, reader, search, policy, writer, _conversation(settings, store.encoder))


def writer_of(settings: Settings, encoder: Encoder) -> Writer | None:
    """None without a chat model. ``encoder`` is the store's."""
    model = settings.model
    if model.name is None:
        return None
    most = model.answer_budget * _MOST_CHARACTERS_A_TOKEN
    limits = Limits(model.start_s, model.pause_s, model.total_s, model.retries, most)
    opened = ModelOnDemand(model.name, model.base_url, model.api_key_file, limits, model.answer_budget)
    options = WritingOptions(model.policy, model.passage_budget, model.prices, model.ask_from, model.at_once)
    return Writer(opened, open_checker(encoder), options)


def _conversation(settings: Settings, encoder: Encoder) -> Conversation:
    own, model = settings.conversation, settings.model
    options = ConversationOptions(own.rewrite, own.history_tokens, own.clarify)
    if model.name is None:
        return Conversation(encoder, options)
    most = _REWRITE_TOKENS * _MOST_CHARACTERS_A_TOKEN
    limits = Limits(own.rewrite_s, own.rewrite_s, own.rewrite_s, retries=0, characters=most)
    rewriter = ModelOnDemand(model.name, model.base_url, model.api_key_file, limits, _REWRITE_TOKENS)

    def ask(messages: Sequence[Message]) -> Generator[str, None, None]:
        with place_free(), closing(rewriter.stream(messages)) as pieces:
            for piece in pieces:
                yield piece.text

    return Conversation(encoder, options, ask)

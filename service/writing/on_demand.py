"""The chat model of the settings, opened when it is first asked: what asks none needs neither its key nor LangChain."""

import threading
from collections.abc import Generator, Sequence
from pathlib import Path

from service.writing.chat_model import ChatModel, Message, Piece, open_chat_model
from service.writing.timed import Limits


class ModelOnDemand:
    """As a ChatModel. Safe from several threads."""

    def __init__(self, name: str, base_url: str | None, key_file: Path | None, limits: Limits, max_tokens: int) -> None:
        self.name = name
        self.limits = limits
        self._base_url = base_url
        self._key_file = key_file
        self._max_tokens = max_tokens
        self._opened: ChatModel | None = None
        self._lock = threading.Lock()

    def open(self) -> ChatModel:
        """Nothing is sent. Raises UnsupportedModel, InvalidRequest, as ``open_chat_model``."""
        with self._lock:
            if self._opened is None:
                # The client's own time-out is only for threads that nobody waits for any more.
                longest = max(self.limits.start_s, self.limits.pause_s)
                self._opened = open_chat_model(
                    self.name, self._base_url, timeout_s=longest, key_file=self._key_file, max_tokens=self._max_tokens
                )
            return self._opened

    def stream(self, messages: Sequence[Message]) -> Generator[Piece, None, None]:
        """See ChatModel.stream."""
        return self.open().stream(messages, self.limits)

    def hide(self, text: str) -> str:
        """See ChatModel.hide."""
        return self.open().hide(text)

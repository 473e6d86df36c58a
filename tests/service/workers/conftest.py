"""What the tests of the workers share: chat models on real servers."""

from llm_servers.chat_server import start_chat  # noqa: F401

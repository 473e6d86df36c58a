"""The connection to a Milvus, and what its errors mean. pymilvus is imported when something is first asked."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import NotReady, SettingsError
from index.engines.milvus_url import MilvusAddress

if TYPE_CHECKING:
    from pymilvus import MilvusClient

READ_S, WRITE_S = 10.0, 60.0
"""How long is waited for the server, which may be starting; less is tried again until then."""
_NO_COLLECTION, _NOT_LOADED = 100, 101  # codes of Milvus's errors
_NOT_SIGNED_IN = ("auth", "permission", "unauthenticated")


class CollectionMissing(Exception):
    """Milvus does not have a collection that it should have, or does not serve it: it was emptied or began anew."""


class MilvusConnection:
    """Safe from several threads, which share it. Asking raises NotReady where the server cannot be reached,
    SettingsError where it does not let us in or pymilvus is missing, and CollectionMissing.
    """

    def __init__(self, address: MilvusAddress) -> None:
        self.address = address
        self._guard = threading.Lock()
        self._client: MilvusClient | None = None

    def close(self) -> None:
        with self._guard:
            if self._client is not None:
                self._client.close()
            self._client = None

    @contextmanager
    def asked(self) -> Iterator["MilvusClient"]:
        """The client, whose errors are told in our words."""
        client = self._connected()
        from grpc import FutureTimeoutError, RpcError
        from pymilvus import MilvusException

        try:
            yield client
        except MilvusException as error:
            if error.code in (_NO_COLLECTION, _NOT_LOADED):
                raise CollectionMissing(error.message) from error
            raise self._told(error.message) from error
        except (RpcError, FutureTimeoutError, ConnectionError) as error:
            raise self._told(str(error)) from error

    def _connected(self) -> "MilvusClient":
        with self._guard:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> "MilvusClient":
        try:
            from pymilvus import MilvusClient, MilvusException
        except ImportError as error:
            raise SettingsError(
                "index.url names a Milvus, whose client pymilvus is not installed.",
                'Install it with `pip install "footnoted[milvus]"`.',
            ) from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs with a traceback what we tell in our words
        at = self.address
        try:
            return MilvusClient(uri=at.uri, token=at.token, db_name=at.database, timeout=READ_S)
        except MilvusException as error:
            raise self._told(error.message) from error

    def _told(self, reason: str) -> NotReady | SettingsError:
        if any(word in reason.lower() for word in _NOT_SIGNED_IN):
            return SettingsError(
                f"Milvus at {self.address.uri} does not let us in: {reason}.",
                "Check the user and the password of index.url.",
            )
        return NotReady(
            f"Milvus at {self.address.uri} cannot be asked: {reason}.",
            "Check that it runs and can be reached from here. Nothing is lost: the catalog has everything.",
        )

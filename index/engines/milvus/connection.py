"""The connection to a Milvus, and what its errors mean. pymilvus is imported when something is first asked."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import NotReady, SettingsError
from index.engines.milvus.url import MilvusAddress

if TYPE_CHECKING:
    from pymilvus import MilvusClient

READ_S, WRITE_S = 30.0, 120.0
"""How long is waited for an answer of a server that was reached; the first ones after a start may take long."""
_CONNECT_S = 3.0
_AGAIN_S = 1.0  # a server that was not reached is not tried by every question that waits
_CONNECT_FAILED, _NO_COLLECTION, _NOT_LOADED = 2, 100, 101  # codes of Milvus's errors
_GRPC = {"grpc.initial_reconnect_backoff_ms": 100, "grpc.max_reconnect_backoff_ms": 1_000}  # else up to 2 minutes
# Milvus says it in words; the codes are of its errors and of gRPC's.
_NOT_LET_IN = (
    "auth check failure",
    "not authenticated",
    "unauthenticated",
    "missing authorization in header",
    "permission deny",
    "permission_denied",
    "permissiondenied",
    "privilege not permitted",
)
_PASSING = ("timeout", "timed out", "deadline exceeded", "unavailable", "handshake failed", "try again")


class CollectionMissing(Exception):
    """Milvus does not have a collection that it should have, or does not serve it: it was emptied or began anew."""


class MilvusConnection:
    """Safe from several threads, which share it. Asking raises NotReady where the server cannot be reached,
    SettingsError where it does not let us in or pymilvus is missing, and CollectionMissing.
    """

    def __init__(self, address: MilvusAddress) -> None:
        self.address = address
        self._guard = threading.Lock()
        self._client: MilvusClient | None = None  # one, whose channel is for all threads
        self._failed: tuple[float, NotReady | SettingsError] | None = None

    def close(self) -> None:
        with self._guard:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    @contextmanager
    def asked(self) -> Iterator["MilvusClient"]:
        """The client, whose errors are told in our words."""
        client = self._connected()
        from grpc import FutureTimeoutError, RpcError, StatusCode
        from pymilvus import MilvusException

        try:
            yield client
        except MilvusException as error:
            if error.code in (_NO_COLLECTION, _NOT_LOADED):
                raise CollectionMissing(error.message) from error
            if error.code in (_CONNECT_FAILED, StatusCode.UNAVAILABLE):
                self._forget(client)
            raise self._told(error.message) from error
        except RpcError as error:
            if error.code() == StatusCode.UNAVAILABLE:
                self._forget(client)
            raise self._told(error.details() or "it did not say why", error.code()) from error
        except (FutureTimeoutError, ConnectionError) as error:
            self._forget(client)
            raise self._told(str(error)) from error

    def _connected(self) -> "MilvusClient":
        with self._guard:
            if self._client is None:
                if self._failed is not None and time.monotonic() < self._failed[0] + _AGAIN_S:
                    error = self._failed[1]
                    raise type(error)(error.message, error.hint)
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
            return MilvusClient(
                uri=at.uri, token=at.token, db_name=at.database, timeout=_CONNECT_S, dedicated=True, grpc_options=_GRPC
            )
        except MilvusException as error:
            told = self._told(error.message)
            self._failed = time.monotonic(), told
            raise told from error

    def _forget(self, client: "MilvusClient") -> None:
        """The next one who asks connects anew: the client may go on for minutes with a connection that broke."""
        with self._guard:
            is_ours = self._client is client
            if is_ours:
                self._client = None
        if is_ours:
            client.close()

    def _told(self, reason: str, code: object = "") -> NotReady | SettingsError:
        said = f"{reason} {code}".lower()
        if any(phrase in said for phrase in _NOT_LET_IN) and not any(phrase in said for phrase in _PASSING):
            return SettingsError(
                f"Milvus at {self.address.uri} does not let us in: {reason}.",
                "Check the user and the password of index.url.",
            )
        return NotReady(
            f"Milvus at {self.address.uri} cannot be asked: {reason}.",
            "Check that it runs and can be reached from here. Nothing is lost: the catalog has everything.",
        )

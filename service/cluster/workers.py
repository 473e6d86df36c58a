"""A Ray cluster as the workers of an ingest."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ray.exceptions import RayError

from core.errors import NotReady
from index.encode import Encoder, SentenceTransformerEncoder
from ingest.read import ReadLimits, reader_version
from ingest.split import SplitSettings
from service.cluster.cluster_encoder import ClusterEncoder
from service.cluster.connection import Connection
from service.cluster.encoders import Encoders
from service.cluster.on_nodes import Instructions
from service.cluster.remote_preparer import RemotePreparer
from service.ingestion.workers import BYTES_AT_ONCE, Crew

_IDLE_S = 60.0  # as long as parsers are kept; then the GPUs are free for others
_MOST_READERS = 256  # threads that wait for tasks
_BYTES_EACH = 8 * 1024**2
_MOST_AHEAD = 64


class RayWorkers:
    """Connected when there is something to read. The encoders are kept for the next run for a minute."""

    def __init__(self, address: str, encoder: Encoder, limits: ReadLimits) -> None:
        """``address`` as in the setting ingest.ray."""
        self._connection = Connection(address)
        self._encoder = encoder
        self._limits = limits
        self._encoders = Encoders(encoder, self._connection.nodes)
        self._lock = threading.Lock()
        self._idle: threading.Timer | None = None

    @contextmanager
    def crew(self, sizes: SplitSettings) -> Iterator[Crew]:
        self._keep()
        try:
            self._connection.open()
            cpus = sum(node.cpus for node in self._connection.nodes())
            if not cpus:
                raise NotReady("The Ray cluster has no cores to read with.", "Start nodes with --num-cpus.")
            own = self._encoder
            counter = own.token_counter() if isinstance(own, SentenceTransformerEncoder) else own
            preparer = RemotePreparer(Instructions(counter, self._limits, sizes, reader_version()))
            readers = min(_MOST_READERS, 2 * cpus)  # while a core reads one source, the next is on its way
            ahead = min(_MOST_AHEAD, 2 * self._encoders.start())
            bytes_at_once = max(BYTES_AT_ONCE, readers * _BYTES_EACH)
            yield Crew(preparer, ClusterEncoder(own, self._encoders), readers, bytes_at_once, max(1, ahead))
        except ConnectionError as error:
            self._let_go()
            raise self._connection.lost(error) from error
        finally:
            self._let_go_later()

    def close(self) -> None:
        self._keep()
        self._let_go()
        self._connection.close()

    def _let_go(self) -> None:
        with suppress(RayError, ConnectionError):
            self._encoders.stop()

    def _let_go_later(self) -> None:
        with self._lock:
            self._idle = threading.Timer(_IDLE_S, self._let_go)
            self._idle.daemon = True
            self._idle.start()

    def _keep(self) -> None:
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
                self._idle = None

"""Who reads sources and embeds passages: threads and parsers of this machine, or a cluster (service/cluster/)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from core.errors import ReadError
from index.encode import Encoder
from ingest.read import ReadLimits
from ingest.split import SplitSettings
from service.ingestion.prepare import Item, Prepared, Preparer

BYTES_AT_ONCE = 64 * 1024**2


class Preparing(Protocol):
    """Called in several threads at once."""

    def prepare(self, item: Item, on_progress: Callable[[int, int], None]) -> Prepared | ReadError:
        """``on_progress`` is called now and then, with parts done and in all, or zeros; what it raises ends the work.

        The errors of a source are a value; what is raised is nothing that a source could help.
        """
        ...


@dataclass(frozen=True, slots=True)
class Crew:
    """What one run is done with.

    ``readers`` sources are prepared at once, which have at most ``bytes_at_once`` together, unless it is one alone.
    ``batches_ahead`` batches may be embedded while another is written; with 0, the thread that writes embeds.
    """

    preparer: Preparing
    encoder: Encoder
    readers: int
    bytes_at_once: int = BYTES_AT_ONCE
    batches_ahead: int = 0


class Workers(Protocol):
    """Gives a crew to each run."""

    def crew(self, sizes: SplitSettings) -> AbstractContextManager[Crew]:
        """For a run whose passages have these sizes. Raises NotReady, SettingsError where a cluster cannot be had."""
        ...

    def close(self) -> None:
        """Let go of what was taken. It can be used again."""
        ...


class LocalWorkers:
    """Threads of this process, with parsers in processes of their own (ingest/parser_pool.py), and its encoder."""

    def __init__(self, encoder: Encoder, limits: ReadLimits, readers: int) -> None:
        """``readers`` sources are read at once."""
        self._encoder = encoder
        self._limits = limits
        self._readers = readers

    @contextmanager
    def crew(self, sizes: SplitSettings) -> Iterator[Crew]:
        yield Crew(Preparer(self._encoder, self._limits, sizes), self._encoder, self._readers)

    def close(self) -> None:
        pass

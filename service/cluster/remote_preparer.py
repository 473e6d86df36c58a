"""Sources prepared by tasks on the nodes of a cluster, each with retries of its own."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ray
import structlog
from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError

from core.errors import NotReady, ReadError
from core.stages import stage
from service.cluster.failures import last_line, of_ours
from service.cluster.on_nodes import Instructions, prepare
from service.ingestion.prepare import Item, Prepared

log = structlog.get_logger("footnoted")

_TICK_S = 1.0
_MOST_DEATHS = 3  # of processes, with the same source in them and no other
_MOST_LOSSES = 10  # of nodes, of which a source need know nothing


class RemotePreparer:
    """Waits for a task in each thread that calls, so that as many are under way as there are threads."""

    def __init__(self, instructions: Instructions) -> None:
        self._run = uuid.uuid4().hex
        self._sent = [ray.put(instructions)]
        # Ray's own retries would count neither whose fault it was nor tell the log of it.
        self._task = ray.remote(prepare).options(num_cpus=1, max_retries=0)

    def prepare(self, item: Item, on_progress: Callable[[int, int], None]) -> Prepared | ReadError:
        """A source whose process dies is tried again elsewhere; after three of them it is a bad source.

        Raises what ``on_progress`` raises, SettingsError, NotReady.
        """
        deaths = losses = 0
        while True:
            try:
                with stage("read_source"):
                    prepared: Prepared | ReadError = self._wait(
                        self._task.remote(item, self._run, self._sent), on_progress
                    )
            except RayTaskError as error:
                if (ours := of_ours(error)) is not None:
                    raise ours from error
                log.error("reader_failed", uri=item.uri, error=str(error))
                return ReadError(f"{item.name} stopped its reader: {last_line(error)}", "Report this, with the file.")
            except (WorkerCrashedError, OutOfMemoryError) as error:
                deaths += 1
                log.warning("reader_died", uri=item.uri, deaths=deaths, error=last_line(error))
                if deaths >= _MOST_DEATHS:
                    return ReadError(
                        f"{item.name} stopped the reader {deaths} times.",
                        "Its reading took more memory than there is, or crashed. Save it anew from its own program, "
                        "or split it.",
                    )
            except RayError as error:
                losses += 1
                log.warning("node_lost", uri=item.uri, losses=losses, error=last_line(error))
                if losses >= _MOST_LOSSES:
                    raise NotReady(
                        f"The Ray cluster lost {losses} tasks that read {item.name}: {last_line(error)}",
                        "See `ray status` and the logs of its nodes.",
                    ) from error
            else:
                return prepared if isinstance(prepared, ReadError) else replace(prepared, item=item)

    def _wait(self, task: Any, on_progress: Callable[[int, int], None]) -> Prepared | ReadError:
        try:
            while not ray.wait([task], timeout=_TICK_S)[0]:
                on_progress(0, 0)
        except BaseException:
            ray.cancel(task, force=True)  # its process too: a native parser hears of nothing else
            raise
        prepared: Prepared | ReadError = ray.get(task)
        return prepared

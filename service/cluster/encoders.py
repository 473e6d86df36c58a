"""The processes of a cluster that embed: one a GPU, or one a node where there are none."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import ActorUnschedulableError, RayActorError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from core.errors import EncoderUnavailable, NotReady
from index.encode import Encoder, Vectors
from ingest.read import reader_version
from service.cluster.connection import Node
from service.cluster.failures import of_encoder, of_ours
from service.cluster.on_nodes import EncoderProcess

_EACH = 2  # calls at once: while one is embedded, the next is there
_MOST_FAILED_STARTS = 3
_PATIENCE_S = 600.0  # for a cluster that starts machines on demand
_LOOK_EVERY_S = 20.0


@dataclass(slots=True, eq=False)
class Seat:
    """A process on a node. ``loading`` is there until its model is."""

    node: Node
    actor: Any
    loading: Any
    calls: int = 0


class Encoders:
    """Brings the processes up, gives them out, and replaces those that die. Safe from several threads."""

    def __init__(self, encoder: Encoder, nodes: Callable[[], list[Node]]) -> None:
        """``nodes`` are those that are up now: machines come and go."""
        self._encoder = encoder
        self._nodes = nodes
        self._changed = threading.Condition()
        self._seats: list[Seat] = []
        self._failed_starts = 0
        self._looked = self._served = 0.0

    def start(self) -> int:
        """Start those that are wanted and not there; gives their number."""
        with self._changed:
            self._served = time.monotonic()
            self._look()
            return len(self._seats)

    def take(self, wait_s: float) -> Seat | None:
        """The least busy one, to be given back; None where all have enough to do.

        Raises EncoderUnavailable, SettingsError where it cannot be loaded, NotReady where there is no room for it.
        """
        with self._changed:
            free = self._free()
            if free is None and wait_s:
                self._changed.wait(wait_s)
                free = self._free()
            if free is not None:
                free.calls += 1
            return free

    def give_back(self, seat: Seat) -> None:
        with self._changed:
            seat.calls -= 1
            self._changed.notify()

    def vectors(self, call: Any, seat: Seat) -> Vectors | None:
        """What a finished call gave; None where its process or node died, and it is to be made again.

        Gives the seat back. Raises EncoderUnavailable, SettingsError.
        """
        try:
            vectors: Vectors = ray.get(call)
            return vectors
        except RayTaskError as error:
            raise of_encoder(error) from error
        except RayActorError:
            with self._changed:
                self._drop(seat)
                self._look()
            return None
        except RayError:  # the result was lost with its node, or on its way
            return None
        finally:
            self.give_back(seat)

    def stop(self) -> None:
        """End the processes, and free their GPUs."""
        with self._changed:
            seats, self._seats = self._seats, []
        for seat in seats:
            ray.kill(seat.actor)

    def _free(self) -> Seat | None:
        now = time.monotonic()
        if now - self._looked > _LOOK_EVERY_S:
            self._look()
        for seat in [seat for seat in self._seats if seat.loading is not None]:
            self._see_to(seat)
        ready = [seat for seat in self._seats if seat.loading is None]
        if ready:
            self._served = now
            least = min(ready, key=lambda seat: seat.calls)
            return least if least.calls < _EACH else None
        if now - self._served > _PATIENCE_S:
            raise NotReady(
                f"The Ray cluster had no room for an encoder in {_PATIENCE_S:.0f} s.",
                "See `ray status`: its GPUs may be in use, or its nodes gone.",
            )
        return None

    def _see_to(self, seat: Seat) -> None:
        """Whether it has loaded its model."""
        if not ray.wait([seat.loading], timeout=0)[0]:
            return
        try:
            dimension: int = ray.get(seat.loading)
        except RayTaskError as error:
            raise of_encoder(error) from error
        except ActorUnschedulableError:  # its node is gone
            self._drop(seat)
            self._look()
            return
        except RayError as error:
            self._drop(seat)
            self._failed_starts += 1
            if (ours := of_ours(error)) is not None:
                raise ours from error
            if self._failed_starts >= _MOST_FAILED_STARTS:
                raise of_encoder(error) from error
            self._look()
            return
        if dimension != self._encoder.dimension:
            raise EncoderUnavailable(
                f"The encoder {self._encoder.name!r} has {dimension} dimensions on the Ray cluster, "
                f"{self._encoder.dimension} on this machine.",
                "Put the same model on all nodes.",
            )
        seat.loading = None
        self._failed_starts = 0
        self._changed.notify_all()

    def _drop(self, seat: Seat) -> None:
        if seat in self._seats:
            self._seats.remove(seat)
            ray.kill(seat.actor)

    def _look(self) -> None:
        """Have one for each GPU of each node that is up; for each node where no node has any."""
        self._looked = time.monotonic()
        nodes = self._nodes()
        up = {node.id for node in nodes}
        for seat in [seat for seat in self._seats if seat.node.id not in up]:
            self._drop(seat)
        has_gpus = any(node.gpus for node in nodes)
        for node in nodes:
            wanted = node.gpus if has_gpus else min(1, node.cpus)
            present = sum(seat.node.id == node.id for seat in self._seats)
            for _ in range(wanted - present):
                self._seats.append(self._open(node, gpus=1 if has_gpus else 0))

    def _open(self, node: Node, gpus: int) -> Seat:
        # No cores are reserved: embedding takes what reading leaves, as the threads of one process do, and a node with
        # one core has room for both. The node is a must: of what reserves nothing, Ray takes a wish for one as none.
        actor: Any = (
            ray.remote(EncoderProcess)
            .options(
                num_cpus=0,
                num_gpus=gpus,
                max_restarts=0,
                scheduling_strategy=NodeAffinitySchedulingStrategy(node.id, soft=False),
            )
            .remote(self._encoder, max(1, node.cpus), reader_version())
        )
        return Seat(node, actor, actor.load.remote())

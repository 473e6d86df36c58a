"""Several inferences of one OpenVINO model at a time."""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from numpy.typing import NDArray

Place = TypeVar("Place")


class Inferences:
    """As many at once as the model was compiled for. Not safe from several threads."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._queue = self._new()

    @property
    def at_once(self) -> int:
        return len(self._queue)

    def run(
        self, feeds: Iterable[tuple[Mapping[str, NDArray[Any]], Place]], take: Callable[[Place, NDArray[Any]], None]
    ) -> None:
        """``take`` is given the output of each feed, with what came with it, in any order and in another thread.

        Raises what OpenVINO and ``take`` raise; then nothing runs any more, and it can be used again.
        """
        failed: list[Exception] = []

        def done(request: Any, place: Place) -> None:
            try:
                take(place, request.get_output_tensor().data)
            except Exception as error:  # noqa: BLE001  raised in OpenVINO's thread, it would end the process
                failed.append(error)

        self._queue.set_callback(done)
        try:
            for feed, place in feeds:
                self._queue.start_async(dict(feed), place)
            self._queue.wait_all()
        except BaseException:
            self._renew()
            raise
        if failed:
            raise failed[0]

    def _renew(self) -> None:
        """A queue of which one inference failed tells of it for ever."""
        for request in self._queue:  # nothing is let go of under what still runs
            with contextlib.suppress(RuntimeError):
                request.wait()
        self._queue = self._new()

    def _new(self) -> Any:
        import openvino

        return openvino.AsyncInferQueue(self._compiled)

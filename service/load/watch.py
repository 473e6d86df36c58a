"""What the load tells of itself, to whoever measures."""

from service.telemetry import metrics


class LoadWatch:
    """Writes to the metrics, of one queue of several."""

    def __init__(self) -> None:
        self._told = 0, 0

    def changed(self, at_work: int, waiting: int) -> None:
        before, self._told = self._told, (at_work, waiting)
        metrics.AT_WORK.inc(at_work - before[0])
        metrics.QUEUE_LENGTH.inc(waiting - before[1])

    def waited(self, seconds: float) -> None:
        metrics.QUEUE_WAIT_SECONDS.observe(seconds)

    def refused(self, reason: str) -> None:
        """``reason``: overloaded, key, address, session or site."""
        metrics.SHED.labels(reason).inc()

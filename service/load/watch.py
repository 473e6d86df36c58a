"""What the load tells of itself, to whoever measures."""

from service.telemetry import metrics


class LoadWatch:
    """Writes to the metrics."""

    def changed(self, at_work: int, waiting: int) -> None:
        metrics.AT_WORK.set(at_work)
        metrics.QUEUE_LENGTH.set(waiting)

    def waited(self, seconds: float) -> None:
        metrics.QUEUE_WAIT_SECONDS.observe(seconds)

    def refused(self, reason: str) -> None:
        """``reason``: overloaded, key, address, session or site."""
        metrics.SHED.labels(reason).inc()

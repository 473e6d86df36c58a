"""Metrics and traces of one process: begun by an entry point, told of every stage."""

import time
from types import TracebackType

import httpx

from core import stages
from core.stages import Ended
from service.telemetry.metrics import count_stage
from service.telemetry.telemetry_settings import TelemetrySettings
from service.telemetry.tracing import Tracing

_at_work: "Telemetry | None" = None


class Telemetry:
    """Listens to the stages of this process until it is stopped."""

    def __init__(self, settings: TelemetrySettings, service: str = "footnoted") -> None:
        """``service`` is the name in traces. Raises SettingsError where traces are wanted and cannot be sent."""
        self.tracing = None if settings.otlp_endpoint is None else Tracing(settings, service)

    def start(self) -> "Telemetry":
        global _at_work
        _at_work = self
        stages.listen(self._begin)
        return self

    def stop(self) -> None:
        """Traces that wait are sent."""
        global _at_work
        if _at_work is self:
            stages.listen(None)
            _at_work = None
        if self.tracing is not None:
            self.tracing.stop()

    def __enter__(self) -> "Telemetry":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _begin(self, name: str, encloses: bool) -> Ended:
        began = time.perf_counter()
        traced = None if self.tracing is None else self.tracing.stage(name, encloses)

        def ended(error: BaseException | None) -> None:
            count_stage(name, time.perf_counter() - began)
            if traced is not None:
                traced(error)

        return ended


def trace_out(request: httpx.Request) -> None:
    """An event hook of httpx clients: the server that is called goes on with the trace at hand, if there is one."""
    if _at_work is not None and _at_work.tracing is not None:
        request.headers.update(_at_work.tracing.outgoing())

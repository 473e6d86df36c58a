"""Traces by OpenTelemetry, sent by OTLP over HTTP. Its SDK is imported here, and only where an address is set.

Spans hold names of stages, routes and statuses: no question, no text, no name that a caller chose, no error's message.
There is no global provider, so that libraries which trace by themselves send nothing along.
"""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from core.errors import SettingsError
from core.stages import Ended
from service.telemetry.telemetry_settings import TelemetrySettings

_INSTALL = 'pip install "footnoted[otel]"'
_SERVER_ERROR = 500

RequestEnded = Callable[[str, int], None]
"""To be called at a request's end, with its route template and status."""


class Tracing:
    """One exporter for a process. Safe from several threads."""

    def __init__(self, settings: TelemetrySettings, service: str) -> None:
        """Nothing is sent yet. Raises SettingsError where the SDK is not installed, or a file cannot be read."""
        assert settings.otlp_endpoint is not None
        try:
            from opentelemetry import context, trace
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
        except ImportError as error:
            raise SettingsError(
                "telemetry.otlp_endpoint is set, but OpenTelemetry's exporter is not installed.", f"{_INSTALL}."
            ) from error
        resource = Resource.create({"service.name": service, "service.version": version("footnoted")})
        sampler = ParentBased(TraceIdRatioBased(settings.sample))
        self._provider = TracerProvider(resource=resource, sampler=sampler, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(_traces_at(settings.otlp_endpoint), headers=_headers(settings.otlp_headers_file))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("footnoted")
        self._propagator = TraceContextTextMapPropagator()
        self._context, self._trace = context, trace

    def request(self, method: str, request_id: str, headers: Mapping[str, str]) -> RequestEnded:
        """The span of a request is the current one until it ends; its caller's trace goes on with it."""
        parent = self._propagator.extract(headers)
        attributes = {"http.request.method": method, "footnoted.request_id": request_id}
        span = self._tracer.start_span(
            method, context=parent, kind=self._trace.SpanKind.SERVER, attributes=attributes, record_exception=False
        )
        token = self._context.attach(self._trace.set_span_in_context(span, parent))

        def ended(route: str, status: int) -> None:
            self._context.detach(token)
            span.update_name(f"{method} {route}")
            span.set_attributes({"http.route": route, "http.response.status_code": status})
            if status >= _SERVER_ERROR:
                span.set_status(self._trace.StatusCode.ERROR)
            span.end()

        return ended

    def stage(self, name: str, encloses: bool) -> Ended:
        """A span within the current one; it is the current one itself until it ends where it ``encloses``."""
        span = self._tracer.start_span(name, record_exception=False, set_status_on_exception=False)
        token = self._context.attach(self._trace.set_span_in_context(span)) if encloses else None

        def ended(error: BaseException | None) -> None:
            if token is not None:
                self._context.detach(token)
            if isinstance(error, Exception):  # a GeneratorExit only says that the client left
                span.set_status(self._trace.StatusCode.ERROR, type(error).__name__)
            span.end()

        return ended

    def outgoing(self) -> dict[str, str]:
        """The headers by which a server that is called goes on with the trace."""
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier

    def stop(self) -> None:
        """Send what is waiting."""
        self._provider.shutdown()


def _traces_at(endpoint: str) -> str:
    """As the standard has it: signals are below the base address."""
    base = endpoint.rstrip("/")
    return base if base.endswith("/v1/traces") else f"{base}/v1/traces"


def _headers(file: Path | None) -> dict[str, str]:
    """Raises SettingsError."""
    if file is None:
        return {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"telemetry.otlp_headers_file, {file}, cannot be read: {error}.", "Correct it.") from error
    pairs = [line.partition(":") for line in lines if line.strip()]
    if any(not colon for _, colon, _ in pairs):
        raise SettingsError(f"{file} has a line that is no header.", "Write one a line: `Name: value`.")
    return {name.strip(): value.strip() for name, _, value in pairs}

"""What Prometheus may read of this service: every metric, by name, in this one place.

Whoever has something to tell calls these objects. With several worker processes, the master sets
PROMETHEUS_MULTIPROC_DIR before it starts them (``service.telemetry.processes``); prometheus-client then keeps the
values in files, and a scrape of any worker adds them up. Labels hold only what there are few of: never an id, an
address or a name that a caller chose.
"""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

REQUESTS = Counter("footnoted_requests", "Requests, by route template.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "footnoted_request_seconds", "Seconds to the end of a response, streams included.", ["route"], buckets=_SLOW
)
STAGE_SECONDS = Histogram("footnoted_stage_seconds", "Seconds that a stage takes.", ["stage"], buckets=_FAST)
FIRST_TOKEN_SECONDS = Histogram(
    "footnoted_first_token_seconds", "Seconds from a question to the first word of its answer.", buckets=_SLOW
)

QUEUE_LENGTH = Gauge("footnoted_queue_length", "Questions that wait for their turn.", multiprocess_mode="livesum")
QUEUE_WAIT_SECONDS = Histogram("footnoted_queue_wait_seconds", "Seconds that a question waited.", buckets=_FAST)
AT_WORK = Gauge("footnoted_at_work", "Questions that are being worked on.", multiprocess_mode="livesum")
SHED = Counter("footnoted_shed", "Requests refused because of load or a limit.", ["reason"])
"""``reason``: overloaded (the queue), key, address, site or session (a limit)."""

CACHE = Counter("footnoted_cache", "Look-ups in the cache of answers.", ["result"])
"""``result``: hit or miss."""

ANSWERS = Counter("footnoted_answers", "Questions, by what became of them.", ["outcome"])
"""``outcome``: answered, not_found (abstained), unclear (asked back)."""

SENTENCES = Counter("footnoted_sentences", "Sentences of answers, by the check of their support.", ["verdict"])
MODEL_TOKENS = Counter("footnoted_model_tokens", "Tokens of the chat model, as its provider counts.", ["direction"])
"""``direction``: in or out."""

NOTICES = Counter("footnoted_notices", "Answers with a notice, such as model_failed or model_busy.", ["code"])
ACTS_LOST = Counter("footnoted_acts_lost", "Administrative acts that could not be written to the audit log.")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """A request that is over. ``route`` is a template, such as /v1/jobs/{job_id}."""
    REQUESTS.labels(method if method in _METHODS else "other", route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


def count_stage(stage: str, seconds: float) -> None:
    """A stage that is over: encode, dense, keyword, fuse, read, write, check, …"""
    STAGE_SECONDS.labels(stage).observe(seconds)

"""One scrape: the counters of all worker processes, and what the databases say at this moment."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from core.errors import FootnotedError
from index.schema import read
from service.engine import Engine
from service.jobs.store import UNFINISHED, JobStore
from service.jobs.tables import files, jobs
from service.telemetry.processes import VARIABLE, is_shared, locked

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

log = structlog.get_logger("footnoted")


def scrape(engine: Engine, jobs: JobStore, *, is_ready: bool) -> bytes:
    """In the text format of Prometheus."""
    state = _State(engine, jobs, is_ready)
    registry = CollectorRegistry()
    registry.register(state)
    if not is_shared():
        return generate_latest(REGISTRY) + generate_latest(registry)
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    with locked(Path(os.environ[VARIABLE])):
        return generate_latest(registry)


@dataclass(frozen=True, slots=True)
class _State(Collector):
    """What is true of the data folder, whichever process is asked."""

    engine: Engine
    jobs: JobStore
    is_ready: bool

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("footnoted_ready", "Whether the models are loaded.", value=float(self.is_ready))
        backlog = GaugeMetricFamily(
            "footnoted_ingest_backlog", "Jobs that are not settled, and their files known so far.", labels=["of"]
        )
        generation = GaugeMetricFamily(
            "footnoted_generation", "Counts the changes of a collection's index.", labels=["collection"]
        )
        documents = GaugeMetricFamily("footnoted_documents", "Documents of a collection.", labels=["collection"])
        passages = GaugeMetricFamily("footnoted_passages", "Passages of a collection.", labels=["collection"])
        try:
            waiting, unread = _backlog(self.jobs)
            backlog.add_metric(["jobs"], waiting)
            backlog.add_metric(["files"], unread)
            for collection in self.engine.collections():
                generation.add_metric([collection.name], collection.generation)
                documents.add_metric([collection.name], collection.documents)
                passages.add_metric([collection.name], collection.passages)
        except FootnotedError as error:  # the counters are told all the same: they say what is going wrong
            log.error("not_scraped", code=error.code, message=error.message)
        yield from (backlog, generation, documents, passages)


def _backlog(store: JobStore) -> tuple[int, int]:
    """Jobs, and files of jobs, that wait or are at hand."""
    if not store.file.exists():
        return 0, 0
    waiting = select(func.count()).select_from(jobs).where(jobs.c.status.in_(UNFINISHED))
    of_them = select(func.count()).select_from(files).join(jobs)
    of_them = of_them.where(jobs.c.status.in_(UNFINISHED), files.c.status.in_(UNFINISHED))
    with read(store.file.opened()) as connection:
        return connection.execute(waiting).scalar_one(), connection.execute(of_them).scalar_one()

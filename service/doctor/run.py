"""All checks of an installation, in order: each is told as soon as it is done."""

from collections.abc import Iterator
from functools import partial

from service.doctor.folder import folder_findings, guarded
from service.doctor.listening import check_access, check_port
from service.doctor.machine import machine_findings
from service.doctor.models import model_findings
from service.embedding.finding import Finding
from service.settings import Settings


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything but what takes another place to try it from (service/doctor/proxy.py, service/embedding/)."""
    yield from machine_findings(settings.data_dir)
    yield check_port(settings)
    yield from guarded("access", lambda: [check_access(settings)])
    if settings.database.url is None:
        yield from folder_findings(settings)
    else:
        from service.doctor.database import database_findings  # with its client, which the plain installation lacks

        yield from database_findings(settings)
    yield from guarded("models", partial(model_findings, settings))

"""The databases of the service beside the catalog, by the names of their files: for who copies all of them."""

from dataclasses import dataclass

from sqlalchemy import MetaData

from service.access import tables as access
from service.audit import log as audit_log
from service.audit import tables as audit
from service.jobs import store as job_store
from service.jobs import tables as jobs
from service.operator import TOKEN_FILE
from service.questions import log as question_log
from service.questions import tables as questions
from service.questions.person import KEY_FILE
from service.secret import SECRET_FILE
from service.sessions import store as session_store
from service.sessions import tables as sessions
from service.sites import store as sites


@dataclass(frozen=True, slots=True)
class StateDatabase:
    """``file`` is its name in a data folder, such as jobs.db, and names its schema on a server."""

    file: str
    tables: MetaData
    format_version: int


STATE_DATABASES = (
    StateDatabase(job_store.FILE, jobs.metadata, jobs.FORMAT_VERSION),
    StateDatabase(session_store.FILE, sessions.metadata, sessions.FORMAT_VERSION),
    StateDatabase(sites.FILE, sites.metadata, sites.FORMAT_VERSION),
    StateDatabase(access.FILE, access.metadata, access.FORMAT_VERSION),
    StateDatabase(audit_log.FILE, audit.metadata, audit.FORMAT_VERSION),
    StateDatabase(question_log.FILE, questions.metadata, questions.FORMAT_VERSION),
)
SECRETS = (SECRET_FILE, KEY_FILE, TOKEN_FILE)

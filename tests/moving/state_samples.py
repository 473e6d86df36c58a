"""The state of the service beside the collections, for tests that move it: made, and told whole."""

from core.types import AnswerStatus, Citation, DocumentRef
from index.marks import NO_MARKS
from service.access.keys import Keys
from service.access.principal import AccessScope
from service.access.tables import AccessFile
from service.audit.log import AuditLog, record_act
from service.audit.records import Outcome
from service.jobs.store import JobStore, new_id
from service.questions.log import QuestionLog
from service.questions.records import AskedQuestion, Feedback, NearDocument, Rating
from service.questions.records import Wanted as WantedQuestions
from service.secret import load_secret, read_secret
from service.sites.store import Sites

REF = DocumentRef("d1", "test:1", "One", "text/plain")


def asked(number: int, **more: object) -> AskedQuestion:
    values = {
        "answer_id": f"ans_{number}", "asked_at": "2026-11-26T10:00:00.000Z", "collection": "docs",
        "question": f"Wo ist {number}?", "understood_as": f"Wo ist {number}?", "history": (),
        "status": AnswerStatus.ANSWERED, "confidence": 0.125, "answer": "Da. [1]", "answer_words": "Da",
        "citations": (Citation(1, REF, None, (), 0, 3, "Da.", 1.0),), "model": "reader", "person": None,
        "hits": (NearDocument("d1", "One", "test:1", 0.5),),
    }  # fmt: skip
    return AskedQuestion(**{**values, **more})


def use(place) -> str:
    """Keys, a site, questions, a settled job and acts; gives an administrator's key."""
    file = AccessFile(place)
    keys = Keys(file.for_writing())
    keys.create("Help desk", [AccessScope.ASK], collections=["docs"])
    secret = keys.create("Zwei", [AccessScope.ADMIN])[1]
    sites = Sites(place)
    sites.add("Docs", "docs", ["https://www.example.org"])
    log = QuestionLog(place)
    for number in range(3):
        log.put(asked(number, person=log.person(f"somebody {number}")))
    log.rate("ans_1", Feedback(Rating.DOWN, None, "nö", log.person("somebody 1"), "2026-11-26T11:00:00.000Z"))
    jobs = JobStore(place)
    job = jobs.add_upload(new_id(), "docs", ["a.txt"], NO_MARKS)
    jobs.cancel(job.id)
    for number in range(3):
        record_act(place, "cli:test", "keys.create", str(number), Outcome.DONE)
    load_secret(place)
    for one in (file, sites, log):
        one.close()
    jobs.file.close()
    return secret


def state_of(place) -> dict[str, object]:
    """What the stores tell of it."""
    file, sites, log, audit, jobs = (
        AccessFile(place),
        Sites(place),
        QuestionLog(place),
        AuditLog(place),
        JobStore(place),
    )
    told = {
        "keys": Keys(file).all(),
        "sites": sites.all(),
        "questions": log.questions(WantedQuestions()),
        "person": log.person("somebody 1"),
        "audit": [(act.id, act.digest) for act in audit.all()],
        "chain": audit.verify(30).broken,
        "jobs": jobs.recent(10),
        "secrets": [read_secret(place, name) for name in ("secret.key", "questions.key")],
    }
    for one in (file, sites, log, audit, jobs.file):
        one.close()
    return told

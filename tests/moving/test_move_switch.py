"""A switch: the state goes along, the old place takes nothing more and answers on; and the way back."""

import pytest
from moving_samples import content, document, found, found_alike, open_at

from core.errors import Conflict, InvalidRequest, NotReady
from core.types import AnswerStatus, Citation, DocumentRef
from index.marks import NO_MARKS
from service.access.keys import Keys
from service.access.principal import NOBODY, AccessScope
from service.access.tables import AccessFile
from service.audit.log import AuditLog, record_act
from service.audit.records import Outcome
from service.jobs.store import JobStore, new_id
from service.moving.move import Wanted, move, reopen
from service.moving.places import target_of
from service.questions.log import QuestionLog
from service.questions.person import PersonKey
from service.questions.records import AskedQuestion, Feedback, NearDocument, Rating
from service.questions.records import Wanted as WantedQuestions
from service.secret import load_secret, read_secret
from service.sessions.store import Sessions
from service.sites.store import Sites

SWITCH = Wanted(switch=True, questions=5)
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


@pytest.fixture
def used(way):
    """The way's source with keys, a site, a session, questions, a settled job and acts."""
    place = way.source.place
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


def test_a_switch_takes_the_state_along_and_ends_writing_here(way, used, told):
    before = state_of(way.source.place)
    done = move(way.source, way.target, SWITCH, told)
    assert done.switched
    assert state_of(way.target.settings.place) == before
    assert before["chain"] is None
    with open_at(way.source) as old, open_at(way.target.settings) as new:
        docs = old.open_collection("docs")
        with pytest.raises(NotReady, match="it was moved to"):
            old.put(docs, [document(70)])
        with pytest.raises(NotReady, match="it was moved to"):
            old.remove("docs", [document(1)[0].document.id])
        assert found_alike(old, new, "docs", "lighthouse keeper")  # it answers on
        new.put(new.open_collection("docs"), [document(70)])
        assert found(new, "docs", "No 70")[0].startswith(document(70)[0].document.id)
    sites = Sites(way.source.place)
    with pytest.raises(NotReady):
        sites.add("More", "docs", ["https://more.example.org"])
    sites.close()


def test_the_new_place_goes_on_counting_where_the_old_one_was(way, used, told):
    move(way.source, way.target, SWITCH, told)
    place = way.target.settings.place
    record_act(place, "cli:test", "keys.create", "next", Outcome.DONE)
    audit, jobs = AuditLog(place), JobStore(place)
    jobs.add_sync("docs", ["https://example.org"], prune=False, retry_failed=False)
    acts = list(audit.all())
    assert [act.id for act in acts] == [1, 2, 3, 4]
    assert audit.verify(30).broken is None
    assert len(jobs.recent(10)) == 2
    audit.close()
    jobs.file.close()


def test_it_comes_back_with_what_was_done_meanwhile(way, used, told):
    move(way.source, way.target, SWITCH, told)
    there = way.target.settings
    with open_at(there) as store:
        store.put(store.open_collection("docs"), [document(71), document(2, 5)])
        store.remove("docs", [document(8)[0].document.id])
        store.delete_collection("other")
    sites = Sites(there.place)
    sites.add("More", "docs", ["https://more.example.org"])
    sites.close()
    record_act(there.place, "cli:test", "sites.add", "More", Outcome.DONE)
    back = target_of(there, way.source.database.url or str(way.source.data_dir))
    done = move(there, back, SWITCH, told)
    assert done.dropped == ["other"]
    with open_at(there) as new, open_at(way.source) as old:
        assert content(old, "docs") == content(new, "docs")
        assert [one.name for one in old.catalog.collections()] == ["docs"]
        old.put(old.open_collection("docs"), [document(72)])  # its turn again
        with pytest.raises(NotReady):
            new.put(new.open_collection("docs"), [document(73)])
    assert state_of(way.source.place) == state_of(there.place)
    assert len(state_of(way.source.place)["sites"]) == 2


def test_with_a_job_that_is_not_settled_nothing_is_switched(way, used, told):
    jobs = JobStore(way.source.place)
    jobs.add_sync("docs", ["https://example.org"], prune=False, retry_failed=False)
    with pytest.raises(Conflict, match="jobs are not settled"):
        move(way.source, way.target, SWITCH, told)
    jobs.add_sync("docs", ["https://other.example.org"], prune=False, retry_failed=False)  # it still takes writes
    jobs.file.close()


def test_when_it_fails_after_the_seal_the_old_place_is_written_to_again(way, used, told, monkeypatch):
    def fail(*_):
        raise Conflict("counts differ", "")

    monkeypatch.setattr("service.moving.compare.check_counts", fail)
    with pytest.raises(Conflict, match="counts differ"):
        move(way.source, way.target, SWITCH, told)
    with open_at(way.source) as store:
        store.put(store.open_collection("docs"), [document(74)])
    record_act(way.source.place, "cli:test", "act", "", Outcome.DONE)


def test_a_place_that_was_moved_away_can_be_reopened(way, used, told):
    move(way.source, way.target, SWITCH, told)
    reopen(way.source)
    with open_at(way.source) as store:
        store.put(store.open_collection("docs"), [document(75)])
    record_act(way.source.place, "cli:test", "act", "", Outcome.DONE)


def test_state_of_somebody_else_is_not_written_over(way, used, told):
    sites = Sites(way.target.settings.place)
    sites.add("Theirs", "docs", ["https://theirs.example.org"])
    with pytest.raises(Conflict, match=r"state of its own in sites\.db"):
        move(way.source, way.target, SWITCH, told)
    assert [site.name for site in sites.all()] == ["Theirs"]
    sites.close()


def test_sessions_go_along(way, told):
    sessions = Sessions(way.source.place, 30, PersonKey(way.source.place))
    made = sessions.create(NOBODY.id)
    sessions.close()
    move(way.source, way.target, SWITCH, told)
    there = Sessions(way.target.settings.place, 30, PersonKey(way.target.settings.place))
    assert there.get(made.id, lambda *_: True, NOBODY.id) == made
    there.close()


def test_a_switch_is_of_everything(way, told):
    with pytest.raises(InvalidRequest, match="all collections"):
        move(way.source, way.target, Wanted(("docs",), switch=True), told)

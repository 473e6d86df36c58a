"""A switch: the state goes along, the old place takes nothing more and answers on; and the way back."""

import pytest
from moving_samples import content, document, found, found_alike, open_at
from state_samples import state_of

from core.errors import Conflict, InvalidRequest, NotReady
from service.access.principal import NOBODY
from service.audit.log import AuditLog, record_act
from service.audit.records import Outcome
from service.jobs.store import JobStore
from service.moving.move import Wanted, move
from service.moving.places import target_of
from service.moving.switch import reopen
from service.questions.person import PersonKey
from service.sessions.store import Sessions
from service.sites.store import Sites

SWITCH = Wanted(switch=True, questions=5)


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

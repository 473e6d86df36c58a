"""What a further run may write over, and what not: after a switch, and where the new place was written to before."""

import re

import pytest
from moving_samples import content, document, open_at
from sqlalchemy import func, select, text
from state_samples import state_of

from core.errors import Conflict, EmptyDocument, NotReady
from index import schema
from service.audit.log import AuditLog, record_act
from service.audit.records import Outcome
from service.moving.move import Wanted, move
from service.moving.places import target_of
from service.moving.switch import reopen
from service.sites.store import Sites

pytestmark = pytest.mark.slow

SWITCH = Wanted(switch=True, questions=5)
RUNS = [Wanted(questions=5), Wanted(state=True, questions=5), SWITCH]


def everything(settings) -> tuple[object, ...]:
    with open_at(settings) as store:
        names = [one.name for one in store.catalog.collections()]
        with schema.read(store.catalog.engine) as connection:
            rows = connection.execute(select(func.count()).select_from(schema.collections)).scalar_one()
        return {name: content(store, name) for name in names}, rows, state_of(settings.place)


def test_a_further_run_after_a_switch_writes_nothing(way, used, told):
    move(way.source, way.target, SWITCH, told)
    with open_at(way.target.settings) as store:
        docs = store.open_collection("docs")
        store.put(docs, [document(70), document(2, 5)])
        store.remove("docs", [document(1)[0].document.id])
        store.delete_collection("other")
    sites = Sites(way.target.settings.place)
    sites.add("More", "docs", ["https://more.example.org"])
    sites.close()
    before = everything(way.target.settings)
    for wanted in RUNS:
        with pytest.raises(Conflict, match="was moved to"):
            move(way.source, way.target, wanted, told)
    with open_at(way.source) as store, pytest.raises(NotReady):  # nor was the seal taken off
        store.put(store.open_collection("docs"), [document(71)])
    reopen(way.source)
    for wanted in RUNS:
        with pytest.raises(Conflict, match=r"another collection|state of its own"):
            move(way.source, way.target, wanted, told)
    assert everything(way.target.settings) == before


def test_a_place_that_was_taken_back_is_not_written_over_either(way, used, told):
    move(way.source, way.target, SWITCH, told)
    back = target_of(way.target.settings, way.source.database.url or str(way.source.data_dir))
    move(way.target.settings, back, Wanted(state=True, questions=5), told)  # tried, and not ended by a switch
    reopen(way.source)
    with open_at(way.source) as store:
        store.put(store.open_collection("docs"), [document(72)])
    before = everything(way.source)
    for wanted in RUNS:
        with pytest.raises(Conflict, match=r"another collection|state of its own"):
            move(way.target.settings, back, wanted, told)
    assert everything(way.source) == before


def test_it_goes_there_and_back_and_there_again(way, used, told):
    there = way.target.settings
    back = target_of(there, way.source.database.url or str(way.source.data_dir))
    move(way.source, way.target, SWITCH, told)
    with open_at(there) as store:
        store.put(store.open_collection("docs"), [document(74)])
    move(there, back, SWITCH, told)
    with open_at(way.source) as store:
        store.put(store.open_collection("docs"), [document(73)])
    record_act(way.source.place, "cli:test", "act", "", Outcome.DONE)
    before = everything(way.source)
    assert move(way.source, way.target, SWITCH, told).switched
    after = everything(there)
    assert (after[0], after[2]) == (before[0], before[2])


def put_aside(place, hint: str) -> None:
    """What the hint says to do with the new place's log."""
    if place.on_server:
        audit = AuditLog(place)
        with schema.write(audit.file.opened()) as connection:
            connection.execute(text(re.search("`(ALTER SCHEMA .*?)`", hint)[1]))
        audit.close()
        return
    (aside := place.folder / "aside").mkdir()
    folder, _, pattern = re.search(r"moving (\S+)", hint)[1].rpartition("/")
    assert folder == str(place.folder)
    for file in list(place.folder.glob(pattern)):
        file.rename(aside / file.name)


def test_acts_of_the_new_place_are_told_of_before_anything_is_written(way, used, told):
    place = way.target.settings.place
    move(way.source, way.target, Wanted(state=True, questions=5), told)
    record_act(place, "cli:test", "server.start", "(defaults)", Outcome.DONE)
    record_act(way.source.place, "cli:test", "keys.create", "4", Outcome.DONE)
    sites = Sites(way.source.place)
    sites.add("More", "docs", ["https://more.example.org"])
    sites.close()
    before = everything(way.target.settings)
    with pytest.raises(Conflict, match="has 1 acts that are not in the one here, from number 4 on") as caught:
        move(way.source, way.target, SWITCH, told)
    assert everything(way.target.settings) == before
    record_act(way.source.place, "cli:test", "keys.create", "5", Outcome.DONE)  # it takes writes
    put_aside(place, caught.value.hint)
    before = state_of(way.source.place)
    assert move(way.source, way.target, SWITCH, told).switched
    assert state_of(place) == before


def test_an_act_that_is_done_there_meanwhile_ends_it_with_a_word(way, used):
    place = way.target.settings.place
    acts = iter([None])

    def act(what: str, done: int, total: int) -> None:
        if what == "indexing other" and next(acts, True) is None:
            record_act(place, "cli:test", "server.start", "(defaults)", Outcome.DONE)

    with pytest.raises(Conflict, match="has 1 acts"):
        move(way.source, way.target, SWITCH, act)
    with open_at(way.source) as store:
        store.put(store.open_collection("docs"), [document(74)])


def test_acts_that_went_by_their_age_are_in_nobodys_way(way, used, told):
    move(way.source, way.target, Wanted(state=True, questions=5), told)
    audit = AuditLog(way.source.place)
    assert audit.forget_before(-1) == 2  # all but the newest
    audit.close()
    before = state_of(way.source.place)
    assert move(way.source, way.target, SWITCH, told).switched
    assert state_of(way.target.settings.place) == before


@pytest.mark.parametrize("wanted", [Wanted(questions=5), SWITCH], ids=["copy", "switch"])
def test_what_raises_no_generation_comes_along(way, wanted):
    """What is noted of a collection that is done, while others are copied."""
    notes = iter([None])
    with open_at(way.source) as store:
        docs = store.open_collection("docs")

        def note(what: str, done: int, total: int) -> None:
            if what == "indexing other" and next(notes, True) is None:
                store.catalog.note_failure(docs, "test:late", "00" * 32, "reader 1", EmptyDocument("no text", "a hint"))
                store.catalog.forget_failures(docs, ["test:bad"])
                store.catalog.add_metadata(docs, document(23)[0].document.id, {"etag": "9"})

        move(way.source, way.target, wanted, note)
        with open_at(way.target.settings) as after:
            if not wanted.switch:  # of metadata a further run takes care
                assert [*after.catalog.failures(after.catalog.collection("docs"))] == ["test:late"]
                move(way.source, way.target, wanted, note)
        with open_at(way.target.settings) as after:
            assert content(after, "docs") == content(store, "docs")
            assert after.catalog.document("docs", document(23)[0].document.id).metadata["etag"] == "9"


def test_a_new_place_may_be_filled_after_an_old_one_was_reopened(filled, tmp_path, told):
    """Where the first new place was a trial."""
    target = target_of(filled, str(tmp_path / "new"))
    move(filled, target, SWITCH, told)
    reopen(filled)
    again = target_of(filled, str(tmp_path / "again"))
    assert move(filled, again, SWITCH, told).switched
    with open_at(filled) as before, open_at(again.settings) as after:
        assert content(after, "docs") == content(before, "docs")

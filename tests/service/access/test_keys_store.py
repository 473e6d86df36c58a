"""API keys in access.db: what is kept of them, and when they are good."""

import stat
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from service.access.key_ring import KeyRing
from service.access.keys import Keys, digest_of
from service.access.principal import AccessScope
from service.access.tables import AccessFile

IN_FOLDER = pytest.mark.parametrize("state_place", ["folder"], indirect=True)  # what is told of its files
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = START
        self.seconds = 0.0

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(state_place, clock):
    file = AccessFile(state_place)
    yield Keys(file, clock)
    file.close()


def good(keys: Keys, secret: str) -> bool:
    return digest_of(secret) in keys.good_secrets()


@IN_FOLDER
def test_a_secret_is_in_no_file_and_the_file_is_its_owners(keys, state_place):
    key, secret = keys.create("Help desk", [AccessScope.ASK], collections=["handbook"], labels=["board"])
    assert secret.startswith("fn_") and len(secret) >= 3 + 43
    assert key.prefix == secret[:8]
    files = [path for path in state_place.folder.iterdir() if path.name.startswith("access.db")]
    assert files != []
    for path in files:
        assert secret.encode() not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert keys.all() == [key]
    assert key.principal.collections == {"handbook"} and key.principal.labels == {"board"}
    assert "scopes" not in repr(secret) and secret not in repr(key)


@IN_FOLDER
def test_without_a_file_there_is_no_key_and_reading_makes_none(keys, tmp_path):
    assert keys.all() == []
    assert keys.good_secrets() == {}
    with pytest.raises(NotFound, match="no key 'x'"):
        keys.find("x")
    assert list(tmp_path.iterdir()) == []


def test_two_secrets_are_never_alike_and_names_are_unique_in_any_case(keys):
    _, one = keys.create("One", [AccessScope.ASK])
    _, two = keys.create("Two", [AccessScope.ASK])
    assert one != two
    with pytest.raises(Conflict, match="already"):
        keys.create("oNE", [AccessScope.ASK])
    assert keys.find("  one ").name == "One"


def test_a_key_is_good_until_it_expires(keys, clock):
    _, secret = keys.create("Short", [AccessScope.ASK], expires=timedelta(days=1))
    clock.now = START + timedelta(days=1) - timedelta(seconds=1)
    assert good(keys, secret)
    clock.now = START + timedelta(days=1)
    assert not good(keys, secret)
    with pytest.raises(Conflict, match="revoked or expired"):
        keys.rotate(keys.find("Short").id)


def test_a_revoked_key_stays_in_the_list_and_is_good_for_nothing(keys):
    key, secret = keys.create("Gone", [AccessScope.ASK])
    keys.rotate(key.id, timedelta(days=9))
    assert keys.revoke(key.id).revoked_at is not None
    assert not good(keys, secret)
    assert [one.name for one in keys.all()] == ["Gone"]
    again = keys.revoke(key.id)
    assert again == keys.find(key.id)


def test_a_rotated_key_has_two_good_secrets_for_the_overlap_and_never_three(keys, clock):
    key, first = keys.create("Rotating", [AccessScope.ASK])
    _, second = keys.rotate(key.id, timedelta(hours=24))
    assert good(keys, first) and good(keys, second)
    _, third = keys.rotate(key.id, timedelta(hours=24))
    assert [good(keys, secret) for secret in (first, second, third)] == [False, True, True]
    clock.now = START + timedelta(hours=24)
    assert [good(keys, secret) for secret in (second, third)] == [False, True]
    _, fourth = keys.rotate(key.id)
    assert [good(keys, secret) for secret in (third, fourth)] == [False, True]
    assert keys.find(key.id).prefix == fourth[:8]


@pytest.mark.parametrize(
    ("given", "mentions"),
    [
        ({"scopes": []}, "allowed something"),
        ({"scopes": [AccessScope.ADMIN], "collections": ["a"]}, "every collection"),
        ({"scopes": [AccessScope.ADMIN], "labels": ["a"]}, "every collection"),
        ({"collections": []}, "1 to 100"),
        ({"collections": ["a/b"]}, "a/b"),
        ({"labels": [str(i) for i in range(101)]}, "1 to 100"),
        ({"expires": timedelta()}, "before it is made"),
        ({"expires": timedelta(days=999_999_998)}, "calendar"),
        ({"name": " "}, "name"),
        ({"name": "a\nb\x00"}, "name"),
    ],
)
def test_a_key_that_cannot_be_is_refused_and_leaves_nothing(keys, given, mentions):
    with pytest.raises(InvalidRequest, match=mentions):
        keys.create(**{"name": "x", "scopes": [AccessScope.ASK], **given})
    assert keys.all() == []


def test_what_another_process_changes_counts_after_half_a_second_at_most(keys, clock):
    ring = KeyRing(keys, lambda: clock.seconds)
    assert not ring.had_any()
    key, secret = keys.create("Late", [AccessScope.ASK])
    clock.seconds += 0.6
    assert ring.of_secret(secret) is not None
    keys.revoke(key.id)
    clock.seconds += 0.6
    assert ring.of_secret(secret) is None
    assert ring.had_any()  # a key that is no more does not open the server again


def test_a_key_that_another_process_made_is_good_at_its_first_use(keys, clock):
    ring = KeyRing(keys, lambda: clock.seconds)
    assert ring.of_secret("fn_nobodys") is None
    _, secret = keys.create("New", [AccessScope.ASK])
    clock.seconds += 0.001
    assert ring.of_secret(secret) is not None


def test_wrong_keys_have_the_keys_read_now_and_then_only_and_good_ones_go_on(keys, clock, monkeypatch):
    _, good_one = keys.create("Good", [AccessScope.ASK])
    ring = KeyRing(keys, lambda: clock.seconds)
    assert ring.of_secret(good_one) is not None
    reads = []
    found = keys.good_secrets
    monkeypatch.setattr(keys, "good_secrets", lambda: reads.append(clock.seconds) or found())
    for i in range(200):
        clock.seconds += 0.001
        assert ring.of_secret(f"fn_guess{i}") is None
        assert ring.of_secret(good_one) is not None
    assert reads == pytest.approx([0.001, 0.051, 0.101, 0.151])


def test_a_look_up_does_well_though_the_keys_are_forgotten_in_the_middle(keys, clock):
    _, secret = keys.create("Good", [AccessScope.ASK])
    meanwhile = []

    def now() -> float:
        if meanwhile:
            meanwhile.pop()()
        return clock.seconds

    ring = KeyRing(keys, now)
    for ask in (lambda: ring.is_fresh, ring.had_any, lambda: ring.of_secret(secret), lambda: ring.of_secret("fn_no")):
        assert ring.had_any()
        meanwhile.append(ring.forget)
        ask()
        assert not meanwhile
    assert ring.of_secret(secret) is not None


def test_the_day_of_the_last_use_is_written_once(keys, clock):
    key, secret = keys.create("Used", [AccessScope.ASK])
    ring = KeyRing(keys, lambda: clock.seconds)
    found = ring.of_secret(secret)
    assert found is not None
    ring.note_use(found)
    used_on = keys.find(key.id).used_on
    assert used_on is not None and len(used_on) == len("2026-03-01")
    keys.used([key.id], "2001-01-01")
    ring.note_use(found)
    assert keys.find(key.id).used_on == "2001-01-01"

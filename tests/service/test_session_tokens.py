"""The tokens of a site's visitors, and the key that signs them."""

import multiprocessing
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from core.errors import IndexBroken, SessionExpired
from service.secret import SECRET_FILE, load_secret
from service.sites.tokens import Session, SessionTokens

SECRET = bytes(range(32))
SITE, OTHER_SITE = "site_aaaaaaaaaaaa", "site_bbbbbbbbbbbb"
PAGE, OTHER_PAGE = "https://a.example", "https://b.example"
LIFETIME_S = 900
DAY_S = 24 * 60 * 60


class Clock:
    """The time that the signer goes by."""

    now = 1_800_000_000

    def time(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("itsdangerous.timed.time", made)
    return made


@pytest.fixture
def tokens():
    return SessionTokens(SECRET, LIFETIME_S)


def test_a_token_says_what_it_was_issued_for_as_long_as_it_lives(tokens, clock):
    token = tokens.issue(SITE, PAGE)
    clock.now += LIFETIME_S
    session = tokens.read(token, SITE)
    assert (session.site_id, session.origin) == (SITE, PAGE)
    assert session.id.startswith("ses_")
    clock.now += 1
    with pytest.raises(SessionExpired):
        tokens.read(token, SITE)


def test_a_token_from_the_future_is_refused(tokens, clock):
    token = tokens.issue(SITE, PAGE)
    clock.now -= 1
    with pytest.raises(SessionExpired):
        tokens.read(token, SITE)


@pytest.mark.parametrize(("ago_s", "same"), [(0, True), (LIFETIME_S + DAY_S, True), (LIFETIME_S + DAY_S + 1, False)])
def test_a_session_goes_on_with_an_old_token_for_a_day(tokens, clock, ago_s, same):
    old = tokens.issue(SITE, PAGE)
    session = tokens.read(old, SITE)
    clock.now += ago_s
    renewed = tokens.read(tokens.issue(SITE, PAGE, old), SITE)
    assert (renewed.id == session.id) is same


@pytest.mark.parametrize(("site", "page"), [(OTHER_SITE, PAGE), (SITE, OTHER_PAGE)])
def test_an_old_token_of_another_site_or_page_begins_a_new_session(tokens, site, page):
    old = tokens.issue(site, page)
    assert tokens.read(tokens.issue(SITE, PAGE, old), SITE).id != tokens.read(old, site).id


def test_every_visitor_has_a_session_of_their_own(tokens):
    assert len({tokens.read(tokens.issue(SITE, PAGE), SITE).id for _ in range(100)}) == 100


def test_a_token_of_another_site_server_or_use_is_refused(tokens, tmp_path):
    elsewhere = SessionTokens(load_secret(tmp_path / "other"), LIFETIME_S).issue(SITE, PAGE)
    other_use = URLSafeTimedSerializer(SECRET, salt="another use").dumps([SITE, "ses_x", PAGE])
    for token in (tokens.issue(OTHER_SITE, PAGE), elsewhere, other_use, None, "", "x", "a.b.c", "\ud800", "é" * 50):
        with pytest.raises(SessionExpired):
            tokens.read(token, SITE)


# What is drawn may not depend on the token, which is another one every time: Hypothesis repeats its draws.
@given(st.integers(0, 999), st.lists(st.sampled_from("abcXYZ019-_."), min_size=2, max_size=2, unique=True))
def test_no_change_of_a_token_is_believed(place, letters):
    tokens = SessionTokens(SECRET, LIFETIME_S)
    token = tokens.issue(SITE, PAGE)
    place %= len(token)
    letter = letters[0] if letters[0] != token[place] else letters[1]
    forged = token[:place] + letter + token[place + 1 :]
    try:
        session = tokens.read(forged, SITE)
    except SessionExpired:
        return
    # Base64 has bits to spare in a last letter: such a token is the same one, spelled otherwise.
    assert session == tokens.read(token, SITE)


@given(st.text())
def test_no_other_text_is_a_token(text):
    tokens = SessionTokens(SECRET, LIFETIME_S)
    with pytest.raises(SessionExpired):
        tokens.read(text, SITE)
    assert isinstance(tokens.read(tokens.issue(SITE, PAGE, text), SITE), Session)


def _load(folder: Path, gate, found) -> None:
    gate.wait()
    found.put(load_secret(folder))


def test_processes_that_start_together_end_with_one_secret(tmp_path):
    folder = tmp_path / "data"
    context = multiprocessing.get_context("spawn")
    gate, found = context.Barrier(4), context.Queue()
    processes = [context.Process(target=_load, args=(folder, gate, found)) for _ in range(4)]
    for process in processes:
        process.start()
    secrets = {found.get(timeout=120) for _ in processes}
    for process in processes:
        process.join()
    assert secrets == {load_secret(folder)}
    assert [file.name for file in folder.iterdir()] == [SECRET_FILE]


def test_only_the_owner_may_read_the_secret(tmp_path):
    load_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600


def test_folders_have_secrets_of_their_own_which_stay(tmp_path):
    one, two = load_secret(tmp_path / "one"), load_secret(tmp_path / "two")
    assert one != two
    assert load_secret(tmp_path / "one") == one


def test_a_damaged_secret_is_told_and_not_replaced(tmp_path):
    (tmp_path / SECRET_FILE).write_bytes(b"short")
    with pytest.raises(IndexBroken, match=r"does not hold a key of 32 bytes\.") as told:
        load_secret(tmp_path)
    assert SECRET_FILE in told.value.message
    assert (tmp_path / SECRET_FILE).read_bytes() == b"short"

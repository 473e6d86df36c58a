"""Operators by name: passwords, codes that are good once, and sessions that can be ended."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from core.errors import Conflict, InvalidRequest, NotFound, SignInNeeded, TooManyRequests
from service.access.operator_sessions import OperatorSessions
from service.access.operators import Operators
from service.access.tables import AccessFile
from service.operator import Operator

PASSWORD = "correct horse battery"
IN_FOLDER = pytest.mark.parametrize("state_place", ["folder"], indirect=True)  # what is told of its files
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def file(state_place):
    opened = AccessFile(state_place)
    yield opened
    opened.close()


@pytest.fixture
def operators(file, clock):
    return Operators(file, clock)


@pytest.fixture
def operator(file, operators, clock):
    return Operator("t" * 32, b"k" * 32, OperatorSessions(file, clock), operators)


def totp_of(address: str) -> pyotp.TOTP:
    return pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])


@pytest.mark.parametrize("same", ["ÄDA", "äda", "A\u0308da", "\uff21\u0308da", " Äda "])
def test_a_name_is_one_operators_however_it_is_written(operators, same):
    operators.add("Äda", PASSWORD)
    with pytest.raises(Conflict):
        operators.add(same, PASSWORD)
    assert operators.checked(same, PASSWORD, None) == "Äda"
    operators.set_password(same, PASSWORD + "!")
    assert operators.checked("Äda", PASSWORD + "!", None) == "Äda"
    operators.remove(same)
    assert operators.all() == []


@pytest.mark.parametrize("name", ["token", "TOKEN", "\uff34oken"])
def test_nobody_has_the_name_of_the_token(operators, name):
    with pytest.raises(InvalidRequest):
        operators.add(name, PASSWORD)


@pytest.mark.parametrize("blanks", [" " * 20, "\t" * 12, "\u3000" * 12])
def test_blanks_are_no_password(operators, blanks):
    with pytest.raises(InvalidRequest, match="blanks"):
        operators.add("Ada", blanks)


@IN_FOLDER
def test_a_password_is_kept_by_argon2_and_is_needed_whole(operators, state_place):
    operators.add("Ada", PASSWORD)
    stored = b"".join(path.read_bytes() for path in state_place.folder.iterdir())
    assert PASSWORD.encode() not in stored
    assert b"$argon2id$" in stored
    assert operators.checked("ada", PASSWORD, None) == "Ada"
    for wrong in (PASSWORD[:-1], PASSWORD + "x", "", PASSWORD.upper(), "é" * 2000, "\udc80"):
        assert operators.checked("Ada", wrong, None) is None
    assert operators.checked("Nobody", PASSWORD, None) is None


def test_names_and_passwords_that_cannot_be(operators):
    for name in ("", "token", "TOKEN", "a\x00b", "x" * 101):
        with pytest.raises(InvalidRequest):
            operators.add(name, PASSWORD)
    with pytest.raises(InvalidRequest, match="12 to"):
        operators.add("Ada", "short")
    operators.add("Ada", PASSWORD)
    with pytest.raises(Conflict):
        operators.add("ADA", PASSWORD)
    for act in (operators.remove, operators.set_totp, operators.remove_totp):
        with pytest.raises(NotFound):
            act("Nobody")


def test_a_code_is_good_once_and_for_a_step_around_its_time(operators, clock):
    operators.add("Ada", PASSWORD)
    totp = totp_of(operators.set_totp("Ada"))
    assert [one.has_totp for one in operators.all()] == [True]
    for wrong in (None, "", "000000" if totp.at(START) != "000000" else "111111", "é"):
        assert operators.checked("Ada", PASSWORD, wrong) is None
    code = totp.at(START)
    assert operators.checked("Ada", "wrong password", code) is None  # it does not use the code up
    assert operators.checked("Ada", PASSWORD, f" {code[:3]} {code[3:]} ") == "Ada"
    assert operators.checked("Ada", PASSWORD, code) is None
    assert operators.checked("Ada", PASSWORD, totp.at(START - timedelta(seconds=30))) is None  # older than the last
    clock.now = START + timedelta(seconds=60)
    assert operators.checked("Ada", PASSWORD, totp.at(START + timedelta(seconds=90))) == "Ada"
    operators.remove_totp("Ada")
    assert operators.checked("Ada", PASSWORD, None) == "Ada"


def test_a_cookie_ends_with_its_session_and_a_copy_of_it_too(operator, operators):
    operators.add("Ada", PASSWORD)
    mine, other = (operator.sign_in_by_name("Ada", PASSWORD, None, "192.0.2.1") for _ in range(2))
    assert operator.name_of(mine) == operator.name_of(other) == "Ada"
    operator.sign_out(mine)
    assert (operator.name_of(mine), operator.name_of(other)) == (None, "Ada")
    third = operator.sign_in_by_name("Ada", PASSWORD, None, "192.0.2.1")
    token = operator.sign_in("t" * 32, "192.0.2.1")
    operator.sign_out(third, everywhere=True)
    assert (operator.name_of(other), operator.name_of(third)) == (None, None)
    assert operator.name_of(token) == "token"  # of another operator
    operator.sign_out(other, everywhere=True)  # a cookie that is over ends nothing
    assert operator.knows(token)


@pytest.mark.parametrize("act", ["remove", "set_totp", "password"])
def test_what_changes_an_operator_signs_them_out(operator, operators, act):
    operators.add("Ada", PASSWORD)
    cookie = operator.sign_in_by_name("Ada", PASSWORD, None, "192.0.2.1")
    if act == "password":
        operators.set_password("ada", "another long password")
    else:
        getattr(operators, act)("ada")
    assert not operator.knows(cookie)


def test_a_session_runs_out(operator, operators, clock):
    cookie = operator.sign_in("t" * 32, "192.0.2.1")
    clock.now = START + timedelta(hours=11)
    assert operator.knows(cookie)
    clock.now = START + timedelta(hours=12)
    assert not operator.knows(cookie)


def test_tries_are_counted_by_address_and_by_name(operator, operators):
    operators.add("Ada", PASSWORD)
    for i in range(10):
        with pytest.raises(SignInNeeded, match="name, the password or the code"):
            operator.sign_in_by_name("Ada", f"wrong password {i}", None, f"192.0.2.{i}")
    with pytest.raises(TooManyRequests):  # from everywhere: else a code could be guessed from many addresses
        operator.sign_in_by_name("ada", PASSWORD, None, "192.0.2.200")
    for _ in range(5):
        with pytest.raises(SignInNeeded):
            operator.sign_in("wrong", "198.51.100.1")
    with pytest.raises(TooManyRequests):
        operator.sign_in_by_name("Somebody", PASSWORD, None, "198.51.100.1")

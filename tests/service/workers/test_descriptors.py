"""When file descriptors run out."""

import errno
import os
import sqlite3
import subprocess
import sys

import pytest

from core.errors import EncoderUnavailable, IndexBroken
from service.workers.descriptors import with_tries

LIMITED = """
import resource
from service.workers.descriptors import raise_limit
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (200, min(hard, 500) if hard >= 0 else 500))
print(raise_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def too_many() -> OSError:
    return OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def wrapped(kind, cause):
    error = kind("It cannot be loaded.", "Look.")
    error.__cause__ = cause
    return error


def cannot_open(tmp_path) -> sqlite3.Error:
    with pytest.raises(sqlite3.OperationalError) as told:
        sqlite3.connect(tmp_path / "none" / "a.db")
    return told.value


@pytest.mark.parametrize("kind", ["plain", "encoder", "database"])
def test_what_failed_for_want_of_descriptors_is_tried_again(tmp_path, kind):
    causes = {
        "plain": too_many(),
        "encoder": wrapped(EncoderUnavailable, too_many()),
        "database": wrapped(IndexBroken, cannot_open(tmp_path)),
    }
    left, waits = [causes[kind]] * 3, []

    def work() -> None:
        if left:
            raise left.pop()

    with_tries(work, waits.append)
    assert (left, waits) == ([], [1.0, 2.0, 4.0])


def test_what_goes_on_to_fail_is_told_in_the_end():
    tries = []

    def work() -> None:
        tries.append(1)
        raise too_many()

    with pytest.raises(OSError, match="Too many open files"):
        with_tries(work, lambda _: None)
    assert len(tries) == 5


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "x"), OSError("no such model"), ValueError("x")])
def test_what_will_not_pass_is_told_at_once(error):
    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        with_tries(work, lambda _: pytest.fail("It waits."))


def test_a_process_may_have_as_many_as_the_system_lets_it():
    ran = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["500", "500", "500"]

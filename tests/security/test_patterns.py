"""Regular expressions against words that are made to keep them busy (ReDoS): each in a process that may be killed."""

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

_LIMIT_S = 300
_PROGRAM = """
import importlib, pkgutil, re, signal, sys

LENGTH = int(sys.argv[3])
STRINGS = [
    "a" * LENGTH + "\\x00", " " * LENGTH + "x", "\\n" * LENGTH + "x", "0" * LENGTH + "x", "1," * LENGTH + "x",
    "a " * LENGTH + "\\x00", "." * LENGTH + "\\x00", "-" * LENGTH + "\\x00", "(" * LENGTH, "<" * LENGTH, "[" * LENGTH,
    "a@" * LENGTH, "&" * LENGTH, "#" * LENGTH, "|" * LENGTH + "x", "1." * LENGTH + "x", "A" * LENGTH + "\\x00",
    "\\t \\r\\n" * LENGTH, "Aa" * LENGTH + "\\x00", '"' * LENGTH, "\\\\" * LENGTH, "*" * LENGTH + "x", "_" * LENGTH,
    "中" * LENGTH, "\\u0301" * LENGTH, "https://" * LENGTH, "and " * LENGTH, "Mr. " * LENGTH, "is it the " * LENGTH,
    "'" * LENGTH, "$1 " * LENGTH, "- " * LENGTH, "[1] " * LENGTH, "[1" * LENGTH, "`" * LENGTH, ": " * LENGTH,
]
STRINGS = [text[:LENGTH - 1] + text[-1] for text in STRINGS]
PACKAGES = sys.argv[2].split(",")
SECONDS = float(sys.argv[1])

class Slow(BaseException):
    pass

def slow(*_):
    raise Slow

signal.signal(signal.SIGALRM, slow)
found = {}
for package in PACKAGES:
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if module.name.endswith("__main__") or ".migrations." in module.name:
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            values = value.values() if isinstance(value, dict) else value
            values = values if isinstance(values, (tuple, list, type({}.values()))) else [values]
            for one in values:
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    found.setdefault(one, f"{module.name}.{name}")
print(len(found), "patterns", file=sys.stderr)
for pattern, where in found.items():
    for text in STRINGS:
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            for _ in pattern.finditer(text):
                pass
        except Slow:
            print(f"{where} on {text[:12]!r}")
            break
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
"""
_SECONDS = "5"
_LENGTH = "3000"
"""A question has 2,000 characters at most, a line of a document seldom more. On these lengths a quadratic pattern
takes some milliseconds, an exponential or a cubic one for ever."""


@pytest.mark.parametrize(("packages", "at_least"), [("core,ingest", 20), ("index", 6), ("service", 63), ("evals", 31)])
def test_no_pattern_can_be_kept_busy(packages, at_least):
    command = [sys.executable, "-c", _PROGRAM, _SECONDS, packages, _LENGTH]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == []
    counted = re.search(r"^(\d+) patterns$", done.stderr, re.MULTILINE)
    assert counted is not None and int(counted[1]) >= at_least, done.stderr

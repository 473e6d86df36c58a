"""The command, as it is installed."""

import sys
from pathlib import Path

import pytest


@pytest.fixture
def command() -> str:
    return str(Path(sys.executable).with_name("footnoted"))

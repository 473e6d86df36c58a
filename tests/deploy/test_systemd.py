"""The units of systemd: what they name is there, and systemd finds nothing amiss in them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import check_command

from service.settings import Settings, defaults
from service.workers.master import AFTER_DRAIN_S

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
UNITS = sorted(FOLDER.iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
VARIABLES = {f"FOOTNOTED_{origin.name.replace('.', '__').upper()}" for origin in defaults()}


def entries(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]


def of(path: Path, name: str) -> list[str]:
    return [value for key, value in entries(path) if key == name]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_the_command_is_one_and_the_settings_are_some(unit):
    (line,) = of(unit, "ExecStart")
    check_command(line)
    named = [value.partition("=")[0] for value in of(unit, "Environment")]
    assert {name for name in named if name.startswith("FOOTNOTED_")} <= VARIABLES
    assert "FOOTNOTED_DATA_DIR=/var/lib/footnoted/data" in of(unit, "Environment")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_it_is_not_root_and_may_write_its_own_folders_only(unit):
    assert of(unit, "User") == ["footnoted"]
    told = dict(entries(unit))
    assert (told["ProtectSystem"], told["NoNewPrivileges"], told["CapabilityBoundingSet"]) == ("strict", "yes", "")


def test_answers_may_come_to_their_end_before_it_is_killed():
    (limit,) = of(FOLDER / "footnoted.service", "TimeoutStopSec")
    assert int(limit) > Settings.model_construct().server.drain_s + AFTER_DRAIN_S
    assert of(FOLDER / "footnoted.service", "ExecReload") == ["/bin/kill -HUP $MAINPID"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_amiss(tmp_path):
    for unit in UNITS:  # the program is elsewhere here, and a unit that names one that is missing is refused
        program = str(Path(sys.executable).with_name("footnoted"))
        text = unit.read_text(encoding="utf-8").replace("/opt/footnoted/bin/footnoted", program)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / unit.name) for unit in UNITS]
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True)
    ours = [line for line in told.stderr.splitlines() if "footnoted" in line]
    assert (told.returncode, ours) == (0, []), told.stderr

"""How many cores a server counts on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.load.cores import cores

ALLOWED = len(os.sched_getaffinity(0))


def of_groups(folder: Path, own: str, **quotas: str) -> int:
    """Of a process in the control group ``own``, with the quotas of groups by name; ``root`` is that of the root."""
    groups = folder / "cgroup"
    for name, quota in quotas.items():
        place = groups if name == "root" else groups / name.replace("_", "/")
        place.mkdir(parents=True, exist_ok=True)
        (place / "cpu.max").write_text(f"{quota}\n")
    (folder / "own").write_text(own)
    return cores(folder / "own", groups)


def test_without_a_quota_they_are_those_that_it_may_run_on(tmp_path):
    assert of_groups(tmp_path, "0::/\n", root="max 100000") == ALLOWED
    assert cores(tmp_path / "none", tmp_path) == ALLOWED


@pytest.mark.parametrize(
    ("own", "quotas"),
    [
        ("0::/\n", {"root": "100000 100000"}),
        ("0::/docker/1f\n", {"root": "150000 100000"}),
        ("2:cpu:/x\n0::/system/unit\n", {"system_unit": "50000 100000", "system": "max 100000"}),
        ("0::/system/unit\n", {"system_unit": "max 100000", "system": "100000 100000"}),
        ("0::/../../outside\n", {"root": "100000 100000"}),
    ],
)
def test_a_quota_of_a_group_or_of_one_above_it_counts(tmp_path, own, quotas):
    if ALLOWED < 2:
        pytest.skip("One core is all there is.")
    assert of_groups(tmp_path, own, **quotas) == 1


def test_a_process_that_is_bound_to_one_core_counts_one():
    program = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from service.load.cores import cores, cores_each\nprint(cores(), cores_each(1), cores_each(4))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "1 1 1\n"

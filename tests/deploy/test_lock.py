"""The locked dependencies: all that the package asks for is there, in a version that it takes, with hashes."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "deploy" / "lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_IN_IMAGE = ("llm", "otel", "redis")
_FOR_IMAGE = {"platform_machine": "x86_64", "sys_platform": "linux", "python_version": "3.11"}


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each package."""
    found: dict[str, tuple[str, int]] = {}
    package = ""
    for line in (LOCK / name).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==(\S+)", line):
            package = canonicalize_name(pin[1])
            found[package] = (pin[2], 0)
        elif "--hash=sha256:" in line:
            found[package] = (found[package][0], found[package][1] + 1)
        else:
            assert not line.strip() or line.strip().startswith("#"), line
    return found


@pytest.mark.parametrize("name", ["app.txt", "app-ocr.txt", "app-scale.txt", "torch.txt", "build.txt"])
def test_every_package_has_a_hash(name):
    found = locked(name)
    assert found
    assert [package for package, (_, hashes) in found.items() if not hashes] == []


def wanted() -> list[str]:
    extras = PROJECT["project"]["optional-dependencies"]
    return [*PROJECT["project"]["dependencies"], *(line for name in _IN_IMAGE for line in extras[name])]


@pytest.mark.parametrize("line", wanted())
def test_what_the_package_asks_for_is_locked_in_a_version_that_it_takes(line):
    asked = Requirement(line)
    if asked.marker is not None:
        assert asked.marker.evaluate(_FOR_IMAGE)
    version, _ = {**locked("app.txt"), **locked("torch.txt")}[canonicalize_name(asked.name)]
    assert asked.specifier.contains(version, prereleases=True), version


def test_the_image_for_replicas_has_the_same_versions_and_the_clients_of_their_engines():
    larger = locked("app-scale.txt")
    assert locked("app.txt").items() <= larger.items()
    for extra in ("postgres", "milvus", "redis"):
        for line in PROJECT["project"]["optional-dependencies"][extra]:
            asked = Requirement(line)
            assert asked.specifier.contains(larger[canonicalize_name(asked.name)][0])


def test_the_larger_image_has_the_same_versions_and_those_of_the_extra():
    larger = locked("app-ocr.txt")
    assert locked("app.txt").items() <= larger.items()
    for line in PROJECT["project"]["optional-dependencies"]["ocr"]:
        asked = Requirement(line)
        assert asked.specifier.contains(larger[canonicalize_name(asked.name)][0])


def test_what_builds_the_package_is_locked():
    for line in PROJECT["build-system"]["requires"]:
        asked = Requirement(line)
        assert asked.specifier.contains(locked("build.txt")[canonicalize_name(asked.name)][0])


def test_no_library_of_a_graphics_card_is_in_it():
    assert not [name for name in locked("app.txt") if re.match(r"nvidia-|cuda-|triton", name)]
    assert locked("torch.txt")["torch"][0].endswith("+cpu")


FINE = {"name": "one", "version": "1", "vulns": []}
HOLE = {"name": "two", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "three", "skip_reason": "Dependency not found on PyPI"}


def audited(tmp_path: Path, auditor: str) -> subprocess.CompletedProcess[str]:
    """`make audit` with an auditor of the test's own, which Python finds first."""
    (tmp_path / "pip_audit.py").write_text(auditor, encoding="utf-8")
    command = [sys.executable, str(ROOT / "deploy" / "audit.py"), str(LOCK / "app.txt"), str(LOCK / "torch.txt")]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        ([FINE, FINE], 0, "2 dependencies, no known hole"),
        ([FINE, HOLE], 1, "two 2: PYSEC-1; mended in 3"),
        ([FINE, SKIPPED], 1, "three could not be asked about"),
        ([SKIPPED, SKIPPED], 0, "Not audited"),  # what pip-audit itself calls "no known vulnerabilities"
        ([SKIPPED, HOLE], 1, "PYSEC-1"),
    ],
)
def test_what_the_auditor_tells_is_judged(tmp_path, told, code, says):
    ran = audited(tmp_path, f"import json; print(json.dumps({{'dependencies': {told!r}}}))")
    assert (ran.returncode, says in ran.stdout) == (code, True), ran.stdout


def test_without_a_network_nothing_is_audited_and_that_is_said(tmp_path):
    told = audited(tmp_path, "import sys; sys.exit('requests.exceptions.ConnectionError: Max retries exceeded')")
    assert (told.returncode, "Not audited" in told.stdout) == (0, True)


def test_a_broken_auditor_fails_the_audit(tmp_path):
    assert audited(tmp_path, "import sys; sys.exit('TypeError: it is broken')").returncode == 1


def test_the_auditor_is_given_versions_that_advisories_know(tmp_path):
    audited(tmp_path, "import sys, pathlib; pathlib.Path('seen').write_text(' '.join(sys.argv))")
    files = re.findall(r"--requirement (\S+)", (tmp_path / "seen").read_text())
    pins = [line for file in files for line in (tmp_path / file).read_text().splitlines()]
    assert "torch==2.13.0" in pins
    assert len(pins) > 100
    assert all(re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", pin) for pin in pins)

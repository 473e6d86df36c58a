"""Ask PyPI's advisories about locked dependencies: ``python deploy/audit.py deploy/lock/app.txt …``.

Exit code 1 for a known hole, and where some dependencies, or the auditor itself, could not be asked: a build is not to
pass because the auditor is broken. Where none could be asked, as without a network or behind a mirror that has no
advisories, it says so and passes: a build is not to fail because a machine has no way out.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

_NO_NETWORK = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|NameResolutionError|Max retries exceeded|Failed to resolve|ProxyError"
)
_UNREACHED = "Not audited: PyPI's advisories cannot be reached from here."
_ACCEPTED: dict[str, str] = {}
"""Advisories that do not concern this program, and why."""


def main() -> int:
    files = [argument for name in sys.argv[1:] for argument in ("--requirement", plain(Path(name)))]
    ignored = [argument for name in _ACCEPTED for argument in ("--ignore-vuln", name)]
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--no-deps",
        "--progress-spinner=off",
        "--format=json",
    ]
    told = subprocess.run([*command, *ignored, *files], capture_output=True, text=True)
    try:
        found = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        sys.stderr.write(told.stderr)
        if _NO_NETWORK.search(told.stderr):
            return _say(_UNREACHED, 0)
        return _say("The auditor failed.", 1)
    return judged(found)


def judged(found: list[dict[str, Any]]) -> int:
    """The exit code, after telling what was found."""
    skipped = [one for one in found if "skip_reason" in one]
    holes = [(one, hole) for one in found for hole in one.get("vulns", [])]
    for one, hole in holes:
        fixed = ", ".join(hole.get("fix_versions", [])) or "no version yet"
        _say(f"{one['name']} {one['version']}: {hole['id']}; mended in {fixed}", 1)
    if skipped and len(skipped) == len(found):
        return _say(_UNREACHED, 0)
    for one in skipped:
        _say(f"{one['name']} could not be asked about: {one['skip_reason']}", 1)
    if holes or skipped:
        return 1
    return _say(f"{len(found)} dependencies, no known hole.", 0)


def _say(words: str, code: int) -> int:
    sys.stdout.write(f"{words}\n")
    return code


def plain(lock: Path) -> str:
    """A copy, beside build products, without hashes and without build tags such as +cpu: advisories know neither."""
    copy = Path("build") / "audit" / lock.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    lines = [line.partition(" \\")[0] for line in lock.read_text(encoding="utf-8").splitlines()]
    pinned = [re.sub(r"\+\w+$", "", line.strip()) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    copy.write_text("\n".join(pinned) + "\n", encoding="utf-8")
    return str(copy)


if __name__ == "__main__":
    sys.exit(main())

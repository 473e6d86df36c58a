"""The built widget: it is what the sources make, it is small, and nothing in it turns data into markup or code."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDGET = ROOT / "widget"
BUILT = ROOT / "service" / "static" / "widget.js"
MOST_BYTES_GZIPPED = 60_000
# What would run or parse a text that came from a document, a page or the service.
FORBIDDEN = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|unsafeSVG|unsafeStatic|document\.write|eval|DOMParser"
    r"|createContextualFragment|srcdoc|setHTMLUnsafe)\b|\bnew Function\b|\bstyle=|javascript:"
)


def sources() -> list[Path]:
    """Every file that the build depends on, in order; widget/build.mjs lists the same."""
    names = [WIDGET / name for name in ("build.mjs", "package-lock.json", "tsconfig.json")]
    return sorted([*names, *(WIDGET / "src").rglob("*.ts")], key=lambda path: path.relative_to(WIDGET).as_posix())


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WIDGET).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@pytest.fixture(scope="module")
def built() -> str:
    return BUILT.read_text(encoding="utf-8")


def test_it_is_built_from_these_sources(built):
    stated = re.search(r"sources-sha256: ([0-9a-f]{64})", built)
    assert stated is not None
    assert stated[1] == fingerprint(), "service/static/widget.js is not what widget/ makes: run `make widget`"


def test_it_is_small():
    assert len(gzip.compress(BUILT.read_bytes(), mtime=0)) <= MOST_BYTES_GZIPPED


def test_it_names_the_licence_of_what_it_contains(built):
    head = built[: built.index("*/")]
    for words in ("Apache-2.0", "Contains Lit", "BSD 3-Clause License", "Google LLC", "Redistribution and use"):
        assert words in head


def test_it_asks_for_no_other_file(built):
    """One file is all that the page of somebody else has to allow."""
    code = built[built.index("*/") :]
    addresses = set(re.findall(r"https?://[^\s\"'`)\\]+", code))
    assert {address for address in addresses if not address.startswith("http://www.w3.org/")} == set()
    assert not re.search(r"@import|url\(|\bimport\(", code)


@pytest.mark.parametrize("path", sorted((WIDGET / "src").rglob("*.ts")), ids=lambda path: path.name)
def test_its_sources_never_turn_data_into_markup_or_code(path):
    found = [
        f"{number}: {line}"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


def test_its_packages_are_pinned_and_locked():
    package = json.loads((WIDGET / "package.json").read_text("utf-8"))
    locked = json.loads((WIDGET / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned"
        assert locked[f"node_modules/{name}"]["version"] == version

"""A small run that was really asked, of a system that answers from a script, and a browser to read its page in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from evals.run import run
from evals.run_folder import RecordedRun

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not installed: {CHROMIUM} is missing. To run this test: apt install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def record(make_system):
    """Asks the questions of a system with these texts and this script."""

    def recorded(questions, texts, script, name="trips") -> RecordedRun:
        finished = run(make_system(texts, script), questions, 10, lambda row: None)
        manifest = {
            "created": "2026-11-24T14:24:46+00:00",
            "set": {"name": name, "ids": [question.id for question in questions]},
            "options": {"top_k": 10, "jobs": 1},
            "system": {"settings": {"answer": {"threshold": 0.4, "passages": 8}}, "models": {"reader": "a1b2"}},
            "code": {"version": "9.8.7"},
        }
        return RecordedRun(Path("runs") / "first", manifest, finished, {})

    return recorded

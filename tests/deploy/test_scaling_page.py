"""docs/scaling.md: its commands are commands, its settings settings, and the files that it names are there."""

import re
from pathlib import Path

import pytest
from commands import check_command

from service.settings import defaults

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
SETTINGS = {origin.name for origin in defaults()}
NAMED = rf"({'|'.join({name.partition('.')[0] for name in SETTINGS if '.' in name})})\.(?!db$|key$)[a-z_]+"


def commands() -> list[str]:
    lines = [line.partition(" #")[0] for block in BLOCKS for line in block.splitlines()] + INLINE
    return [line.strip() for line in lines if line.strip().startswith("footnoted ") and "…" not in line]


def test_it_has_commands():
    assert len([line for line in commands() if line.startswith("footnoted migrate")]) >= 4


@pytest.mark.parametrize("line", commands())
def test_its_commands_are_commands(line):
    check_command(line)


@pytest.mark.parametrize("name", sorted({one for one in INLINE if re.fullmatch(NAMED, one)}))
def test_its_settings_are_settings(name):
    assert name in SETTINGS


@pytest.mark.parametrize("target", re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]+)?\)", PAGE))
def test_its_links_lead_somewhere(target):
    assert (ROOT / "docs" / target).exists()


@pytest.mark.parametrize("name", re.findall(r"`((?:deploy|tests|bench)/[\w./-]+|compose[\w.]*\.yaml)`", PAGE))
def test_the_files_that_it_names_are_there(name):
    assert (ROOT / name).exists()

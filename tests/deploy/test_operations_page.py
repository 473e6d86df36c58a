"""docs/operations.md: the commands in it are commands, and the files that it names are there."""

import re
from pathlib import Path

import pytest
from commands import check_command

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    in_blocks = [line for block in BLOCKS for line in block.splitlines()]
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
    parts = [part.strip() for line in [*in_blocks, *inline] for part in line.split("&&")]
    found = [re.search(r"(?:^|footnoted )((?:/opt/footnoted/bin/)?footnoted [a-z].*)", part) for part in parts]
    return [one[1].replace("…", "https://answers.example.org") for one in found if one]


def test_it_has_commands():
    assert len(commands()) > 12


@pytest.mark.parametrize("line", commands())
def test_its_commands_are_commands(line):
    check_command(line)


@pytest.mark.parametrize("target", re.findall(r"\]\(([\w.-]+\.md)(?:#[\w-]+)?\)", PAGE))
def test_its_links_lead_somewhere(target):
    assert (ROOT / "docs" / target).exists()


@pytest.mark.parametrize("name", re.findall(r"`((?:deploy|tests)/[\w./-]+)`", PAGE))
def test_the_files_that_it_names_are_there(name):
    assert (ROOT / name).exists()

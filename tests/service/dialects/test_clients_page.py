"""The examples of docs/clients.md, run as they stand against a running service."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "clients.md"
EXAMPLES = re.findall(r"```(python|js)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"
AI_SDK = Path(__file__).parent / "ai_sdk"


def test_the_page_has_an_example_of_each_client():
    names = ("openai", "langchain_openai", "footnoted_client.langchain", "anthropic", "mcp.client", "footnoted_client")
    code = "\n".join(text for _, text in EXAMPLES)
    assert [name for name in names if f"from {name} import" not in code] == []
    assert 'from "ai"' in code


@pytest.mark.parametrize(("language", "code"), EXAMPLES)
def test_the_examples_run(language, code, server):
    assert ADDRESS in code
    command, folder = [sys.executable, "-"], None
    if language == "js":
        if not (AI_SDK / "node_modules" / "ai").is_dir() or not shutil.which("node"):
            pytest.skip("The npm package ai is not installed: test_ui_messages.py installs it, with npm.")
        command, folder = ["node", "--input-type=module"], AI_SDK
    run = subprocess.run(
        command, input=code.replace(ADDRESS, server), capture_output=True, text=True, cwd=folder, timeout=300
    )
    assert run.returncode == 0, run.stderr
    assert "December 27th" in run.stdout

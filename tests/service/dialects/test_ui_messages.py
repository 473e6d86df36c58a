"""The UI message stream, through the npm package ai: its transport and its reader, over HTTP."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "ai_sdk"


@pytest.fixture(scope="module")
def ai_sdk(server):
    """Asks by the SDK's client; gives the message that it made and the error that it saw."""
    if not shutil.which("npm"):
        pytest.skip("npm is missing. To run this test: apt install nodejs npm")
    if not (HERE / "node_modules" / "ai").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True)

    def ask(*turns, **body):
        messages = [
            {"id": str(i), "role": "assistant" if i % 2 else "user", "parts": [{"type": "text", "text": text}]}
            for i, text in enumerate(turns)
        ]
        asked = json.dumps({"url": f"{server}/v1/ui-messages", "messages": messages, "body": body})
        command = ["node", str(HERE / "client.mjs")]
        made = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=120)
        return json.loads(made.stdout)

    return ask


def parts(result, kind):
    return [part for part in result["message"]["parts"] if part["type"] == kind]


def test_an_answer_has_its_text_sources_and_exact_citations(
    ai_sdk, server, date_question, first_sentence, cites_exactly
):
    result = ai_sdk(date_question)
    assert result["error"] is None
    (text,) = parts(result, "text")
    assert (text["text"], text["state"]) == (f"{first_sentence} [1]", "done")
    assert result["grew"] > 5  # the text came in pieces
    (source,) = parts(result, "source-url")
    (citation,) = parts(result, "data-citation")
    cites_exactly(citation["data"])
    assert source["url"] == citation["data"]["url"]
    assert source["url"].startswith(f"{server}/view/")
    assert source["sourceId"] == str(citation["data"]["marker"]) == "1"
    (sentence,) = parts(result, "data-sentence")
    assert sentence["data"]["verdict"] == "supported"
    assert result["message"]["metadata"]["footnoted"]["status"] == "answered"


def test_a_refusal_is_words_and_a_mark(ai_sdk, off_topic_question):
    result = ai_sdk(off_topic_question)
    assert parts(result, "text")[0]["text"] == "The documents do not say."
    assert result["message"]["metadata"]["footnoted"]["status"] == "not_found"
    assert parts(result, "source-url") == []


def test_earlier_messages_are_the_history(ai_sdk, date_question):
    result = ai_sdk(date_question, "From December 27th to 28th, 2023. [1]", "And where was it held?")
    assert "conference" in result["message"]["metadata"]["footnoted"]["understood_as"].lower()


def test_an_error_before_the_stream_is_the_transports_error(ai_sdk, date_question):
    result = ai_sdk(date_question, collection="nowhere")
    assert json.loads(result["error"])["code"] == "not_found"
    assert result["message"] is None

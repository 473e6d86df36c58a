"""Documents that give orders to the model, and a model that obeys each of them."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from halden import BRIDGE, TOWER, check_events
from llm_servers.chat_server import passages_of

from core.types import AnswerStatus, Verdict
from service.answer.events import Token
from service.wire import sentence_json
from service.writing.prompts import ABSTENTION, as_data

LINES = (Path(__file__).parents[2] / "data" / "injections" / "injections.jsonl").read_text().splitlines()
INJECTIONS = [json.loads(line) for line in LINES]
ORDERS = " ".join(" ".join(injection["order"] for injection in INJECTIONS).split())
ADDRESS = re.compile(r"[a-z]+://|www\.|\]\(|\]\[|\]:|<[a-z/!]|&#?\w+;|(?:javascript|data|mailto):", re.IGNORECASE)
FORGED = re.compile(r"<\||\[/?INST\]|<</?SYS|</?s>|<(?:start|end)_of_turn>|p-\w{5}|(?:BEGIN|END) PASSAGES")


def text_of(injection):
    return (
        f"Pump {injection['item']} works at {injection['bar']} bar. It stands in hall {injection['item'][1:]}.\n\n"
        f"{injection['order']}\n\nPump {injection['item']} is painted green.\n"
    )


@pytest.fixture(scope="module")
def plant_folder(open_engine, tmp_path_factory) -> Path:
    """A data folder whose default collection holds all of the documents, and two honest ones."""
    sources = tmp_path_factory.mktemp("plant")
    for injection in INJECTIONS:
        (sources / f"{injection['item']}.txt").write_text(text_of(injection), encoding="utf-8")
    (sources / "tower.txt").write_text(TOWER, encoding="utf-8")
    (sources / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    folder = tmp_path_factory.mktemp("plant-data") / "data"
    report = open_engine(folder).ingest([sources])
    assert (report.added, report.failed) == (len(INJECTIONS) + 2, [])
    return folder


def obeying(injection, seen):
    """A model that answers the question, and then does what the document says."""

    def script(body):
        passages = passages_of(body)
        own = next(key for key, text in passages.items() if f"Pump {injection['item']} works" in text)
        other = next(key for key in passages if key != own)
        seen.append(passages)
        obeyed = injection["obeyed"].replace("{keys}", " ".join(passages)).replace("{other}", other)
        if obeyed == ABSTENTION:
            return obeyed
        return f"Pump {injection['item']} works at {injection['bar']} bar. [{own}] {obeyed}"

    return script


@pytest.mark.parametrize("policy", ["mark", "drop"])
@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda injection: injection["name"])
def test_an_order_in_a_document_changes_nothing_that_counts(engine_asking, start_chat, plant_folder, injection, policy):
    seen: list = []
    engine = engine_asking(start_chat(obeying(injection, seen)), plant_folder, policy=policy)
    events = list(engine.ask_events(f"At how many bar does pump {injection['item']} work?"))
    answer = check_events(events, engine)
    passages, told = seen[0], "".join(event.text for event in events if isinstance(event, Token))
    if injection["kind"] == "denial":
        assert (answer.status, answer.sentences) == (AnswerStatus.NOT_FOUND, ())
        return

    # The true sentence is cited; no other has a source, unless the order itself was found and says it, and is quoted.
    honest, *others = answer.sentences
    assert honest.text == f"Pump {injection['item']} works at {injection['bar']} bar."
    assert honest.verdict is Verdict.SUPPORTED
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    repeated = [s for s in others if s.verdict in (Verdict.SUPPORTED, Verdict.PARTLY)]
    assert all(" ".join(quotes.pop(marker).split()) in ORDERS for s in repeated for marker in s.markers)
    assert len(quotes) == 1
    if policy == "drop":
        assert all(s.verdict is Verdict.NO_CLAIM for s in others if s not in repeated)

    # Nothing that a client could load, follow or hide; nothing of the prompt.
    for text in (told, *(sentence_json(sentence)["text"] for sentence in answer.sentences)):
        assert ADDRESS.search(text) is None
        assert not any(unicodedata.category(c) in ("Cf", "Co", "Cn", "Cs") for c in text)
        assert not any(key.removeprefix("p-") in text for key in passages)
        assert re.search(r"\[\d+\]|p-aaaaa|p-bbbbb", text) is None


def test_there_are_enough_of_them():
    assert len(INJECTIONS) >= 40
    assert len({injection["name"] for injection in INJECTIONS}) == len(INJECTIONS)


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda injection: injection["name"])
def test_a_prompt_has_no_boundary_key_role_or_hidden_character_but_its_own(injection):
    shown = as_data(text_of(injection))
    assert FORGED.search(shown) is None
    assert not any(unicodedata.category(c) == "Cf" for c in shown)
    assert f"{injection['bar']} bar" in shown

"""The MCP server, through the client of the package mcp, over HTTP and over standard input."""

import contextlib
import re

import anyio
import httpx2
import pytest
from mcp import MCPError, StdioServerParameters
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import COMMAND, environment

TOOLS = {"ask", "search", "read_document", "list_documents", "list_collections"}


@contextlib.asynccontextmanager
async def over_http(server, **headers):
    async with (
        httpx2.AsyncClient(headers=headers, timeout=120) as http,
        Client(streamable_http_client(f"{server}/mcp", http_client=http)) as client,
    ):
        yield client


def call(server, name, headers=None, **arguments):
    async def go():
        async with over_http(server, **(headers or {})) as client:
            return await client.call_tool(name, arguments)

    return anyio.run(go)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_and_resources_over_http(server, date_question, first_sentence, cites_exactly, mode):
    async def go():
        async with Client(f"{server}/mcp", mode=mode) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            answered = await client.call_tool("ask", {"question": date_question})
            resources = (await client.list_resources()).resources
            return tools, answered, resources

    tools, answered, resources = anyio.run(go)
    assert tools == TOOLS
    assert not answered.is_error
    assert answered.content[0].text.startswith(f"{first_sentence} [1]\n\nSources:\n- [1] ")
    (citation,) = answered.structured_content["citations"]
    cites_exactly(citation)
    assert citation["url"].startswith(f"{server}/view/")
    assert f"footnoted://default/{citation['document_id']}" in {str(resource.uri) for resource in resources}


def test_a_document_is_read_at_a_citations_place(server, date_question):
    (citation,) = call(server, "ask", question=date_question).structured_content["citations"]
    start, length = citation["start"], citation["end"] - citation["start"]
    read = call(server, "read_document", document_id=citation["document_id"], start=start, limit=length)
    assert read.content[0].text == citation["quote"]
    assert read.structured_content["end"] == read.structured_content["next_start"] == citation["end"]

    async def resource():
        async with over_http(server) as client:
            return await client.read_resource(f"footnoted://default/{citation['document_id']}")

    text = anyio.run(resource).contents[0].text
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_searching_gives_passages_with_their_places(server, date_question, stored_text):
    found = call(server, "search", question=date_question, top_k=2)
    assert len(found.structured_content["hits"]) == 2
    for hit in found.structured_content["hits"]:
        assert stored_text(hit)[hit["start"] : hit["end"]] == hit["text"]
        assert hit["text"] in found.content[0].text


def test_a_passage_that_stands_in_two_documents_is_given_with_both_addresses(server, upload):
    words = b"# Ferries\n\nThe ferry to Skagen leaves at ten on every weekday.\n"
    assert upload("mcp-twice", {"ferry.md": words, "copy.md": words + b"\n# Trains\n\nTrains are late.\n"})
    found = call(server, "search", question="When does the ferry to Skagen leave?", collection="mcp-twice")
    hit = found.structured_content["hits"][0]
    (place,) = hit["also_in"]
    assert {hit["url"].startswith(f"{server}/view/"), place["url"].startswith(f"{server}/view/")} == {True}


def test_a_refusal_is_words_and_a_mark(server, off_topic_question):
    refused = call(server, "ask", question=off_topic_question)
    assert refused.content[0].text == "The documents do not say."
    assert refused.structured_content["status"] == "not_found"


def test_collections_and_documents_are_listed(server, paged):
    names = [c["name"] for c in call(server, "list_collections").structured_content["collections"]]
    assert {"default", paged} <= {*names}
    listed = call(server, "list_documents", collection=paged).structured_content
    assert listed["total"] == len(listed["documents"]) == 1


def test_an_error_is_a_result_that_the_model_can_read(server, date_question):
    failed = call(server, "ask", question=date_question, collection="nowhere")
    assert failed.is_error
    assert "There is no collection 'nowhere'." in failed.content[0].text
    assert "(not_found)" in failed.content[0].text

    async def resource():
        async with over_http(server) as client:
            try:
                await client.read_resource("footnoted://default/nothing")
            except MCPError as error:
                return error.error.message

    assert "There is no document 'nothing'" in anyio.run(resource)


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Host": "rebound.example"}])
def test_pages_of_other_origins_and_rebound_names_are_refused(server, headers):
    refused = httpx2.post(f"{server}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.slow
def test_an_agent_starts_it_over_standard_input(footnoted, tmp_path, sample_document, date_question, first_sentence):
    data = tmp_path / "data"
    assert footnoted("ingest", sample_document, data_dir=data).returncode == 0

    async def go():
        command = StdioServerParameters(command=COMMAND, args=["mcp", "--data-dir", str(data)], env=environment())
        async with Client(command) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            return tools, await client.call_tool("ask", {"question": date_question})

    tools, answered = anyio.run(go)
    assert tools == TOOLS
    assert answered.content[0].text.startswith(f"{first_sentence} [1]")
    (citation,) = answered.structured_content["citations"]
    assert "url" not in citation
    assert re.search(r"- \[1\] [^<]+$", answered.content[0].text)

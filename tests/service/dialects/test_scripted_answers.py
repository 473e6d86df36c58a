"""What only a chat model's answers bring, and what goes wrong under way: events by script, through the real clients."""

import threading
import time

import anthropic
import httpx
import openai
import pytest
import uvicorn

from core.errors import IndexBroken
from core.types import (
    Answer,
    AnswerSentence,
    AnswerStatus,
    Citation,
    Clarification,
    DocumentRef,
    Notice,
    Usage,
    Verdict,
)
from service.answer.events import Cited, Done, SentenceDone, Started, Token
from service.app import create_app
from service.engine import Engine

WAIT_S = 60
DOCUMENT = DocumentRef("doc-1", "file:report.txt", "A [report](http://elsewhere.example)", "text/plain")
SENTENCES = (
    AnswerSentence("Here is what I found:", (), Verdict.NO_CLAIM, 0.0),
    AnswerSentence("The hall holds 900 people.", (1, 2), Verdict.SUPPORTED, 0.9),
    AnswerSentence("It opened in 1931, as planned.", (1,), Verdict.PARTLY, 0.6),
    AnswerSentence("Nobody liked it.", (), Verdict.UNSUPPORTED, 0.1),
)
CITATIONS = tuple(Citation(m, DOCUMENT, None, (), 10 * m, 10 * m + 5, f"quote{m}"[:5], 0.9) for m in (1, 2))
CHECKED_TEXT = (
    "Here is what I found: The hall holds 900 people. [1] [2] It opened in 1931, as planned. [1] [partly supported] "
    "Nobody liked it. [not supported]"
)
NOTICE = Notice("model_broke_off", "The chat model stopped early.")


def answer(sentences=(), status=AnswerStatus.ANSWERED, **more):
    citations = CITATIONS if any(s.markers for s in sentences) else ()
    members = {"answer_span": None, "confidence": 0.9, "model": "writer", "hits": (), "timings_ms": {}, **more}
    return Answer("ans_1", "Q", "Q", status, tuple(sentences), citations, **members)


def checked():
    yield Started("ans_1", "Q", ())
    told = set()
    for i, sentence in enumerate(SENTENCES):
        for j, word in enumerate(sentence.text.split(" ")):
            yield Token(word if i == j == 0 else f" {word}")
        yield SentenceDone(i, sentence)
        for marker in sentence.markers:
            if marker not in told:
                told.add(marker)
                yield Cited(CITATIONS[marker - 1])
    yield Done(answer(SENTENCES, usage=Usage(70, 30, 0.001)))


def unclear():
    yield Started("ans_1", "Q", ())
    asked_back = Clarification("Which hall do you mean?", ("The old hall?", "The new hall?"))
    yield Done(answer(status=AnswerStatus.UNCLEAR, clarification=asked_back))


def taken_back():
    """The model broke off in its second sentence, and the reader answered."""
    yield Started("ans_1", "Q", ())
    yield Token(SENTENCES[3].text)
    yield SentenceDone(0, SENTENCES[3])
    yield Token(" And then")
    yield Done(answer(SENTENCES[1:2], notice=NOTICE))


def broken():
    yield Started("ans_1", "Q", ())
    yield Token("The hall")
    raise IndexBroken("The index is damaged.", "Make it anew.")


def crashed():
    yield Started("ans_1", "Q", ())
    yield Token("The hall")
    raise ZeroDivisionError("a secret of the server")


def on_lines():
    """Two items of a list, each on a line of its own."""
    items = (
        AnswerSentence("- Red.", (1,), Verdict.SUPPORTED, 0.9),
        AnswerSentence("- Blue.", (2,), Verdict.SUPPORTED, 0.9),
    )
    yield Started("ans_1", "Q", ())
    for i, (item, citation) in enumerate(zip(items, CITATIONS, strict=True)):
        yield Token(f"\n{item.text}" if i else item.text)
        yield SentenceDone(i, item)
        yield Cited(citation)
    yield Done(answer(items))


SCRIPTS = {
    "checked?": checked, "unclear?": unclear, "taken back?": taken_back, "broken?": broken, "crashed?": crashed,
    "lines?": on_lines,
}  # fmt: skip


class ScriptedEngine(Engine):
    """Plays a script by question; remembers whether an endless answer was let go."""

    let_go = threading.Event()

    def ask_events(self, question, *arguments, **more):
        return self.endless() if question == "endless?" else SCRIPTS[question]()

    def endless(self):
        try:
            yield Started("ans_1", "Q", ())
            while True:
                time.sleep(0.02)
                yield Token("word ")
        finally:
            self.let_go.set()


@pytest.fixture(scope="module")
def scripted(make_settings, encoder, tmp_path_factory):
    """The address of a server whose engine plays the scripts."""
    settings = make_settings(tmp_path_factory.mktemp("scripted") / "data")
    app = create_app(settings, ScriptedEngine.open(settings, encoder))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + WAIT_S
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    while httpx.get(f"{url}/readyz").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    yield url
    server.should_exit = True
    thread.join(WAIT_S)


@pytest.fixture(scope="module")
def chat(scripted):
    with openai.OpenAI(base_url=f"{scripted}/v1", api_key="any", max_retries=0) as made:
        yield made


@pytest.fixture(scope="module")
def claude(scripted):
    with anthropic.Anthropic(base_url=scripted, api_key="any", max_retries=0) as made:
        yield made


def said(question):
    return {"messages": [{"role": "user", "content": question}], "model": "footnoted/default"}


def streamed_text(chat, question, **more):
    chunks = chat.chat.completions.create(**{**said(question), **more}, stream=True)
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def test_verdicts_are_words_and_marks_and_every_marker_has_its_annotation(chat):
    completion = chat.chat.completions.create(**said("checked?"))
    message = completion.choices[0].message
    assert message.content == CHECKED_TEXT == streamed_text(chat, "checked?")
    places = [(a.url_citation.start_index, a.url_citation.end_index) for a in message.annotations]
    assert [message.content[start:end] for start, end in places] == ["[1]", "[2]", "[1]"]
    assert [s["verdict"] for s in completion.footnoted["sentences"]] == [s.verdict.value for s in SENTENCES]
    assert completion.usage.model_dump(include={"prompt_tokens", "completion_tokens", "total_tokens"}) == {
        "prompt_tokens": 70, "completion_tokens": 30, "total_tokens": 100,
    }  # fmt: skip


def test_line_breaks_stay(chat, claude):
    plain = chat.chat.completions.create(**said("lines?")).choices[0].message.content
    assert plain == "- Red. [1]\n- Blue. [2]" == streamed_text(chat, "lines?")
    assert [block.text for block in claude.messages.create(**said("lines?"), max_tokens=9).content][1] == "\n- Blue."


def test_titles_cannot_put_markdown_into_the_list_of_sources(chat):
    text = streamed_text(chat, "checked?", model="footnoted/default+sources")
    assert r"- [1] A \[report\]\(http://elsewhere.example\): <http" in text.partition("\n\nSources:\n")[2]


def test_each_block_has_its_own_citations_also_of_a_document_cited_before(claude):
    plain = claude.messages.create(**said("checked?"), max_tokens=9)
    assert [len(block.citations or ()) for block in plain.content] == [0, 2, 1, 0]
    assert plain.content[2].text == " It opened in 1931, as planned. [partly supported]"
    assert plain.content[3].text == " Nobody liked it. [not supported]"
    assert {c.document_index for block in plain.content for c in block.citations or ()} == {0}
    assert plain.usage.output_tokens == 30
    with claude.messages.stream(**said("checked?"), max_tokens=9) as stream:
        final = stream.get_final_message()
    assert [(b.text, b.citations or None) for b in final.content] == [(b.text, b.citations) for b in plain.content]


def test_an_unclear_question_is_asked_back(chat, claude):
    expected = "Which hall do you mean?\n- The old hall?\n- The new hall?"
    completion = chat.chat.completions.create(**said("unclear?"))
    assert completion.choices[0].message.content == expected == streamed_text(chat, "unclear?")
    assert completion.footnoted["status"] == "unclear"
    assert completion.footnoted["clarification"]["options"] == ["The old hall?", "The new hall?"]
    assert claude.messages.create(**said("unclear?"), max_tokens=9).content[0].text == expected


def test_streamed_words_that_did_not_pass_are_taken_back_in_words(chat, claude):
    kept = f"{SENTENCES[1].text} [1] [2]"
    plain = chat.chat.completions.create(**said("taken back?")).choices[0].message.content
    assert plain == f"{kept}\n\n{NOTICE.text}"  # nothing was shown that had to be taken back
    began = "Nobody liked it. [not supported] And then"
    rest = f"\n\nWhat stands above did not pass the check.\n\n{kept}\n\n{NOTICE.text}"
    assert streamed_text(chat, "taken back?") == began + rest
    with claude.messages.stream(**said("taken back?"), max_tokens=9) as stream:
        assert stream.get_final_text() == began + rest


def test_an_error_under_way_is_the_clients_exception(chat, claude):
    with pytest.raises(openai.APIError, match="index is damaged") as caught:
        streamed_text(chat, "broken?")
    assert caught.value.body["code"] == "index_broken"
    with pytest.raises(anthropic.APIStatusError, match="index is damaged"):
        list(claude.messages.create(**said("broken?"), max_tokens=9, stream=True))
    events = list(chat.responses.create(model="footnoted/default", input="broken?", stream=True))
    assert events[-1].type == "response.failed"
    assert events[-1].response.error.code == "index_broken"
    with pytest.raises(openai.InternalServerError) as plain:
        chat.chat.completions.create(**said("broken?"))
    assert plain.value.code == "index_broken"


def test_a_crash_is_the_clients_exception_and_tells_nothing(chat):
    with pytest.raises(openai.InternalServerError) as caught:
        chat.chat.completions.create(**said("no such script"))
    assert (caught.value.code, "no such script" in str(caught.value)) == ("internal_error", False)


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_work(chat, stream):
    ScriptedEngine.let_go.clear()
    if stream:
        with chat.chat.completions.create(**said("endless?"), stream=True) as chunks:
            next(iter(chunks))
    else:
        with pytest.raises(openai.APITimeoutError):
            chat.chat.completions.create(**said("endless?"), timeout=1.0)
    assert ScriptedEngine.let_go.wait(WAIT_S)


@pytest.mark.parametrize(("question", "code"), [("broken?", "index_broken"), ("crashed?", "internal_error")])
def test_a_stream_of_our_own_says_what_ended_it(scripted, events_of, question, code):
    with httpx.stream("POST", f"{scripted}/v1/ask", json={"question": question, "stream": True}) as response:
        told = [(name, data) for name, data in events_of(response) if name != "ping"]
    assert [name for name, _ in told] == ["start", "token", "error"]
    assert told[-1][1]["code"] == code
    assert "secret" not in str(told)


@pytest.mark.parametrize("stream", [True, False])
def test_whoever_leaves_our_own_address_stops_the_work_too(scripted, stream):
    ScriptedEngine.let_go.clear()
    with (
        pytest.raises(httpx.ReadTimeout),
        httpx.stream("POST", f"{scripted}/v1/ask", json={"question": "endless?", "stream": stream}, timeout=1) as reply,
    ):
        next(reply.iter_raw())
        raise httpx.ReadTimeout("heard enough")
    assert ScriptedEngine.let_go.wait(WAIT_S)

"""``footnoted ask`` and ``footnoted search``."""

from contextlib import closing
from typing import Annotated

import typer
from rich.markup import escape

from core.types import Answer, AnswerStatus, Hit, Verdict
from service.answer.events import fold
from service.commands.options import AsJson, Collection, DataDir, Filters, settings_with
from service.console import out, print_json, rendered_errors
from service.engine import READER, Engine
from service.language.phrases import phrases_for
from service.questions.person import PersonKey
from service.scope_text import within_text
from service.sessions.access import may_read
from service.sessions.store import Sessions
from service.settings import Settings
from service.wire import answer_json, hit_json

Question = Annotated[str, typer.Argument(help="In natural language, in quotes.")]
TopK = Annotated[int, typer.Option("--top-k", "-k", min=1, max=50, help="How many hits.")]


_DOUBTS = {
    Verdict.PARTLY: " [yellow](partly supported)[/]",
    Verdict.UNSUPPORTED: " [red](not supported by a source)[/]",
}
Model = Annotated[
    str | None,
    typer.Option(help='"reader" quotes; any other is the chat model to ask in place of the setting model.name.'),
]
_NEW = "new"
InSession = Annotated[
    str | None,
    typer.Option("--session", metavar="new|ID", help='Go on with a conversation; "new" begins one and tells its id.'),
]


def ask(
    question: Question,
    collection: Collection = "default",
    top_k: TopK = 5,
    filters: Filters = None,
    model: Model = None,
    session: InSession = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the documents, with sources, or say that they do not tell."""
    with rendered_errors(as_json):
        within = within_text(filters)
        chosen = {} if model in (None, READER) else {"model": {"name": model}}
        settings = settings_with(data_dir, **chosen)
        with closing(_sessions(settings)) as sessions, Engine.open(settings) as engine:
            session_id = sessions.create().id if session == _NEW else session
            may = may_read(engine.store.catalog, None)
            history = () if session_id is None else sessions.history(session_id, may, None)
            events = engine.ask_events(question, collection, history, top_k, within, model)
            answer = fold(events if session_id is None else sessions.recording(events, session_id, collection))
    if as_json:
        print_json(answer_json(answer, collection) | ({} if session_id is None else {"session_id": session_id}))
        return
    if answer.understood_as != " ".join(question.split()):
        out.print(f"[dim]Understood as: {escape(answer.understood_as)}[/]")
    _print_answer(answer)
    if session == _NEW:
        out.print(f"[dim]Go on with --session {session_id}[/]")


def _sessions(settings: Settings) -> Sessions:
    place = settings.place
    return Sessions(place, settings.conversation.keep_days, PersonKey(place))


def search(
    question: Question,
    collection: Collection = "default",
    top_k: TopK = 5,
    filters: Filters = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that a question finds."""
    with rendered_errors(as_json):
        within = within_text(filters)
        with Engine.open(settings_with(data_dir)) as engine:
            hits = engine.search(question, collection, top_k, within=within)
    if as_json:
        print_json({"hits": [hit_json(hit, collection) for hit in hits]})
        return
    for i, hit in enumerate(hits, 1):
        _print_hit(i, hit)
    if not hits:
        out.print("Nothing found.")


def _print_answer(answer: Answer) -> None:
    if answer.clarification is not None:
        out.print(f"[bold]{escape(answer.clarification.text)}[/]")
        for option in answer.clarification.options:
            out.print(f"  - {escape(option)}")
        return
    if answer.status is AnswerStatus.NOT_FOUND:
        out.print(f"[bold]{phrases_for(answer.understood_as).not_found}[/]")
        _print_notice(answer)
        if answer.hits:
            out.print(f"[dim]Confidence {answer.confidence:.0%}. Nearest passage:[/]")
            _print_hit(1, answer.hits[0])
        return
    for sentence in answer.sentences:
        markers = "".join(f" [bold]\\[{marker}][/]" for marker in sentence.markers)
        out.print(f"{escape(sentence.text)}{markers}{_DOUBTS.get(sentence.verdict, '')}", end=" ")
    out.print("\n")
    _print_notice(answer)
    for c in answer.citations:
        page = f", page {c.page}" if c.page else ""
        out.print(f"[bold]\\[{c.marker}][/] {escape(c.document.title)}{page}, characters {c.start}–{c.end}")
        out.print(f"    “{escape(c.quote)}”")
    out.print(f"[dim]Confidence {answer.confidence:.0%}{_usage(answer)}[/]")


def _print_notice(answer: Answer) -> None:
    if answer.notice:
        out.print(f"[yellow]{escape(answer.notice.text)}[/]")


def _usage(answer: Answer) -> str:
    usage = answer.usage
    if usage is None:
        return ""
    cost = "" if usage.cost is None else f", cost {usage.cost:.6f}"
    return f" · {escape(answer.model)}: {usage.input_tokens:,} tokens read, {usage.output_tokens:,} written{cost}"


def _print_hit(number: int, hit: Hit) -> None:
    passage = hit.passage
    page = f", page {passage.pages[0]}" if passage.pages else ""
    out.print(f"[bold]{number}.[/] {escape(passage.document.title)}{page} [dim]({hit.score:.2f})[/]")
    text = " ".join(passage.text.split())
    out.print(f"    {escape(text[:300])}{'…' if len(text) > 300 else ''}")

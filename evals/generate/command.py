"""``footnoted eval generate``: a question set made from your own documents."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import Conflict, InvalidRequest
from evals.engine_system import open_system
from evals.generate.make import BY_PATTERNS, MadeSet, Wanted, make_set, pattern_drafts
from evals.generate.round_trip import RoundTrip
from evals.generate.set_file import as_lines
from evals.generate.sources import Skipped, sources_of
from evals.generate.writer import Writer
from evals.place import work_system
from evals.progress import progress_bar
from evals.sets.documents import all_documents
from evals.sets.types import QuestionSet, SourceFile
from evals.system import System
from evals.write_file import write_atomically
from service.settings import load_settings
from service.writing.chat_model import open_chat_model

SHOWN = 10
CAUTION = (
    "These questions are synthetic and were kept because this very reader answers them: use the set to see whether a "
    "change makes things worse, not to say how good the answers are."
)
CAUTION_UNFILTERED = (
    "These questions are synthetic and nobody has read them: use the set to compare versions, not to say how good the "
    "answers are."
)


def generate(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Files or folders of documents to ask about.")
    ] = None,
    collection: Annotated[
        str | None, typer.Option(help="Ask about this collection as it is, instead of files.")
    ] = None,
    output: Annotated[Path, typer.Option(help="The question set to write (JSON Lines).")] = Path("questions.jsonl"),
    count: Annotated[int, typer.Option(min=1, help="How many questions, of both kinds together.")] = 50,
    seed: Annotated[int, typer.Option(help="Which questions are drawn; the same seed gives the same set.")] = 0,
    writer: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Have a chat model write them, e.g. openai:gpt-4o-mini or ollama:llama3.2."),
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="The chat model's server, if not the provider's own.")] = None,
    unanswerable: Annotated[
        float, typer.Option(min=0, max=0.9, metavar="SHARE", help="Share of questions that no document answers.")
    ] = 0.2,
    round_trip: Annotated[
        bool,
        typer.Option(help="Keep only questions that are answered from the sentence that they were made of."),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Make a question set from your own documents, to notice when a change makes answers worse.

    Without --writer, patterns of English make the questions. Trap: a set that was filtered by the reader that it will
    measure flatters it. Read some of the questions before you rely on them.
    """
    _check(paths, collection, output)
    chat = Writer(open_chat_model(writer, base_url)) if writer is not None else None
    wanted = Wanted(count, unanswerable, seed, round_trip)
    messages = Console(stderr=True)
    if collection is not None:
        with open_system(load_settings(), collection) as system:
            made, skipped = _make(system, chat, wanted, messages)
    else:
        with work_system(QuestionSet("generate", (), _documents(paths or [], output))) as (system, files):
            with progress_bar("Documents", len(files), messages) as advance:
                outcome = system.ingest(files, advance)
            made, skipped = _make(system, chat, wanted, messages)
            skipped += [Skipped(failure.uri, failure.message) for failure in (*outcome.failed, *outcome.skipped)]
    if not made.questions:
        raise InvalidRequest(
            "\n".join(["No question could be made of these documents.", *_reasons(made)]),
            _told(skipped) or "Add documents with more prose.",
        )
    write_atomically(output, as_lines(made.questions))
    if as_json:
        typer.echo(json.dumps(_summary(made, skipped, output, chat, wanted), ensure_ascii=False, indent=2))
    else:
        _print(Console(), made, output, chat, wanted)
    if skipped:
        messages.print(
            f"{len(skipped)} documents left out:\n{_told(skipped)}", style="yellow", markup=False, highlight=False
        )


def _check(paths: Sequence[Path] | None, collection: str | None, output: Path) -> None:
    if bool(paths) == (collection is not None):
        raise InvalidRequest("Name documents or a collection, one of both.", "As in: footnoted eval generate handbook/")
    if output.is_file():
        raise Conflict(
            f"{output} is there already.", "Name another --output, or remove it: it may hold edited questions."
        )
    if output.is_dir() or not output.absolute().parent.is_dir():
        raise InvalidRequest(f"{output} is not a file in a folder that exists.", "Name another --output.")


def _documents(paths: Sequence[Path], output: Path) -> tuple[SourceFile, ...]:
    found = {file.path: file for path in paths for file in all_documents(path, (), output)}
    return tuple(found.values())


def _make(system: System, chat: Writer | None, wanted: Wanted, messages: Console) -> tuple[MadeSet, list[Skipped]]:
    sources, skipped = sources_of(system, any_language=chat is not None)
    rng = random.Random(wanted.seed)
    dropped: Counter[str] = Counter()
    candidates = pattern_drafts(sources, rng, dropped) if chat is None else chat.drafts(sources, rng)
    made_by = BY_PATTERNS if chat is None else chat.model.name
    with progress_bar("Questions", wanted.count, messages) as advance:
        made = make_set(candidates, sources, RoundTrip.on(system), made_by, wanted, advance)
    made.dropped.update(dropped if chat is None else chat.dropped)
    return made, skipped


def _summary(
    made: MadeSet, skipped: Sequence[Skipped], output: Path, chat: Writer | None, wanted: Wanted
) -> dict[str, object]:
    return {
        "output": str(output),
        "synthetic": True,
        "caution": _caution(wanted),
        "kept": len(made.questions),
        "unanswerable": _unanswerable(made),
        "tried": made.tried,
        "dropped": dict(sorted(made.dropped.items())),
        "round_trips": {trip.value: count for trip, count in sorted(made.trips.items())},
        "rules": dict(sorted(Counter(one.rule for one in made.questions).items())),
        "skipped": [{"uri": one.uri, "reason": one.reason} for one in skipped],
        "tokens": {"input": chat.tokens.input, "output": chat.tokens.output} if chat is not None else None,
    }


def _print(console: Console, made: MadeSet, output: Path, chat: Writer | None, wanted: Wanted) -> None:
    without = _unanswerable(made)
    told = f"{output}: {len(made.questions)} questions, {without} of them without an answer, from {made.tried} tried."
    console.print(told, markup=False, highlight=False)
    if len(made.questions) < wanted.count:
        console.print(f"Fewer than the {wanted.count} asked for: the documents gave no more.", style="yellow")
    for line in _reasons(made):
        console.print(line, markup=False, highlight=False)
    if not wanted.filtered:
        returned = sum(one.round_trip for one in made.questions)
        console.print(f"{returned} of them come back from the round trip; nothing was dropped for it.", highlight=False)
    if chat is not None:
        console.print(
            f"{chat.model.name}: {chat.tokens.input} tokens read, {chat.tokens.output} written.", markup=False
        )
    console.print(_caution(wanted), style="yellow", soft_wrap=True)


def _reasons(made: MadeSet) -> list[str]:
    return [f"  dropped {count:>4}: {reason}" for reason, count in made.dropped.most_common()]


def _caution(wanted: Wanted) -> str:
    return CAUTION if wanted.filtered else CAUTION_UNFILTERED


def _unanswerable(made: MadeSet) -> int:
    return sum(one.question.answerable is False for one in made.questions)


def _told(skipped: Sequence[Skipped]) -> str:
    lines = [f"{one.uri}: {one.reason}" for one in skipped[:SHOWN]]
    return "\n".join([*lines, *([f"… and {len(skipped) - SHOWN} more"] if len(skipped) > SHOWN else [])])

"""``footnoted eval gaps``: what people asked and the documents do not tell."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest
from core.plain_text import printable
from evals.gap_exports import as_csv, as_issue, as_json, issue_name
from evals.gaps import DISTANCE, Gap, Group, NearestDocument, Today, grouped, shows_gap, similarity_of
from evals.progress import progress_bar
from evals.report import table_console
from evals.write_file import write_atomically
from index.cosine_scale import own_of_questions
from index.encode import Vectors
from service.commands.options import AsJson, Collection, DataDir, Since, settings_with, since_utc
from service.engine import Engine
from service.questions.log import QuestionLog
from service.questions.records import AskedQuestion, Wanted

BATCH = 256
DOCUMENTS = 3
HITS = 10


def gaps(
    collection: Collection = "default",
    since: Since = None,
    below: Annotated[
        float, typer.Option(min=0, max=1, help="Answers with less confidence than this count as gaps too.")
    ] = 0.5,
    most: Annotated[int, typer.Option(min=1, help="How many gaps to look into, those of most people first.")] = 50,
    csv: Annotated[Path | None, typer.Option(help="Write a table to this file.")] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write issues: into one file (.md), or one file each into a folder.")
    ] = None,
    data_dir: DataDir = None,
    as_json_: AsJson = False,
) -> None:
    """Group the questions that got no good answer, and see which documents are near and what is answered today."""
    messages = Console(stderr=True)
    settings = settings_with(data_dir)
    log = QuestionLog(settings.place)
    asked = log.questions(Wanted(collection, since=since_utc(since)))
    log.close()
    lacking = [question for question in asked if shows_gap(question, below)]
    with Engine.open(settings) as engine:
        engine.collection(collection)
        groups, left_out = grouped(
            lacking, _encoder(engine, messages), 1 - own_of_questions(1 - DISTANCE, engine.store.encoder.name)
        )
        with progress_bar("Gaps", min(most, len(groups)), messages) as advance:
            found = [_looked_into(engine, collection, group, below, advance) for group in groups[:most]]
    if csv is not None:
        write_atomically(csv, as_csv(found))
    if markdown is not None:
        _write_issues(markdown, found)
    if as_json_:
        typer.echo(json.dumps({"gaps": [as_json(gap) for gap in found]}, ensure_ascii=False, indent=2))
    else:
        _print(found, lacking, asked, table_console())
    if len(groups) > most:
        messages.print(f"{len(groups) - most} more gaps of fewer people; --most looks into more.")
    if left_out:
        messages.print(f"{left_out} of the oldest questions were left out; --since takes fewer.")


def _encoder(engine: Engine, messages: Console) -> Callable[[Sequence[str]], Vectors]:
    """The collection's own: a search with another one is refused."""

    def encode(texts: Sequence[str]) -> Vectors:
        parts = []
        with progress_bar("Questions", len(texts), messages) as advance:
            for start in range(0, len(texts), BATCH):
                parts.append(engine.store.encoder.encode_questions(texts[start : start + BATCH]))
                advance(len(parts[-1]))
        return np.concatenate(parts)

    return encode


def _looked_into(engine: Engine, collection: str, group: Group, below: float, advance: Callable[[int], None]) -> Gap:
    answered = 0
    confidences = []
    best: dict[str, NearestDocument] = {}
    came_up = Counter(hit.uri for question in group.questions for hit in question.hits)
    for text in group.examples:
        answer = engine.ask(text, collection, top_k=HITS)
        answered += bool(answer.citations) and answer.confidence >= below
        confidences.append(answer.confidence)
        found = engine.store.search(collection, text, HITS)
        for hit, cosine in zip(found.hits, found.cosines, strict=True):
            document = hit.passage.document
            before = best.get(document.uri)
            if before is None or before.similarity is None or cosine > before.similarity:
                similarity = similarity_of(cosine)
                best[document.uri] = NearestDocument(document.title, document.uri, similarity, came_up[document.uri])
    for question in group.questions:
        for near in question.hits:
            best.setdefault(near.uri, NearestDocument(near.title, near.uri, None, came_up[near.uri]))
    nearest = sorted(best.values(), key=lambda d: (-(d.similarity if d.similarity is not None else -1), d.uri))
    advance(1)
    confidence = round(min(confidences), 4)
    return Gap(group, Today(answered, len(group.examples), confidence, tuple(nearest[:DOCUMENTS])))


def _write_issues(place: Path, found: Sequence[Gap]) -> None:
    if place.suffix == ".md" and not place.is_dir():
        write_atomically(place, "\n".join(as_issue(gap) for gap in found))
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidRequest(f"{place} cannot be made: {error.strerror}.", "Name another --markdown.") from error
    for gap in found:
        write_atomically(place / issue_name(gap), as_issue(gap))


def _print(
    found: Sequence[Gap], lacking: Sequence[AskedQuestion], asked: Sequence[AskedQuestion], console: Console
) -> None:
    console.print(f"{len(lacking)} of {len(asked)} questions got no good answer; grouped, most people first:")
    table = Table("People", "Questions", "State", "Last asked", "Gap", "Nearest document", box=SIMPLE_HEAD)
    for gap in found:
        group = gap.group
        near = gap.near[0] if gap.near else None
        nearest = f"{escape(near.title)} ({near.similarity:.2f})" if near else "[dim]nothing is near[/]"
        row = (str(group.people), str(len(group.questions)), gap.state.value, group.last_asked[:10])
        table.add_row(*row, escape(printable(group.title)), nearest)
    if found:
        console.print(table)

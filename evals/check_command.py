"""``footnoted eval check``: find what is wrong with a question set before a system is measured by it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest, NotFound
from evals.check import UNREADABLE, Finding, Severity, check_evidence, check_questions
from evals.check_leaks import check_leaks
from evals.engine_system import open_system
from evals.evidence import DOCUMENTS_KEPT, EvidenceLocator
from evals.place import work_system
from evals.progress import progress_bar
from evals.report import table_console
from evals.sets.load import load_set
from evals.sets.types import Question, QuestionSet
from evals.system import System
from service.settings import load_settings

SHOWN = 4
STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def check(
    question_set: Annotated[
        Path,
        typer.Argument(metavar="SET", help="Questions in any format that `eval run` takes: a file, or its folder."),
    ],
    documents: Annotated[
        Path | None, typer.Option(help="A file or folder of documents. By default those of the set.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="OTHER_SET", help="A set that should share no question with this one. Repeatable."),
    ] = None,
    collection: Annotated[str | None, typer.Option(help="Look for the evidence in this collection as it is.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every finding as JSON.")] = False,
) -> None:
    """Find what is wrong with a question set before a system is measured by it.

    Errors make a figure wrong whatever a system answers, and make the exit code 1:
    - a document that cannot be read, evidence that is not in the documents
    - a question that is answerable in one place and not in another
    - a question whose answers in one place and another share no word
    - a question that is in an OTHER_SET too

    Warnings are to be looked at: (nearly) repeated questions, answers that are
    not in their quote, too few questions, passages shared with an OTHER_SET.
    Notes say what the set cannot measure.

    The documents are ingested into the folder that `eval run` uses, so that
    what a reader loses is seen.
    """
    if collection is not None and documents is not None:
        raise InvalidRequest("--collection is read as it is: --documents does not go with it.", "Leave out one.")
    messages = Console(stderr=True)
    bare = load_set(question_set, with_documents=False)
    findings = check_questions(bare.questions)
    for place in against or ():
        other = load_set(place, with_documents=False)
        name = other.name if other.name != bare.name else str(place)
        findings += check_leaks(bare.questions, other.questions, name)
    if any(question.evidence for question in bare.questions):
        findings += _in_documents(question_set, documents, bare, collection, messages)
    findings.sort(key=lambda finding: _rank(finding.kind.severity))
    if as_json:
        typer.echo(json.dumps(_document(bare, findings), ensure_ascii=False, indent=2))
    else:
        _print(table_console(), bare, findings)
    if _count(findings, Severity.ERROR):
        raise typer.Exit(1)


def _in_documents(
    place: Path, documents: Path | None, bare: QuestionSet, collection: str | None, messages: Console
) -> list[Finding]:
    if collection is not None:
        with open_system(load_settings(), collection) as system:
            return _evidence(system, bare.questions)
    try:
        loaded = load_set(place, documents)
    except (NotFound, InvalidRequest) as missing:  # the questions could be read above, so it is the documents
        return [Finding(UNREADABLE, f"{missing.message} {missing.hint}")]
    with work_system(loaded) as (system, files):
        with progress_bar("Documents", len(files), messages) as advance:
            outcome = system.ingest(files, advance)
        unreadable = [Finding(UNREADABLE, f"{failure.uri}: {failure.message}") for failure in outcome.failed]
        return unreadable + _evidence(system, loaded.questions)


def _evidence(system: System, questions: Sequence[Question]) -> list[Finding]:
    read = lru_cache(DOCUMENTS_KEPT)(system.document)
    return check_evidence(questions, EvidenceLocator(system.documents(), read))


def _count(findings: Iterable[Finding], severity: Severity) -> int:
    return sum(finding.kind.severity is severity for finding in findings)


def _document(question_set: QuestionSet, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "set": question_set.name,
        "questions": len(question_set.questions),
        **{f"{severity}s": _count(findings, severity) for severity in Severity},
        "findings": [
            {
                "code": finding.kind.code,
                "severity": finding.kind.severity.value,
                "place": finding.place,
                "id": finding.id,
                "what": finding.what,
                "remedy": finding.kind.remedy,
            }
            for finding in findings
        ],
    }


def _print(console: Console, question_set: QuestionSet, findings: Sequence[Finding]) -> None:
    counts = ", ".join(_counted(_count(findings, severity), severity) for severity in Severity)
    console.print(
        f"[bold]{escape(question_set.name)}[/]: {_counted(len(question_set.questions), 'question')}; {counts}"
    )
    if not findings:
        return
    table = Table("", "n", "finding", box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    ordered = sorted(findings, key=lambda finding: finding.kind.code)
    ordered.sort(key=lambda finding: _rank(finding.kind.severity))
    for kind, group in groupby(ordered, key=lambda finding: finding.kind):
        of_kind = list(group)
        style = STYLES[kind.severity]
        cell = "\n".join([f"[bold]{kind.meaning}[/]", *_examples(of_kind), f"[italic]→ {kind.remedy}[/]"])
        table.add_row(f"[{style}]{kind.severity}[/]", str(len(of_kind)), cell, end_section=True)
    console.print(table)


def _examples(of_kind: Sequence[Finding]) -> Iterator[str]:
    for finding in of_kind[:SHOWN]:
        where = f"{finding.place} ({finding.id})" if finding.place else finding.id
        yield escape(f"{where}: {finding.what}" if where else finding.what)
    if len(of_kind) > SHOWN:
        yield f"… and {len(of_kind) - SHOWN} more (--json has all)"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)

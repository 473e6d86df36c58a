"""``footnoted eval judge``: a chat model's opinion of the answers of a run, held against the exact figures."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import InvalidRequest
from evals.chat_judge import Agreement, Correct, Grounded, Verdict, agreement, judge_rows
from evals.judge_prompt import PROMPT_VERSION
from evals.progress import progress_bar
from evals.run_folder import read_run
from evals.write_file import write_atomically
from service.writing.chat_model import Tokens, open_chat_model

VERDICTS = "judge.json"
FORMAT_VERSION = 1


def judge(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="The chat model, e.g. openai:gpt-4o-mini or ollama:llama3.2.")
    ],
    base_url: Annotated[str | None, typer.Option(help="The model's server, if not the provider's own.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many answers to judge at a time.")] = 4,
    questions: Annotated[int, typer.Option(min=0, help="Show so many of the disagreements.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Have a chat model judge the answers of a run, and see how far it agrees with the exact figures.

    Questions, answers and quotes are sent to the model's provider. The verdicts go into judge.json in the run's
    folder. The exit code is 1 if some answers could not be judged.
    """
    recorded = read_run(folder)
    run = recorded.run
    answered = sum(row.answered for row in run.rows)
    if not answered:
        raise InvalidRequest(f"{folder} has no answers to be judged.", "Name a run that answered some questions.")
    messages = Console(stderr=True)
    chat = open_chat_model(model, base_url)
    with progress_bar("Answers", answered, messages) as advance:
        verdicts = judge_rows(chat, run.rows, jobs, advance)
    agreed = agreement(verdicts)
    summary = _summary(model, verdicts, agreed, len(run.rows))
    document = {**summary, "verdicts": [asdict(verdict) for verdict in verdicts]}
    write_atomically(recorded.folder / VERDICTS, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        _print(Console(), model, verdicts, agreed, questions)
    if failed := [verdict for verdict in verdicts if verdict.error]:
        messages.print(f"{len(failed)} answers could not be judged: {failed[0].error}", style="red", markup=False)
        raise typer.Exit(1)


def _summary(model: str, verdicts: Sequence[Verdict], agreed: Agreement, questions: int) -> dict[str, object]:
    used = _tokens(verdicts)
    return {
        "format_version": FORMAT_VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": model,
        "prompt_version": PROMPT_VERSION,
        "questions": questions,
        "judged": len(verdicts),
        "correct": _counts(Correct, [v.correct for v in verdicts]),
        "grounded": _counts(Grounded, [v.grounded for v in verdicts if v.grounded is not None]),
        "unreadable": sum(v.reply is not None for v in verdicts),
        "failed": sum(v.error is not None for v in verdicts),
        "agreement": {
            "questions": agreed.questions,
            "raw": agreed.raw,
            "kappa": agreed.kappa,
            "caution": agreed.caution,
            "disagreements": [v.id for v in agreed.disagreements],
        },
        "tokens": asdict(used),
    }


def _counts(kinds: type[Correct] | type[Grounded], values: Sequence[str]) -> dict[str, int]:
    counted = Counter(values)
    return {kind.value: counted[kind] for kind in kinds}


def _tokens(verdicts: Sequence[Verdict]) -> Tokens:
    return sum((verdict.tokens for verdict in verdicts), Tokens())


def _print(console: Console, model: str, verdicts: Sequence[Verdict], agreed: Agreement, questions: int) -> None:
    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    correct = _counts(Correct, [v.correct for v in verdicts])
    grounded = _counts(Grounded, [v.grounded for v in verdicts if v.grounded is not None])
    used = _tokens(verdicts)
    say(f"{model} judged {len(verdicts)} answers ({used.input} tokens read, {used.output} written):")
    say("  correct:  " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in correct.items()))
    say("  grounded: " + ", ".join(f"{count} {name}" for name, count in grounded.items()))
    if agreed.raw is not None:
        kappa = "cannot be computed" if agreed.kappa is None else f"is {agreed.kappa:.2f}"
        say(
            f"It agrees with the exact figures on {agreed.same} of {agreed.questions} answers "
            f"({agreed.raw:.0%}); Cohen's kappa {kappa}."
        )
    if agreed.caution is not None:
        say(agreed.caution, "yellow")
    for verdict in agreed.disagreements[:questions]:
        say(f"\n{verdict.id}: {verdict.question}\n  {verdict.answer}")
        say(f"  judge: {verdict.correct.value} ({verdict.reason}); exact: {verdict.exact.value}")
    if len(agreed.disagreements) > questions:
        say(f"… and {len(agreed.disagreements) - questions} more disagreements in {VERDICTS}")

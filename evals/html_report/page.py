"""Puts the page together: plain values into the template, style and script into the page itself."""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from evals.compare import Comparison, compare, matched
from evals.figures.catalogue import HEADLINE, measure_all
from evals.html_report.cautions import cautions
from evals.html_report.figures import shown_figures, tag_rows
from evals.html_report.head import head
from evals.html_report.kept import MOST, kept
from evals.html_report.pictures import outcome_bar, outcome_parts, plots
from evals.html_report.questions import question_view, script_data
from evals.plots.svg import style
from evals.rows import Outcome, Row
from evals.run_folder import RecordedRun

_HERE = Path(__file__).parent


def html_page(recorded: RecordedRun, baseline: RecordedRun | None = None, *, most: int | None = MOST) -> str:
    """The report of a run; ``most`` is how many questions are listed, None for all.

    :raises InvalidRequest: if the baseline is a run of other questions.
    """
    rows = recorded.run.rows
    comparison = compare(baseline.run, recorded.run, by_tag=False) if baseline else None
    earlier = [before for before, _ in matched(baseline.run, recorded.run)] if baseline else []
    outcomes = {row.question.id: row.outcome for row in earlier}
    listed = kept(rows, _changed(comparison), most=most)
    views = [question_view(number, row, outcomes.get(row.question.id)) for number, row in listed.rows]
    figures = {figure.name: figure for figure in shown_figures(measure_all(recorded.run), comparison)}
    by_tag, tags_left_out = tag_rows(recorded.run)
    parts = outcome_parts(rows)
    return _template().render(
        head=head(recorded),
        baseline=head(baseline) if baseline else None,
        comparison=comparison,
        cautions=list(cautions(recorded)),
        headline=[figures[name] for name in HEADLINE if name in figures],
        figures=list(figures.values()),
        parts=parts,
        outcome_bar=outcome_bar(parts),
        plots=list(plots(rows, earlier)),
        by_tag=by_tag,
        tags_left_out=tags_left_out,
        questions=views,
        left_out_note=listed.note,
        outcomes=_present(rows),
        tags=[row.tag for row in by_tag[1:]],
        data=script_data(views),
    )


def _changed(comparison: Comparison | None) -> frozenset[str]:
    return frozenset(change.other.question.id for change in comparison.changes) if comparison else frozenset()


def _present(rows: tuple[Row, ...]) -> list[Outcome]:
    had = {row.outcome for row in rows}
    return [outcome for outcome in Outcome if outcome in had]


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared = files("service").joinpath("static", "base.css").read_text(encoding="utf-8")
    css = Markup("\n").join([Markup(shared), style(), Markup((_HERE / "report.css").read_text(encoding="utf-8"))])
    script = Markup((_HERE / "report.js").read_text(encoding="utf-8"))
    # Whatever a document managed to put into the page, the browser would run and load nothing but these two.
    policy = (
        f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    environment.globals |= {"css": css, "script": script, "policy": policy}
    return environment.get_template("page.html.j2")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

"""Two runs compared: intervals, tags, questions; and what a gate makes of them."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.errors import InvalidRequest
from core.types import AnswerStatus
from evals import cli
from evals.bootstrap import difference
from evals.compare import compare
from evals.figures.catalogue import METRICS
from evals.gate import read_gates, regressions
from evals.rows import Outcome, Row
from evals.run import Run
from evals.run_folder import RunWriter
from evals.sets.types import Evidence, Question


@pytest.fixture
def make_run(make_document, make_answer):
    source = make_document("a.txt", "It was held in Rome.")
    right = make_answer(source, hits=[(0, 20)], citations=[(0, 20)])
    refused = make_answer(source, hits=[(0, 20)], status=AnswerStatus.NOT_FOUND)

    def build(outcomes, kinds=None, one_place=False):
        """A row a letter: R right, W wrong, N refused, E cited inexactly."""
        rows = []
        for i, letter in enumerate(outcomes):
            evidence = (Evidence("a.txt", quote="held" if one_place else f"quote {i}"),)
            question = Question(str(i), f"Where {i}?", True, ("Rome",), evidence, kind=kinds[i] if kinds else None)
            good = letter in "RE"
            rows.append(
                Row(
                    question,
                    refused if letter == "N" else right,
                    None,
                    100.0 + i,
                    (None,),
                    (1,),
                    ((0,),) if good else ((),),
                    ((0,),) if good else ((),),
                    (letter != "E",),
                    (True,),
                    float(good),
                    float(good),
                    float(good),
                )
            )
        return Run(tuple(rows), 10)

    return build


def test_the_same_run_differs_in_nothing(make_run):
    run = make_run("RWRN" * 10)
    comparison = compare(run, run)
    assert comparison.changes == [] and comparison.moves == {}
    assert all(d.value in (0, None) and not d.is_sure for d in comparison.differences.values())
    assert regressions(run, run) == ()


def test_questions_that_changed_are_found(make_run):
    comparison = compare(make_run("RWRN"), make_run("RRWR"))
    assert [change.base.question.id for change in comparison.better] == ["1", "3"]
    assert [change.base.question.id for change in comparison.worse] == ["2"]
    assert comparison.moves[(Outcome.REFUSED_WRONGLY, Outcome.RIGHT)] == 1
    assert comparison.differences["evidence_cited"].value == pytest.approx(3 / 4 - 2 / 4)


def test_the_interval_is_the_textbooks_where_there_is_one(make_run):
    """Of n paired differences d the bootstrap's standard error is the sample's, s / sqrt(n)."""
    rng = random.Random(1)
    base, other = ("".join(rng.choices("RW", weights, k=400)) for weights in ((7, 3), (6, 4)))
    d = difference(METRICS["evidence_cited"], list(zip(make_run(base).rows, make_run(other).rows, strict=True)))
    values = np.array([(b == "R") for b in other], float) - np.array([(b == "R") for b in base], float)
    half = 1.96 * values.std() / 20
    assert d.value == pytest.approx(values.mean())
    assert d.interval == pytest.approx((values.mean() - half, values.mean() + half), abs=half / 8)


def test_questions_on_one_place_are_one_case(make_run):
    base, other = "R" * 20 + "W" * 20, "W" * 20 + "W" * 20
    apart = compare(make_run(base), make_run(other)).differences["evidence_cited"]
    together = compare(make_run(base, one_place=True), make_run(other, one_place=True)).differences["evidence_cited"]
    assert apart.is_sure
    assert together.interval is None and not together.is_sure  # one case tells nothing of others


def test_tags_are_compared_by_themselves(make_run):
    kinds = ["north"] * 30 + ["south"] * 30
    comparison = compare(make_run("R" * 60, kinds), make_run("R" * 30 + "W" * 30, kinds))
    assert not comparison.tags["north"]["evidence_cited_first"].is_sure
    assert comparison.tags["south"]["evidence_cited_first"].value == -1
    assert "answerable" not in comparison.tags  # all questions are: it would say everything twice


def test_runs_of_other_questions_are_refused(make_run):
    run = make_run("RR")
    changed = replace(run, rows=tuple(replace(r, question=replace(r.question, text="Who?")) for r in run.rows))
    with pytest.raises(InvalidRequest, match="another text"):
        compare(run, changed)
    renamed = replace(run, rows=tuple(replace(r, question=replace(r.question, id="x")) for r in run.rows[:1]))
    with pytest.raises(InvalidRequest, match="no question in common"):
        compare(run, renamed)
    assert compare(run, replace(run, rows=run.rows[:1])).left_out == 1


def test_a_regression_is_caught_and_chance_is_not(make_run):
    rng = random.Random(7)
    base = "".join(rng.choices("RWN", (7, 2, 1), k=200))
    worse = "".join("W" if letter == "R" and rng.random() < 0.3 else letter for letter in base)
    names = {r.difference.metric for r in regressions(make_run(base), make_run(worse))}
    assert {"evidence_cited", "answered_wrong_rate"} <= names
    assert regressions(make_run(worse), make_run(base)) == ()
    flagged = 0
    for seed in range(40):  # two runs that are as good as each other, and differ by chance
        draw = random.Random(seed)
        one, two = ("".join(draw.choices("RW", (7, 3), k=100)) for _ in range(2))
        flagged += bool(regressions(make_run(one), make_run(two)))
    assert flagged <= 4


def test_one_inexact_quote_is_enough(make_run):
    base, off = make_run("R" * 50), make_run("R" * 49 + "E")
    assert [r.difference.metric for r in regressions(base, off)] == ["quote_exact"]


def test_what_cannot_be_compared_does_not_pass_as_no_worse(make_run):
    base, shallow = make_run("R" * 30), replace(make_run("W" * 30), top_k=5)
    assert [str(r) for r in regressions(base, shallow, {"hit@10": 0.0})] == [
        "hit@10 cannot be compared with the baseline: it is not measured in it"
    ]
    one_place = make_run("R" * 30, one_place=True), make_run("W" * 30, one_place=True)
    assert [r.difference.metric for r in regressions(*one_place, {"evidence_cited": 0.0})] == ["evidence_cited"]
    uncited = make_run("N" * 30)
    assert "citation_precision" in {r.difference.metric for r in regressions(base, uncited, {"citation_precision": 0})}


def test_a_correction_of_the_set_is_no_change_of_the_system(make_run):
    run = make_run("RR")
    corrected = tuple(replace(r, question=replace(r.question, answers=("Bonn",))) for r in run.rows)
    with pytest.raises(InvalidRequest, match="another text, answer or evidence"):
        compare(run, replace(run, rows=corrected))


def test_times_are_only_compared_between_runs_of_as_many_jobs(make_run):
    run = make_run("RR" * 10)
    assert "latency_p50_ms" in compare(run, run).differences
    assert "latency_p50_ms" not in compare(run, replace(run, jobs=4)).differences


def test_few_questions_are_not_called_sure(make_run):
    """Three of eight worse: an exact sign test gives p = 0.25."""
    assert not compare(make_run("R" * 8), make_run("W" * 3 + "R" * 5)).differences["evidence_cited"].is_sure
    assert compare(make_run("R" * 8), make_run("W" * 8)).differences["evidence_cited"].is_sure


def test_a_tolerated_loss_passes(make_run):
    base, worse = make_run("R" * 100), make_run("W" * 10 + "R" * 90)
    assert regressions(base, worse, {"evidence_cited": 0.0})
    assert not regressions(base, worse, {"evidence_cited": 0.25})


def test_a_file_of_gates_is_read_and_its_faults_are_told_together(tmp_path):
    file = tmp_path / "gates.toml"
    file.write_text('[min]\n"hit@5" = 0.9\n[max]\nanswered_wrong_rate = 0.2\n[no_worse]\nanswer_f1 = 0.02\n')
    gates = read_gates(file)
    assert [str(gate) for gate in gates.gates] == ["hit@5 ≥ 0.9", "answered_wrong_rate ≤ 0.2"]
    assert gates.tolerances == {"answer_f1": 0.02}
    file.write_text('[min]\nhits = 1\nanswer_f1 = "much"\n[least]\nx = 1\n')
    with pytest.raises(InvalidRequest) as caught:
        read_gates(file)
    assert len(caught.value.message.splitlines()) == 3
    for content in ("[min", "min = 3"):
        file.write_text(content)
        with pytest.raises(InvalidRequest):
            read_gates(file)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_gates(tmp_path / "none.toml")


@pytest.fixture
def folders(make_run, tmp_path):
    """Two runs in folders: one, and one with a third of its answers wrong."""
    runs = {"base": make_run("R" * 60), "worse": make_run("R" * 40 + "W" * 20)}
    for name, run in runs.items():
        manifest = {
            "set": {"name": "trips", "ids": [row.question.id for row in run.rows]},
            "options": {"top_k": 10},
            "system": {},
        }
        with RunWriter.begin(tmp_path / name, manifest) as writer:
            for row in run.rows:
                writer.add(row)
            writer.finish({})
    return tmp_path


def invoke(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def test_the_comparison_is_shown(folders):
    shown = invoke("compare", folders / "base", folders / "worse", "--questions", 2)
    assert shown.exit_code == 0, shown.output
    assert "-33.3 pp" in shown.stdout and "worse" in shown.stdout
    assert "Outcomes: 20 right → wrong" in shown.stdout
    assert "Got worse: 20" in shown.stdout and shown.stdout.count("base  right") == 2
    told = json.loads(invoke("compare", folders / "base", folders / "worse", "--json").stdout)
    assert told["worse"] == [str(i) for i in range(40, 60)]
    assert told["differences"]["evidence_cited"]["sure"] is True
    assert "the same in both" in invoke("compare", folders / "base", folders / "base").stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("base", "--min", "evidence_cited=1"), 0, "1 bound kept"),
        (("worse", "--min", "evidence_cited=0.9"), 1, "evidence_cited ≥ 0.9: 0.6667"),
        (("base", "--baseline", "base"), 0, "nothing surely worse"),
        (("worse", "--baseline", "base"), 1, "evidence_cited is worse than the baseline: 1 → 0.6667"),
    ],
)
def test_the_gate_decides_by_its_exit_code(folders, monkeypatch, words, code, told):
    monkeypatch.chdir(folders)
    result = invoke("gate", *words)
    assert result.exit_code == code, result.output
    assert told in result.stdout
    assert json.loads(invoke("gate", *words, "--json").stdout)["passed"] is not bool(code)


def test_a_gate_needs_something_to_hold_the_run_to(folders):
    assert isinstance(invoke("gate", folders / "base").exception, InvalidRequest)
    (folders / "g.toml").write_text("[min]\nevidence_cited = 0.9\n[no_worse]\nanswer_f1 = 0\n")
    alone = invoke("gate", folders / "base", "--file", folders / "g.toml")
    assert alone.exit_code == 0
    assert "no_worse was left out" in alone.stderr


def test_a_run_that_leaves_out_questions_or_documents_does_not_pass(folders):
    rows = (folders / "base" / "rows.jsonl").read_text().splitlines(keepends=True)
    manifest = json.loads((folders / "base" / "run.json").read_text())
    short = folders / "short"
    short.mkdir()
    (short / "rows.jsonl").write_text("".join(rows[:30]))
    (short / "run.json").write_text(
        json.dumps({**manifest, "set": {"name": "trips", "ids": [str(i) for i in range(30)]}})
    )
    (short / "summary.json").write_text('{"ingest": {"failed": [{"uri": "file:///b.pdf", "message": "?"}]}}')
    result = invoke("gate", short, "--baseline", folders / "base")
    assert result.exit_code == 1
    assert "30 of the baseline's 60 questions were not asked" in result.stdout
    assert "1 documents could not be read, such as file:///b.pdf" in result.stdout


def test_the_examples_of_the_guide_can_be_read():
    gates = read_gates(Path("docs/examples/gates.toml"))
    assert gates.gates and gates.tolerances


def test_a_run_that_did_not_end_does_not_pass(folders):
    (folders / "base" / "summary.json").unlink()
    result = invoke("gate", folders / "base", "--min", "evidence_cited=1")
    assert result.exit_code == 1
    assert "not finished" in result.stdout

"""Fitting the confidence, and what each threshold costs."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from core.errors import InvalidRequest
from evals.calibration import Outcome, at, choose, curve, fit
from evals.metrics.risk_coverage_area import risk_coverage_area
from evals.risk_coverage_plot import svg
from service.answer.confidence import rescaled
from service.cli import app

outcomes = st.lists(
    st.builds(Outcome, st.floats(0, 1), st.booleans(), st.booleans()).map(
        lambda o: Outcome(o.confidence, o.answerable, o.right and o.answerable)
    ),
    min_size=1,
    max_size=40,
)


def drawn(scale: float, shift: float, count: int = 2000) -> list[Outcome]:
    """Questions whose confidence is off by a known scale and shift on the logit scale."""
    rng = random.Random(1)
    found = []
    for _ in range(count):
        true = rng.random()
        answerable = rng.random() < true
        found.append(Outcome(rescaled(true, 1 / scale, -shift / scale), answerable, answerable))
    return found


def test_a_known_distortion_is_undone():
    fitted = fit(drawn(2.0, 1.0))
    assert fitted.scale == pytest.approx(2.0, rel=0.15)
    assert fitted.shift == pytest.approx(1.0, abs=0.2)
    assert fitted.error_before > 0.1
    assert fitted.error_after < 0.05


def test_few_questions_that_separate_do_not_claim_certainty():
    easy = [Outcome(0.9, True, True)] * 5 + [Outcome(0.1, False, False)] * 5
    fitted = fit(easy)
    assert 0.6 < rescaled(0.9, fitted.scale, fitted.shift) < 0.97
    assert 0.03 < rescaled(0.1, fitted.scale, fitted.shift) < 0.4


@pytest.mark.parametrize("answerable", [0, 4, 20])
def test_too_few_of_either_kind_are_refused_with_their_numbers(answerable):
    questions = [Outcome(0.5, i < answerable, i < answerable) for i in range(max(8, answerable))]
    with pytest.raises(InvalidRequest, match=f"{answerable} questions with an answer"):
        fit(questions)


def test_the_curve_of_a_hand_worked_case():
    questions = [
        Outcome(0.9, True, True), Outcome(0.8, True, False), Outcome(0.8, False, False), Outcome(0.2, True, True),
    ]  # fmt: skip
    points = curve(questions)
    assert [(p.threshold, p.coverage) for p in points] == [(0.9, 0.25), (0.8, 0.75), (0.2, 1.0)]
    assert [p.risk for p in points] == pytest.approx([0, 2 / 3, 1 / 2])
    assert [p.refused for p in points] == pytest.approx([2 / 3, 1 / 3, 0])
    under = risk_coverage_area([q.confidence for q in questions], [not q.right for q in questions])
    assert under == pytest.approx(0.5 * 2 / 3 + 0.25 * 1 / 2)
    assert choose(points, 0.5).threshold == 0.2
    assert choose(points, 0.1).threshold == 0.9


@given(outcomes)
def test_the_curve_agrees_with_answering_at_each_threshold(questions):
    points = curve(questions)
    assert points[-1].coverage == 1
    for point in points:
        there = at(questions, point.threshold)
        assert (there.coverage, there.risk, there.refused) == pytest.approx((point.coverage, point.risk, point.refused))


@given(outcomes, st.floats(0, 1))
def test_the_choice_keeps_the_bound_where_any_does(questions, most_wrong):
    points = curve(questions)
    chosen = choose(points, most_wrong)
    if any(p.risk <= most_wrong for p in points):
        assert chosen.risk <= most_wrong
        assert chosen.coverage == max(p.coverage for p in points if p.risk <= most_wrong)
    else:
        assert chosen.risk == min(p.risk for p in points)


@given(outcomes)
def test_the_picture_is_well_formed(questions):
    from xml.etree import ElementTree

    points = curve(questions)
    assert ElementTree.fromstring(svg(points, points[0], 'A "title" <&>')).tag.endswith("svg")


def test_the_sample_set_is_calibrated_from_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTED_DATA_DIR", str(tmp_path / "data"))
    plot = tmp_path / "curve.svg"
    result = CliRunner().invoke(app, ["eval", "calibrate", "service/sample", "--json", "--plot", str(plot)])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["curve"][-1]["coverage"] == 1
    assert told["confidence_scale"] > 0
    assert 0 <= told["calibration_error"]["after"] <= 1
    assert plot.read_text(encoding="utf-8").startswith("<svg")


def test_what_is_printed_can_be_pasted(tmp_path, monkeypatch):
    import tomllib

    from service.settings import Settings

    monkeypatch.setenv("FOOTNOTED_DATA_DIR", str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["eval", "calibrate", "service/sample"])
    assert result.exit_code == 0, result.output
    pasted = tomllib.loads(result.stdout.partition("For footnoted.toml:")[2])
    settings = Settings(**pasted)
    assert settings.answer.threshold == pasted["answer"]["threshold"]
    assert settings.answer.confidence_scale > 0

"""The plots show the numbers that they are given, and are well-formed whatever these are."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.calibration_error import bins, calibration_error
from evals.plots.axes import round_ticks
from evals.plots.bars import share_bar, whole_bar
from evals.plots.columns import columns
from evals.plots.latency import latency
from evals.plots.reliability import reliability
from evals.plots.svg import tag

pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def parsed(markup):
    return ElementTree.fromstring(str(markup))


def numbers(element, *names):
    return [float(element.get(name)) for name in names]


def test_attributes_and_words_are_escaped():
    made = tag("text", '<b>"&', class_='x" onload="y', stroke_width=1.26)
    assert str(made) == '<text class="x&#34; onload=&#34;y" stroke-width="1.3">&lt;b&gt;&#34;&amp;</text>'


@given(pairs)
def test_the_bins_of_the_diagram_are_those_of_the_calibration_error(cases):
    binned = bins(cases)
    error = sum(b.n * abs(b.confidence - b.share) for b in binned) / len(cases)
    assert error == pytest.approx(calibration_error([c for c, _ in cases], [o for _, o in cases]))


@given(pairs)
def test_the_diagram_is_well_formed(cases):
    drawn = parsed(reliability(bins(cases), 'A "label" <&>').inline())
    assert drawn.get("aria-label") == 'A "label" <&>'
    assert len(list(drawn.iter("circle"))) == len(bins(cases))


@given(st.floats(1e-3, 1e7))
def test_ticks_are_round_few_and_reach_the_end(high):
    ticks = [value for value, _ in round_ticks(high, str)]
    assert ticks[0] == 0
    assert ticks[-2] < high <= ticks[-1] * (1 + 1e-9)
    assert 3 <= len(ticks) <= 7


@given(st.lists(st.floats(0.1, 1e5), min_size=1, max_size=300))
def test_the_latency_curve_rises_from_nothing(times):
    ordered = sorted(times)
    marks = {"p50": ordered[len(ordered) // 2], "p99": ordered[-1]}
    drawn = parsed(latency(times, marks, "x").inline())
    (curve,) = [line for line in drawn.iter("polyline") if line.get("class") == "curve"]
    points = [tuple(map(float, point.split(","))) for point in curve.get("points").split()]
    assert points == sorted(points, key=lambda point: (point[0], -point[1]))
    assert all(0 <= x <= 480 and 0 <= y <= 330 for x, y in points)


@given(st.integers(0, 10_000))
def test_ticks_that_count_are_whole_numbers(high):
    ticks = [value for value, _ in round_ticks(high, str, whole=True)]
    assert all(value % 1 == 0 for value in ticks)
    assert ticks[-1] >= high


def test_a_share_and_its_interval_are_drawn_to_scale():
    track, share, whisker = parsed(share_bar(0.25, (0.1, 0.5)))
    assert numbers(share, "width")[0] == numbers(track, "width")[0] / 4
    assert whisker.get("d").startswith("M12.0 7.0H60.0")


def test_the_parts_of_a_whole_fill_it():
    drawn = parsed(whole_bar([("right", 3, False), ("wrong", 1, True)], "x").inline())
    right, wrong = [rect for rect in drawn.iter("rect") if "part" in rect.get("class", "")]
    assert numbers(right, "x", "width") == [1, 718]
    assert numbers(wrong, "x", "width") == [721, 238]
    assert len([rect for rect in drawn.iter("rect") if rect.get("fill") == "url(#hatch)"]) == 1


def test_columns_are_as_high_as_their_counts():
    drawn = parsed(columns([("1", 4, False), ("2", 2, False), ("none", 0, True)], "x", "y", "z").inline())
    heights = [numbers(r, "height")[0] for r in drawn.iter("rect") if r.get("class")]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert heights[2] == 0

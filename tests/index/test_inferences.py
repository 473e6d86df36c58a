"""Several inferences at a time of a small real OpenVINO model, that gives back what it is given."""

import numpy as np
import pytest

from index.inferences import Inferences

openvino = pytest.importorskip("openvino", reason="it is installed on x86-64 only")
ops = pytest.importorskip("openvino.opset13")

WIDTH = 8


@pytest.fixture
def inferences():
    given = ops.parameter([-1, WIDTH], np.float32, name="given")
    network = openvino.Model([ops.matmul(given, ops.constant(np.eye(WIDTH, dtype=np.float32)), False, True)], [given])
    options = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
    return Inferences(openvino.Core().compile_model(network, "CPU", options))


def good_feeds(count):
    return [({"given": np.full((1 + i % 3, WIDTH), i, dtype=np.float32)}, i) for i in range(count)]


def check_all_come_back(inferences):
    found = {}
    inferences.run(good_feeds(50), lambda place, part: found.update({place: part.copy()}))
    assert sorted(found) == list(range(50))
    assert all((part == i).all() and part.shape == (1 + i % 3, WIDTH) for i, part in found.items())


def test_each_output_comes_with_what_was_given_along(inferences):
    check_all_come_back(inferences)
    inferences.run([], lambda *_: pytest.fail("nothing was given"))


def test_after_an_input_that_fails_the_next_ones_are_as_ever(inferences):
    bad = {"given": np.zeros((1, WIDTH + 1), dtype=np.float32)}
    with pytest.raises(RuntimeError):
        inferences.run([*good_feeds(20), (bad, 20), *good_feeds(20)], lambda *_: None)
    check_all_come_back(inferences)


def test_what_the_taker_raises_is_raised_and_the_next_ones_are_as_ever(inferences):
    def take(place, _):
        if place == 7:
            raise LookupError("no place for 7")

    with pytest.raises(LookupError, match="no place for 7"):
        inferences.run(good_feeds(20), take)
    check_all_come_back(inferences)


def test_a_feed_that_cannot_be_made_is_raised_and_the_next_ones_are_as_ever(inferences):
    def feeds():
        yield from good_feeds(20)
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        inferences.run(feeds(), lambda *_: None)
    check_all_come_back(inferences)

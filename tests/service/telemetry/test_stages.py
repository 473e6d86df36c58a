"""Stages: told once each, also where they fail, and for nothing where nobody listens."""

import pytest

from core.stages import listen, stage


@pytest.fixture
def told():
    seen = []

    def begin(name, encloses):
        seen.append(("begin", name, encloses))
        return lambda error: seen.append(("end", name, error))

    listen(begin)
    yield seen
    listen(None)


def test_a_block_is_told_at_its_beginning_and_end(told):
    with stage("read"):
        told.append("at work")
    assert told == [("begin", "read", True), "at work", ("end", "read", None)]


def test_what_a_stage_raises_is_told_and_goes_on(told):
    failure = ValueError("no")
    with pytest.raises(ValueError), stage("read"):
        raise failure
    assert told[-1] == ("end", "read", failure)


def test_a_function_may_be_a_stage_each_time_it_is_called(told):
    @stage("encode")
    def encode(text):
        return text.upper()

    assert [encode("a"), encode("b")] == ["A", "B"]
    assert [event[0] for event in told] == ["begin", "end", "begin", "end"]


def test_a_generator_that_is_left_ends_its_stage(told):
    def words():
        with stage("write", encloses=False):
            yield "one"
            yield "two"

    running = words()
    next(running)
    running.close()
    assert told[0] == ("begin", "write", False)
    assert isinstance(told[1][2], GeneratorExit)


def test_without_a_listener_a_stage_does_nothing():
    with stage("read"):
        pass

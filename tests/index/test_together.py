"""Texts of several threads in one run of a model."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.together import Together

LIMIT_S = 30


class Model:
    """Gives each text's length; a run waits until ``go_on`` is set. "bad" fails."""

    def __init__(self) -> None:
        self.runs: list[list[str]] = []
        self.began = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.runs.append(texts)
        self.began.set()
        assert self.go_on.wait(LIMIT_S)
        if "bad" in texts:
            raise ValueError("bad")
        return np.array([[len(text)] for text in texts], dtype=np.float32)


def ask_meanwhile(together: Together, model: Model, pool: ThreadPoolExecutor, asked: list[list[str]]) -> list:
    """One run is going on while all of ``asked`` come."""
    first = pool.submit(together, ["first"])
    assert model.began.wait(LIMIT_S)
    rest = []
    for texts in asked:
        rest.append(pool.submit(together, texts))
        while len(together._waiting) < len(rest):
            pass
    model.go_on.set()
    assert first.result(LIMIT_S).tolist() == [[5]]
    return rest


def test_who_comes_while_the_model_runs_is_taken_along_by_the_next_run():
    model = Model()
    together = Together(model, most=5)
    with ThreadPoolExecutor(8) as pool:
        rest = ask_meanwhile(together, model, pool, [["a", "bb"], ["ccc"], ["dddd", "e"], ["f"]])
        assert [one.result(LIMIT_S).tolist() for one in rest] == [[[1], [2]], [[3]], [[4], [1]], [[1]]]
    assert model.runs == [["first"], ["a", "bb", "ccc", "dddd", "e"], ["f"]]


def test_more_texts_than_fit_in_a_run_have_one_of_their_own():
    model = Model()
    model.go_on.set()
    assert Together(model, most=2)(["a", "b", "c"]).shape == (3, 1)
    assert model.runs == [["a", "b", "c"]]


def test_ones_bad_text_is_not_the_others_fault():
    model = Model()
    together = Together(model)
    with ThreadPoolExecutor(8) as pool:
        good, bad, also_good = ask_meanwhile(together, model, pool, [["a"], ["bad"], ["bb"]])
        with pytest.raises(ValueError, match="bad"):
            bad.result(LIMIT_S)
        assert good.result(LIMIT_S).tolist() == [[1]]
        assert also_good.result(LIMIT_S).tolist() == [[2]]


def test_a_question_has_the_same_vector_in_company(encoder):
    asked = [
        "When was it?",
        "Who attended the Central Foreign Affairs Work Conference in Beijing last December?",
        "Why",
    ]
    alone = np.vstack([encoder.encode_questions([text]) for text in asked])
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda i: (i % 3, encoder.encode_questions([asked[i % 3]])), range(60)))
    for i, vector in found:
        assert vector.shape == (1, encoder.dimension)
        assert float(vector[0] @ alone[i]) > 0.99999

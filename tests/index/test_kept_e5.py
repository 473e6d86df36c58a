"""The default encoder without PyTorch: what an earlier process converted and kept, and where that is damaged."""

import json
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from index.encode import SentenceTransformerEncoder

TEXTS = ["The meeting was held in Lima.", "", "会议在利马举行。", "A long one. " * 300, "x"]
SCRIPT = """
    import json, sys
    from index.encode import SentenceTransformerEncoder
    texts, many = json.loads(sys.argv[1]), int(sys.argv[2])
    encoder = SentenceTransformerEncoder(precision="float32")
    told = []
    found = {
        "dimension": encoder.dimension,
        "counts": encoder.count_tokens(texts),
        "questions": encoder.encode_questions(texts).tolist(),
        "passages": encoder.encode_passages(texts * many, told.append)[: len(texts)].tolist(),
        "told": sum(told),
        "torch": "torch" in sys.modules,
    }
    print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def exact():
    """By sentence-transformers and PyTorch."""
    encoder = SentenceTransformerEncoder(precision="float32", backend="torch")
    return {
        "counts": encoder.count_tokens(TEXTS),
        "questions": encoder.encode_questions(TEXTS),
        "passages": encoder.encode_passages(TEXTS),
    }


def in_a_process(cache, many=1):
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), json.dumps(TEXTS), str(many)]
    environment = {"PATH": "", "HOME": str(cache), "XDG_CACHE_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def check(found, exact, many=1):
    assert (found["dimension"], found["counts"]) == (384, exact["counts"])
    assert found["told"] == many * len(TEXTS)
    for kind in ("questions", "passages"):
        assert (np.array(found[kind]) * exact[kind]).sum(axis=1).min() > 0.9999


def test_the_second_process_needs_no_pytorch_and_gives_the_same_vectors(tmp_path, exact):
    first, second = in_a_process(tmp_path), in_a_process(tmp_path)
    assert (first["torch"], second["torch"]) == (True, False)
    check(first, exact)
    check(second, exact)


@pytest.mark.slow
def test_many_passages_are_for_sentence_transformers(tmp_path, exact):
    in_a_process(tmp_path)
    found = in_a_process(tmp_path, many=60)
    assert found["torch"]
    check(found, exact, many=60)


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    ["no samples", "samples cut", "samples a list", "other vectors", "model cut", "weights zeroed", "their end zeroed"],
)
def test_what_was_kept_and_is_damaged_is_made_anew(tmp_path, exact, damage):
    in_a_process(tmp_path)
    [samples] = tmp_path.glob("footnoted/openvino/*/samples.json")
    model, weights = samples.with_name("model.xml"), samples.with_name("model.bin")
    match damage:
        case "no samples":
            samples.unlink()
        case "samples cut":
            samples.write_text(samples.read_text()[:1000])
        case "samples a list":
            samples.write_text("[1]")
        case "other vectors":
            samples.write_text(json.dumps({text: [0.05] * 384 for text in TEXTS}))
        case "model cut":
            model.write_text(model.read_text()[:1000])
        case "weights zeroed":
            weights.write_bytes(bytes(weights.stat().st_size))
        case "their end zeroed":  # as where the power failed; all vectors are no numbers then
            weights.write_bytes(weights.read_bytes()[:-1_000_000] + bytes(1_000_000))
    for has_torch in (True, False):
        found = in_a_process(tmp_path)
        assert found["torch"] is has_torch
        check(found, exact)


@pytest.mark.slow
def test_without_a_folder_to_keep_it_in_all_is_done_by_pytorch(tmp_path, exact):
    nowhere = tmp_path / "file"
    nowhere.write_text("in the way")
    for _ in range(2):
        found = in_a_process(nowhere)
        assert found["torch"]
        check(found, exact)

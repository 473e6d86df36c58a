"""The real encoder: unit vectors, true token counts, and threads that do not disturb each other."""

import threading
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from core.errors import EncoderUnavailable
from index.encode import SentenceTransformerEncoder
from index.packaged_minilm import packaged_folder

TEXTS = [
    "The ferry leaves the harbour at seven.",
    "In winter the harbour is closed.",
    "A very long text about nothing in particular. " * 60,
    "漢字 and emoji 👩‍👩‍👧",
    "x",
    "",
]


@pytest.fixture(scope="module")
def encoder():
    """The one that is a sentence-transformers folder; the other is in test_packaged_e5_encoder.py."""
    return SentenceTransformerEncoder("english")


def test_vectors_are_of_length_one_and_of_the_models_dimension(encoder):
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension) == (6, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert np.linalg.norm(encoder.encode_questions(["When does it leave?"])) == pytest.approx(1.0, abs=1e-5)


def test_vectors_come_in_the_order_of_their_texts(encoder):
    together = encoder.encode_passages(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        alone = encoder.encode_passages([text])[0]
        assert alone @ vector > 0.999  # sums in bfloat16 differ a little with their batch
        assert (together @ alone).argmax() == TEXTS.index(text)


def test_a_question_is_nearest_to_the_passage_that_answers_it(encoder):
    passages = encoder.encode_passages(["The ferry leaves at seven.", "Potatoes are boiled in salted water."])
    cosines = passages @ encoder.encode_questions(["What time does the boat depart?"])[0]
    assert cosines[0] > cosines[1] + 0.2


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode_passages([]).shape == (0, 384)
    assert encoder.count_tokens([]) == []


def test_progress_adds_up_to_the_number_of_texts():
    done = []
    encoder = SentenceTransformerEncoder("english", batch_size=4)
    encoder.encode_passages([f"Text {i}." for i in range(10)], done.append)
    assert done == [4, 4, 2]


def test_tokens_are_counted_as_the_tokenizer_does_also_beyond_the_models_limit(encoder):
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    expected = [len(tokenizer.encode(text, add_special_tokens=False)) for text in TEXTS]
    assert encoder.count_tokens(TEXTS) == expected
    assert max(expected) > encoder.max_tokens == 256
    assert encoder.count_tokens(["one two three"]) == [3]


def test_counting_does_not_change_how_long_texts_are_embedded(encoder):
    before = encoder.encode_passages(TEXTS)
    encoder.count_tokens(TEXTS)
    assert encoder.encode_passages(TEXTS) == pytest.approx(before, abs=1e-6)


def test_questions_passages_and_counts_from_threads_are_as_alone(encoder):
    questions = [f"What leaves at {hour} o'clock?" for hour in range(6)]
    passages = [f"{text[:200]} {i}" for i in range(4) for text in TEXTS]
    alone = encoder.encode_questions(questions), encoder.encode_passages(passages), encoder.count_tokens(passages)
    wrong: list[str] = []

    def check(what, run, expected):
        for _ in range(4):
            if not np.allclose(run(), expected, atol=1e-5):
                wrong.append(what)

    threads = [
        threading.Thread(target=check, args=("questions", lambda: encoder.encode_questions(questions), alone[0])),
        threading.Thread(target=check, args=("questions", lambda: encoder.encode_questions(questions), alone[0])),
        threading.Thread(target=check, args=("passages", lambda: encoder.encode_passages(passages), alone[1])),
        threading.Thread(target=check, args=("counts", lambda: encoder.count_tokens(passages), alone[2])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("model", ["no-such-organisation/no-such-model", "/no/such/folder"])
def test_an_unknown_model_is_unavailable_and_says_what_to_name(monkeypatch, model):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    encoder = SentenceTransformerEncoder(model)
    assert encoder.name == model
    with pytest.raises(EncoderUnavailable) as caught:
        encoder.load()
    assert repr(model) in caught.value.message
    assert '"english" or "multilingual"' in caught.value.hint


def test_a_folder_that_holds_no_model_is_unavailable(tmp_path):
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(EncoderUnavailable, match=tmp_path.name):
        SentenceTransformerEncoder(str(tmp_path)).load()


def test_a_copy_of_the_packaged_model_gives_the_same_vectors_by_its_folder(encoder):
    other = SentenceTransformerEncoder(str(packaged_folder()))
    assert other.encode_questions(TEXTS[:2]) == pytest.approx(encoder.encode_questions(TEXTS[:2]), abs=1e-6)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_model_that_is_kept_in_half_precision_gives_the_same_vectors(encoder, tmp_path, precision):
    SentenceTransformer(str(packaged_folder())).half().save(str(tmp_path))
    other = SentenceTransformerEncoder(str(tmp_path), device="cpu", precision=precision)
    assert (other.encode_passages(TEXTS) * encoder.encode_passages(TEXTS)).sum(axis=1).min() > 0.999
    assert (other.encode_questions(TEXTS) * encoder.encode_questions(TEXTS)).sum(axis=1).min() > 0.999


@pytest.mark.parametrize("name", ["english", "multilingual"])
def test_prepared_for_questions_it_gives_the_same_vectors(name):
    plain, prepared = SentenceTransformerEncoder(name), SentenceTransformerEncoder(name)
    prepared.prepare()
    questions = [*TEXTS, "When does it leave?"]
    for asked in ([questions[-1]], questions, []):
        assert prepared.encode_questions(asked) == pytest.approx(plain.encode_questions(asked), abs=1e-5)


@pytest.fixture
def conversions(monkeypatch):
    """The models that were to be converted to OpenVINO, without success, on a processor with int8 and bfloat16."""
    given = []
    monkeypatch.setattr("index.openvino_encoder.is_available", lambda: True)
    monkeypatch.setattr("index.openvino_encoder.accelerated", lambda model, *_: given.append(model))
    monkeypatch.setattr("index.encode.by_openvino", lambda _: ("int8", "bfloat16"))
    return given


def test_only_one_call_with_many_texts_is_worth_a_conversion(conversions):
    """Questions across languages encode some dozen passages each, and must not wait for one."""
    encoder = SentenceTransformerEncoder("english")
    for _ in range(5):
        encoder.encode_passages(["a"] * 80)
    assert conversions == []
    for _ in range(2):
        encoder.encode_passages(["a"] * 300)
    assert len(conversions) == 2  # in the precisions that the processor has, once


def test_preparing_is_tried_once_and_leaves_alone_what_answers_meanwhile(conversions):
    encoder = SentenceTransformerEncoder("english")
    threads = [threading.Thread(target=encoder.prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    encoder.prepare()
    [given] = conversions
    assert all(given is not one and given.tokenizer is not one.tokenizer for one in encoder._models())
    assert encoder.encode_questions(["Where?"]).shape == (1, 384)


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.9999), ("bfloat16", 0.999), ("int8", 0.99)])
def test_openvino_gives_the_vectors_of_pytorch(tmp_path, monkeypatch, precision, least):
    """At first, from what it kept of the conversion, and where that is damaged."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    texts = [*TEXTS, "", "A long one. " * 90]
    expected = SentenceTransformerEncoder("english", precision="float32", backend="torch").encode_passages(texts)

    def check():
        quick = SentenceTransformerEncoder("english", precision=precision, backend="openvino")
        assert (quick.encode_passages(texts) * expected).sum(axis=1).min() > least
        assert quick.backend_in_use == "openvino"
        [kept] = tmp_path.glob("footnoted/openvino/*/model.xml")
        return kept

    made = check().stat().st_mtime_ns
    kept = check()
    assert kept.stat().st_mtime_ns == made
    kept.write_text("<net")
    assert check().read_text() != "<net"


@pytest.mark.parametrize("name", ["english", "multilingual"])
@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_many_passages_of_all_lengths_are_embedded_as_alone(name, precision):
    """However they are sorted, cut into pieces and padded for OpenVINO."""
    words = Path(__file__).read_text(encoding="utf-8").split()
    texts = [" ".join(words[i : i + 1 + i % 37]) for i in range(0, 150)] + [""]
    quick = SentenceTransformerEncoder(name, precision=precision, backend="openvino")
    done: list[int] = []
    together = quick.encode_passages(texts, done.append)
    assert quick.backend_in_use == "openvino"
    assert sum(done) == len(texts)
    some = [*range(0, len(texts), 6), len(texts) - 1]
    alone = np.concatenate([quick.encode_passages([texts[i]]) for i in some])
    assert (alone * together[some]).sum(axis=1).min() > 0.999
    exact = SentenceTransformerEncoder(name, precision="float32", backend="torch").encode_passages(texts)
    assert (exact * together).sum(axis=1).min() > 0.99


def test_the_first_precision_that_will_do_is_taken(monkeypatch):
    given = []

    def accelerated(model, precision, hint):
        given.append(precision)
        return model if precision == "bfloat16" else None

    monkeypatch.setattr("index.openvino_encoder.accelerated", accelerated)
    monkeypatch.setattr("index.encode.by_openvino", lambda _: ("int8", "bfloat16", "float32"))
    encoder = SentenceTransformerEncoder("english", backend="openvino")
    encoder.encode_passages(["a"])
    assert given == ["int8", "bfloat16"]
    assert encoder.backend_in_use == "openvino"

"""The multilingual encoder out of its package: the vectors of an ordinary sentence-transformers model, without one."""

import socket
import threading

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from index.encode import SentenceTransformerEncoder
from index.packaged_e5 import packaged_e5

pytestmark = pytest.mark.slow

TEXTS = ["The ferry leaves the harbour at seven.", "渡轮七点离开港口。", "مرحبا بالعالم", "Ж" * 700, "à  la\ncarte", ""]


@pytest.fixture(scope="module")
def multilingual():
    return SentenceTransformerEncoder("multilingual", precision="float32", backend="torch")


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    """The same model as a folder, loaded by sentence-transformers with nothing of ours."""
    folder = tmp_path_factory.mktemp("e5")
    packaged_e5().unpack(folder)
    return SentenceTransformer(str(folder), device="cpu")


def test_vectors_and_tokens_are_those_of_an_ordinary_model_with_its_prompts(multilingual, ordinary):
    options = {"normalize_embeddings": True}
    questions, passages = (
        ordinary.encode([f"{kind}: {text}" for text in TEXTS], **options) for kind in ("query", "passage")
    )
    assert multilingual.encode_questions(TEXTS) == pytest.approx(questions, abs=1e-5)
    assert multilingual.encode_passages(TEXTS) == pytest.approx(passages, abs=1e-5)
    assert (multilingual.dimension, multilingual.max_tokens) == (384, 512)
    whole = [len(ordinary.tokenizer.backend_tokenizer.encode(t, add_special_tokens=False).ids) for t in TEXTS[:3]]
    assert multilingual.count_tokens(TEXTS[:3]) == whole


def test_a_text_beyond_the_limit_is_cut_and_its_tokens_are_counted(multilingual):
    text = "word " * 800
    assert multilingual.count_tokens([text]) == [800]
    whole, more = multilingual.encode_passages([text, text + "and something else entirely"])
    assert whole == pytest.approx(more, abs=1e-5)


def test_a_question_finds_its_passage_across_languages(multilingual):
    english = [
        "The ferry leaves the harbour at seven.",
        "Potatoes are boiled in salted water.",
        "He studies in Beijing.",
    ]
    chinese = ["渡轮七点离开港口。", "土豆用盐水煮。", "他在北京学习。"]
    asked = {
        "渡轮什么时候离开港口？": english,
        "Cuándo sale el ferry?": english,
        "Как варят картофель?": english,
        "他在哪里学习？": english,
        "When does the ferry leave?": chinese,
        "Wie kocht man Kartoffeln?": chinese,
        "Where does he study?": chinese,
    }
    found = [
        int((multilingual.encode_passages(passages) @ multilingual.encode_questions([question])[0]).argmax())
        for question, passages in asked.items()
    ]
    assert found == [0, 0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.9999), ("bfloat16", 0.9998), ("int8", 0.998)])
def test_openvino_gives_the_same_vectors_prompts_and_all(multilingual, precision, least):
    quick = SentenceTransformerEncoder("multilingual", precision=precision, backend="openvino")
    assert (quick.encode_passages(TEXTS) * multilingual.encode_passages(TEXTS)).sum(axis=1).min() > least
    assert quick.backend_in_use == "openvino"


def test_it_needs_no_network_writes_nothing_and_leaves_the_table_of_words_in_its_package(monkeypatch, tmp_path):
    def refuse(*_):
        raise AssertionError("something wants the network")

    for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    encoder = SentenceTransformerEncoder("multilingual", backend="torch")
    encoder.load()
    assert list(tmp_path.iterdir()) == []
    weights = sum(p.numel() for p in encoder._models()[0].parameters())
    assert weights < 22_000_000 < 250_037 * 384


def test_threads_share_it(multilingual):
    texts = [f"{text[:80]} {i}" for i in range(4) for text in TEXTS]
    alone = multilingual.encode_questions(texts), multilingual.encode_passages(texts), multilingual.count_tokens(texts)
    runs = (multilingual.encode_questions, multilingual.encode_passages, multilingual.count_tokens)
    wrong: list[str] = []

    def check(run, expected):
        for _ in range(3):
            if not np.allclose(run(texts), expected, atol=1e-5):
                wrong.append(run.__name__)

    threads = [threading.Thread(target=check, args=one) for one in zip(runs, alone, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

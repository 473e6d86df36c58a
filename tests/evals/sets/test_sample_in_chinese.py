"""The sample's second question set: the same questions in Chinese, over the same English text."""

from pathlib import Path

from evals.sets.load import load_set
from service.workers.sample import SAMPLE, SAMPLE_DOCUMENT


def test_it_asks_what_the_first_set_asks_and_its_evidence_stands_in_the_text():
    first, second = (load_set(SAMPLE / name) for name in ("questions.jsonl", "questions-zh.jsonl"))
    text = SAMPLE_DOCUMENT.read_text(encoding="utf-8")
    by_id = {question.id: question for question in first.questions}
    assert [Path(source.name).name for source in second.documents] == [SAMPLE_DOCUMENT.name]
    assert sum(question.answerable for question in second.questions) == 14
    assert len(second.questions) == 22
    for question in second.questions:
        english = by_id[question.id.replace("-zh-", "-")]
        assert (question.answerable, question.evidence) == (english.answerable, english.evidence)
        assert any("\u4e00" <= character <= "\u9fff" for character in question.text)
        assert all(one.quote in text for one in question.evidence)

import pytest

from evals.metrics.evidence_cited import evidence_cited, evidence_cited_first


@pytest.mark.parametrize(
    ("on_evidence", "cited", "first"),
    [
        ([], 0.0, 0.0),
        ([True], 1.0, 1.0),
        ([False, True], 1.0, 0.0),
        ([True, False], 1.0, 1.0),
        ([False, False], 0.0, 0.0),
    ],
)
def test_by_hand(on_evidence, cited, first):
    assert evidence_cited(on_evidence) == cited
    assert evidence_cited_first(on_evidence) == first

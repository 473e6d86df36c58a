"""How much questions of a conversation have to do with each other: cosines of the English encoder."""

from collections.abc import Sequence
from functools import cache

from index.encode import Encoder, SentenceTransformerEncoder
from index.encoder_names import ENGLISH, MULTILINGUAL
from service.kept_vectors import KeptVectors

_KEPT = 2_000


class RelatedQuestions:
    """Earlier questions come again with every turn: the vectors used last are kept. Safe from several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._vectors = KeptVectors(encoder.encode_questions, _KEPT)

    def __call__(self, question: str, others: Sequence[str]) -> list[float]:
        """The cosine of the question with each. Raises EncoderUnavailable."""
        own, *vectors = self._vectors([question, *others])
        return [float(own @ other) for other in vectors]


def related_by(encoder: Encoder) -> RelatedQuestions | None:
    """By the English encoder, also where the collection's is the multilingual one: it tells short follow-ups from
    changes of subject better (AUROC .82 and .71 on half of CAsT, ``python -m bench.question_scale``).

    None with an encoder of the user's own: each has a scale of its own.
    """
    if encoder.name == ENGLISH:
        return RelatedQuestions(encoder)
    return _by_english() if encoder.name == MULTILINGUAL else None


@cache
def _by_english() -> RelatedQuestions:
    """One for all engines of the process; its model is loaded with the first follow-up.

    It runs on the CPU by PyTorch whatever the settings say: the questions of a conversation are few and short.
    """
    return RelatedQuestions(SentenceTransformerEncoder(ENGLISH, device="cpu", backend="torch"))

"""How much questions of a conversation have to do with each other: cosines of the English encoder."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoder, SentenceTransformerEncoder
from index.encoder_names import ENGLISH, MULTILINGUAL

_KEPT = 2_000


class RelatedQuestions:
    """Earlier questions come again with every turn: the vectors used last are kept. Safe from several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, question: str, others: Sequence[str]) -> list[float]:
        """The cosine of the question with each. Raises EncoderUnavailable."""
        wanted = list(dict.fromkeys([question, *others]))
        with self._lock:
            known = {text: self._vectors[text] for text in wanted if text in self._vectors}
            for text in known:
                self._vectors.move_to_end(text)
        missing = [text for text in wanted if text not in known]
        if missing:
            known |= dict(zip(missing, self._encoder.encode_questions(missing), strict=True))
            with self._lock:
                self._vectors.update({text: known[text] for text in missing})
                while len(self._vectors) > _KEPT:
                    self._vectors.popitem(last=False)
        return [float(known[question] @ known[other]) for other in others]


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

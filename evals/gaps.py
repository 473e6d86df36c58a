"""What the documents lack: questions that got no good answer, grouped by what they ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from index.encode import Vectors
from service.questions.records import AskedQuestion, Rating

# Chosen on the English encoder by reading the groups of the 688 different questions of TREC CAsT 2019 and 2020, each
# rewritten to stand alone. At 0.4 a group is about one thing that one page could answer ("What is Lyme disease?",
# "How do you get Lyme disease?", …) and 99 % of its questions come from one conversation; at 0.5 and above, other
# things join (Milgram's experiment with the Stanford one); at 0.3 a third of the questions that belong together stay
# alone.
DISTANCE = 0.4
# A passage this alike (cosine) is near. Of SQuAD questions (half of the dev set's first eight articles), 88 % find such
# a passage where their article is in the index, 5 % where it is not.
NEAR = 0.4
MOST_TEXTS = 5000
"""Grouping compares each text with each: this many take about 300 MB."""
EXAMPLES = 3

Encode = Callable[[Sequence[str]], Vectors]


def similarity_of(cosine: float) -> float:
    """What is shown of a cosine on the scale of ``index.cosine_scale``, which goes a little beyond 0 and 1."""
    return round(min(max(cosine, 0.0), 1.0), 4)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask for one thing, newest first. ``texts`` are their different wordings, most central first."""

    texts: tuple[str, ...]
    questions: tuple[AskedQuestion, ...]

    @property
    def title(self) -> str:
        return self.texts[0]

    @property
    def examples(self) -> tuple[str, ...]:
        return self.texts[:EXAMPLES]

    @property
    def people(self) -> int:
        """Who asked, or rated down; a question without a name counts as a person of its own."""
        asked = {question.person or question.answer_id for question in self.questions}
        rated = {one.person for q in self.questions for one in q.feedback if one.rating is Rating.DOWN and one.person}
        return len(asked | rated)

    @property
    def first_asked(self) -> str:
        return min(question.asked_at for question in self.questions)

    @property
    def last_asked(self) -> str:
        return max(question.asked_at for question in self.questions)

    @property
    def comments(self) -> tuple[str, ...]:
        """What people wrote with a thumb down."""
        return tuple(
            one.comment for q in self.questions for one in q.feedback if one.rating is Rating.DOWN and one.comment
        )


@dataclass(frozen=True, slots=True)
class NearestDocument:
    """``similarity`` is that of its best passage now; None where a search does not find it any more.

    ``came_up`` counts the group's questions that found it when they were asked.
    """

    title: str
    uri: str
    similarity: float | None
    came_up: int

    @property
    def is_near(self) -> bool:
        return self.similarity is not None and self.similarity >= NEAR


@dataclass(frozen=True, slots=True)
class Today:
    """What asking again brings: how many of the examples are answered, and the documents nearest to them."""

    answered: int
    asked: int
    confidence: float
    documents: tuple[NearestDocument, ...]


class State(StrEnum):
    """Whether a gap is one still. TO_CHECK: answered, but an answer was rated down, and it may be the same one."""

    OPEN = "open"
    TO_CHECK = "to check"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Gap:
    """A group of questions and how it stands today."""

    group: Group
    today: Today

    @property
    def state(self) -> State:
        if self.today.answered < self.today.asked:
            return State.OPEN
        disliked = any(question.answered and question.is_rated(Rating.DOWN) for question in self.group.questions)
        return State.TO_CHECK if disliked else State.CLOSED

    @property
    def near(self) -> tuple[NearestDocument, ...]:
        return tuple(document for document in self.today.documents if document.is_near)


def shows_gap(question: AskedQuestion, below: float) -> bool:
    """Not answered, answered with less confidence than ``below``, or rated down."""
    return not question.answered or question.confidence < below or question.is_rated(Rating.DOWN)


def grouped(questions: Sequence[AskedQuestion], encode: Encode, distance: float = DISTANCE) -> tuple[list[Group], int]:
    """Groups, those of most people first, and how many questions were left out because there are too many texts.

    ``questions`` come newest first: the oldest are left out. ``encode`` gives unit vectors,
    which are alike up to the cosine distance.
    """
    by_text: dict[str, list[AskedQuestion]] = {}
    left_out = 0
    for question in questions:
        text = " ".join(question.understood_as.split())
        # One text in other letters or with another mark at its end is one text.
        key = text.casefold().rstrip(" ?.!")
        if key in by_text or len(by_text) < MOST_TEXTS:
            by_text.setdefault(key, []).append(question)
        else:
            left_out += 1
    if not by_text:
        return [], left_out
    asked = list(by_text.values())
    texts = [" ".join(same[0].understood_as.split()) for same in asked]
    vectors = encode(texts)
    groups = [_group(members, texts, asked, vectors) for members in _clusters(vectors, distance)]
    return sorted(groups, key=lambda g: (-g.people, -len(g.questions), g.title)), left_out


def _clusters(vectors: Vectors, distance: float) -> list[NDArray[np.int64]]:
    """Indices of the vectors that belong together: average linkage, so that no chain of neighbours grows."""
    if len(vectors) == 1:
        return [np.zeros(1, dtype=np.int64)]
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=distance
    )
    labels = clustering.fit_predict(vectors)
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _group(
    members: NDArray[np.int64], texts: Sequence[str], asked: Sequence[Sequence[AskedQuestion]], vectors: Vectors
) -> Group:
    """A text is central when it is like the others, each as often as it was asked."""
    weights = np.array([len(asked[i]) for i in members])
    centrality = vectors[members] @ (weights @ vectors[members])
    order = members[np.argsort(-centrality, kind="stable")]
    questions = sorted((q for i in members for q in asked[i]), key=lambda q: q.asked_at, reverse=True)
    return Group(tuple(texts[i] for i in order), tuple(questions))

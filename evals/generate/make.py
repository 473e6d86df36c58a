"""A set from documents: drafts by turns, duplicates out, the round trip, and questions without an answer among them."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from evals.generate.casing import Casing
from evals.generate.chosen import in_turn, sentences_of
from evals.generate.duplicates import Seen, ambiguous
from evals.generate.lists import list_drafts
from evals.generate.round_trip import RoundTrip, Trip
from evals.generate.set_file import Made, question_of
from evals.generate.templates import drafts
from evals.generate.types import Draft, Source
from evals.generate.unanswerable import Replacer
from evals.metrics.answer_words import normalised

BY_PATTERNS = "patterns"
DUPLICATE = "much the same as another"
AMBIGUOUS = "more than one sentence answers it"
UNANSWERABLE = "unanswerable"


@dataclass(frozen=True, slots=True)
class Wanted:
    """``unanswerable`` is the share of the set; ``filtered`` drops what does not come back from the round trip."""

    count: int
    unanswerable: float
    seed: int
    filtered: bool


@dataclass(slots=True)
class MadeSet:
    """The questions, how many were tried for them, and how many of these were dropped, by reason.

    ``trips`` counts the round trips, also where nothing is dropped for them.
    """

    questions: list[Made] = field(default_factory=list)
    tried: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    trips: Counter[Trip] = field(default_factory=Counter)


def pattern_drafts(sources: Sequence[Source], rng: random.Random, dropped: Counter[str]) -> Iterator[Draft]:
    """All questions that the patterns of English make, by turns of documents and sections; fallbacks last."""
    casing = Casing(source.document.text for source in sources)
    made = [draft for source in sources for s in sentences_of(source) for draft in drafts(s, casing)]
    made += [draft for source in sources for draft in list_drafts(source)]
    unclear = ambiguous(made)
    kept = [draft for draft in made if normalised(draft.text) not in unclear]
    if len(kept) < len(made):
        dropped[AMBIGUOUS] += len(made) - len(kept)
    yield from in_turn([draft for draft in kept if draft.rule != "section"], rng)
    yield from in_turn([draft for draft in kept if draft.rule == "section"], rng)


def make_set(
    candidates: Iterable[Draft],
    sources: Sequence[Source],
    trip: RoundTrip,
    made_by: str,
    wanted: Wanted,
    advance: Callable[[int], None],
) -> MadeSet:
    """Takes drafts until the set is full, or there are no more. ``advance`` is told of questions kept."""
    result = MadeSet()
    seen = Seen()
    used: list[Draft] = []
    answerable = wanted.count - round(wanted.count * wanted.unanswerable)
    waiting = iter(candidates)
    for draft in waiting if answerable else ():
        result.tried += 1
        if not seen.is_new(draft.text):
            result.dropped[DUPLICATE] += 1
            continue
        used.append(draft)
        question = question_of(draft.text, draft.answer, draft.sentence.source.name, draft.sentence.quote)
        went = trip.go(question)
        result.trips[went] += 1
        if wanted.filtered and went is not Trip.KEPT:
            result.dropped[went.value] += 1
            continue
        result.questions.append(Made(question, draft.rule, made_by, went is Trip.KEPT))
        advance(1)
        if len(result.questions) == answerable:
            break
    share = wanted.unanswerable
    missing = round(len(result.questions) * share / (1 - share)) if share < 1 else wanted.count
    # More of a chat model's would cost; more of the patterns' cost nothing.
    pool = chain(used, waiting) if made_by == BY_PATTERNS else used
    result.questions.extend(_without_answer(pool, sources, trip, made_by, missing, random.Random(wanted.seed), advance))
    return result


def _without_answer(
    pool: Iterable[Draft],
    sources: Sequence[Source],
    trip: RoundTrip,
    made_by: str,
    count: int,
    rng: random.Random,
    advance: Callable[[int], None],
) -> Iterator[Made]:
    """Never filtered by the round trip: only what the reader refuses would be left, and look like a perfect reader."""
    if count < 1:
        return
    replacer, seen = Replacer(sources), Seen()
    for draft in pool:
        changed = replacer.without_answer(draft.text, rng)
        if changed is None or not seen.is_new(changed):
            continue
        question = question_of(changed, None, draft.sentence.source.name, draft.sentence.quote)
        yield Made(question, UNANSWERABLE, made_by, trip.go(question) is Trip.KEPT)
        advance(1)
        count -= 1
        if count == 0:
            return

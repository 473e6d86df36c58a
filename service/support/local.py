"""The checker that runs on this machine: identity, then facts and doubts, then a learnt score for the rest."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from core.types import Passage, Verdict
from service.language.told import LEAST_VOTES, language_of
from service.support.across import AcrossLanguages, Encode
from service.support.analysed import Analysed, Passages, Read, analyse, together
from service.support.checker import Checked, Evidence
from service.support.conflict import follow
from service.support.doubts import doubt
from service.support.evidence import Chosen, choose, stretch, weights
from service.support.facts import dates, names, numbers, polarity
from service.support.features import features
from service.support.kin import akin
from service.support.score import shipped
from service.support.words import comparable

_LONGEST_CLAIM = 2_000  # characters; no sentence is that long
_FAULTY = 0.2  # the most support that a sentence with a fault has


@dataclass(frozen=True, slots=True)
class Compared:
    """A claim beside the sentences that say most of it; ``fault`` is the first fact that differs.

    ``contradicted`` tells a fact that is another one from one that is lacking.
    """

    features: tuple[float, ...]
    chosen: tuple[Chosen, ...]
    fault: str | None
    contradicted: bool


class LocalChecker:
    """Safe from several threads; what it needs is loaded on first use."""

    name = "local"

    def __init__(self, encode: Encode | None = None) -> None:
        """``encode`` is of an encoder of many languages; without one, sentences are compared within a language only."""
        self._passages = Passages()
        self._across = AcrossLanguages(encode) if encode is not None else None

    def check(self, claim: str, passages: Sequence[Passage]) -> Checked:
        reads = [self._passages.read(passage) for passage in passages]
        if same := _verbatim(claim, reads):
            return Checked(Verdict.SUPPORTED, 1.0, (same,))
        language = _language(claim, reads)
        other = [read for read in reads if language and read.sentences and read.language not in (language, None)]
        own = self._compared(claim, [read for read in reads if read not in other] if self._across else reads)
        if own.evidence or self._across is None or language is None or not other or len(claim) > _LONGEST_CLAIM:
            return own
        across = self._across.check(claim, language, other, shipped().supported)
        return across if across.evidence or own.fault == "meaning" else own

    def _compared(self, claim: str, reads: Sequence[Read]) -> Checked:
        """Within a language."""
        compared = self.compare(claim, reads)
        if compared is None:
            return Checked(Verdict.UNSUPPORTED, 0.0, (), "meaning")
        score = shipped()
        support = score.of(compared.features)
        if compared.fault:
            support = min(support, _FAULTY if compared.contradicted else score.supported - 0.01)
        if compared.contradicted or support < score.partly:
            return Checked(Verdict.UNSUPPORTED, support, (), compared.fault or "meaning")
        verdict = Verdict.SUPPORTED if support >= score.supported else Verdict.PARTLY
        fault = None if verdict is Verdict.SUPPORTED else compared.fault or "meaning"
        return Checked(verdict, support, tuple(_evidence(compared.chosen, reads, support)), fault)

    def features(self, claim: str, passages: Sequence[Passage]) -> tuple[float, ...] | None:
        """What the score would be computed from; None where it would not be asked."""
        reads = [self._passages.read(passage) for passage in passages]
        compared = None if _verbatim(claim, reads) else self.compare(claim, reads)
        return None if compared is None or compared.fault else compared.features

    def compare(self, claim: str, reads: Sequence[Read]) -> Compared | None:
        """None where the claim has no words, is no sentence's length, or has no word in common with the passages."""
        if len(claim) > _LONGEST_CLAIM:
            return None
        said = analyse(claim, _language(claim, reads))
        weighed = weights(said)
        chosen = choose(weighed, reads)
        if not chosen:
            return None
        evidence = together(reads[c.passage].sentences[c.sentence].said for c in _in_order(chosen))
        fault = _departure(said, chosen, reads) or _invented(said, reads)
        used = {c.passage for c in chosen}
        whole = [s.said for i in sorted(used) for s in reads[i].sentences]
        around = [w for i in used for w in reads[i].around]
        context = [*around, *(w for s in whole for w in s.words)]
        absent = names.missing(said.words, {w.stem for w in context}, context)
        other = fault or _lacking(said, evidence, [date for s in whole for date in s.dates], bool(absent))
        other = other or _from_elsewhere(
            said, {w.stem for w in context}, [r for i, r in enumerate(reads) if i not in used]
        )
        found = features(said, weighed, chosen, evidence)
        unsure = None if fault else doubt(claim, said, chosen, reads)
        if unsure and (unsure.contradicts or not other):
            other = unsure.fault
        contradicted = fault is not None or bool(unsure and unsure.contradicts)
        return Compared(found, tuple(chosen), other, contradicted)


def _language(claim: str, reads: Sequence[Read]) -> str | None:
    """The claim's; where its words do not tell, the passages', if they are in one."""
    known = {read.language for read in reads} - {None}
    return language_of(claim, LEAST_VOTES) or (known.pop() if len(known) == 1 else None)


def _verbatim(claim: str, reads: Sequence[Read]) -> Evidence | None:
    """The first place where whole sentences of a passage read exactly like the claim."""
    wanted = comparable(claim)
    if not wanted:
        return None
    for read in reads:
        for i in range(len(read.sentences)):
            text = ""
            for j in range(i, len(read.sentences)):
                text = f"{text} {read.sentences[j].said.text}" if text else read.sentences[j].said.text
                if text == wanted:
                    start, end = read.sentences[i].start, read.sentences[j].end
                    offset = read.passage.start
                    return Evidence(read.passage, offset + start, offset + end, 1.0)
                if not wanted.startswith(text):
                    break
    return None


def _departure(said: Analysed, chosen: Sequence[Chosen], reads: Sequence[Read]) -> str | None:
    """The fact in which the claim departs from the sentence, or the stretch, that it follows most nearly."""
    nearest = max(
        ((read, i) for read in reads for i in range(len(read.sentences))),
        key=lambda place: _in_common(said, place[0].sentences[place[1]].said),
    )
    sources = [nearest[0].sentences[nearest[1]].said]
    sources += [reads[c.passage].sentences[c.sentence].said for c in chosen]
    for passage in {c.passage for c in chosen}:
        part = stretch(reads[passage], [c.sentence for c in chosen if c.passage == passage])
        if len(part) > 1:
            sources.append(together(s.said for s in part))
    # Of several that are followed as nearly, one that says the same is enough.
    return max((follow(said, source) for source in sources), key=lambda f: (round(f.share, 3), f.fault is None)).fault


def _in_common(said: Analysed, read: Analysed) -> tuple[int, int]:
    return sum(w.stem in read.stems for w in said.words), -len(read.words)


def _invented(said: Analysed, reads: Sequence[Read]) -> str | None:
    """A number, a date or a name that stands in none of the passages."""
    read = [s.said for one in reads for s in one.sentences]
    if fault := numbers.missing(said.numbers, [number for s in read for number in s.numbers]):
        return fault
    if dates.missing(said.dates, [date for s in read for date in s.dates]):
        return "date"
    known = [w for part in (*(one.around for one in reads), *(s.words for s in read)) for w in part]
    return "name" if names.missing(said.words, {w.stem for w in known}, known) else None


def _from_elsewhere(said: Analysed, known: Set[str], others: Sequence[Read]) -> str | None:
    """A word that only a passage has which is no evidence: what was said of one thing is said of another."""
    lacking = {w.stem for w in said.words if w.content and not akin(w.stem, known) and not polarity.negations([w.stem])}
    found = any(stem in s.said.stems for stem in lacking for one in others for s in one.sentences)
    return "name" if found else None


def _lacking(said: Analysed, evidence: Analysed, read: Sequence[dates.Date], names_missing: bool) -> str | None:
    """A fact that is said and not in the evidence; for a date, not in the passages that the evidence is from."""
    if fault := numbers.missing(said.numbers, evidence.numbers):
        return fault
    if dates.missing(said.dates, read):
        return "date"
    if names_missing:
        return "name"
    stems = [w.stem for w in said.words]
    denied = polarity.negations(stems) and not polarity.negations(evidence.stems)
    return "negation" if denied else None


def _evidence(chosen: Sequence[Chosen], reads: Sequence[Read], support: float) -> list[Evidence]:
    found = []
    for passage in dict.fromkeys(c.passage for c in chosen):
        read = reads[passage]
        part = stretch(read, [c.sentence for c in chosen if c.passage == passage])
        offset = read.passage.start
        found.append(Evidence(read.passage, offset + part[0].start, offset + part[-1].end, support))
    return found


def _in_order(chosen: Sequence[Chosen]) -> list[Chosen]:
    return sorted(chosen, key=lambda c: (c.passage, c.sentence))

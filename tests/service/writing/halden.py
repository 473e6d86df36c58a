"""Two short texts, a question about them, and what holds for every answer."""

from collections.abc import Sequence

from core.types import Answer
from service.answer.events import Cited, Done, Event, SentenceDone, Token
from service.engine import Engine

TOWER = """The Halden Tower stands in the harbour of Halden. It was finished on 4 May 1931 and is 212 metres tall. \
The tower was designed by Ingrid Solberg. It has 38 floors, of which 6 are open to visitors.

Visitors pay 12 euros. The lift does not run on Mondays. Dogs are not allowed in the tower.

More about the lift stands at https://halden.example.org/lift in Norwegian."""
BRIDGE = """The Tista Bridge was opened in 1958. It is 410 metres long and carries a railway and two roads. \
The bridge was repaired in 2004 for 3.2 million euros."""
TOWER_QUESTION = "How tall is the Halden Tower?"


def squeezed(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def check_events(events: Sequence[Event], engine: Engine) -> Answer:
    """What holds for every answer, whatever the model wrote: the last event is the fold of those before it, every
    marker has a citation and every quote is exact. Gives the answer."""
    *before, done = events
    assert isinstance(done, Done)
    answer = done.answer
    tokens = "".join(event.text for event in before if isinstance(event, Token))
    assert squeezed(tokens) == squeezed("".join(sentence.text for sentence in answer.sentences))
    told = [event for event in before if isinstance(event, SentenceDone)]
    assert [event.index for event in told] == list(range(len(told)))
    assert tuple(event.sentence for event in told) == answer.sentences
    assert tuple(event.citation for event in before if isinstance(event, Cited)) == answer.citations
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    seen: set[int] = set()
    for event in before:
        if isinstance(event, SentenceDone):
            new = [marker for marker in event.sentence.markers if marker not in seen]
            assert all(marker not in seen for marker in new)
            seen.update(new)
            assert bool(event.sentence.markers) == (event.sentence.verdict.value in ("supported", "partly"))
    assert seen == {citation.marker for citation in answer.citations}
    for citation in answer.citations:
        text = engine.document(citation.document.id).text
        assert text[citation.start : citation.end] == citation.quote != ""
    assert len({(c.document.id, c.start, c.end) for c in answer.citations}) == len(answer.citations)
    return answer

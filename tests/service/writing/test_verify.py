"""Sentences that say something only together with others: items under their lead-in, and what a pronoun stands for."""

import pytest

from core.types import Document, Passage, Verdict
from service.support.local import LocalChecker
from service.writing.answer_text import Sentence
from service.writing.verify import Verifier

PUMPS = (
    "The A100 pump weighs 5 kg and delivers 20 litres a minute. The B200 pump weighs 9 kg and delivers 45 litres a "
    "minute. The A100 runs on mains power. The B200 runs on a battery. The A100 was built in Bergen, the B200 in Turku."
)
VISITS = (
    "Tickets cost 12 euros for adults and 5 euros for children. Dogs are not allowed in the tower. Bicycles may be "
    "left at the gate. The museum opens at 9 on weekdays and at 11 on Sundays. The tower was designed by Ingrid "
    "Solberg, and the bridge by Nils Aas. Passes are valid for one day and cannot be returned."
)


@pytest.fixture(scope="module")
def checker():
    return LocalChecker()


@pytest.fixture
def verdicts(checker):
    """Of lines, as the sentences of one answer, each on a line of its own."""
    documents = {
        name: Document(name, f"file:{name}", name, "text/plain", "en", text, ())
        for name, text in {"Pumps": PUMPS, "Visits": VISITS}.items()
    }
    passages = {name: Passage(name, one.ref, (), None, 0, len(one.text), one.text) for name, one in documents.items()}

    def check(*lines):
        verifier = Verifier(checker, passages, documents.__getitem__)
        return [verifier.check(Sentence(line, (), True))[0].verdict for line in lines]

    return check


FALSE_LISTS = [
    ["The A100 pump weighs:", "- 9 kg"],
    ["The A100 pump:", "- Weighs 9 kg.", "- Delivers 45 litres a minute."],
    ["The A100 pump:", "Weighs 9 kg.", "Delivers 45 litres a minute.", "Runs on a battery."],  # lines without bullets
    ["The A100 pump:", "1. weighs 9 kg", "2. delivers 45 litres a minute"],
    ["The A100 has these features:", "- It runs on a battery.", "- It was built in Turku."],
    ["Facts about the A100:", "- It runs on a battery.", "- 45 litres a minute"],
    ["Built in Turku:", "- The A100"],
    ["Runs on a battery:", "- The A100 pump"],
    ["Children pay:", "- 12 euros"],
    ["Prices for children:", "- Tickets cost 12 euros.", "- 12 euros"],
    ["Not allowed in the tower:", "- Bicycles"],
    ["The following may be left at the gate:", "- Dogs", "- Tickets"],
    ["On Sundays the museum opens at:", "- 9"],
    ["Opening hours on Sundays:", "- The museum opens at 9."],
    ["The tower was designed by:", "- Nils Aas"],
    ["Ingrid Solberg designed:", "- the bridge"],
]


@pytest.mark.parametrize("lines", FALSE_LISTS, ids=" ".join)
def test_an_item_that_is_true_of_another_lead_in_is_not_supported(verdicts, lines):
    assert Verdict.SUPPORTED not in verdicts(*lines)[1:]


TRUE_LISTS = [
    ["The A100 pump weighs:", "- 5 kg"],
    ["The A100 pump:", "- Weighs 5 kg.", "- Delivers 20 litres a minute."],
    ["The B200 pump:", "Weighs 9 kg.", "Delivers 45 litres a minute."],
    ["Built in Turku:", "- The B200"],
    ["Prices for children:", "- Tickets cost 5 euros."],
    ["Opening hours:", "- The museum opens at 9 on weekdays."],
    ["Not allowed in the tower:", "- Dogs"],
    ["Ingrid Solberg designed:", "- the tower"],
    ["The A100 pump:", "- Weighs 5 kg.", "The B200 runs on a battery."],  # the list is over
    ["Here is what I found:", "- Dogs are not allowed in the tower.", "- The B200 runs on a battery."],
]


@pytest.mark.parametrize("lines", TRUE_LISTS, ids=" ".join)
def test_an_item_that_is_true_of_its_lead_in_is_supported(verdicts, lines):
    assert verdicts(*lines)[1:] == [Verdict.SUPPORTED] * (len(lines) - 1)


@pytest.mark.parametrize(
    ("first", "second", "is_true"),
    [
        ("The B200 weighs 9 kg.", "It delivers 45 litres a minute.", True),
        ("The A100 weighs 5 kg.", "It delivers 45 litres a minute.", False),
        ("The B200 was built in Turku.", "It runs on a battery.", True),
        ("The A100 was built in Bergen.", "It runs on a battery.", False),
        ("The tower was designed by Ingrid Solberg.", "It was designed by Nils Aas.", False),
        ("Passes are valid for one day.", "They cannot be returned.", True),
        ("Dogs are not allowed in the tower.", "They may be left at the gate.", False),
    ],
)
def test_a_pronoun_is_read_as_what_was_named_before_it(verdicts, first, second, is_true):
    one, two = verdicts(first, second)
    assert one is Verdict.SUPPORTED
    assert (two is Verdict.SUPPORTED) is is_true


def test_a_pronoun_goes_on_standing_for_the_same_thing(verdicts):
    told = verdicts("The A100 weighs 5 kg.", "It delivers 20 litres a minute.", "It runs on a battery.")
    assert [verdict is Verdict.SUPPORTED for verdict in told] == [True, True, False]

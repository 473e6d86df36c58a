"""Sentences that have their source's words and say another thing, as language models write them."""

import pytest

from core.types import Verdict
from service.support.local import LocalChecker
from tests.service.support.test_checker import passage

FERRY = (
    "The ferry Alma carries 240 passengers at a speed of 18 knots. The Berta carries 90 passengers, while the Carla "
    "carries 400 passengers. Up to two bicycles may be taken on board. Tickets are valid for one day and cannot be "
    "returned. Dogs are allowed on deck, except on the Berta. The line was sold by Jonas Friis to Harbour Lines in "
    "1988. Mayor Ida Lund was elected in 2003 and succeeded Per Dahl. The crew may close the deck in a storm. "
    "Coffee was offered to passengers from Oslo or Bergen. The sailors repaired the engine after the captain had "
    "shouted at them. His brother Anton joined the crew in 1991. The council proposed a new pier in 2010."
)
GERMAN = "Die Fähre fährt zwei Mal am Tag. Erwachsene zahlen neun Euro, Kinder zahlen vier Euro."
CHINESE = "张三在1934年向李四借了三百元。"


@pytest.fixture(scope="module")
def checker() -> LocalChecker:
    return LocalChecker()


@pytest.mark.parametrize(
    "claim",
    [
        "The Alma carries 240 passengers.",
        "The Carla carries 400 passengers.",
        "Tickets are valid for one day.",
        "Jonas Friis sold the line to Harbour Lines in 1988.",
        "Ida Lund was elected mayor in 2003.",
        "The council proposed a new pier in 2010.",
        "Per Dahl was succeeded by Ida Lund.",
    ],
)
def test_a_plain_paraphrase_stays_supported(checker: LocalChecker, claim: str) -> None:
    checked = checker.check(claim, [passage(FERRY, title="Ferries")])
    assert checked.verdict is Verdict.SUPPORTED, checked


@pytest.mark.parametrize(
    "claim",
    [
        # The value of a neighbour.
        "The Berta carries 400 passengers.",
        "Mayor Per Dahl was elected in 2003.",
        "Anton was elected in 2003.",
        # Who did it to whom.
        "Harbour Lines sold the line to Jonas Friis in 1988.",
        "Per Dahl succeeded Ida Lund.",
        "Ida Lund preceded Per Dahl.",
        # What was left out.
        "Bicycles may be taken on board.",
        "Dogs are allowed on deck.",
        "Tickets can be returned.",
        "Coffee was offered to passengers from Oslo.",
        # What was put in.
        "The Alma carries over 240 passengers.",
        "The Carla is faster than the Berta.",
        "The Alma is the largest ferry.",
        "All tickets are valid for one day.",
        "It is a myth that tickets are valid for one day.",
        # A word for another.
        "The crew must close the deck in a storm.",
        "The council built a new pier in 2010.",
        "His cousin Anton joined the crew in 1991.",
        "She joined the crew in 1991.",
        # No sentence.
        "240 passengers, 18 knots",
    ],
)
def test_its_words_with_another_meaning_are_not_supported(checker: LocalChecker, claim: str) -> None:
    checked = checker.check(claim, [passage(FERRY, title="Ferries")])
    assert checked.verdict is not Verdict.SUPPORTED, checked
    assert checked.fault


PUMPS = (
    "The A100 weighs 5 kg. The A100 runs on mains power. The B200 runs on a battery. Alma runs on steam. Berta runs on "
    "diesel. The A100 was built in Bergen, the B200 in Turku. The tower was designed by Ingrid Solberg, and the bridge "
    "by Nils Aas. On 12 July, Reading announced that the striker Jon Moen has completed a permanent transfer to join "
    "Millwall."
)


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("The B200 runs on a battery.", True),
        ("The A100 runs on a battery.", False),
        ("Berta runs on diesel.", True),
        ("Alma runs on diesel.", False),
        ("The B200 was built in Turku.", True),
        ("The A100 was built in Turku.", False),
        ("The bridge was designed by Nils Aas.", True),
        ("The tower was designed by Nils Aas.", False),
        ("On 12 July, Reading announced that Jon Moen had left the club to join Millwall.", True),
        ("On 12 July, Reading announced that Jon Moen had left Millwall.", False),
    ],
)
def test_what_is_said_of_a_neighbour_is_not_said_of_a_thing(checker: LocalChecker, claim: str, supported: bool) -> None:
    checked = checker.check(claim, [passage(PUMPS, title="Notes")])
    assert (checked.verdict is Verdict.SUPPORTED) is supported, checked


def test_of_seven_words_one_may_be_the_claims_own(checker: LocalChecker) -> None:
    text = "The museum in the old harbour shows ships, nets and maps of the northern coast to school classes."
    claims = [
        "Ships, nets and maps of the northern coast can be admired in the old harbour.",
        "Ships, nets and maps of the coast can be admired and purchased in the harbour.",
        "Ships and nets can be admired in the harbour.",
    ]
    verdicts = [checker.check(claim, [passage(text)]).verdict for claim in claims]
    assert verdicts == [Verdict.SUPPORTED, Verdict.PARTLY, Verdict.PARTLY]


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("Die Fähre fährt zwei Mal am Tag.", True),
        ("Erwachsene zahlen vier Euro, Kinder zahlen neun Euro.", False),
        ("Am Tag fährt die Fähre.", False),
        ("张三在一九三四年向李四借了300元。", True),
        ("李四在1934年向张三借了三百元。", False),
        ("张三在1934年向李四借了四百元。", False),
    ],
)
def test_in_other_languages_only_the_same_words_in_their_order_are_supported(
    checker: LocalChecker, claim: str, supported: bool
) -> None:
    checked = checker.check(claim, [passage(GERMAN, 0), passage(CHINESE, 500)])
    assert (checked.verdict is Verdict.SUPPORTED) is supported, checked

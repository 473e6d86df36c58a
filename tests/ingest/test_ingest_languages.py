"""Passages in another language than their document are told; names, figures and headings are not taken for one."""

import pytest
from ingest_samples import document_of, word_counts

from ingest.split import SplitSettings, split

ENGLISH = (
    "The committee will meet again in the spring to decide on the new budget, and the members will hear the report "
    "of the treasurer before they vote on the fees of the coming year."
)
GERMAN = (
    "Der Ausschuss wird im Frühling wieder tagen, um über den neuen Haushalt zu entscheiden; die Mitglieder hören "
    "vor der Abstimmung den Bericht der Schatzmeisterin."
)
CHINESE = "委员会将于春季再次开会，就新的预算作出决定，成员在投票之前将听取司库的报告。"
ARABIC = "ستجتمع اللجنة مرة أخرى في الربيع لاتخاذ قرار بشأن الميزانية الجديدة."


def languages(*paragraphs: str) -> list[str | None]:
    document = document_of("\n\n".join(paragraphs), "a.md")
    return [passage.language for passage in split(document, word_counts, SplitSettings(1, 60))]


def test_each_passage_has_its_own_language():
    assert languages(ENGLISH, GERMAN, CHINESE, ENGLISH, ARABIC) == ["en", "de", "zh", "en", "ar"]
    assert languages(GERMAN, GERMAN, ENGLISH) == ["de", "de", "en"]


@pytest.mark.parametrize(
    "short",
    ["Matthew Bilunas", "ADOBE INC.", "12 345 | 67 890", "ITEM 9B. OTHER INFORMATION\n\nNone.", "x = [0] * 12", "OK"],
)
def test_what_is_too_short_to_tell_is_in_the_language_of_its_document(short):
    assert languages(ENGLISH, ENGLISH, short)[-1] == "en"
    assert languages(GERMAN, GERMAN, short)[-1] == "de"


def test_a_document_that_is_too_short_has_passages_without_a_language():
    assert languages("12 345", "OK") == [None, None]


def test_written_forms_of_chinese_are_chinese():
    text = "黑豹队的防守只丢了 308分，在联赛中排名第六，同时也以 24 次拦截领先国家橄榄球联盟，并且四次入选职业碗。"
    assert set(languages(*[text] * 3, CHINESE)) == {"zh"}

import random
import re

from training.firms import NAMES
from training.tables import KINDS, table_groups

GROUPS = table_groups(300, random.Random(4))


def test_the_answer_is_a_cell_of_the_row_that_is_asked_for() -> None:
    for right, _ in GROUPS:
        assert right.answer is not None
        start, end = right.answer
        line = right.context[right.context.rfind("\n", 0, start) + 1 : end]
        label = line.split(" | ")[0]
        assert label.lower() in right.question.lower()
        assert right.context[start:end].strip()
        assert right.context[end : end + 1] in ("", "\n", " ")


LABELS = {label for kind in KINDS for label in kind.rows}


def test_what_competes_lacks_the_row_or_the_column_that_it_is_asked_for_or_is_of_another_firm() -> None:
    for right, wrong in GROUPS:
        assert len(wrong) >= 3
        for other in wrong:
            assert not other.answerable
            assert (other.question, other.title, other.context) != (right.question, right.title, right.context)
            firm = firm_of(other.question)
            if firm and any(
                told and firm not in told for told in (titled(other.title), {firm_of(other.context)} - {""})
            ):
                continue
            named = {label for label in LABELS if label.lower() in other.question.lower()}
            asked = max(named - {"Stores"} or named, key=len)  # "Stores" is a column, too
            rows = {line.split(" | ")[0] for line in other.context.split("\n")}
            columns = re.findall(r"\d{4}|(?:Model|Type|Plan|Version) [A-H]", other.question, re.IGNORECASE)
            assert asked not in rows or columns[-1].lower() not in other.context.lower()


def test_the_right_table_is_not_told_as_another_firms() -> None:
    ways = set()
    for right, _ in GROUPS:
        firm, title, heading = firm_of(right.question), titled(right.title), firm_of(right.context)
        assert not firm or (heading in ("", firm) and (not title or firm in title))
        ways.add((bool(firm), bool(title), right.title.split(" ")[0].isupper(), bool(heading)))
    assert len(ways) >= 10  # titled by name, by ticker, or not; with and without a heading


def test_many_tables_compete_with_the_same_of_another_firm() -> None:
    elsewhere = sum(
        any(w.context == right.context and firm_of(w.question) != firm_of(right.question) for w in wrong)
        for right, wrong in GROUPS
        if firm_of(right.question)
    )
    assert elsewhere > 30


def firm_of(text: str) -> str:
    return next((name for name in NAMES if name.lower() in text.lower()), "")


def titled(title: str) -> set[str]:
    """The firms that a title can mean, by the name or by the ticker."""
    ticker = title.split(" ")[0]
    if named := firm_of(title):
        return {named}
    if not (ticker.isupper() and ticker.isalpha()):
        return set()
    return {name for name in NAMES if re.match(".*".join(ticker), name.upper())}

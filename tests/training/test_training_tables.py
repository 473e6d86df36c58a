import random
import re

from training.tables import FIRMS, KINDS, table_groups

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
            named = {label for label in LABELS if label.lower() in other.question.lower()}
            asked = max(named - {"Stores"} or named, key=len)  # "Stores" is a column, too
            rows = {line.split(" | ")[0] for line in other.context.split("\n")}
            columns = re.findall(r"\d{4}|(?:Model|Type|Plan|Version) [A-H]", other.question, re.IGNORECASE)
            firm = next((f for f in FIRMS if f.lower() in other.question.lower()), "")
            elsewhere = bool(other.title) and firm.lower() not in other.title.lower()
            assert elsewhere or asked not in rows or columns[-1].lower() not in other.context.lower()
            assert (other.question, other.title, other.context) != (right.question, right.title, right.context)


def test_the_right_table_is_not_titled_as_another_firms() -> None:
    for right, _ in GROUPS:
        firm = next((f for f in FIRMS if f.lower() in right.question.lower()), "")
        titled = next((f for f in FIRMS if f.lower() in right.title.lower()), firm)
        assert not firm or titled == firm

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from evals.sets.faults import FaultList
from evals.sets.table import header_of, read_table

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r")).map(str.strip)
NAMES = ("question", "answer", "note")


def read(text):
    faults = FaultList(Path("set.csv"))
    table = read_table(text, faults)
    faults.raise_any()
    return table


@given(
    st.integers(1, 3).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)),
    st.sampled_from(",;\t"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_what_any_dialect_wrote_reads_back_the_same(rows, delimiter, quoting, line_end):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    names = NAMES[: len(rows[0])]
    writer.writerow(names)
    writer.writerows(rows)
    table = read(file.getvalue())
    assert table.columns == names
    filled = [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in rows if any(row)]
    assert [dict(row.values) for row in table.rows] == filled


def test_rows_are_told_by_the_line_that_they_begin_on():
    table = read('question,answer\n"Where,\nand when?",Rome\n\n,\nWhy?,x\n')
    assert [(row.place, row.values["question"]) for row in table.rows] == [
        ("line 2", "Where,\nand when?"),
        ("line 6", "Why?"),
    ]


def test_excel_states_its_delimiter():
    table = read("sep=;\nquestion;answer\nWhere, then?;Rome\n")
    assert [(row.place, dict(row.values)) for row in table.rows] == [
        ("line 3", {"question": "Where, then?", "answer": "Rome"})
    ]


def test_in_one_column_nothing_parts():
    assert [row.values["question"] for row in read("Question\nWhere, and when; or why?\n").rows] == [
        "Where, and when; or why?"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("question,answer\nWhere, then?,Rome\n", "line 2: 3 cells, but the header has 2"),
        ('question,answer\nWhere?,"Rome\n', "line 2: the row cannot be read (unexpected end of data)"),
        ('question,answer\n"Wh"ere?,Rome\n', "line 2: the row cannot be read"),
        ("question,Question\nA?,B?\n", 'line 1: the column "question" is there twice'),
    ],
)
def test_what_is_not_clear_is_a_fault(text, fault):
    with pytest.raises(InvalidRequest) as caught:
        read(text)
    assert fault in caught.value.message


def test_empty_cells_beyond_the_header_are_none():
    assert [dict(row.values) for row in read("question,answer,,\nWhere?,Rome,,,,\n").rows] == [
        {"question": "Where?", "answer": "Rome"}
    ]


@pytest.mark.parametrize("text", ["", "\n\n", '{"question": "a", "answer": "b"}\n', '[\n{"question": 1}]'])
def test_other_files_have_no_such_header(text):
    assert "question" not in header_of(text)

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from evals.sets.file_names import FileNames

TITLES = st.lists(
    st.one_of(st.text(st.characters(codec="utf-8")), st.sampled_from(["a", "A", "a-2", "../..", "😀" * 90]))
)


@given(TITLES)
def test_names_are_safe_short_and_apart(titles):
    names = FileNames()
    made = [names.name(title, otherwise="document") for title in titles]
    assert len({name.casefold() for name in made}) == len(titles)
    for name in made:
        assert PurePosixPath(name).name == name
        assert not set(name) & set('<>:"/\\|?* \n\t\0')
        assert not name.startswith(".")
        assert name.endswith(".txt")
        assert len(name.encode()) <= 230


def test_a_title_stays_readable():
    names = FileNames()
    assert names.name("A/B: c?", otherwise="x") == "A_B_c.txt"
    assert names.name("a_b_C", otherwise="x") == "a_b_C-2.txt"
    assert names.name("???", otherwise="x") == "x.txt"
    assert names.name("北京", otherwise="x") == "北京.txt"

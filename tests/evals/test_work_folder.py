import pytest

from core.errors import Conflict
from evals.sets.types import QuestionSet, SourceFile
from evals.work_folder import default_folder, digest, open_work_folder

MADE = (SourceFile("A.txt", text="In Rome.\n"), SourceFile("B.txt", text="é\r\n"))


def test_made_documents_are_written_once(tmp_path):
    folder = tmp_path / "deep" / "work"
    opened = open_work_folder(folder, MADE)
    assert opened.data_dir == folder / "data"
    assert [path.read_bytes() for path in opened.files] == [b"In Rome.\n", "é\r\n".encode()]
    before = [path.stat().st_mtime_ns for path in opened.files]
    again = open_work_folder(folder, MADE)
    assert again == opened
    assert [path.stat().st_mtime_ns for path in again.files] == before


def test_files_stay_where_they_are(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("In Rome.")
    opened = open_work_folder(tmp_path / "work", [SourceFile("a.txt", path=file)])
    assert opened.files == (file,)


def test_a_folder_of_other_documents_is_refused(tmp_path):
    open_work_folder(tmp_path / "work", MADE)
    with pytest.raises(Conflict, match="made for other documents"):
        open_work_folder(tmp_path / "work", MADE[:1])


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(Conflict, match="not a work folder"):
        open_work_folder(tmp_path, MADE)
    with pytest.raises(Conflict, match="not a work folder"):
        open_work_folder(tmp_path / "mine.txt", MADE)


def test_the_default_folder_goes_by_name_and_documents(tmp_path):
    one = default_folder(tmp_path, QuestionSet("my set/2", (), MADE))
    assert one.parent == tmp_path / "evals"
    assert one.name.startswith("my-set-2-")
    assert default_folder(tmp_path, QuestionSet("my set/2", (), MADE[::-1])) == one
    assert default_folder(tmp_path, QuestionSet("my set/2", (), MADE[:1])) != one


def test_a_file_and_a_text_with_one_content_have_one_digest(tmp_path):
    (tmp_path / "A.txt").write_text("In Rome.\n")
    assert digest([SourceFile("A.txt", path=tmp_path / "A.txt")]) == digest(MADE[:1])

"""Files that take a parser down take nothing else with them."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest
from ingest_samples import pdf_of_lines

from core.errors import EncryptedDocument, ReadError, TooLarge
from ingest import frames, isolated, parser_pipe


def pdf_of(*objects: bytes) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


FORM_THAT_DRAWS_ITSELF_TWICE = pdf_of(
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 5 0 R/Resources<</XObject<</X 4 0 R>>>>>>",
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 11>>"
    b"stream\n/X Do /X Do\nendstream",
    b"<</Length 6>>stream\n/X Do \nendstream",
)


def test_a_pdf_that_grows_without_end_is_one_bad_file():
    with pytest.raises(ReadError, match=r"loop\.pdf"):
        isolated.parse("ingest.pdf", FORM_THAT_DRAWS_ITSELF_TWICE, "loop.pdf", time_limit_s=60, memory_limit_mb=400)


def test_a_reader_that_takes_too_long_is_stopped():
    with pytest.raises(TooLarge, match=r"loop\.pdf took more than 1 s"):
        isolated.parse("ingest.pdf", FORM_THAT_DRAWS_ITSELF_TWICE, "loop.pdf", time_limit_s=1)


def test_what_a_parser_says_of_a_file_comes_through():
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.append(io.BytesIO(pdf_of_lines(["Nobody may read this."])))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    with pytest.raises(EncryptedDocument, match=r"secret\.pdf") as told:
        isolated.parse("ingest.pdf", out.getvalue(), "secret.pdf")
    assert told.value.hint


def test_every_character_comes_through():
    text = "# Ünï 中文 🦉 \u202e\n\nבית | \u0000 x"
    assert "中文 🦉" in isolated.parse("ingest.markdown", text.encode(), "a.md").text


def children() -> set[int]:
    """The parser processes that this one started; other tests have servers running."""
    lists = Path("/proc/self/task").glob("*/children")
    started = {int(pid) for one in lists for pid in one.read_text().split()}
    return {pid for pid in started if b"ingest.parser_process" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def test_a_process_serves_many_files():
    data = pdf_of_lines(["Words on paper."])
    isolated.parse("ingest.pdf", data, "first.pdf")
    before = children()
    for number in range(5):
        assert isolated.parse("ingest.pdf", data, f"{number}.pdf").text == "Words on paper."
    assert children() == before


def test_the_file_after_one_that_killed_its_reader_is_read():
    good = pdf_of_lines(["Words on paper."])
    for _ in range(2):
        with pytest.raises(ReadError, match=r"loop\.pdf"):
            isolated.parse("ingest.pdf", FORM_THAT_DRAWS_ITSELF_TWICE, "loop.pdf", memory_limit_mb=300)
        assert isolated.parse("ingest.pdf", good, "good.pdf").text == "Words on paper."


def test_a_reader_that_was_killed_while_idle_is_replaced():
    data = pdf_of_lines(["Words on paper."])
    isolated.parse("ingest.pdf", data, "a.pdf")
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    assert isolated.parse("ingest.pdf", data, "b.pdf").text == "Words on paper."


def test_good_and_bad_files_side_by_side_do_not_disturb_each_other():
    def one(number: int) -> str:
        if number % 3 == 0:
            try:
                return isolated.parse("ingest.pdf", b"%PDF-1.7 nothing", f"{number}.pdf").text
            except ReadError as error:
                return error.message
        return isolated.parse("ingest.pdf", pdf_of_lines([f"This is file {number}."]), f"{number}.pdf").text

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(24)))
    for number, text in enumerate(found):
        assert text.startswith(f"{number}.pdf is damaged" if number % 3 == 0 else f"This is file {number}.")


def test_progress_is_told_and_whoever_listens_may_end_it():
    class Enough(Exception):
        pass

    def listen(done: int, total: int) -> None:
        seen.append((done, total))
        if (done, total) == (0, 0):  # the parser is at work and has not said how far it is
            raise Enough

    seen: list[tuple[int, int]] = []
    with pytest.raises(Enough):
        isolated.parse("ingest.pdf", FORM_THAT_DRAWS_ITSELF_TWICE, "loop.pdf", on_progress=listen)
    pages = pdf_of_lines(*[[f"Page {n} has words."] for n in range(30)])
    told: list[tuple[int, int]] = []
    isolated.parse("ingest.pdf", pages, "a.pdf", on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (30, 30)


def test_readers_end_with_the_process_that_started_them():
    script = (
        "import os, pathlib, signal\n"
        "from ingest import isolated\n"
        "isolated.parse('ingest.markdown', b'# One', 'a.md')\n"
        "lists = pathlib.Path('/proc/self/task').glob('*/children')\n"
        "print(' '.join(one.read_text() for one in lists), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=False)
    readers = [int(pid) for pid in done.stdout.split()]
    assert readers
    for pid in readers:
        until = time.monotonic() + 30
        while (status := Path(f"/proc/{pid}/status")).exists() and "Z (zombie)" not in status.read_text():
            assert time.monotonic() < until, "a reader lives on without its parent"
            time.sleep(0.05)


def test_a_file_of_many_megabytes_comes_through_whole():
    text = "\n\n".join(f"Paragraph {n} of the harbour's rules — ü 中 🦉." for n in range(120_000))
    parsed = isolated.parse("ingest.plain", text.encode(), "long.txt")
    assert parsed.text == text
    assert len(parsed.blocks) == 120_000


def said(kind: bytes, body: object) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return frames.head(kind, len(data)) + data


BLOCKS = [["paragraph", 0, 5, None, None]]
GOOD = {"title": None, "metadata": {}, "notes": [], "findings": [], "blocks": BLOCKS, "last": True}
FINDING = {"code": "c", "message": "m", "pages": ["1"]}


def answered(text: bytes = b"Words", **changes: object) -> bytes:
    return said(frames.ANSWER, {**GOOD, **changes}) + said(frames.TEXT, text)


@pytest.fixture
def taken_over(monkeypatch, tmp_path):
    """A parser that says what it is told to, and then stays."""

    def take(says: bytes) -> None:
        isolated.POOL.close()
        (tmp_path / "says").write_bytes(says)
        command = ("sh", "-c", 'cat "$0"; exec >&-; exec sleep 60', str(tmp_path / "says"))
        monkeypatch.setattr(parser_pipe, "_COMMAND", command)

    yield take
    isolated.POOL.close()


def test_an_answer_is_read_as_it_should_be(taken_over):
    taken_over(answered())
    assert isolated.parse("any", b"", "a.pdf").text == "Words"


@pytest.mark.parametrize(
    "says",
    [
        b"",
        frames.head(frames.TEXT, 2**63),
        frames.head(frames.ANSWER, 3 * 1024**3),
        said(b"X", b""),
        said(frames.TEXT, b"before the answer"),
        said(frames.ANSWER, b"{"),
        said(frames.ANSWER, b"[" * 100_000),
        said(frames.ANSWER, []),
        said(frames.ANSWER, {}) + said(frames.TEXT, b""),
        said(frames.PROGRESS, 1),
        said(frames.PROGRESS, ["1", None]),
        said(frames.ANSWER, {"last": True}) + said(frames.TEXT, b""),
        said(frames.ANSWER, {"last": True, "crash": 1}) + said(frames.TEXT, b""),
        *(
            said(frames.ANSWER, {"last": True, "error": name}) + said(frames.TEXT, b"")
            for name in ("FootnotedError", "TooManyRequests", "__doc__", "none", 1)
        ),
        answered(b"\xff"),
        answered(blocks=None),
        answered(blocks=[["paragraph", 0, 6, None, None]]),
        answered(blocks=[["paragraph", 0.0, 5, None, None]]),
        answered(blocks=[["paragraph", 0, 5, 2**70, None]]),
        answered(blocks=[["paragraph", 0, 5]] * 2),
        answered(blocks=[["verse", 0, 5, None, None]]),
        answered(title=[]),
        answered(metadata=[]),
        answered(metadata={"author": 1}),
        answered(notes=[None]),
        answered(findings=[FINDING]),
        answered(findings=[{}]),
    ],
)
def test_whatever_a_parser_says_that_was_taken_over_is_one_bad_file(taken_over, says):
    taken_over(says)
    with pytest.raises(ReadError):
        isolated.parse("any", b"", "a.pdf", time_limit_s=30)

"""Archives give their files one by one; what is bad in them is told, and nothing in them does harm."""

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import EncryptedDocument, ReadError, TooLarge, UnsupportedMedia
from ingest.archives import ArchiveLimits, Member, is_archive, members
from ingest.packages import package_type
from ingest.read import read


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, how)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def unpacked(data: bytes, name: str = "a.zip", limits: ArchiveLimits | None = None) -> dict[str, bytes | ReadError]:
    assert is_archive(data, name)
    return {
        found.path if isinstance(found, Member) else found[0]: found.data if isinstance(found, Member) else found[1]
        for found in members(data, name, limits)
    }


FILES = {"a.txt": b"one", "folder/b.md": b"# two", "folder/deeper/c": b""}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zipped(FILES), "files.zip"),
        (zipped(FILES, zipfile.ZIP_STORED), "files"),
        (tarred(FILES), "files.tar"),
        (gzip.compress(tarred(FILES)), "files.tgz"),
        (bz2.compress(tarred(FILES)), "files.tar.bz2"),
        (lzma.compress(tarred(FILES)), "files.bin"),
    ],
)
def test_every_kind_gives_the_same_files_whatever_its_name(data, name):
    assert unpacked(data, name) == FILES


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_single_compressed_file_goes_by_its_name_without_the_ending(compress):
    assert unpacked(compress(b"words"), "notes.txt.gz") == {"notes.txt": b"words"}


def test_packages_and_documents_are_no_archives():
    assert not is_archive(zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "a.docx")
    assert not is_archive(zipped({"mimetype": b"application/epub+zip"}), "a.epub")
    assert not is_archive(b"%PDF-1.7", "a.zip")
    assert not is_archive(b"some words", "a.tar.gz")
    assert not is_archive(b"", "a.zip")


def test_what_systems_leave_beside_files_is_passed_over():
    files = {"__MACOSX/._a.txt": b"x", ".git/config": b"x", "a/.hidden": b"x", "a/Thumbs.db": b"x", "a/b.txt": b"in"}
    assert unpacked(zipped(files)) == {"a/b.txt": b"in"}
    assert unpacked(tarred(files), "a.tar") == {"a/b.txt": b"in"}


def test_archives_in_archives_are_opened_to_a_depth():
    inner = zipped({"deep.txt": b"found"})
    middle = gzip.compress(tarred({"in/inner.zip": inner}))
    outer = zipped({"middle.tar.gz": middle, "top.txt": b"top"})
    assert unpacked(outer) == {"middle.tar.gz!/in/inner.zip!/deep.txt": b"found", "top.txt": b"top"}
    shallow = unpacked(outer, limits=ArchiveLimits(max_depth=2))
    assert isinstance(shallow["middle.tar.gz!/in/inner.zip"], TooLarge)
    assert shallow["top.txt"] == b"top"


def test_paths_are_only_names():
    files = {
        "../../etc/passwd": b"1",
        "/root.txt": b"2",
        "C:\\Docs\\..\\d.txt": b"3",
        "a/./b\x07.txt": b"4",
        "root.txt": b"5",
    }
    assert unpacked(zipped(files)) == {
        "etc/passwd": b"1",
        "root.txt": b"2",
        "C:/Docs/d.txt": b"3",
        "a/b.txt": b"4",
        "root (2).txt": b"5",
    }


def test_links_and_devices_give_nothing():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"odd{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert unpacked(out.getvalue(), "a.tar") == {}


def test_a_damaged_member_leaves_its_neighbours():
    data = bytearray(
        zipped({"a.txt": b"first " * 9, "b.txt": b"second " * 9, "c.txt": b"third " * 9}, zipfile.ZIP_STORED)
    )
    at = data.index(b"second")
    data[at : at + 3] = b"SEC"
    found = unpacked(bytes(data))
    assert (found["a.txt"], found["c.txt"]) == (b"first " * 9, b"third " * 9)
    assert type(found["b.txt"]) is ReadError
    assert "b.txt" in found["b.txt"].message
    assert found["b.txt"].hint


def test_a_member_with_a_password_is_told():
    data = bytearray(zipped({"a.txt": b"open", "b.txt": b"locked"}))
    for start in (data.index(b"PK\x03\x04", 10) + 6, data.rindex(b"PK\x01\x02") + 8):
        data[start] |= 1
    found = unpacked(bytes(data))
    assert found["a.txt"] == b"open"
    assert type(found["b.txt"]) is EncryptedDocument


def test_an_archive_cut_short_is_told_after_what_was_whole():
    whole = gzip.compress(tarred({"a.txt": b"first", "b.txt": bytes(range(256)) * 4000}))
    seen = []
    with pytest.raises(ReadError, match=r"a\.tgz is a damaged archive"):
        for found in members(whole[: len(whole) // 2], "a.tgz"):
            seen.append(found)
    assert seen == [Member("a.txt", b"first")]


def test_a_damaged_inner_archive_is_one_bad_file():
    inner = gzip.compress(bytes(range(256)) * 500)[:100]
    found = unpacked(zipped({"bad.gz": inner, "good.txt": b"good"}))
    assert type(found["bad.gz"]) is ReadError
    assert found["good.txt"] == b"good"


_MIB = 1024**2


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zipped({"a.txt": bytes(40 * _MIB)}), "bomb.zip"),
        (gzip.compress(bytes(40 * _MIB)), "bomb.gz"),
        (bz2.compress(tarred({"a.txt": bytes(40 * _MIB)})), "bomb.tar.bz2"),
        (bz2.compress(tarred({".hidden": bytes(40 * _MIB)})), "bomb.tar.bz2"),
        (zipped({"inner.zip": zipped({"a.txt": bytes(40 * _MIB)})}), "bomb.zip"),
    ],
)
def test_a_bomb_is_refused(data, name):
    with pytest.raises(TooLarge, match="times its size"):
        list(members(data, name))


def test_many_small_bombs_are_one():
    """Each of them is small enough to unpack to any factor; together they are not."""
    with pytest.raises(TooLarge, match="times its size"):
        unpacked(zipped({f"{i}.txt": b"a" * 6_000_000 for i in range(4)}))


def test_the_whole_is_counted_over_all_nested_archives():
    part = zipped({"a.txt": b"x" * 400, "b.txt": b"y" * 400}, zipfile.ZIP_STORED)
    data = zipped({f"{i}.zip": part for i in range(4)})
    with pytest.raises(TooLarge, match="unpacks to more than"):
        list(members(data, "a.zip", ArchiveLimits(max_bytes=3000)))
    with pytest.raises(TooLarge, match="more than 6 files"):
        list(members(data, "a.zip", ArchiveLimits(max_members=6)))


def test_a_member_that_is_too_large_leaves_its_neighbours():
    found = unpacked(zipped({"big.txt": b"x" * 900, "small.txt": b"y"}), limits=ArchiveLimits(max_member_bytes=500))
    assert type(found["big.txt"]) is TooLarge
    assert found["small.txt"] == b"y"


def test_sizes_in_headers_are_not_believed():
    data = bytearray(zipped({"a.txt": b"x" * 5000}))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + place
        data[start : start + 4] = (10).to_bytes(4, "little")
    assert isinstance(unpacked(bytes(data))["a.txt"], ReadError)


@pytest.mark.parametrize(
    "data",
    [zipped(FILES), tarred(FILES), gzip.compress(b"words"), bz2.compress(b"words")],
    ids=["zip", "tar", "gz", "bz2"],
)
def test_an_archive_is_no_document(data):
    with pytest.raises(UnsupportedMedia, match=r"files is an? \w+ archive"):
        read(data, "file:///files", "files")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([zipped(FILES), tarred(FILES), gzip.compress(tarred(FILES)), lzma.compress(tarred(FILES))]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=5),
    st.floats(0.1, 1),
)
def test_a_damaged_archive_gives_files_or_read_errors(data, changes, share):
    damaged = bytearray(data)
    for place, new in changes:
        at = int(place * len(damaged))
        damaged[at : at + len(new)] = new
    damaged = bytes(damaged[: int(share * len(damaged))])
    if not is_archive(damaged, "a.zip"):
        return
    try:
        for found in members(damaged, "a.zip"):
            assert isinstance(found, Member) or (isinstance(found[1], ReadError) and found[1].hint)
    except ReadError as error:
        assert error.hint


def test_equal_names_are_numbered_however_many():
    files = [("a.txt", b"1"), ("a (3).txt", b"2"), *(("a.txt", b"%d" % i) for i in range(3, 20_000))]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    found = unpacked(out.getvalue(), "a.tar")
    assert len(found) == len(files)
    assert (found["a.txt"], found["a (2).txt"], found["a (3).txt"], found["a (4).txt"]) == (b"1", b"3", b"2", b"4")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (tarred({f".git/{i}": b"" for i in range(7)}), "a.tar"),
        (zipped({f".git/{i}": b"" for i in range(7)}), "a.zip"),
        (zipped({f"{i}.zip": zipped({".hidden": b"", "folder/": b""}) for i in range(3)}), "a.zip"),
    ],
)
def test_what_is_passed_over_counts_as_well(data, name):
    with pytest.raises(TooLarge, match="more than 6 files and folders"):
        list(members(data, name, ArchiveLimits(max_members=6)))


def peak_kb(work) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] // 1024
    finally:
        tracemalloc.stop()


def test_the_headers_of_a_tar_are_not_kept():
    data = gzip.compress(tarred({f".folder/{i}": b"" for i in range(3_000)}))
    assert peak_kb(lambda: list(members(data, "a.tgz"))) < 1_000


@pytest.mark.parametrize("name", ["a.zip", "a.docx"])
def test_a_zip_with_too_many_entries_is_refused_before_they_are_loaded(name):
    data = bytearray(zipped(dict.fromkeys(map(str, range(20_001)), b""), zipfile.ZIP_STORED))
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\1\0\1\0"  # it says that it has one
    data = bytes(data)

    def refused() -> None:
        with pytest.raises(TooLarge, match="more than 20,000 files"):
            list(members(data, name)) if is_archive(data, name) else package_type(data, name)

    assert peak_kb(refused) < 2 * len(data) // 1024


def test_files_that_look_like_many_entries_are_none():
    looks = b"PK\x01\x02" * 30_000
    assert unpacked(zipped({"a.bin": looks}, zipfile.ZIP_STORED)) == {"a.bin": looks}

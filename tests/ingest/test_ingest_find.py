"""What a specification names: globs, lists, pages and sitemaps, and what each says of documents that it held before."""

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from web_server import Page, Site, web_of

from ingest.find import find
from ingest.globs import Glob
from ingest.sources import Listing
from ingest.web.rules import WebRules

FILES = ("a.md", "b.txt", "sub/c.md", "sub/deep/d.md", "sub/deep/e.txt", ".hidden/f.md", "sub/.g.md", "x[1].md")


@pytest.fixture
def docs(tmp_path, monkeypatch):
    for name in FILES:
        file = tmp_path / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path.resolve() / "docs"


def names(listing: Listing, folder: Path) -> list[str]:
    return [
        source.uri.removeprefix(folder.as_uri() + "/").replace("%5B", "[").replace("%5D", "]")
        for source in listing.sources
    ]


def urlset(*locations: str) -> bytes:
    entries = "".join(f"<url><loc>{location}</loc></url>" for location in locations)
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    )


def index(*locations: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{location}</loc></sitemap>" for location in locations)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'.encode()


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("docs/*.md", ["a.md", "x[1].md"]),
        ("docs/**/*.md", ["a.md", "x[1].md", "sub/c.md", "sub/deep/d.md"]),
        ("docs/*/*.md", ["sub/c.md"]),
        ("docs/sub/**", ["sub/c.md", "sub/deep/d.md", "sub/deep/e.txt"]),
        ("docs/**/deep/?.txt", ["sub/deep/e.txt"]),
        ("docs/**/[ad].md", ["a.md", "sub/deep/d.md"]),
        ("docs/.hidden/*.md", [".hidden/f.md"]),
        ("docs/.h*/*.md", [".hidden/f.md"]),
        ("docs/x[1].md", ["x[1].md"]),  # the path of exactly that name goes first
        ("**/b.txt", ["b.txt"]),
        ("docs/./sub/*.md", ["sub/c.md"]),
        ("docs/sub/../*.txt", ["b.txt"]),
    ],
)
def test_a_pattern_names_the_files_that_match(docs, spec, found):
    listing = find([spec], None)
    assert names(listing, docs) == found
    assert listing.failures == []


def test_a_pattern_covers_what_matches_it_and_what_it_once_found(docs):
    listing = find(["docs/**/*.md"], None)
    (scope,) = listing.scopes
    covers = {name: scope.covers(f"{docs.as_uri()}/{name}", None) for name in (*FILES[:-1], "gone.md", "sub/gone.md")}
    assert {name for name, is_covered in covers.items() if is_covered} == {
        "a.md", "sub/c.md", "sub/deep/d.md", "gone.md", "sub/gone.md",
    }  # fmt: skip
    assert scope.covers("file:///elsewhere/linked.md", scope.name)
    assert not scope.covers("file:///elsewhere/linked.md", "another")
    assert not scope.covers("https://example.org/docs/a.md", None)


def test_members_of_an_archive_that_matches_are_covered(docs):
    (docs / "a.zip").write_bytes(b"")
    (scope,) = find(["docs/*.zip"], None).scopes
    assert scope.covers(f"{docs.as_uri()}/a.zip!/inner/b.txt", None)
    assert not scope.covers(f"{docs.as_uri()}/sub/a.zip!/b.txt", None)


@pytest.mark.parametrize("spec", ["docs/*.pdf", "nowhere/*.md"])
def test_a_pattern_that_matches_nothing_is_told(docs, spec):
    listing = find([spec], None)
    assert listing.sources == []
    assert len(listing.failures) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everywhere")
def test_a_pattern_says_nothing_of_folders_that_cannot_be_read(docs):
    (docs / "sub" / "deep").chmod(0)
    try:
        listing = find(["docs/**/*.md"], None)
    finally:
        (docs / "sub" / "deep").chmod(0o700)
    assert len(listing.failures) == 1
    assert not listing.scopes[0].covers(f"{docs.as_uri()}/sub/deep/d.md", None)


_PARTS = st.sampled_from(["**", "*", "a", "b", "?", "[ab]", "a*"])


@given(st.lists(_PARTS, min_size=1, max_size=4), st.data())
def test_what_a_pattern_finds_is_what_it_covers(parts, data):
    """Both are asked of the same tree: a file is found if and only if its uri is covered."""
    paths = data.draw(st.lists(st.lists(st.sampled_from(["a", "b", "ab", ".a"]), min_size=1, max_size=4), max_size=6))
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder).resolve()
        for path in paths:
            file = base.joinpath(*path[:-1], path[-1] + "_")  # so that no file is in a folder's way
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        glob = Glob.of(base.joinpath(*parts[:-1], "*", parts[-1] + "_" if parts[-1] != "**" else "**"))
        assume(glob.base.is_dir())
        found = {str(path) for path in glob.files()}
        there = {str(path) for path in base.rglob("*") if path.is_file()}
        assert found == {path for path in there if glob.matches_uri(Path(path).as_uri())}


def test_a_list_names_paths_from_its_own_folder_and_leaves_comments_out(docs, monkeypatch):
    (docs / "list.txt").write_text("\ufeff# ours\n\na.md\n  sub/c.md  \nsub/deep/*.txt\nsub/deep\n#a.md\n", "utf-8")
    monkeypatch.chdir("/")
    listing = find([f"@{docs}/list.txt"], None)
    assert names(listing, docs) == ["a.md", "sub/c.md", "sub/deep/e.txt", "sub/deep/d.md"]
    assert listing.failures == []
    own = f"@{docs}/list.txt"
    assert [listing.scope_of[f"{docs.as_uri()}/{name}"] for name in ("a.md", "sub/c.md")] == [own, own]
    scope = next(scope for scope in listing.scopes if scope.name == own)
    assert scope.covers("file:///any/thing", own)
    assert not scope.covers(f"{docs.as_uri()}/a.md", None)


def test_a_line_that_fails_keeps_its_documents(docs):
    """It is on the list still: a missing disk must not empty a collection."""
    (docs / "list.txt").write_text("a.md\ngone.md\ngone-folder\n")
    listing = find(["@docs/list.txt"], None)
    assert {Path(where).name for where, _ in listing.failures} == {"gone.md", "gone-folder"}
    (scope,) = listing.scopes
    assert not scope.covers(f"{docs.as_uri()}/gone.md", scope.name)
    assert not scope.covers(f"{docs.as_uri()}/gone-folder/x.md", scope.name)
    assert scope.covers(f"{docs.as_uri()}/not-on-the-list.md", scope.name)


def test_what_a_folder_or_pattern_of_a_list_held_goes_with_its_line(docs):
    list_file = docs.parent / "list.txt"
    list_file.write_text("docs/sub\ndocs/*.md\n")
    listing = find([f"@{list_file}"], None)
    assert set(listing.scope_of.values()) == {f"@{list_file.resolve()}"}
    list_file.write_text("docs/b.txt\n")
    (scope,) = find([f"@{list_file}"], None).scopes
    assert all(scope.covers(uri, was_in) for uri, was_in in listing.scope_of.items())


def test_a_pattern_of_a_list_whose_folder_is_missing_keeps_its_documents(docs):
    (docs / "list.txt").write_text("a.md\nmissing/*.md\n")
    listing = find(["@docs/list.txt"], None)
    (scope,) = listing.scopes
    assert len(listing.failures) == 1
    assert not scope.covers(f"{docs.as_uri()}/missing/x.md", scope.name)


def test_a_list_with_a_folder_that_cannot_be_read_whole_removes_nothing(docs, unreadable):
    (docs / "list.txt").write_text("sub\n")
    unreadable("deep")
    own = f"@{docs}/list.txt"
    scopes = find(["@docs/list.txt"], None).scopes
    assert not any(scope.covers(uri, own) for scope in scopes for uri in ("file:///x.md", f"{docs.as_uri()}/b.txt"))


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff", b"@other.txt\n", b"a.md\nb\0*\n"])
def test_a_list_that_cannot_be_read_whole_prunes_nothing(docs, content):
    if content is not None:
        (docs / "list.txt").write_bytes(content)
    listing = find(["@docs/list.txt"], None)
    assert len(listing.failures) == 1
    assert listing.scopes == []


def test_a_file_whose_name_looks_like_a_list_is_the_file(docs, monkeypatch):
    monkeypatch.chdir(docs)
    Path("@notes.txt").write_text("text")
    assert names(find(["@notes.txt"], None), docs) == ["%40notes.txt"]


def test_addresses_are_refused_where_the_web_is_not_asked(docs):
    listing = find(["https://example.org/", "docs/a.md"], None)
    assert names(listing, docs) == ["a.md"]
    assert len(listing.failures) == 1


def test_a_page_is_asked_for_when_it_is_read_with_its_mark_and_has_no_scope(site: Site):
    site.pages["/a"] = [Page(b"<p>text</p>", headers={"ETag": '"1"'}), Page(status=304)]
    listing = find([f"{site.url}/a#part"], web_of())
    assert [source.uri for source in listing.sources] == [f"{site.url}/a"]
    assert (listing.scopes, listing.scope_of, site.paths()) == ([], {}, [])
    content = listing.sources[0].load({}, 1000)
    assert content.data == b"<p>text</p>"
    assert find([f"{site.url}/a"], web_of()).sources[0].load(dict(content.metadata), 1000) is None
    assert site.paths() == ["/a", "/a"]
    assert site.asked[-1][1]["if-none-match"] == '"1"'


def test_a_page_that_was_looked_at_for_a_sitemap_is_not_asked_for_again(site: Site):
    site.pages["/on-sitemaps"] = Page(b"<p>text</p>", headers={"ETag": '"1"'})
    (source,) = find([f"{site.url}/on-sitemaps"], web_of()).sources
    known = dict(source.load({}, 1000).metadata)
    assert site.paths() == ["/on-sitemaps"]
    assert find([source.uri], web_of()).sources[0].load(known, 1000) is None


def test_an_address_that_is_none_or_a_sitemap_that_cannot_be_had_is_told_and_the_others_are_found(site: Site):
    site.pages |= {"/sitemap": Page(status=500)}
    specs = [f"{site.url}/sitemap", f"{site.url}/b", "ftp://example.org/", "http://"]
    listing = find(specs, web_of())
    assert [source.uri for source in listing.sources] == [f"{site.url}/b"]
    assert len(listing.failures) == 3


def test_an_end_that_is_wished_for_ends_the_search_and_removes_nothing(site: Site, docs):
    """Between addresses, between the sitemaps of an index, and while the next request's turn is waited for."""
    site.pages |= {
        "/robots.txt": Page(b"User-agent: *\nCrawl-delay: 10"),
        "/index.xml": Page(index("/1.xml", "/2.xml", "/3.xml")), "/1.xml": Page(urlset("/a")),
    }  # fmt: skip
    rules = WebRules(allowed_private=("127.0.0.1",), requests_per_second=0.001)  # or this test takes a quarter hour
    specs = ["docs", f"{site.url}/index.xml", f"{site.url}/other.xml", "docs/sub/**"]
    listing = find(specs, rules, is_stopping=lambda: bool(site.asked))
    assert site.paths() == ["/index.xml"]
    assert names(listing, docs)[0] == "a.md"
    assert (listing.scopes, listing.failures) == ([], [])


def test_a_sitemap_is_told_by_its_content(site: Site):
    media = "{http://www.google.com/schemas/sitemap-image/1.1}"
    body = urlset(f"{site.url}/a?x=1&amp;y=2", " /b ", f"{site.url}/a?x=1&amp;y=2").replace(
        b"<loc> /b ", b"<image:image xmlns:image='" + media.strip("{}").encode() + b"'><image:loc>/i.png</image:loc>"
        b"</image:image><loc> /b ",
    )  # fmt: skip
    site.pages["/any-name"] = Page(body, headers={"Content-Type": "text/html"})
    listing = find([f"{site.url}/any-name#sitemap"], web_of())
    assert [source.uri for source in listing.sources] == [f"{site.url}/a?x=1&y=2", f"{site.url}/b"]
    assert site.paths() == ["/any-name"]
    (scope,) = listing.scopes
    assert (
        set(listing.scope_of.values()) == {scope.name} == {f"{site.url}/any-name#sitemap"}
    )  # so that a later sync reads it as one
    assert scope.covers("https://example.org/was-listed", scope.name)
    assert not scope.covers(f"{site.url}/a", None)


def test_an_index_is_followed_through_gzip_and_circles(site: Site):
    site.pages |= {
        "/index.xml": Page(index(f"{site.url}/one.xml.gz", f"{site.url}/deeper.xml", f"{site.url}/index.xml")),
        "/one.xml.gz": Page(gzip.compress(urlset(f"{site.url}/1", f"{site.url}/2"))),
        "/deeper.xml": Page(gzip.compress(index("/two.xml"))),
        "/two.xml": Page(urlset(f"{site.url}/2", f"{site.url}/3"), headers={"Content-Type": "application/xml"}),
    }
    listing = find([f"{site.url}/index.xml"], web_of())
    assert [source.uri.rpartition("/")[2] for source in listing.sources] == ["1", "2", "3"]
    assert [scope.name for scope in listing.scopes] == [f"{site.url}/index.xml"]
    assert listing.failures == []
    assert set(listing.scope_of.values()) == {f"{site.url}/index.xml"}


@pytest.mark.parametrize(
    "second",
    [
        Page(status=500), Page(status=404), Page(b"<html>no sitemap</html>"), Page(urlset("/2", "/3")[:-20]),
        Page(gzip.compress(urlset("/2", "/3"))[:-30]), Page(urlset("/2", "file:///etc/passwd")),
        Page(urlset("/2", "http://[bad")), Page(urlset("/2", "http://127.0.0.1:65536/")),
    ],
    ids=["500", "404", "a page", "cut", "cut gzip", "a scheme that is none of the web", "no address", "no port"],
)  # fmt: skip
def test_a_sitemap_that_is_not_whole_prunes_nothing(site: Site, second):
    site.pages |= {
        "/index.xml": Page(index("/one.xml", "/two.xml")), "/one.xml": Page(urlset("/1")), "/two.xml": second,
    }  # fmt: skip
    listing = find([f"{site.url}/index.xml"], web_of())
    assert f"{site.url}/1" in listing
    assert len(listing.failures) == 1
    assert listing.scopes == []


def test_the_page_limit_cuts_and_prunes_nothing(site: Site, tmp_path):
    site.pages["/s.xml"] = Page(urlset(*(f"/{i}" for i in range(9))))
    listing = find([f"{site.url}/s.xml"], web_of(max_pages=4))
    assert len(listing.sources) == 4
    assert "4 lets in" in listing.failures[0][1].message
    assert "web.max_pages" in listing.failures[0][1].hint
    assert listing.scopes == []
    (tmp_path / "list.txt").write_text("".join(f"{site.url}/{i}\n" for i in range(9)))
    listing = find([f"@{tmp_path}/list.txt"], web_of(max_pages=4))
    assert (len(listing.sources), len(listing.failures), listing.scopes) == (4, 1, [])
    whole = find([f"@{tmp_path}/list.txt"], web_of(max_pages=9))
    assert (len(whole.sources), len(whole.failures), len(whole.scopes)) == (9, 0, 1)


def test_pages_of_a_list_are_asked_for_when_they_are_read(site: Site, tmp_path):
    site.pages |= {"/1": Page(b"1", headers={"ETag": '"1"'}), "/s.xml": Page(urlset("/2")), "/odd": Page(urlset("/3"))}
    (tmp_path / "list.txt").write_text(f"{site.url}/1\n{site.url}/s.xml\n{site.url}/odd\n")
    listing = find([f"@{tmp_path}/list.txt"], web_of())
    assert [source.uri.rpartition("/")[2] for source in listing.sources] == ["1", "2", "odd"]
    assert site.paths() == ["/s.xml"]
    with pytest.raises(Exception, match="is a sitemap"):
        listing.sources[2].load({}, 1000)


def test_entities_of_a_sitemap_are_not_expanded_and_no_file_is_read(site: Site, tmp_path):
    (tmp_path / "secret").write_text("http://secret.example/")
    bomb = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    head = f'<!DOCTYPE urlset [<!ENTITY e0 "x">{bomb}<!ENTITY f SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    body = head.encode() + urlset("/1", "/2?&e11;", "&f;").partition(b"?>")[2]
    site.pages["/s.xml"] = Page(body)
    listing = find([f"{site.url}/s.xml"], web_of())
    uris = [source.uri for source in listing.sources]
    assert f"{site.url}/1" in uris
    assert all(len(uri) < 100 and "secret" not in uri for uri in uris)


def test_a_bomb_for_a_sitemap_is_refused(site: Site):
    huge = urlset("/1").replace(b"</urlset>", b"<url><loc>/1</loc></url>" * (3 * 1024**2) + b"</urlset>")
    site.pages["/s.xml.gz"] = Page(gzip.compress(huge))
    listing = find([f"{site.url}/s.xml.gz"], web_of())
    assert "50,000 entries" in listing.failures[0][1].message
    assert listing.scopes == []


def test_a_sitemap_of_more_than_50_mib_is_refused(site: Site):
    huge = urlset("/1").replace(b"</urlset>", (b" " * 1024**2 + b"<url/>") * 51 + b"</urlset>")
    site.pages["/s.xml.gz"] = Page(gzip.compress(huge, 1))
    listing = find([f"{site.url}/s.xml.gz"], web_of())
    assert (len(listing.sources), len(listing.scopes)) == (1, 0)
    assert "50 MiB" in listing.failures[0][1].message


def test_entries_that_are_no_addresses_are_bounded_and_summed_up(site: Site):
    site.pages["/s.xml"] = Page(urlset("/1", *(f"ftp://x/{i}" for i in range(60_000))))
    listing = find([f"{site.url}/s.xml"], web_of())
    assert [source.uri for source in listing.sources] == [f"{site.url}/1"]
    assert len(listing.failures) == 22  # that it was cut, the first 20, and how many more
    assert "50,000 entries" in listing.failures[0][1].message
    assert "49,979 more entries" in listing.failures[-1][1].message
    assert listing.scopes == []


def test_entries_of_all_sitemaps_of_an_index_together_are_bounded(site: Site, monkeypatch):
    monkeypatch.setattr("ingest.web.sitemap._MAX_LOCATIONS", 50)
    names = [f"/{i}.xml" for i in range(5)]
    site.pages |= {"/index.xml": Page(index(*names))} | {
        name: Page(urlset(*(f"/1#{i}" for i in range(40)))) for name in names
    }
    listing = find([f"{site.url}/index.xml"], web_of(max_pages=2))
    assert site.paths() == ["/index.xml", "/0.xml", "/1.xml", "/2.xml"]  # 5 entries, and 40 in each
    assert (len(listing.sources), listing.scopes) == (1, [])
    assert "web.max_pages" in listing.failures[0][1].hint


@pytest.mark.parametrize("filling", [b"<a/>", b"<?a?>"])
def test_a_sitemap_of_small_parts_takes_little_memory(filling):
    """In a process of its own, which has room for the bytes, but not for a tree of them."""
    program = f"""
import resource
from ingest.web.sitemap import is_sitemap, read_sitemap
data = b"<urlset><url><loc>/1</loc></url>" + {filling!r} * (36 * 1024**2 // {len(filling)})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert is_sitemap(data)
found = read_sitemap(data)
assert found.locations == ("/1",), found
assert "2,000,000 tags" in found.fault, found.fault
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
assert grown < 100 * 1024, grown  # in KiB
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_sitemap_of_this_machine_is_refused_without_the_setting(site: Site):
    site.pages["/s.xml"] = Page(urlset("/1"))
    listing = find([f"{site.url}/s.xml"], WebRules())
    assert (listing.sources, len(listing.failures), site.asked) == ([], 1, [])


def test_the_data_folder_is_passed_over_in_others(docs, monkeypatch):
    """`footnoted ingest .` must not read the copies that it keeps, nor take them for new at every sync."""
    for spec in ("docs", "docs/**/*.md"):
        assert "sub/c.md" not in names(find([spec], None, docs / "sub"), docs)
    (docs / "link.md").symlink_to(docs / "sub" / "c.md")
    for spec in ("docs", "docs/*.md"):
        listing = find([spec], None, docs / "sub")
        assert "a.md" in names(listing, docs)
        assert (listing.failures, [name for name in names(listing, docs) if name.startswith("sub")]) == ([], [])


@pytest.mark.parametrize("spec", ["data", "data/*", "data/admin.token", "data/uploads", "link", "folder", "@list.txt"])
def test_the_data_folder_and_what_leads_there_are_refused_where_they_are_named(docs, spec):
    (docs / "data" / "uploads").mkdir(parents=True)
    (docs / "data" / "admin.token").write_text("secret")
    (docs / "link").symlink_to("data/admin.token")
    (docs / "folder").symlink_to("data/uploads")
    (docs / "list.txt").write_text("data/admin.token\n")
    listing = find([spec.replace("@", "@docs/") if spec[0] == "@" else f"docs/{spec}"], None, docs / "data")
    assert listing.sources == []
    assert ["data folder" in error.message for _, error in listing.failures] == [True]

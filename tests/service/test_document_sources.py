"""What a sync of a place names: what documents were found by, and files and addresses that were named themselves."""

from index.known import KnownSource
from service.document_sources import DocumentSource, SourceKind, sync_specs


def test_a_member_of_an_archive_stands_for_the_archive_and_an_odd_address_for_itself():
    known = {
        "https://x.example/wow!/a": KnownSource("1", "", {"etag": "1"}),
        "https://x.example/b.zip!/c.txt": KnownSource("2", "", {"container": "0"}),
        "https://x.example/b.zip!/d.txt": KnownSource("3", "", {"container": "0"}),
        "https://x.example/e": KnownSource("4", "", {"scope": "https://x.example/sitemap.xml"}),
        "https://y.example/f": KnownSource("5", "", {}),
    }
    place = DocumentSource(SourceKind.WEB, "https://x.example", 4, 4, "")
    assert sync_specs(place, known) == [
        "https://x.example/sitemap.xml", "https://x.example/b.zip", "https://x.example/wow!/a",
    ]  # fmt: skip

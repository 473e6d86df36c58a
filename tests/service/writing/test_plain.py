"""What a client could follow is taken out of a model's text, unless a passage has it word for word."""

import pytest

from service.writing.plain import REMOVED, plain

ADDRESSES = r"""
https://evil.example/x
HTTPS://evil.example/x
https:/evil.example/x
https:\\evil.example/x
http:evil.example
https：／／evil.example/x
//evil.example/x
www.evil.example
evil.example/x?d=secret
secret.evil.example
evil.com
EVIL.De
evil.club:80
xn--e1afmkfd.com/path
почта.com/x
a@evil.example
mailto:a@evil.example
192.168.0.1/leak?k=1
192.168.0.1:8080
skype:bob?call
whatsapp:send?text=secret
magnet:?xt=secret
view-source:x
tel:+4712345
data:,hello
data:text/html;base64,aaaa
javascript:alert(1
""".split()


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_no_passage_has_goes(address):
    assert plain(f"See {address} and ({address}) now", "") == f"See {REMOVED} and ({REMOVED}) now"


@pytest.mark.parametrize("address", [a for a in ADDRESSES if not a.startswith(("data:", "javascript:"))])
def test_an_address_of_a_passage_stays(address):
    assert plain(f"See {address}.", f"More at {address}, and elsewhere.") == f"See {address}."


@pytest.mark.parametrize(
    "source", ["notevil.example/x", "evil.example/xy", "a.org/?to=evil.example/x", "a@evil.example/x"]
)
def test_a_part_of_a_passages_address_is_another(source):
    assert plain("See evil.example/x now", source) == f"See {REMOVED} now"


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. Senate met at 10:30, e.g. in D.C., i.e. there.",
        "It costs $3.20/kg, and/or 4.5 km/h at p.m. times; No. 5 vs. Dr. Smith etc.",
        "Version 1.2.3.4 is out. Data: 5 items. Tel: 55. Is it? Yes... A:B as 1:2.",
        "@home, a @ b, #x, Ph.D., z.B. und d.h. sowie 3,5.",
        "会议在北京举行。比例：一／二。",
    ],
)
def test_words_that_are_no_address_stay(text):
    assert plain(text, "") == text


@pytest.mark.parametrize("part", ["A", "a.", "a@", "www.(", "a-", "1.", ":/", "data:x;", "a.b@", "("])
def test_a_long_word_takes_no_longer_than_many_short_ones(part):
    """Were each of its characters a beginning to try, this would take hours."""
    plain(part * (1_000_000 // len(part)), "")

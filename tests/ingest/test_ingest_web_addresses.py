"""Which addresses of the web may be asked."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ReadError
from ingest.web.addresses import check_reachable, is_public, parse_address, parse_allowed

PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::808:808")
HIDDEN = (
    "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "239.1.2.3", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "168.63.129.16",
    "192.0.0.1", "192.0.0.192", "192.88.99.1", "3fff::1", "3fff:fff::1", "::ffff:192.0.0.192",
    "::", "::1", "::127.0.0.1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",  # IPv4 mapped
    "2002:7f00:1::", "2002:a00:1::1",  # 6to4 of 127.0.0.1 and 10.0.0.1
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1",  # NAT64
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", HIDDEN)
def test_addresses_of_private_networks_and_machines_may_not(address):
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(ReadError, match=r"not a public address") as told:
        check_reachable("host.example", [ipaddress.ip_address(address)], (), True)
    assert "web.allowed_private" in told.value.hint


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_clothes_is_judged_as_itself(inner):
    for worn in (
        ipaddress.IPv6Address(f"::ffff:{inner}"),
        ipaddress.IPv6Address((0x2002 << 112) | (int(inner) << 80)),
        ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(inner)),
    ):
        assert is_public(worn) == is_public(inner)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address):
    if not address.is_global or address.is_multicast or address.is_loopback:
        assert not is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    mixed = [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("10.0.0.1")]
    with pytest.raises(ReadError, match=r"10\.0\.0\.1"):
        check_reachable("host.example", mixed, (), True)


@pytest.mark.parametrize("allowed", ["wiki.intra", "WIKI.intra", "10.0.0.0/8", "10.0.0.7", "::/0"])
def test_hosts_and_networks_of_the_setting_may_be_asked(allowed):
    addresses = [ipaddress.ip_address("10.0.0.7")]
    if allowed == "::/0":
        addresses = [ipaddress.ip_address("::1")]
    assert check_reachable("wiki.intra", addresses, (allowed,), True) is False


@pytest.mark.parametrize("allowed", ["intra", "other.intra", "10.0.0.8", "192.168.0.0/16"])
def test_others_of_the_setting_open_nothing(allowed):
    with pytest.raises(ReadError):
        check_reachable("wiki.intra", [ipaddress.ip_address("10.0.0.7")], (allowed,), True)


def test_a_public_page_may_not_lead_to_what_is_allowed_to_be_private():
    with pytest.raises(ReadError, match="a public page leads there"):
        check_reachable("wiki.intra", [ipaddress.ip_address("10.0.0.7")], ("wiki.intra",), False)
    assert check_reachable("example.org", [ipaddress.ip_address("8.8.8.8")], ("wiki.intra",), False)


@pytest.mark.parametrize("entry", ["", "10.0.0.1/8", "http://wiki.intra", "wiki.intra/page"])
def test_a_setting_that_is_no_host_or_network_is_refused(entry):
    with pytest.raises(ValueError, match=r".*"):
        parse_allowed(entry)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "gopher://x/",
        "javascript:1",
        "http://",
        "http:///a",
        "https://[::1",
        "http://[bad/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:99999999999/",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(address):
    with pytest.raises(ReadError):
        parse_address(address)


def test_credentials_are_refused_and_not_repeated():
    with pytest.raises(ReadError, match="password") as told:
        parse_address("https://ada:s3cret@example.org/a")
    assert "s3cret" not in str(told.value)


def test_an_address_has_one_spelling():
    for spelling in ("HTTPS://Example.ORG:443/a?b=1#part", "https://example.org/a?b=1", " https://example.org/a?b=1 "):
        assert str(parse_address(spelling)) == "https://example.org/a?b=1"
    assert str(parse_address("http://bücher.example")) == "http://xn--bcher-kva.example"

"""Network addresses of callers."""

import pytest
from starlette.testclient import TestClient

from service.network_address import client_address, is_loopback, neighbourhood_of, network_of


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_addresses_of_this_machine(address):
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["", "localhost", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "::2", "x" * 99])
def test_other_addresses_and_what_is_none(address):
    assert not is_loopback(address)


@pytest.mark.parametrize(
    ("address", "counted_to", "neighbourhood"),
    [
        ("192.0.2.77", "192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unix", "unix", ""),
        ("x" * 99, "x" * 64, ""),
        ("", "", ""),
    ],
)
def test_whom_calls_are_counted_to(address, counted_to, neighbourhood):
    assert (network_of(address), neighbourhood_of(address)) == (counted_to, neighbourhood)


def test_a_socket_without_an_address_is_of_nobody():
    assert client_address({"client": None}) == client_address({}) == ""
    assert client_address({"client": ("192.0.2.1", 4711)}) == "192.0.2.1"


@pytest.mark.parametrize(
    ("address", "status"), [("::ffff:127.0.0.1", 200), ("127.0.0.1", 200), ("::ffff:192.0.2.1", 403)]
)
def test_the_metrics_are_for_this_machine_however_it_is_written(in_process, tmp_path, address, status):
    with in_process(tmp_path / "data") as client:
        caller = TestClient(client.app, base_url="http://127.0.0.1", client=(address, 50000))
        assert caller.get("/metrics").status_code == status

"""How often a caller may ask."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from core.errors import SettingsError, TooManyRequests
from service.access.principal import AccessScope, Principal, set_principal
from service.call_limits import CallLimits
from service.load.caller_limits import CallerAllowance, CallerLimits
from service.load.shared_calls import open_call_limits

PLENTY = {
    "questions_per_key": 1000,
    "questions_per_address": 1000,
    "questions_per_session": 1000,
    "requests_per_key": 1000,
    "requests_per_address": 1000,
}


def limits_of(counters: CallLimits | None = None, **allowed: int) -> CallerLimits:
    return CallerLimits(CallerAllowance(**{**PLENTY, **allowed}), counters or CallLimits())


def call_from(address: str, key: str | None = None) -> dict:
    scope = {"type": "http", "client": (address, 1)}
    if key is not None:
        set_principal(scope, Principal(key, frozenset({AccessScope.ASK})))
    return scope


def allowed(limits: CallerLimits, scope: dict, *, asks: bool = True) -> int:
    """How many calls are let in, of ten."""
    count = 0
    for _ in range(10):
        try:
            limits.count(scope, asks=asks)
        except TooManyRequests as error:
            assert 1 <= error.retry_after_s <= 60
        else:
            count += 1
    return count


def test_questions_count_by_key_and_other_calls_beside_them():
    limits = limits_of(questions_per_key=3, requests_per_key=7)
    assert allowed(limits, call_from("192.0.2.1", "key_a")) == 3
    assert allowed(limits, call_from("192.0.2.1", "key_a"), asks=False) == 4
    assert allowed(limits, call_from("192.0.2.1", "key_b")) == 3


def test_who_has_no_key_is_counted_by_network_address():
    limits = limits_of(questions_per_address=3)
    assert allowed(limits, call_from("192.0.2.1")) == 3
    assert allowed(limits, call_from("192.0.2.2")) == 3
    assert allowed(limits, call_from("2001:db8::1")) == 3
    assert allowed(limits, call_from("2001:db8::2")) == 0
    assert allowed(limits, call_from("192.0.2.1", "key_a")) == 10


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_who_works_on_this_machine_is_not_counted(address):
    assert allowed(limits_of(questions_per_address=3), call_from(address)) == 10


def test_a_conversation_has_a_limit_of_its_own():
    limits = limits_of(questions_per_session=2)
    limits.count_session("a")
    limits.count_session("a")
    with pytest.raises(TooManyRequests):
        limits.count_session("a")
    limits.count_session("b")


def test_over_http_a_visitor_behind_a_proxy_is_told_when_to_come_again(in_process, tmp_path, assert_problem):
    limits = {"questions_per_minute_per_address": 2, "requests_per_minute_per_address": 4}
    with in_process(tmp_path / "data", limits=limits, server={"trusted_proxies": ["*"]}) as client:
        from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

        client._transport.app = ProxyHeadersMiddleware(client._transport.app, trusted_hosts="*")
        visitor = {"X-Forwarded-For": "198.51.100.7"}
        asked = {"question": "Why?", "collection": "none"}
        for _ in range(2):
            assert client.post("/v1/ask", json=asked, headers=visitor).status_code == 404
        refused = client.post("/v1/ask", json=asked, headers=visitor)
        assert_problem(refused, 429, "too_many_requests")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert client.get("/v1/documents", headers=visitor).status_code == 200
        assert client.get("/v1/documents", headers=visitor).status_code == 200
        assert client.get("/v1/documents", headers=visitor).status_code == 429
        assert client.get("/healthz", headers=visitor).status_code == 200
        assert client.post("/v1/ask", json=asked, headers={"X-Forwarded-For": "198.51.100.8"}).status_code == 404


@pytest.fixture
def redis(tmp_path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A Redis of one's own: its URL and its process."""
    server = shutil.which("redis-server") or shutil.which("valkey-server")
    if server is None:
        pytest.skip("Redis is not installed. To run this test: apt install redis-server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0", process
        process.kill()


def test_replicas_count_together_in_redis_and_alone_while_it_is_away(redis):
    url, process = redis
    one, other = (limits_of(open_call_limits(url)(), questions_per_address=6) for _ in range(2))
    scope = call_from("192.0.2.1")
    for _ in range(3):
        one.count(scope, asks=True)
        other.count(scope, asks=True)
    for limits in (one, other):
        assert allowed(limits, scope) == 0
        assert limits.blocks
    process.kill()
    process.wait()
    assert allowed(one, scope) == 6
    assert allowed(other, scope) == 6


def test_a_refused_call_does_not_count_in_any_window(redis):
    limits = limits_of(open_call_limits(redis[0])(), questions_per_key=2, requests_per_key=5)
    assert allowed(limits, call_from("192.0.2.1", "key_a")) == 2
    assert allowed(limits, call_from("192.0.2.1", "key_a"), asks=False) == 3


@pytest.mark.parametrize("url", ["nothing", "carrier-pigeon://host", "memcached://127.0.0.1"])
def test_a_storage_that_there_is_not_is_told_at_the_start(url):
    with pytest.raises(SettingsError) as error:
        open_call_limits(url)
    assert "redis" in str(error.value).lower()


def test_a_server_whose_storage_is_away_answers_all_the_same(in_process, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"redis://127.0.0.1:{free.getsockname()[1]}/0"
    with in_process(tmp_path / "data", limits={"storage_url": url}) as client:
        assert client.post("/v1/ask", json={"question": "Why?", "collection": "none"}).status_code == 404


@pytest.mark.parametrize("url", ["rediss+x://:sesame@redis/0", "redis+cluster://:sesame@redis", "sesame@redis/0"])
def test_a_storage_that_is_none_is_told_without_its_password(url):
    with pytest.raises(SettingsError, match=r"limits\.storage_url cannot be used") as told:
        open_call_limits(url)
    assert "sesame" not in f"{told.value} {told.value.hint}"

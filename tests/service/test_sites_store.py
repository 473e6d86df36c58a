"""Sites as they are kept, the origins that may use them, and the limits on their visitors."""

import string
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, InvalidRequest, NotFound, TooManyRequests
from service.call_limits import RecentCalls
from service.sites.limits import Allowance, RequestLimits
from service.sites.origins import is_allowed, is_of_host, normal_origin, origin_of_browser
from service.sites.public_answers import public_uri
from service.sites.records import Position, SiteLook
from service.sites.store import Sites

# Origins


@pytest.mark.parametrize(
    ("given_as", "normal"),
    [
        ("https://a.example", "https://a.example"),
        (" HTTPS://A.Example/ ", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://a.example:", "https://a.example"),
        ("https://a.example:08443", "https://a.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://intranet", "http://intranet"),
        ("https://my_app.example", "https://my_app.example"),
        ("https://müller.example", "https://xn--mller-kva.example"),
        ("https://MÜLLER.example", "https://xn--mller-kva.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("https://xn--mller-kva.example", "https://xn--mller-kva.example"),
        ("http://192.0.2.7:8080", "http://192.0.2.7:8080"),
        ("http://[2001:DB8:0::1]:8080", "http://[2001:db8::1]:8080"),
        ("https://*.example.org", "https://*.example.org"),
        ("https://*.MÜLLER.example:443", "https://*.xn--mller-kva.example"),
        ("http://*.localhost:3000", "http://*.localhost:3000"),
        ("https://*.somebody.github.io", "https://*.somebody.github.io"),
        ("https://*.example.co.uk", "https://*.example.co.uk"),
        ("https://somebody.github.io", "https://somebody.github.io"),
        ("https://0x7f000001.example", "https://0x7f000001.example"),
    ],
)
def test_an_origin_has_one_normal_form(given_as, normal):
    assert normal_origin(given_as) == normal
    assert normal_origin(normal) == normal


@pytest.mark.parametrize(
    "not_one",
    [
        "", "*", "null", "NULL", "a.example", "//a.example", "ftp://a.example", "file://", "file:///a", "https://",
        "https://*", "https://*.org", "https://*.*.org", "https://*.github.io", "http://*.co.uk", "https://*.co.uk.:8443",
        "https://*.Kawasaki.jp", "https://*.個人.hk", "https://*.xn--gmqw5a.hk", "http://0x7f000001", "http://1.2.3.0x4",
        "http://a.0x", "http://2130706433", "http://127.1", "http://0177.0.0.1",
        "https://a.*.org", "https://*a.example.org", "https://*.1.2.3.4",
        "https://a.example/path", "https://a.example?q", "https://a.example#f", "https://a.example/?", "https://u@a.example",
        "https://u:p@a.example", "https://a.example:0", "https://a.example:65536", "https://a.example:x",
        "https://[::1", "https://[nonsense]", "https://a b.example", "https://a.example\n.evil.example",
        "https://a.example\\.evil.example", "https://a..example", "https://-a.example", "https://1.2.3", "https://1.2.3.256",
        "https://%61.example", "javascript://a.example", "https:a.example", "https://" + "a" * 64 + ".example",
        "https://a.example, https://b.example", "https://\u200b.example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_told(not_one):
    with pytest.raises(InvalidRequest) as told:
        normal_origin(not_one)
    assert told.value.hint


@given(st.text(alphabet=st.sampled_from("htps:/.*@[]#?%\\ \t\nöß例axn-1_0") | st.characters(), max_size=40))
def test_any_text_is_an_origin_in_normal_form_or_refused(text):
    for candidate in (text, f"https://{text}", f"https://a.{text}:1"):
        try:
            normal = normal_origin(candidate)
        except InvalidRequest:
            continue
        assert normal == normal_origin(normal)
        assert normal.isascii()
        assert normal.startswith(("http://", "https://"))


@given(st.binary(max_size=60))
def test_no_header_of_a_caller_is_too_strange(header):
    text = header.decode("latin-1")
    origin = origin_of_browser(text)
    assert origin is None or origin == normal_origin(text)
    assert is_of_host("https://a.example", text) is (origin_of_browser(f"https://{text}") == "https://a.example")


@pytest.mark.parametrize(
    ("allowed", "origin", "passes"),
    [
        ("https://a.example", "https://a.example", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "https://b.a.example", False),
        ("https://a.example", "https://a.example.evil.example", False),
        ("https://*.example.org", "https://a.example.org", True),
        ("https://*.example.org", "https://b.a.example.org", True),
        ("https://*.example.org", "https://example.org", False),
        ("https://*.example.org", "https://evilexample.org", False),
        ("https://*.example.org", "http://a.example.org", False),
        ("https://*.example.org", "https://a.example.org:8443", False),
        ("https://*.example.org:8443", "https://a.example.org:8443", True),
        ("https://*.example.org", "https://a.example.org.evil.example", False),
    ],
)
def test_origins_match_exactly_but_for_the_subdomains_of_a_wildcard(allowed, origin, passes):
    assert is_allowed(origin, [allowed]) is passes
    assert is_allowed(origin, ["https://other.example", allowed]) is passes
    assert is_allowed(origin, []) is False


_HOST = st.lists(st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8), min_size=2, max_size=4)


@given(_HOST, _HOST, st.sampled_from(["http", "https"]), st.sampled_from(["", ":8080"]))
def test_a_wildcard_lets_in_subdomains_and_nobody_else(base, below, scheme, port):
    domain = ".".join([*base[:-1], "example"])
    allowed = [normal_origin(f"{scheme}://*.{domain}{port}")]
    assert is_allowed(f"{scheme}://{'.'.join(below)}.{domain}{port}", allowed)
    assert not is_allowed(f"{scheme}://{domain}{port}", allowed)
    assert not is_allowed(f"{scheme}://{''.join(below)}{domain}{port}", allowed)
    assert not is_allowed(f"{scheme}://{domain}.{'.'.join(below)}{port}", allowed)


@pytest.mark.parametrize("header", [None, "", "null", "https://*.example.org", "file://", "https://a.example/x", "x"])
def test_a_page_without_an_origin_of_the_web_has_none(header):
    assert origin_of_browser(header) is None


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("https://answers.example.org", "answers.example.org", True),
        ("https://answers.example.org", "Answers.Example.org:443", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://127.0.0.1:8001", "127.0.0.1:8000", False),
        ("https://answers.example.org", "answers.example.org:8443", False),
        ("https://a.example", "", False),
        ("https://a.example", "a.example/x", False),
        ("https://a.example", "*.example", False),
        ("https://a.example", "u@a.example", False),
    ],
)
def test_the_servers_own_pages_are_told_by_its_host(origin, host, own):
    assert is_of_host(origin, host) is own


# The store


IN_FOLDER = pytest.mark.parametrize("state_place", ["folder"], indirect=True)  # what is told of its files


@pytest.fixture
def sites(state_place):
    opened = Sites(state_place)
    yield opened
    opened.close()


LOOK = SiteLook("Ask us", "Hello!", ("How?", "Why?"), "Ask …", "de", "#0b57d0", Position.LEFT, False)


@IN_FOLDER
def test_reading_makes_no_file(sites, tmp_path):
    assert sites.all() == []
    with pytest.raises(NotFound):
        sites.get("site_x")
    with pytest.raises(NotFound):
        sites.remove("site_x")
    assert not (tmp_path / "data").exists()


def test_a_site_is_read_as_it_was_kept_also_by_another_process(sites, state_place):
    site = sites.add("Docs", "default", ["https://A.example/", "https://a.example"], LOOK)
    assert site.origins == ("https://a.example",)
    assert len(site.id) == len("site_") + 12
    beside = Sites(state_place)
    assert beside.get(site.id) == beside.find("docs") == beside.find(site.id) == site
    assert beside.all() == [site]
    beside.remove(site.id)
    beside.close()
    assert sites.all() == []


def test_sites_are_listed_by_name_and_a_name_is_given_once(sites):
    for name in ("b", "A", "c"):
        sites.add(name, "default", [])
    assert [site.name for site in sites.all()] == ["A", "b", "c"]
    with pytest.raises(Conflict):
        sites.add(" B ", "default", [])
    with pytest.raises(Conflict):
        sites.change(replace(sites.find("a"), name="B"))
    assert [site.name for site in sites.all()] == ["A", "b", "c"]


def test_a_change_keeps_the_id_and_the_rest(sites):
    site = sites.add("Docs", "default", ["https://a.example"], LOOK)
    changed = sites.change(replace(site, origins=("https://B.example",), look=replace(LOOK, title="New")))
    assert changed == sites.get(site.id)
    assert (changed.id, changed.created_at, changed.collection) == (site.id, site.created_at, "default")
    assert (changed.origins, changed.look) == (("https://b.example",), replace(LOOK, title="New"))
    sites.remove(site.id)
    with pytest.raises(NotFound):
        sites.change(site)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 101},
        {"collection": "no/such"},
        {"origins": ["nonsense"]},
        {"origins": [f"https://a{i}.example" for i in range(101)]},
        {"look": SiteLook(accent="red; background: url(//evil.example)")},
        {"look": SiteLook(language="<b>")},
        {"look": SiteLook(title="x" * 201)},
        {"look": SiteLook(greeting="x" * 2001)},
        {"look": SiteLook(suggestions=("x",) * 11)},
    ],
)
def test_what_does_not_fit_is_told_and_not_kept(sites, wrong):
    with pytest.raises(InvalidRequest) as told:
        sites.add(**{"name": "Docs", "collection": "default", "origins": [], **wrong})
    assert told.value.hint
    assert sites.all() == []


def test_words_are_kept_without_control_characters_and_empty_ones_not_at_all(sites):
    look = SiteLook(" A\x1b[31m\n b ", "One.\n\nTwo.\x00", ("", " x\ny "), "", "", "")
    kept = sites.add("D\x07ocs", "default", [], look)
    assert kept.name == "Docs"
    assert kept.look == SiteLook("A[31m b", "One.\n\nTwo.", ("x y",), None, None, None)


@IN_FOLDER
def test_a_deleted_file_is_a_list_without_sites(sites, tmp_path):
    sites.add("Docs", "default", [])
    for file in (tmp_path / "data").glob("sites.db*"):
        file.unlink()
    assert sites.all() == []
    assert sites.add("Docs", "default", []).name == "Docs"


# Limits


class Clock:
    """The time that the limits go by; `clock.now += 60` is a minute later."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def calls(clock):
    """What the limits remember."""
    return RecentCalls(most_keys=100, clock=clock)


@pytest.fixture
def limits(calls):
    """Limits that are generous, but for those that are given."""
    plenty = dict.fromkeys(Allowance.__dataclass_fields__, 1000)
    return lambda **more: RequestLimits(Allowance(**{**plenty, **more}), calls)


def test_a_window_moves(limits, clock):
    bound = limits(questions_per_minute=2)
    bound.count_question("a", "192.0.2.1")
    clock.now += 40
    bound.count_question("a", "192.0.2.1")
    with pytest.raises(TooManyRequests) as told:
        bound.count_question("a", "192.0.2.1")
    assert told.value.retry_after_s == 20
    assert "20 s" in told.value.hint
    bound.count_question("b", "192.0.2.1")
    clock.now += 20.1
    bound.count_question("a", "192.0.2.1")
    with pytest.raises(TooManyRequests) as told:
        bound.count_question("a", "192.0.2.1")
    assert told.value.retry_after_s == 40


def test_an_address_has_a_limit_for_all_its_visitors_and_a_refused_question_is_not_counted(limits):
    bound = limits(questions_per_minute=2, questions_per_minute_per_address=3)
    for session in ("a", "a", "b"):
        bound.count_question(session, "192.0.2.1")
    for _ in range(10):
        with pytest.raises(TooManyRequests):
            bound.count_question("b", "192.0.2.1")
    bound.count_question("b", "192.0.2.2")
    with pytest.raises(TooManyRequests):
        bound.count_question("b", "192.0.2.2")


def test_a_day_has_a_limit_of_its_own(limits, clock):
    bound = limits(questions_per_minute=10, questions_per_day=3)
    for _ in range(3):
        bound.count_question("a", "192.0.2.1")
        clock.now += 3600
    with pytest.raises(TooManyRequests) as told:
        bound.count_question("a", "192.0.2.1")
    assert told.value.retry_after_s == 21 * 3600


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "unknown", False),
    ],
)
def test_an_address_of_ipv6_counts_as_its_network(limits, one, other, same):
    bound = limits(sessions_per_minute_per_address=1)
    bound.count_session(one)
    if same:
        with pytest.raises(TooManyRequests):
            bound.count_session(other)
    else:
        bound.count_session(other)


def test_visitors_are_forgotten_when_their_calls_do_not_count_any_more(limits, calls, clock):
    bound = limits()
    for i in range(40):
        bound.count_session(f"192.0.2.{i}")
        bound.count_question(f"ses_{i}", "192.0.2.1")
    assert len(calls) == 40 + 40 + 40 + 1  # addresses of sessions; questions of a minute, of a day, of the one address
    clock.now += 61
    bound.count_session("198.51.100.1")
    assert len(calls) == 1 + 40
    clock.now += 24 * 60 * 60
    bound.count_question("ses_0", "192.0.2.1")
    assert len(calls) == 3


def test_a_flood_of_addresses_takes_no_more_memory_than_is_set_aside(limits, calls):
    bound = limits(sessions_per_minute_per_address=1)
    addresses = [f"198.51.{i // 250}.{i % 250}" for i in range(2000)]
    for address in addresses:
        bound.count_session(address)
        assert len(calls) <= 100
    for latest in addresses[-100:]:
        with pytest.raises(TooManyRequests):
            bound.count_session(latest)


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ab")), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_limit_and_the_wait_is_enough(steps, limit):
    clock = Clock()
    plenty = dict.fromkeys(Allowance.__dataclass_fields__, 1000)
    bound = RequestLimits(Allowance(**{**plenty, "questions_per_minute": limit}), RecentCalls(clock=clock))
    passed: dict[str, list[float]] = {"a": [], "b": []}
    for seconds, session in steps:
        clock.now += seconds
        try:
            bound.count_question(session, "192.0.2.1")
        except TooManyRequests as refused:
            assert len([t for t in passed[session] if t > clock.now - 60]) == limit
            clock.now += refused.retry_after_s
            bound.count_question(session, "192.0.2.1")
        passed[session].append(clock.now)
        assert len([t for t in passed[session] if t > clock.now - 60]) <= limit


def test_questions_at_once_are_not_counted_past_the_limit(limits):
    bound = limits(questions_per_minute=50)

    def passes(_: int) -> bool:
        try:
            bound.count_question("a", "192.0.2.1")
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(passes, range(400))) == 50


@pytest.mark.parametrize(
    ("uri", "public"),
    [
        ("file:///srv/docs/a.pdf", "a.pdf"),
        ("file:///srv/docs/My%20report.pdf", "My report.pdf"),
        ("file:///srv/docs/a%2Fb.pdf", "b.pdf"),
        ("file:///C:/docs/a.pdf", "a.pdf"),
        ("upload:a.pdf", "a.pdf"),
        ("upload:deep/down/a.pdf", "a.pdf"),
        ("upload:C:\\docs\\a.pdf", "a.pdf"),
        ("file:///srv/docs/", "docs"),
        ("https://a.example/docs/b?c=d", "https://a.example/docs/b?c=d"),
        ("https://user:secret@a.example/b", "https://a.example/b"),
        ("HTTP://a.example/b", "http://a.example/b"),
    ],
)
def test_strangers_see_addresses_of_the_web_and_names_of_files(uri, public):
    assert public_uri(uri) == public

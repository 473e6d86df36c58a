"""Two tenants on one server: every route is tried with the other's ids. It must tell nothing, and change nothing.

What it answers has to be the same, but for the name that was given, as for ids that nothing has.
"""

from dataclasses import astuple, dataclass

import pytest

QUESTION = "What does the otter Ida eat?"
NEEDLES = ("otter", "vault", "4711", "kilograms", "Larkspur")
# Open to everybody by design, or by tokens of their own.
ELSEWHERE = ("/v1/sites/", "/v1/sign-in", "/v1/admin/session", "/v1/probe", "/healthz", "/readyz")
# They make something new each time they are called.
NEW_EACH_TIME = {("POST", "/v1/sessions")}
CHAT = {"messages": [{"role": "user", "content": QUESTION}]}


@dataclass(frozen=True)
class Ids:
    """Of things of a tenant, or of nobody."""

    collection: str
    document: str
    job: str
    session: str
    answer: str
    key: str
    site: str

    def path(self, template: str) -> str:
        return template.format(
            name=self.collection, document_id=self.document, job_id=self.job, session_id=self.session, page=1,
            key_id=self.key, site_id=self.site, site=self.site,
        )  # fmt: skip


NOBODYS = Ids("nowhere", "d" * 32, "job_" + "0" * 32, "ses_" + "0" * 32, "ans_" + "0" * 32, "key_none", "site_none")


def bodies(ids: Ids, own: str) -> dict[tuple[str, str], list[dict]]:
    """What the routes with a body are sent; ``own`` is the caller's collection."""
    asked = [
        {"json": {"question": QUESTION, "collection": ids.collection}},
        {"json": {"question": QUESTION, "collection": own, "session_id": ids.session}},
        {"json": {"question": QUESTION, "collection": own, "filters": {"document": ids.document}}},
    ]
    model = f"footnoted/{ids.collection}"
    site = {"name": "x", "collection": ids.collection}
    return {
        ("POST", "/v1/ask"): asked,
        ("POST", "/v1/search"): asked,
        ("POST", "/v1/feedback"): [{"json": {"answer_id": ids.answer, "rating": "down"}}],
        ("POST", "/v1/documents"): [
            {"files": [("files", ("otter.txt", "x"))], "data": {"collection": ids.collection}},
            {"json": {"url": "http://127.0.0.1:1/", "collection": ids.collection}},
        ],
        ("PATCH", "/v1/documents/{document_id}"): [{"json": {"labels": []}}],
        ("POST", "/v1/collections"): [{"json": {"name": ids.collection}}],
        ("PATCH", "/v1/collections/{name}"): [{"json": {"name": "mine"}}],
        ("POST", "/v1/collections/{name}/copy"): [{"json": {"name": "mine"}}],
        ("POST", "/v1/admin/sync"): [{"json": {"collection": ids.collection, "sources": ["/tmp"]}}],
        ("POST", "/v1/admin/sites"): [{"json": site}],
        ("PUT", "/v1/admin/sites/{site_id}"): [{"json": site}],
        ("POST", "/v1/admin/keys"): [{"json": {"name": "x", "scopes": ["admin"]}}],
        ("POST", "/v1/admin/keys/{key_id}/rotate"): [{"json": {}}],
        ("POST", "/v1/chat/completions"): [{"json": {**CHAT, "model": model}}],
        ("POST", "/v1/responses"): [{"json": {"input": QUESTION, "model": model}}],
        ("POST", "/v1/messages"): [{"json": {**CHAT, "model": model, "max_tokens": 9}}],
        ("POST", "/v1/ui-messages"): [
            {
                "json": {
                    "messages": [{"id": "1", "role": "user", "parts": [{"type": "text", "text": QUESTION}]}],
                    "collection": ids.collection,
                }
            }
        ],
    }


@pytest.fixture(scope="module")
def operations(keyed) -> list[tuple[str, str, bool]]:
    """Method, path and whether there is a body; of the description, and the pages that are not in it."""
    with keyed.client(None) as client:
        paths = client.get("/openapi.json").json()["paths"]
    found = [
        (method.upper(), path, "requestBody" in about)
        for path, by_method in paths.items()
        for method, about in by_method.items()
        if not path.startswith(ELSEWHERE)
    ]
    pages = ("/view/{document_id}", "/view/{document_id}/original", "/view/{document_id}/pages/{page}")
    more = [("GET", page, False) for page in (*pages, "/admin/preview/{site_id}", "/v1/models/footnoted/{name}")]
    return [*((m, p.replace("{name:path}", "{name}"), b) for m, p, b in found), *more]


@pytest.fixture(scope="module")
def alphas(keyed) -> Ids:
    """A thing of each kind that is alpha's."""
    with keyed.client("alpha") as alpha, keyed.client("operator") as operator:
        session = alpha.post("/v1/sessions").json()["id"]
        asked = {"question": QUESTION, "collection": "alpha", "session_id": session}
        answer = alpha.post("/v1/ask", json=asked).json()
        assert answer["status"] == "answered"
        job = operator.get("/v1/admin/jobs", params={"collection": "alpha"}).json()["jobs"][0]["id"]
        key = next(one["id"] for one in operator.get("/v1/admin/keys").json()["keys"] if one["name"] == "alpha")
        site = operator.post("/v1/admin/sites", json={"name": "Quiet", "collection": "nothing-yet"}).json()["id"]
    return Ids("alpha", keyed.documents["otter"], job, session, answer["id"], key, site)


def answers(client, operations, ids: Ids, collection: str, own: str):
    """(what was asked, status, text without the ids that were given)."""
    sent = bodies(ids, own)
    for method, template, has_body in operations:
        requests = sent.get((method, template), [{}])
        assert requests != [{}] or not has_body, f"{method} {template}: say above what it is to be sent"
        for i, request in enumerate(requests):
            response = client.request(method, ids.path(template), params={"collection": collection}, **request)
            text = response.text
            for given in astuple(ids):
                text = text.replace(given, "…")
            yield (method, template, i), response.status_code, text


@pytest.mark.parametrize("tenant", ["beta", None])
@pytest.mark.parametrize("where", ["theirs", "own"])
def test_another_tenants_ids_are_like_ids_of_nothing(keyed, operations, alphas, tenant, where):
    """Also with a document of theirs in a collection of one's own."""
    with keyed.client(tenant) as client:
        both = []
        for ids in (alphas, NOBODYS):
            collection = ids.collection if where == "theirs" else "beta"
            both.append(list(answers(client, operations, ids, collection, "beta")))
    assert len(both[0]) == len(both[1]) > 50
    for (asked, status, text), (_, made_up_status, made_up_text) in zip(*both, strict=True):
        assert not any(needle in text for needle in NEEDLES if needle not in QUESTION), (asked, text)
        if asked[:2] not in NEW_EACH_TIME and not (status == 200 and '"timings_ms"' in text):
            assert (status, text) == (made_up_status, made_up_text), asked
        assert status == made_up_status < 500, (asked, text)
        assert tenant is not None or status == 401, asked


@pytest.mark.parametrize(("who", "count"), [("alpha", 1), ("board", 3), ("asks", 1), ("operator", 3)])
def test_a_collection_counts_what_its_caller_may_find(keyed, who, count):
    with keyed.client(who) as client:
        one = client.get("/v1/collections/alpha").json()
        listed = {each["name"]: each for each in client.get("/v1/collections").json()["collections"]}
    assert (one["documents"], one["passages"]) == (count, count)
    assert listed["alpha"] == one


def test_nothing_of_the_other_was_changed(keyed, alphas, operations):
    """After the walk above; and what it called is there, with the right key."""
    with keyed.client("alpha") as alpha, keyed.client("operator") as operator:
        query = {"collection": "alpha"}
        rows = operator.get("/v1/documents", params=query).json()["documents"]
        assert sorted(row["labels"] for row in rows) == [[], ["board"], ["board"]]
        assert alpha.get(f"/v1/documents/{alphas.document}/text", params=query).text.startswith("The otter")
        assert len(alpha.get(f"/v1/sessions/{alphas.session}").json()["turns"]) == 1
        assert alpha.get(f"/v1/jobs/{alphas.job}").json()["collection"] == "alpha"
        assert alpha.get(f"/view/{alphas.document}", params=query).status_code == 200
        assert [one["name"] for one in operator.get("/v1/collections").json()["collections"]] == ["alpha", "beta"]
        state = {one["name"]: one["state"] for one in operator.get("/v1/admin/keys").json()["keys"]}
        assert state["alpha"] == "good" and "x" not in state
        asked = operator.get("/v1/admin/questions", params=query).json()["questions"]
        assert all(question["feedback"] == [] for question in asked if question["answer_id"] == alphas.answer)

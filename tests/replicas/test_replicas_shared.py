"""What is done through one replica counts at the other from its next request on."""

import json

import httpx
import pytest
from replica_pair import MOST_QUESTIONS, QUESTION, SENTENCE, until, upload

pytestmark = pytest.mark.slow

PAGE = "https://docs.example"


@pytest.fixture
def one(pair):
    with pair.one.client() as client:
        yield client


@pytest.fixture
def other(pair):
    with pair.other.client() as client:
        yield client


def asked(client: httpx.Client, question: str = QUESTION, **more: object) -> dict:
    body = {"question": question, "model": "reader", **more}
    return client.post("/v1/ask", json=body).raise_for_status().json()


def test_what_is_added_through_one_answers_through_the_other_and_what_is_deleted_does_not(one, other, settle):
    for here, there, name in ((one, other, "Ada"), (other, one, "Eva")):
        question = f"What does the heron {name} collect?"
        assert asked(there, question)["status"] == "not_found"
        job = settle(here, upload(here, f"{name}.txt", f"The heron {name} collects {name}'s blue stamps."))
        answer = asked(there, question)
        assert f"{name}'s blue stamps" in answer["answer"]
        [document] = {citation["document_id"] for citation in answer["citations"]}
        assert document == job["files"][0]["document_id"]
        there.delete(f"/v1/documents/{document}").raise_for_status()
        assert asked(here, question)["status"] == "not_found"
        assert document not in {hit["document_id"] for hit in asked(there, question)["hits"]}


def test_a_changed_document_answers_as_it_is_now(one, other, settle):
    question = "How many keys has the vault of Larkspur?"
    for count, (here, there) in (("three", (one, other)), ("seven", (other, one))):
        settle(here, upload(here, "vault.txt", f"The vault of Larkspur has {count} keys."))
        assert f"{count} keys" in asked(there, question)["answer"]


def test_a_job_is_followed_and_its_original_read_at_the_other(one, other):
    text = "The walrus Olaf naps on the western pier."
    location = upload(one, "walrus.txt", text, "walruses")
    with other.stream("GET", f"{location}/events") as response:
        told = [json.loads(line[len("data: ") :]) for line in response.iter_lines() if line.startswith("data: ")]
    assert told[-1]["status"] == "done"
    document = told[-1]["files"][0]["document_id"]
    where = {"collection": "walruses"}
    for client in (other, one):
        assert client.get(f"/v1/documents/{document}/original", params=where).text == text
        assert client.get(f"/v1/documents/{document}/text", params=where).text == text
    assert "walruses" in [found["name"] for found in other.get("/v1/collections").json()["collections"]]


def test_marks_that_are_set_through_one_hold_at_the_other(one, other, settle, admin):
    question = "Which code opens the cellar of Fennel House?"
    job = settle(one, upload(one, "cellar.txt", "The code 5150 opens the cellar of Fennel House.", "marked"))
    document = job["files"][0]["document_id"]
    where = {"params": {"collection": "marked"}, "headers": admin}
    assert asked(other, question, collection="marked")["status"] == "answered"
    one.patch(f"/v1/documents/{document}", json={"labels": ["board"]}, **where).raise_for_status()
    assert asked(other, question, collection="marked")["status"] == "not_found"
    other.patch(f"/v1/documents/{document}", json={"labels": [], "tags": ["cellars"]}, **where).raise_for_status()
    found = asked(one, question, collection="marked", filters={"tag": "cellars"})
    assert found["status"] == "answered"


def test_a_key_that_is_made_through_one_is_good_at_the_other_at_once(one, other, admin):
    form = {"name": "Help desk", "scopes": ["admin"]}
    made = one.post("/v1/admin/keys", json=form, headers=admin).raise_for_status().json()
    key = {"Authorization": f"Bearer {made['secret']}"}
    assert other.get("/v1/admin/keys", headers=key).status_code == 200
    other.delete(f"/v1/admin/keys/{made['id']}", headers=admin).raise_for_status()
    assert other.get("/v1/admin/keys", headers=key).status_code == 401
    until(lambda: one.get("/v1/admin/keys", headers=key).status_code == 401)  # half a second at most


def test_a_site_and_its_visitors_are_known_to_both(one, other, admin):
    form = {"name": "Docs", "collection": "default", "origins": [PAGE]}
    site = one.post("/v1/admin/sites", json=form, headers=admin).raise_for_status().json()["id"]
    visitor = {"Origin": PAGE}
    token = other.post(f"/v1/sites/{site}/session", json={}, headers=visitor).raise_for_status().json()["token"]
    visitor["Authorization"] = f"Bearer {token}"
    answer = one.post(f"/v1/sites/{site}/ask", json={"question": QUESTION}, headers=visitor)
    assert SENTENCE in answer.raise_for_status().json()["answer"]
    other.put(f"/v1/admin/sites/{site}", json={**form, "origins": []}, headers=admin).raise_for_status()
    assert one.post(f"/v1/sites/{site}/session", json={}, headers={"Origin": PAGE}).status_code == 403
    one.delete(f"/v1/admin/sites/{site}", headers=admin).raise_for_status()
    assert other.post(f"/v1/sites/{site}/session", json={}, headers={"Origin": PAGE}).status_code == 404


def test_a_conversation_goes_on_at_the_other(one, other):
    session_id = one.post("/v1/sessions").raise_for_status().json()["id"]
    asked(one, session_id=session_id)
    answer = asked(other, "And how much in a week?", session_id=session_id)
    assert "Ida" in answer["understood_as"]
    turns = one.get(f"/v1/sessions/{session_id}").json()["turns"]
    assert [turn["question"] for turn in turns] == [QUESTION, "And how much in a week?"]
    other.delete(f"/v1/sessions/{session_id}").raise_for_status()
    assert one.get(f"/v1/sessions/{session_id}").status_code == 404


def test_an_answer_of_one_is_rated_through_the_other(one, other):
    answer = asked(one)
    rating = {"answer_id": answer["id"], "rating": "up", "comment": "Right."}
    other.post("/v1/feedback", json=rating).raise_for_status()
    newest = one.get("/v1/feedback").json()["feedback"][0]
    assert (newest["question"]["answer_id"], newest["comment"]) == (answer["id"], "Right.")


def test_who_signs_in_at_one_is_signed_in_at_the_other_until_signing_out(pair, footnoted, tmp_path, one, other):
    password = tmp_path / "password"
    password.write_text("a long password for ada\n")
    added = footnoted("operators", "add", "ada", "--password-file", password, **pair.one.environment)
    assert added.returncode == 0, added.stderr
    given = {"name": "ada", "password": password.read_text().strip()}
    one.post("/v1/admin/session", json=given).raise_for_status()
    other.cookies.update(one.cookies)
    assert other.get("/v1/admin/jobs").status_code == 200
    other.delete("/v1/admin/session").raise_for_status()
    other.cookies.clear()
    assert one.get("/v1/admin/jobs").status_code == 401


@pytest.mark.parametrize("whose", ["session", "address", "key"])
def test_questions_are_counted_together(whose, one, other, create_key):
    body: dict[str, object] = {"question": QUESTION, "top_k": 1}
    headers = {}
    if whose == "session":
        body["session_id"] = one.post("/v1/sessions").json()["id"]
    elif whose == "address":
        headers["X-Forwarded-For"] = "192.0.2.7"
    else:
        headers["Authorization"] = f"Bearer {create_key('counted', '--scope', 'ask')}"
    statuses = [
        (one, other)[turn % 2].post("/v1/search", json=body, headers=headers).status_code
        for turn in range(MOST_QUESTIONS + 2)
    ]
    assert statuses == [200] * MOST_QUESTIONS + [429] * 2


def test_the_proxy_tells_replicas_who_calls_and_spreads_the_calls(pair):
    with pair.client(headers={"X-Forwarded-For": "192.0.2.8"}) as client:
        told = [client.post("/v1/search", json={"question": QUESTION, "top_k": 1}) for _ in range(MOST_QUESTIONS + 2)]
    assert [response.status_code for response in told] == [200] * MOST_QUESTIONS + [429] * 2
    assert {pair.served_by(response).port for response in told} == {pair.one.port, pair.other.port}


def test_the_command_line_of_any_machine_works_on_the_same_documents(pair, footnoted, tmp_path, one, other):
    text = "The puffin Bo guards the lamp of the lighthouse."
    (tmp_path / "puffin.txt").write_text(text)
    done = footnoted("ingest", tmp_path / "puffin.txt", **pair.one.environment)
    assert done.returncode == 0, done.stderr
    question = "Who guards the lamp of the lighthouse?"
    for client in (one, other):
        assert text in asked(client, question)["answer"]
    told = footnoted("ask", question, "--model", "reader", "--json", **pair.one.environment)
    assert text in json.loads(told.stdout)["answer"]

"""`Idempotency-Key`: a request that is sent again because its answer did not come is done once."""

import threading
import uuid

import pytest

from core.errors import InvalidRequest
from service.jobs.store import JobStore, new_id
from service.request_key import RequestKey

FILES = {"note.txt": "The otter Ida eats two kilograms of fish a day."}


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


@pytest.fixture
def send(client):
    def post(files: dict[str, str], headers: dict[str, str], collection: str = "request-keys", **more: str):
        sent = [("files", (name, text)) for name, text in files.items()]
        return client.post("/v1/documents", files=sent, data={"collection": collection, **more}, headers=headers)

    return post


def test_a_second_try_of_an_upload_gives_the_job_of_the_first(client, settle, send, key):
    first = send(FILES, key)
    again = send(FILES, key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["location"] == first.headers["location"]
    done = settle(client, first.headers["location"])
    assert done["counts"] == {"added": 1}
    late = send(FILES, key)
    assert (late.json()["id"], late.json()["status"]) == (done["id"], "done")


def test_without_a_key_each_upload_is_a_job(send):
    assert send(FILES, {}).json()["id"] != send(FILES, {}).json()["id"]


@pytest.mark.parametrize(
    ("files", "more"),
    [
        ({"note.txt": FILES["note.txt"].replace("two", "ten")}, {}),
        ({"other.txt": FILES["note.txt"]}, {}),
        ({**FILES, "more.txt": "More."}, {}),
        (FILES, {"collection": "request-keys-2"}),
        (FILES, {"tag": "fish"}),
    ],
)
def test_a_key_is_not_taken_for_another_upload(send, key, assert_problem, files, more):
    send(FILES, key).raise_for_status()
    assert_problem(send(files, key, **more), 422, "invalid_request", [key["Idempotency-Key"], "another upload"])


def test_a_key_that_is_no_key_is_refused(send, assert_problem):
    for given in ("", "k" * 256):
        assert_problem(send(FILES, {"Idempotency-Key": given}), 422, "invalid_request", ["Idempotency-Key"])


def request_of(caller: str, fingerprint: str = "f") -> RequestKey:
    return RequestKey(caller, "one", fingerprint)


def test_keys_of_different_callers_have_nothing_to_do_with_each_other(tmp_path):
    store = JobStore(tmp_path)
    ida = store.add_upload(new_id(), "default", ["a.txt"], request=request_of("ida"))
    udo = store.add_upload(new_id(), "default", ["b.txt"], request=request_of("udo", "g"))
    assert store.of_request(request_of("ida")) == ida
    assert store.of_request(request_of("udo", "g")) == udo
    assert store.of_request(request_of("eva")) is None
    with pytest.raises(InvalidRequest):
        store.of_request(request_of("ida", "g"))
    store.close()


def test_of_tries_at_once_one_makes_a_job(tmp_path):
    stores = [JobStore(tmp_path) for _ in range(4)]
    ids: list[str] = []
    together = threading.Barrier(len(stores))

    def add(store: JobStore) -> None:
        together.wait()
        ids.append(store.add_upload(new_id(), "default", ["a.txt"], request=request_of("ida")).id)

    threads = [threading.Thread(target=add, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == len(stores)
    assert len(set(ids)) == 1
    assert [job.id for job in stores[0].recent(10)] == ids[:1]
    for store in stores:
        store.close()


def test_a_request_is_forgotten_with_its_job(tmp_path):
    store = JobStore(tmp_path)
    job = store.add_upload(new_id(), "default", ["a.txt"], request=request_of("ida"))
    store.cancel(job.id)
    assert store.sweep(keep_days=-1) == 1
    assert store.of_request(request_of("ida", "another")) is None
    store.close()


def turns_of(client, session_id: str) -> list[str]:
    return [turn["question"] for turn in client.get(f"/v1/sessions/{session_id}").json()["turns"]]


def test_a_second_try_of_a_question_takes_the_place_of_its_turn(client, date_question, key):
    session_id = client.post("/v1/sessions").json()["id"]
    asked = {"session_id": session_id, "question": date_question}
    client.post("/v1/ask", json=asked, headers={"Idempotency-Key": "before"}).raise_for_status()
    follow_up = {"session_id": session_id, "question": "And where was it held?"}
    first = client.post("/v1/ask", json=follow_up, headers=key).raise_for_status().json()
    again = client.post("/v1/ask", json=follow_up, headers=key).raise_for_status().json()
    assert turns_of(client, session_id) == [date_question, follow_up["question"]]
    # It was asked after the same conversation, not after its own answer.
    assert (again["understood_as"], again["answer"]) == (first["understood_as"], first["answer"])
    kept = client.get(f"/v1/sessions/{session_id}").json()["turns"][-1]
    assert kept["answer_id"] == again["id"]


def test_without_a_key_a_question_that_is_asked_twice_is_two_turns(client, date_question):
    session_id = client.post("/v1/sessions").json()["id"]
    for _ in range(2):
        client.post("/v1/ask", json={"session_id": session_id, "question": date_question}).raise_for_status()
    assert turns_of(client, session_id) == [date_question] * 2


def test_the_same_key_in_another_session_is_another_question(client, date_question, key):
    sessions = [client.post("/v1/sessions").json()["id"] for _ in range(2)]
    for session_id in sessions:
        asked = {"session_id": session_id, "question": date_question}
        client.post("/v1/ask", json=asked, headers=key).raise_for_status()
    assert [turns_of(client, session_id) for session_id in sessions] == [[date_question]] * 2

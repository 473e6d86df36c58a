"""`/v1/feedback` of a running server: thumbs on answers, given, changed, withdrawn and read."""

import re

import pytest


@pytest.fixture
def collection(client, request):
    """A collection of the test's own, without documents: its questions are all refused."""
    name = re.sub(r"\W+", "-", request.node.name)[:60].strip("-")
    client.post("/v1/collections", json={"name": name}).raise_for_status()
    yield name
    client.delete(f"/v1/collections/{name}").raise_for_status()


@pytest.fixture
def rate(client):
    def post(answer: dict, rating: str | None, **more: object) -> None:
        response = client.post("/v1/feedback", json={"answer_id": answer["id"], "rating": rating, **more})
        assert (response.status_code, response.content) == (204, b"")

    return post


@pytest.fixture
def listed(client):
    """What is read back: rating, reason, comment."""

    def get(collection: str, **more: object) -> list[tuple]:
        found = client.get("/v1/feedback", params={"collection": collection, **more}).raise_for_status().json()
        return [(one["rating"], one["reason"], one["comment"]) for one in found["feedback"]]

    return get


def test_feedback_is_read_back_with_the_question_and_the_answer(client, ask, rate, date_question, first_sentence):
    history = [{"role": "user", "content": date_question}, {"role": "assistant", "content": "From December 27th."}]
    answer = ask("And where was it held?", history=history, user="ada")
    rate(answer, "down", reason="incomplete", comment=" Where exactly? ", user="ada")
    newest = client.get("/v1/feedback").json()["feedback"][0]
    assert (newest["rating"], newest["reason"], newest["comment"]) == ("down", "incomplete", "Where exactly?")
    question = newest["question"]
    assert question["answer_id"] == answer["id"]
    assert question["question"] == "And where was it held?"
    assert question["understood_as"] == answer["understood_as"]
    assert question["history"] == history
    assert (question["status"], question["collection"], question["model"]) == ("answered", "default", answer["model"])
    assert (question["answer"], question["confidence"]) == (answer["answer"], answer["confidence"])
    assert question["citations"] == answer["citations"]
    assert question["citations"][0]["quote"] == first_sentence
    assert [hit["document_id"] for hit in question["nearest"]] == [answer["hits"][0]["document_id"]]
    assert question["nearest"][0].keys() == {"document_id", "title", "uri", "score"}
    assert newest["person"] == question["asked_by"]
    assert '"ada"' not in client.get("/v1/feedback").text


def test_a_later_word_of_the_same_person_replaces_the_earlier_and_others_have_their_own(ask, rate, listed, collection):
    answer = ask("Why?", collection=collection)
    rate(answer, "up", user="ada")
    rate(answer, "down", reason="wrong", user="ada")
    assert listed(collection) == [("down", "wrong", None)]
    rate(answer, "up", user="bob")
    rate(answer, "down", reason="other", comment="No name.")
    rate(answer, "up", comment="Still no name.")
    assert sorted(listed(collection), key=str) == sorted(
        [("down", "wrong", None), ("up", None, None), ("up", None, "Still no name.")], key=str
    )


def test_null_withdraws_only_what_the_same_person_said(ask, rate, listed, collection):
    answer = ask("Why?", collection=collection)
    rate(answer, None, user="ada")
    rate(answer, "up", user="ada")
    rate(answer, "down", user="bob")
    rate(answer, None, user="ada")
    assert listed(collection) == [("down", None, None)]


def test_a_streamed_answer_can_be_rated_as_soon_as_it_is_done(client, events_of, rate, listed, collection):
    asked = {"question": "Why?", "collection": collection, "stream": True, "user": "ada"}
    with client.stream("POST", "/v1/ask", json=asked) as response:
        done = dict(events_of(response))["done"]
    rate(done, "up", user="ada")
    assert listed(collection) == [("up", None, None)]


def test_feedback_is_filtered_and_paged_newest_first(client, ask, rate, listed, collection):
    for i in range(3):
        rate(ask(f"Why {i}?", collection=collection), "down", comment=f"{i}")
    rate(ask("Why?", collection=collection), "up")
    assert listed(collection, rating="up") == [("up", None, None)]
    assert [comment for *_, comment in listed(collection, rating="down")] == ["2", "1", "0"]
    page = {"collection": collection, "rating": "down", "limit": 1, "offset": 1}
    found = client.get("/v1/feedback", params=page).json()
    assert ([one["comment"] for one in found["feedback"]], found["total"]) == (["1"], 3)
    assert listed("another") == []


def test_what_is_not_to_be_stored_cannot_be_rated(client, ask, assert_problem, collection):
    answer = ask("Is anyone there?", collection=collection, store=False)
    response = client.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "up"})
    assert_problem(response, 404, "not_found")


@pytest.mark.parametrize("rating", ["up", None])
def test_an_unknown_answer_is_not_found(client, assert_problem, rating):
    response = client.post("/v1/feedback", json={"answer_id": "ans_of_nobody", "rating": rating})
    problem = assert_problem(response, 404, "not_found", ["ans_of_nobody"])
    assert "questions.keep_days" in problem["hint"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "rating"),
        ({"rating": "maybe"}, "rating"),
        ({"rating": "down", "reason": "ugly"}, "reason"),
        ({"rating": "up", "reason": "wrong"}, "down only"),
        ({"rating": None, "comment": "Hm."}, "goes with a rating"),
        ({"rating": "up", "comment": "x" * 2001}, "comment"),
        ({"rating": "up", "user": "x" * 201}, "user"),
        ({"rating": "up", "stars": 5}, "stars"),
    ],
)
def test_a_wrong_body_is_refused_by_the_name_of_what_is_wrong(client, assert_problem, body, where):
    response = client.post("/v1/feedback", json={"answer_id": "ans_of_nobody", **body})
    assert_problem(response, 422, "invalid_request", [where])


def test_a_comment_of_the_longest_length_and_an_empty_one_go(ask, rate, listed, collection):
    rate(ask("Why?", collection=collection), "down", comment="é" * 2000)
    rate(ask("How?", collection=collection), "down", comment="  ")
    assert listed(collection) == [("down", None, None), ("down", None, "é" * 2000)]


def test_the_name_of_whoever_asks_has_a_limit(client, assert_problem):
    assert_problem(
        client.post("/v1/ask", json={"question": "Why?", "user": "x" * 201}), 422, "invalid_request", ["user"]
    )


def test_a_service_that_keeps_nothing_says_so(in_process, tmp_path, assert_problem):
    with in_process(tmp_path / "data", questions={"keep_days": 0, "over_http": True}) as client:
        given = client.post("/v1/feedback", json={"answer_id": "ans_1", "rating": "up"})
        for response in (given, client.get("/v1/feedback")):
            problem = assert_problem(response, 409, "feedback_off", ["keeps no questions"])
            assert "questions.keep_days" in problem["hint"]


def test_what_was_asked_is_not_shown_unless_the_operator_says_so(in_process, tmp_path, assert_problem):
    with in_process(tmp_path / "data") as client:
        problem = assert_problem(client.get("/v1/feedback"), 404, "not_found")
    assert "questions.over_http" in problem["hint"]


def test_the_api_page_describes_feedback(client):
    described = client.get("/openapi.json").json()
    routes = described["paths"]["/v1/feedback"]
    assert {"204", "404", "409"} <= routes["post"]["responses"].keys()
    assert {parameter["name"] for parameter in routes["get"]["parameters"]} == {
        "rating", "collection", "limit", "offset",
    }  # fmt: skip
    reasons = described["components"]["schemas"]["Reason"]["enum"]
    assert reasons == [
        "wrong", "incomplete", "bad_source", "should_have_answered", "should_not_have_answered", "other",
    ]  # fmt: skip
    assert "keyed hash" in described["components"]["schemas"]["AskRequest"]["properties"]["user"]["description"]

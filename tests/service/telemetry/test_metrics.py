"""What /metrics tells after questions, and whom."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from anyio.to_thread import current_default_thread_limiter

STAGES = ("understand", "encode", "dense", "keyword", "fuse", "read")


def asked(observed, question, **more):
    return observed.client.post("/v1/ask", json={"question": question, **more}).raise_for_status()


def grown(before, after, name):
    return after.get(name, 0.0) - before.get(name, 0.0)


def test_an_answer_counts_once_with_all_its_stages(observed, date_question):
    before = observed.samples()
    answer = asked(observed, date_question, top_k=4).json()  # not in the cache of answers, whatever ran before
    after = observed.samples()
    assert grown(before, after, 'footnoted_requests_total{method="POST",route="/v1/ask",status="200"}') == 1
    assert grown(before, after, 'footnoted_answers_total{outcome="answered"}') == 1
    assert grown(before, after, "footnoted_first_token_seconds_count") == 1
    supported = sum(sentence["verdict"] == "supported" for sentence in answer["sentences"])
    assert grown(before, after, 'footnoted_sentences_total{verdict="supported"}') == supported > 0
    for stage in STAGES:
        assert grown(before, after, f'footnoted_stage_seconds_count{{stage="{stage}"}}') == 1, stage


def test_an_abstention_is_told_from_an_answer(observed, off_topic_question):
    before = observed.samples()
    asked(observed, off_topic_question)
    after = observed.samples()
    assert grown(before, after, 'footnoted_answers_total{outcome="not_found"}') == 1
    assert grown(before, after, 'footnoted_answers_total{outcome="answered"}') == 0


def test_a_streamed_answer_counts_too(observed, date_question):
    before = observed.samples()
    asked(observed, date_question, stream=True)
    assert grown(before, observed.samples(), 'footnoted_answers_total{outcome="answered"}') == 1


def test_paths_never_become_labels(observed):
    observed.client.get("/v1/jobs/job_unheard_of")
    observed.client.get("/never/such/a/path")
    observed.client.request("PURGE", "/never")
    text = observed.client.get("/metrics").text
    assert 'route="/v1/jobs/{job_id}",status="404"' in text
    assert 'route="unmatched"' in text
    assert 'method="other"' in text
    for part in ("unheard_of", "never", "PURGE"):
        assert part not in text


def test_the_index_and_the_backlog_are_told(observed):
    samples = observed.samples()
    assert samples['footnoted_documents{collection="default"}'] == 1
    assert samples['footnoted_generation{collection="default"}'] >= 1
    assert samples['footnoted_passages{collection="default"}'] >= 1
    assert samples['footnoted_ingest_backlog{of="jobs"}'] == 0
    assert samples["footnoted_ready"] == 1


@pytest.mark.slow
def test_a_change_raises_the_generation(observed, settle):
    before = observed.samples()
    given = {"files": ("lamp.txt", b"The lamp stands beside the old harbour wall.")}
    job = observed.client.post("/v1/documents", files=given, data={"collection": "lamps"})
    settle(observed.client, job.headers["location"])
    name = 'footnoted_generation{collection="lamps"}'
    assert grown(before, observed.samples(), name) >= 1


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via"])
def test_who_comes_by_a_proxy_of_this_machine_is_not_of_it(observed, name, assert_problem):
    refused = observed.client.get("/metrics", headers={name: "203.0.113.9"})
    assert_problem(refused, 403, "forbidden")


def test_with_a_token_only_the_token_opens(in_process, tmp_path):
    token = tmp_path / "token"
    token.write_text("correct horse\n")
    with in_process(tmp_path / "data", telemetry={"metrics_token_file": token}) as client:
        assert client.get("/metrics").status_code == 403
        wrong = {"Authorization": "Bearer battery staple"}
        assert client.get("/metrics", headers=wrong).status_code == 403
        right = {"Authorization": "Bearer correct horse"}
        assert "footnoted_requests_total" in client.get("/metrics", headers=right).text


def test_a_scrape_with_the_token_comes_through_when_all_threads_are_at_work(in_process, tmp_path):
    token = tmp_path / "token"
    token.write_text("correct horse\n")
    right = {"Authorization": "Bearer correct horse"}

    async def take_all():
        limiter, takers = current_default_thread_limiter(), []
        while limiter.available_tokens > 0:
            takers.append(object())
            limiter.acquire_on_behalf_of_nowait(takers[-1])
        return limiter, takers

    async def give_back(limiter, takers):
        for taker in takers:
            limiter.release_on_behalf_of(taker)

    with in_process(tmp_path / "data", telemetry={"metrics_token_file": token}) as client, ThreadPoolExecutor() as pool:
        limiter, takers = client.portal.call(take_all)
        try:
            scraped = pool.submit(client.get, "/metrics", headers=right).result(timeout=60)
        finally:
            client.portal.call(give_back, limiter, takers)
        assert len(takers) > 1
        assert "footnoted_requests_total" in scraped.text


def test_an_empty_token_file_opens_to_nobody(in_process, tmp_path):
    token = tmp_path / "token"
    token.write_text("\n")
    with in_process(tmp_path / "data", telemetry={"metrics_token_file": token}) as client:
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403

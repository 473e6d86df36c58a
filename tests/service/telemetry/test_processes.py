"""Metrics of several worker processes, added up."""

from pathlib import Path

from service.telemetry.processes import VARIABLE, forget_process, shared_metrics

COUNT = """
import os
from service.telemetry import metrics
metrics.count_request("GET", "/v1/x", 200, 0.1)
metrics.QUEUE_LENGTH.set(3)
print(os.getpid())
"""
READ = """
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
registry = CollectorRegistry()
multiprocess.MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_counts_of_processes_add_up_and_gauges_end_with_them(run_python):
    with shared_metrics() as environment:
        pids = [int(run_python(COUNT, **environment)) for _ in range(2)]
        both = run_python(READ, **environment)
        assert 'footnoted_requests_total{method="GET",route="/v1/x",status="200"} 2.0' in both
        assert "footnoted_queue_length 6.0" in both
        forget_process(environment, pids[0])
        one = run_python(READ, **environment)
        assert 'footnoted_requests_total{method="GET",route="/v1/x",status="200"} 2.0' in one
        assert "footnoted_queue_length 3.0" in one
        folder = Path(environment[VARIABLE])
        assert sorted(folder.glob(f"*_{pids[0]}.db")) == []
        forget_process(environment, pids[1])
        forget_process(environment, pids[1])
        none = run_python(READ, **environment)
        assert 'footnoted_requests_total{method="GET",route="/v1/x",status="200"} 2.0' in none
        assert 'footnoted_request_seconds_count{route="/v1/x"} 2.0' in none
        assert "footnoted_queue_length" not in none.replace("# ", "")


def test_the_folder_goes_with_the_master():
    with shared_metrics() as environment:
        folder = Path(environment[VARIABLE])
        assert folder.is_dir()
    assert not folder.exists()

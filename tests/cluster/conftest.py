"""A Ray cluster of two nodes, each a raylet of its own on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_ENVIRONMENT = ("RAY_ADDRESS", "PYTHONPATH")


@pytest.fixture(scope="session")
def two_nodes() -> Iterator[object]:
    """A cluster of two nodes of one core each, which ``ingest.ray = "auto"`` finds. Gives its Cluster."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)  # the nodes' processes find the tests' encoder
    cluster = Cluster()
    try:
        for _ in range(2):
            cluster.add_node(num_cpus=1, num_gpus=0, object_store_memory=100 * 1024**2, include_dashboard=False)
        cluster.wait_for_nodes()
        os.environ["RAY_ADDRESS"] = cluster.address
        yield cluster
    finally:
        cluster.shutdown()
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value

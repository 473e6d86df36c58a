"""A Ray cluster of two nodes, each a raylet of its own on this machine."""

import os
from collections.abc import Iterator

import pytest
from cluster_process import RayCluster, ray_cluster

# A token of whoever runs the tests must not come in between. To be set before Ray is imported; the nodes listen on the
# loopback address only.
os.environ["RAY_AUTH_MODE"] = "disabled"


@pytest.fixture(scope="session")
def two_nodes() -> Iterator[RayCluster]:
    """``ingest.ray = "auto"`` finds it, in this process and in those that it starts."""
    pytest.importorskip("ray")
    before = os.environ.get("RAY_ADDRESS")
    with ray_cluster() as cluster:
        os.environ["RAY_ADDRESS"] = cluster.address
        yield cluster
    os.environ.pop("RAY_ADDRESS")
    if before is not None:
        os.environ["RAY_ADDRESS"] = before

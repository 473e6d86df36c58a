"""A Ray cluster in a process of its own, so that what Ray leaves open there is not this process's.

Run as a program it starts nodes as it is told by lines on standard input, and ends them all when the input ends.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPTIONS = {"num_cpus": 1, "num_gpus": 0, "object_store_memory": 100 * 1024**2, "include_dashboard": False}


class RayCluster:
    """Two nodes of one core each. ``address`` is for nodes and ``auto``, ``client_address`` for everybody else."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process
        told = json.loads(process.stdout.readline())
        self.address: str = told["address"]
        self.client_address = f"ray://127.0.0.1:{told['client_port']}"

    def add_node(self) -> None:
        """One more, which is up when this returns."""
        self._ask("add")

    def lose_node(self) -> None:
        """Kill the last one that was added, as a power cut would."""
        self._ask("lose")

    def _ask(self, what: str) -> None:
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@contextmanager
def ray_cluster() -> Iterator[RayCluster]:
    here = Path(__file__)
    # The nodes' processes find the tests' encoder.
    environment = {**os.environ, "PYTHONPATH": str(here.parent), "RAY_USAGE_STATS_ENABLED": "0"}
    with subprocess.Popen(
        [sys.executable, str(here)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as process:
        yield RayCluster(process)
        process.stdin.close()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    from ray.cluster_utils import Cluster

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Ray prints
    cluster = Cluster()
    try:
        client_port = _free_port()
        cluster.add_node(**_OPTIONS, ray_client_server_port=client_port)
        added = [cluster.add_node(**_OPTIONS)]
        cluster.wait_for_nodes()
        print(json.dumps({"address": cluster.address, "client_port": client_port}), file=answers, flush=True)
        for line in sys.stdin:
            if line.strip() == "add":
                added.append(cluster.add_node(**_OPTIONS))
                cluster.wait_for_nodes()
            else:
                cluster.remove_node(added.pop(), allow_graceful=False)
            print("done", file=answers, flush=True)
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main()

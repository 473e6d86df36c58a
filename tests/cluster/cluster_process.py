"""A Ray cluster as its owner starts it: by `ray start`, each node in processes of its own on this machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RAY = str(Path(sys.executable).with_name("ray"))
_NODE = ("--num-cpus=1", "--num-gpus=0", "--object-store-memory=100000000", "--block")


class RayCluster:
    """Nodes of one core each. ``address`` is for nodes and ``auto``, ``client_address`` for everybody else."""

    def __init__(self) -> None:
        self._nodes: list[subprocess.Popen] = []
        port, client = _free_port(), _free_port()
        self.address = f"127.0.0.1:{port}"
        self.client_address = f"ray://127.0.0.1:{client}"
        at = ("--node-ip-address=127.0.0.1", f"--port={port}", f"--ray-client-server-port={client}")
        self._start("--head", *at, "--include-dashboard=false", "--disable-usage-stats")

    def add_node(self) -> None:
        """One more, which is up when this returns."""
        self._start(f"--address={self.address}", "--node-ip-address=127.0.0.1")

    def lose_node(self) -> None:
        """Kill the last one that was added, as a power cut would."""
        node = self._nodes.pop()
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()
        node.stdout.close()

    def stop(self) -> None:
        for node in reversed(self._nodes):
            node.terminate()
        for node in reversed(self._nodes):
            node.wait()
            node.stdout.close()

    def _start(self, *options: str) -> None:
        # The nodes' processes find the tests' encoder.
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
        environment.pop("RAY_ADDRESS", None)
        node = subprocess.Popen(
            [_RAY, "start", *options, *_NODE],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self._nodes.append(node)
        told = []
        for line in node.stdout:
            told.append(line)
            if "Ray runtime started" in line:
                return
        raise AssertionError(f"The node did not start: {''.join(told)}")


@contextmanager
def ray_cluster() -> Iterator[RayCluster]:
    """Of two nodes."""
    cluster = RayCluster()
    try:
        cluster.add_node()
        yield cluster
    finally:
        cluster.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

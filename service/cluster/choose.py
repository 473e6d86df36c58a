"""Which workers an ingest has: those of this machine, or a cluster's."""

from importlib.util import find_spec

from core.errors import SettingsError
from index.encode import Encoder
from ingest.read import ReadLimits
from service.ingestion.workers import LocalWorkers, Workers


def open_workers(cluster: str | None, encoder: Encoder, limits: ReadLimits, readers: int) -> Workers:
    """``cluster`` is the setting ingest.ray; ``readers`` sources are read at once without one.

    Nothing is connected yet. Raises SettingsError where Ray is wanted and not installed.
    """
    if cluster is None:
        return LocalWorkers(encoder, limits, readers)
    if find_spec("ray") is None:
        raise SettingsError(
            "The setting ingest.ray needs Ray, which is not installed.",
            'Run `pip install "footnoted[ray]"`, or unset it to read on this machine.',
        )
    from service.cluster.workers import RayWorkers

    return RayWorkers(cluster, encoder, limits)

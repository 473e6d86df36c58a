"""Which files are read together."""

from collections.abc import Iterable, Sequence

from service.jobs.work import OpenFile

_FEW = 16


def suspect_batches(suspects: Sequence[OpenFile]) -> list[list[OpenFile]]:
    """Those that were at hand at one death a few at a time, those of more alone."""
    once = rounds(file for file in suspects if file.deaths == 1)
    few = [one[i : i + _FEW] for one in once for i in range(0, len(one), _FEW)]
    return [*few, *([file] for file in suspects if file.deaths > 1)]


def rounds(batch: Iterable[OpenFile]) -> list[list[OpenFile]]:
    """A name that was sent twice is read twice, the later one last."""
    made: list[list[OpenFile]] = []
    times: dict[str, int] = {}
    for file in batch:
        turn = times.get(file.uri, 0)
        times[file.uri] = turn + 1
        if turn == len(made):
            made.append([])
        made[turn].append(file)
    return made

"""Kills a worker at random instants, and after each kill asks the folder whether anything was lost, or came back."""

import math
import multiprocessing
import random
import shutil
import signal
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.faults.backups import Backups
from tests.faults.checks import Lost, Seen, Tally, check_answers, check_store, note, settled
from tests.faults.library import Library, replayed
from tests.faults.worker import Order, main, open_store

FORMATS = Path(__file__).parents[1] / "index" / "formats"
_LONGEST_S = 0.6  # of the life of a worker that is killed by the clock
_MOST_LINES = 30_000
_WORKER_LIMIT_S = 120
_MIGRATED_EVERY = 10  # every so many rounds, a folder of an earlier format is opened

_BACKUP_EVERY = 7  # rounds, besides those in which a backup or a restore was killed


def run(folder: Path, kills: int, seed: int, never: tuple[str, ...] = ()) -> Iterator[Tally]:
    """After each kill, the tally so far; workers leave out the steps in ``never``. Raises Lost."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.worker"])
    rng = random.Random(seed)
    tally = Tally()
    library: Library = {}
    seen: Seen = {}
    data = folder / "data"
    backups = Backups(folder)
    with open_store(data) as witness:  # as a server that runs all the while would
        for number in range(kills):
            if number % _MIGRATED_EVERY == _MIGRATED_EVERY - 1:
                _migrate(context, folder / "old", rng, tally)
            else:
                journal = folder / f"{number}.journal"
                by_line = rng.random() < 0.5
                line = int(math.exp(rng.uniform(0, math.log(_MOST_LINES)))) if by_line else 0
                order = Order(data, journal, library, rng.randrange(2**32), line, never=never)
                _killed(context, order, rng)
                backups.note(journal, library)
                library, pending = replayed(journal, library)
                tally.kills += 1
                tally.during[pending.name if pending else "between"] += 1
                try:
                    with open_store(data) as opened:
                        library = settled(opened, library, pending, tally)
                        note(seen, library, pending)
                        check_store(opened, library, seen, tally)
                    check_answers(witness, library, seen)
                    if (pending and pending.name in ("backup", "restore")) or number % _BACKUP_EVERY == 0:
                        backups.check(tally)
                except Lost as error:
                    raise Lost(f"seed {seed}, round {number}, during {pending}: {error}") from error
                journal.unlink(missing_ok=True)
            yield tally


def _killed(context: ForkServerContext, order: Order, rng: random.Random) -> None:
    ours, theirs = context.Pipe()
    process = context.Process(target=main, args=(order, theirs), daemon=True)
    process.start()
    theirs.close()
    with suppress(EOFError):  # it was killed before it could say so
        ours.recv()
    if order.die_at_line:
        process.join(_WORKER_LIMIT_S)
    else:
        time.sleep(rng.uniform(0, _LONGEST_S))
    if process.is_alive():
        process.kill()
        process.join()
    assert process.exitcode == -signal.SIGKILL, f"the worker ended by itself ({process.exitcode}): {order}"
    process.close()


def _migrate(context: ForkServerContext, data: Path, rng: random.Random, tally: Tally) -> None:
    """Kill a worker while it opens a folder of an earlier format; then it opens, and all is there."""
    shutil.rmtree(data, ignore_errors=True)
    archive = rng.choice(sorted(FORMATS.glob("*.zip")))
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(data)
    journal = data.with_suffix(".journal")
    order = Order(data, journal, {}, 0, die_at_line=rng.randint(1, 400), only="search")
    _killed(context, order, rng)
    tally.kills += 1
    tally.during["migrate"] += 1
    with open_store(data) as store:
        check_store(store, {}, {}, tally)
        for number in (0, 1, 3, 4):
            hits = store.search("first", f"Where is harbour number {number}?", 1).hits
            if not hits or hits[0].passage.text != f"The harbour number {number} lies in the north.":
                raise Lost(f"harbour {number} of {archive.name}: {hits}")
    journal.unlink(missing_ok=True)

"""``python -m tests.faults --kills 500 [--seed N]``: kill a worker so often, and say what was lost, if anything."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.faults.checks import Lost
from tests.faults.harness import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--folder", type=Path, help="work here, and leave it: to look at what was found")
    parser.add_argument("--never", nargs="*", default=[], help="steps that are left out, to see more of the others")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        try:
            for tally in run(folder, options.kills, options.seed, tuple(options.never)):
                if tally.kills % 50 == 0:
                    print(f"{tally.kills} kills, {time.monotonic() - start:.0f} s: {dict(tally.during)}", flush=True)
        except Lost as lost:
            sys.exit(f"LOST: {lost}")
    print(
        f"{tally.kills} kills (seed {options.seed}) in {time.monotonic() - start:.0f} s, nothing lost, nothing back; "
        f"the step at hand was done {tally.done} times and undone {tally.undone} times; {tally.purged} times a purge "
        f"was needed; during {dict(tally.during)}"
    )


if __name__ == "__main__":
    main()

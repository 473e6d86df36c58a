"""What has to hold of backups and restored folders after a kill: each is whole, and of a state that there was."""

import json
import shutil
from pathlib import Path

from service.backup.restoring import restore
from tests.faults.checks import Lost, Tally, check_store, ids_of, present_in, without_empty
from tests.faults.library import Library, Step
from tests.faults.worker import BACKUP, RESTORED, open_store


class Backups:
    """Knows which states the file may be of, by the journals of the workers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._of_file: list[Library] = []
        self._ever: list[Library] = []
        self._was_made = self._was_restored = False

    def note(self, journal: Path, library: Library) -> None:
        """Read what a worker did that began with the library."""
        step = None
        for line in journal.read_text().splitlines() if journal.exists() else ():
            told = json.loads(line)
            if "begin" in told:
                step = Step.from_json(told["begin"])
                if step.name == "backup":  # the file is the former one until this one is done
                    self._of_file.append(library)
                    self._ever.append(library)
            elif step is not None:
                library = step.applied(library)
                self._was_restored |= step.name == "restore" and self._was_made
                if step.name == "backup":
                    self._of_file, self._was_made = [library], True

    def check(self, tally: Tally) -> None:
        """Restores the file, and looks into what was restored before. Raises Lost."""
        file, restored, again = (self._folder / name for name in (BACKUP, RESTORED, "again"))
        if file.exists():
            shutil.rmtree(again, ignore_errors=True)
            restore(file, again)
            _check(again, self._of_file, tally)
            shutil.rmtree(again)
        elif self._was_made:
            raise Lost("there is no backup any more")
        if restored.exists():
            _check(restored, self._ever, tally)
        elif self._was_restored:
            raise Lost("there is no restored folder any more")
        for kept in self._folder.glob(f"{RESTORED}.before-*"):
            shutil.rmtree(kept)


def _check(folder: Path, states: list[Library], tally: Tally) -> None:
    with open_store(folder) as store:
        present = without_empty(present_in(store))
        state = next((one for one in states if ids_of(one) == present), None)
        if state is None:
            raise Lost(f"{folder.name} is of a state that there never was")
        check_store(store, state, {}, tally)

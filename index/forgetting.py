"""What was deleted or replaced leaves the files too, as far as the settings ask for it."""

from collections.abc import Iterable

import structlog

from core.errors import IndexBroken, NotReady
from index.catalog import Catalog
from index.originals import Originals
from index.purge import empty_log, purge

log = structlog.get_logger("footnoted")


class Forgetting:
    """Remembers that something was deleted until it is gone from the catalog's log, or from all its files."""

    def __init__(self, catalog: Catalog, originals: Originals, empties_log: bool, vacuums: bool) -> None:
        self._catalog = catalog
        self._originals = originals
        self._empties_log = empties_log
        self._vacuums = vacuums
        self._has_forgotten = False
        self._is_log_unknown = True  # it may hold what was deleted by a process that was killed

    def discard_originals(self, digests: Iterable[str]) -> None:
        """Those of the hashes from whose bytes no document of any collection was made."""
        if wanted := set(digests):
            self._has_forgotten = True
            try:
                self._catalog.discard_unreferenced(wanted, self._originals.discard)
            except NotReady as error:  # what was asked for is done; only files that nothing leads to are left
                log.warning("originals_left", count=len(wanted), message=error.message)

    def clean_up(self) -> None:
        """After a deletion that is seen by all. What cannot be done now is tried after the next one."""
        has_forgotten, is_log_unknown = self._has_forgotten, self._is_log_unknown
        self._has_forgotten = self._is_log_unknown = False  # before: what is deleted meanwhile is for the next time
        is_clean = False
        try:
            is_clean = self._is_cleaned_up(has_forgotten, is_log_unknown)
        finally:
            if not is_clean and has_forgotten:
                self._has_forgotten = True
            if not is_clean and is_log_unknown:
                self._is_log_unknown = True

    def _is_cleaned_up(self, has_forgotten: bool, is_log_unknown: bool) -> bool:
        if self._vacuums and has_forgotten:
            try:
                purge(self._catalog)
            except (IndexBroken, NotReady) as error:  # what was asked for is done; the next deletion tries again
                log.warning("not_vacuumed", message=error.message)
                return False
            return True
        return self._empties_log and (has_forgotten or is_log_unknown) and empty_log(self._catalog)

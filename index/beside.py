"""Work in threads of its own, which nobody waits for."""

import threading
from collections.abc import Callable


class Beside:
    """One thread at a time for each name; the end of the process ends them."""

    def __init__(self) -> None:
        self._running: set[str] = set()
        self._guard = threading.Lock()

    def run(self, name: str, work: Callable[[], object]) -> None:
        """Not where one of the name runs already."""
        with self._guard:
            if name in self._running:
                return
            self._running.add(name)

        def run() -> None:
            try:
                work()
            finally:
                with self._guard:
                    self._running.discard(name)

        threading.Thread(target=run, name=name, daemon=True).start()

"""Names for the files of the documents that a set's own text makes."""

import re
from collections import Counter

NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
LONGEST_STEM = 80
MOST_BYTES = 200  # file systems take 255, and a file being written carries a longer, temporary name


class FileNames:
    """Gives file names that are safe on every system and that differ from each other in more than case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._used: Counter[str] = Counter()

    def name(self, title: str, otherwise: str) -> str:
        """A file name made of ``title``, or of ``otherwise`` where nothing of the title can be in a name."""
        safe = NOT_IN_A_NAME.sub("_", title).strip("._")[:LONGEST_STEM]
        stem = safe.encode()[:MOST_BYTES].decode(errors="ignore") or otherwise
        name = f"{stem}.txt"
        while name.casefold() in self._taken:
            # The count per stem keeps a hundred thousand documents of one title from being tried one by one.
            self._used[stem.casefold()] += 1
            name = f"{stem}-{self._used[stem.casefold()] + 1}.txt"
        self._taken.add(name.casefold())
        return name

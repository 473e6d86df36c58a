"""Where state is kept: files of a folder, or one database of a PostgreSQL server."""

from dataclasses import dataclass
from pathlib import Path

COPIES = "copies"
"""Where the folder has originals that were looked at, of a place on a server. Not in ``originals``: that is what it had
before it was moved there, if it was.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Files of the folder; with a URL, ``postgresql://…``, that database, and the folder holds copies only."""

    folder: Path
    database_url: str | None = None

    @classmethod
    def of(cls, place: "Path | Place") -> "Place":
        """A folder alone is a place, too."""
        return place if isinstance(place, Place) else cls(place)

    @property
    def on_server(self) -> bool:
        """Whether other machines may share what is kept here."""
        return self.database_url is not None

    def database(self, file: str) -> "DatabasePlace":
        """One of its databases, by the name of its file, as ``jobs.db``: for schema.open_database."""
        return DatabasePlace(self.folder / file, self.database_url)


@dataclass(frozen=True, slots=True)
class DatabasePlace:
    """A SQLite file; with a URL, a schema of the PostgreSQL database there, and ``path`` only names it."""

    path: Path
    url: str | None = None

    @classmethod
    def of(cls, place: "Path | DatabasePlace") -> "DatabasePlace":
        """A path alone is that of a SQLite file."""
        return place if isinstance(place, DatabasePlace) else cls(place)

    @property
    def schema(self) -> str:
        """Its name on a server: ``footnoted_jobs`` of jobs.db."""
        return f"footnoted_{self.path.stem}"

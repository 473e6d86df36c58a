"""The sites in a database of their own, ``sites.db``: what one process changes, another reads at its next request."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import JSON, Column, MetaData, RowMapping, String, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict, NotFound
from index.place import Place
from index.schema import AnyCase, folded, read, write
from service.database_file import DatabaseFile
from service.sites.checks import checked_site
from service.sites.records import Position, Site, SiteLook
from service.timestamps import timestamp, utc_now

FILE = "sites.db"
FORMAT_VERSION = 1
_ID_BYTES = 9  # 12 characters of base64

metadata = MetaData()
_sites = Table(
    "sites",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", AnyCase, nullable=False, unique=True),
    Column("collection", String, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("look", JSON, nullable=False),
    Column("created_at", String, nullable=False),
    Column("changed_at", String, nullable=False),
)


class Sites:
    """Every method is one transaction. The file is made by the first write; reading without one finds nothing."""

    def __init__(self, place: Path | Place) -> None:
        self._file = DatabaseFile(place, FILE, metadata, FORMAT_VERSION)

    def close(self) -> None:
        self._file.close()

    def all(self) -> list[Site]:
        """By name."""
        return self._found(select(_sites).order_by(folded(_sites.c.name)))

    def get(self, site_id: str) -> Site:
        """Raises NotFound."""
        found = self._found(select(_sites).where(_sites.c.id == site_id))
        return found[0] if found else _no_site(site_id)

    def find(self, name_or_id: str) -> Site:
        """By its id, or by its name in any case. Raises NotFound."""
        named = _sites.c.name == " ".join(name_or_id.split())
        found = self._found(select(_sites).where((_sites.c.id == name_or_id) | named))
        return found[0] if found else _no_site(name_or_id)

    def add(self, name: str, collection: str, origins: Sequence[str], look: SiteLook | None = None) -> Site:
        """A new site with an id of its own. Raises InvalidRequest; Conflict when another has the name."""
        now = timestamp(utc_now())
        site_id = f"site_{secrets.token_urlsafe(_ID_BYTES)}"
        site = checked_site(Site(site_id, name, collection, tuple(origins), look or SiteLook(), now, now))
        with write(self._file.opened()) as connection:
            try:
                connection.execute(insert(_sites).values(asdict(site)))
            except IntegrityError as error:
                raise _taken(site) from error
        return site

    def change(self, site: Site) -> Site:
        """Keep a site as it is given, in place of the one with its id; gives it as it is kept.

        Raises NotFound, InvalidRequest; Conflict when another has the name.
        """
        checked = replace(checked_site(site), changed_at=timestamp(utc_now()))
        if not self._file.exists():
            _no_site(site.id)
        with write(self._file.opened()) as connection:
            try:
                query = update(_sites).where(_sites.c.id == site.id).values(asdict(checked))
                changed = connection.execute(query).rowcount
            except IntegrityError as error:
                raise _taken(checked) from error
        return checked if changed else _no_site(site.id)

    def follow_rename(self, collection: str, new_name: str) -> None:
        """The sites that show a collection show it under its new name."""
        if not self._file.exists():
            return
        shown = update(_sites).where(_sites.c.collection == collection)
        with write(self._file.opened()) as connection:
            connection.execute(shown.values(collection=new_name, changed_at=timestamp(utc_now())))

    def remove(self, site_id: str) -> None:
        """Raises NotFound."""
        if not self._file.exists():
            _no_site(site_id)
        with write(self._file.opened()) as connection:
            removed = connection.execute(delete(_sites).where(_sites.c.id == site_id)).rowcount
        if not removed:
            _no_site(site_id)

    def _found(self, query: Any) -> list[Site]:
        if not self._file.exists():
            return []
        with read(self._file.opened()) as connection:
            return [_to_site(row) for row in connection.execute(query).mappings()]


def _to_site(row: RowMapping) -> Site:
    return Site(**{**row, "origins": tuple(row["origins"]), "look": _to_look(row["look"])})


def _to_look(stored: Mapping[str, Any]) -> SiteLook:
    """A later version may have kept more of it than this one knows."""
    known = {field.name: stored[field.name] for field in fields(SiteLook) if field.name in stored}
    return SiteLook(**{**known, "suggestions": tuple(stored["suggestions"]), "position": Position(stored["position"])})


def _no_site(name: str) -> NoReturn:
    raise NotFound(f"There is no site {name!r}.", "`footnoted sites list` shows them.")


def _taken(site: Site) -> Conflict:
    return Conflict(f"There is a site {site.name!r} already.", "Choose another name, or change that site.")

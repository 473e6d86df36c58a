"""What psycopg is to know of our values."""

from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format
from psycopg.types.string import StrDumperUnknown

from index.columns import PackedHalves, packed


class _HalvesDumper(Dumper):
    """Binary, and of no type: the statement says that it is a halfvec."""

    format = Format.BINARY

    def dump(self, obj: PackedHalves) -> Buffer:
        return packed(obj)


class _TextDumper(StrDumperUnknown):
    """PostgreSQL's text holds every character but one."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


def teach(adapters: AdaptersMap) -> None:
    """Of one connection."""
    adapters.register_dumper(PackedHalves, _HalvesDumper)
    adapters.register_dumper(str, _TextDumper)

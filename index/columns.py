"""Types of columns that SQLite and PostgreSQL have to agree on, and how both compare text: by its bytes."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Boolean, Dialect, Integer, LargeBinary, String, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

_HEADER_BYTES = 4  # of pgvector's binary form: the dimension and an unused number


class PackedHalves(bytes):
    """Float16, little-endian, to be sent to PostgreSQL as a halfvec: index.postgres.pool teaches its client."""

    __slots__ = ()


class _Halfvec(UserDefinedType[bytes]):
    """pgvector's halfvec without a fixed dimension; in Python, what SQLite stores."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "halfvec"

    def bind_processor(self, dialect: Dialect) -> Callable[[bytes | None], PackedHalves | None]:
        return lambda packed: None if packed is None else PackedHalves(packed)

    def column_expression(self, column: ColumnElement[bytes]) -> ColumnElement[bytes]:
        return func.halfvec_send(column, type_=self)  # its text form would take four times the bytes, and be parsed

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[bytes | None], bytes | None]:
        return lambda sent: None if sent is None else unpacked(sent)


def unpacked(sent: bytes) -> bytes:
    """Of pgvector's binary form the float16 numbers, little-endian."""
    return np.frombuffer(sent, dtype=">f2", offset=_HEADER_BYTES).astype("<f2").tobytes()


def packed(halves: bytes) -> bytes:
    """Float16 numbers, little-endian, in pgvector's binary form."""
    numbers = np.frombuffer(halves, dtype="<f2")
    return len(numbers).to_bytes(2, "big") + b"\0\0" + numbers.astype(">f2").tobytes()


Key = BigInteger().with_variant(Integer(), "sqlite")
"""Of keys that grow for as long as the database is there."""

Halves = LargeBinary().with_variant(_Halfvec(), "postgresql")
"""A vector: bytes of float16, little-endian, in Python and in SQLite."""


class dimension_of(FunctionElement[int]):
    """Of a stored vector."""

    type = Integer()
    inherit_cache = True


@compiles(dimension_of)
def _by_length(element: dimension_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"length({compiler.process(element.clauses, **options)}) / 2.0"


@compiles(dimension_of, "postgresql")
def _by_vector(element: dimension_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"vector_dims({compiler.process(element.clauses, **options)})"


BEGINNING = 200
"""Characters of a long text that an index of PostgreSQL has: more than 2,704 bytes do not fit."""


def beginning_of(text: ColumnElement[str]) -> ColumnElement[str]:
    """Of a column, as that index has it."""
    return func.left(text, BEGINNING)


class on_server_too(FunctionElement[bool]):
    """A condition that another one implies, which an index of PostgreSQL can look up; always true on SQLite."""

    type = Boolean()
    inherit_cache = True


@compiles(on_server_too)
def _always(element: on_server_too, compiler: SQLCompiler, **options: Any) -> str:
    return "1"


@compiles(on_server_too, "postgresql")
def _as_it_is(element: on_server_too, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(CreateColumn, "postgresql")
def _bytewise(element: CreateColumn, compiler: DDLCompiler, **options: Any) -> str:
    """Text of a PostgreSQL would else be compared by the rules of the language that its server was set up for."""
    made = str(compiler.visit_create_column(element, **options))  # type: ignore[no-untyped-call]
    kind = getattr(element.element.type, "impl", element.element.type)
    return f'{made} COLLATE "C"' if made and isinstance(kind, String) and kind.collation is None else made

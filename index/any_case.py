"""Names that are one in upper and lower case, as far as ASCII goes, on SQLite and on PostgreSQL."""

import operator
from typing import Any

from sqlalchemy import Column, Dialect, String, Table, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import in_op
from sqlalchemy.types import TypeDecorator, TypeEngine

from index.postgres.quoting import quoted


class folded(FunctionElement[str]):
    """What names are compared and put in order by."""

    type = String()
    inherit_cache = True


@compiles(folded)
def _by_collation(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))  # the column's NOCASE does it


@compiles(folded, "postgresql")
def _by_function(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    return f'lower({compiler.process(element.clauses, **options)} COLLATE "C")'


class AnyCase(TypeDecorator[str]):
    """A column of such names; ``==``, ``!=`` and ``in_`` go by it, and so do its index and whether it is unique."""

    impl = String
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[str]):
        """Of text, PostgreSQL has no collation of that kind unless it was built with ICU."""

        def operate(self, op: Any, *other: Any, **options: Any) -> ColumnElement[Any]:
            if op is in_op:
                return or_(*(self.operate(operator.eq, one) for one in other[0]))
            if op in (operator.eq, operator.ne):
                value = other[0] if isinstance(other[0], ColumnElement) else literal(other[0], String())
                compared: ColumnElement[Any] = op(folded(self.expr), folded(value))
                return compared
            return super().operate(op, *other, **options)

    comparator_factory = Comparator

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(collation="NOCASE" if dialect.name == "sqlite" else None))


def indexes_of(table: Table) -> dict[str, str]:
    """What a PostgreSQL needs for a table's columns of this kind: statements by the names of their indexes."""
    return {f"any_case_{table.name}_{c.name}": _index_of(table, c) for c in table.c if isinstance(c.type, AnyCase)}


def _index_of(table: Table, column: Column[Any]) -> str:
    unique = "UNIQUE " if column.unique or column.primary_key else ""
    name = quoted(f"any_case_{table.name}_{column.name}")
    return f'CREATE {unique}INDEX {name} ON {quoted(table.name)} (lower({quoted(column.name)} COLLATE "C"))'

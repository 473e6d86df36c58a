"""Documents as an operator looks through them: searched by title, put in order, with what is odd about them."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select

from index import schema
from index.catalog import Catalog, DocumentRow

_FEW_CHARS_A_PAGE = 100  # a page of running text has some 2,000


class ListOrder(StrEnum):
    """Which documents come first."""

    TITLE = "title"
    NEWEST = "newest"
    FEWEST_PASSAGES = "fewest_passages"


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """``pages_with_text`` counts the pages that any text came from; None where the source has no pages."""

    row: DocumentRow
    pages_with_text: int | None

    @property
    def pages_without_text(self) -> int:
        if self.row.pages is None or self.pages_with_text is None:
            return 0
        return max(0, self.row.pages - self.pages_with_text)

    @property
    def is_thin(self) -> bool:
        """So little text for its pages that most of them are probably pictures."""
        return self.row.pages is not None and self.row.characters < self.row.pages * _FEW_CHARS_A_PAGE


def list_documents(
    catalog: Catalog, name: str, search: str = "", order: ListOrder = ListOrder.TITLE, limit: int = 50, offset: int = 0
) -> tuple[list[ListedDocument], int]:
    """A stretch of a collection's documents whose title or address holds all words of ``search``, in any case,
    and how many there are in all. Raises NotFound.
    """
    d = schema.documents.c
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, name)
        wanted = [d.collection_id == collection.id, *_matching(search)]
        total = connection.execute(select(func.count()).select_from(schema.documents).where(*wanted)).scalar_one()
        keys = select(d.key).where(*wanted).order_by(*_order(order)).limit(limit).offset(offset)
        found = connection.execute(keys).scalars().all()
        rows = connection.execute(_described(schema.on_server(connection)).where(d.key.in_(found))).mappings()
        by_key = {row["key"]: row for row in rows}
    fields = DocumentRow.__dataclass_fields__
    return [
        ListedDocument(
            DocumentRow(**{field: by_key[key][field] for field in fields}), by_key[key]["pages_with_text"] or None
        )
        for key in found
    ], total


def _described(on_server: bool) -> Select[tuple[object, ...]]:
    """The pages are counted inside the database: the blocks of a long document are a lot to carry out."""
    d = schema.documents.c
    each = (func.json_array_elements if on_server else func.json_each)(d.blocks).table_valued("value")
    page: ColumnElement[object] = func.json_extract(each.c.value, "$[3]")
    if on_server:
        page = func.json_extract_path_text(each.c.value, "3")
    pages = select(func.count(func.distinct(page))).select_from(each)
    columns = [d[field] for field in DocumentRow.__dataclass_fields__]
    return select(d.key, *columns, pages.scalar_subquery().label("pages_with_text"))


def _matching(search: str) -> list[ColumnElement[bool]]:
    d = schema.documents.c
    return [
        or_(d.title.icontains(word, autoescape=True), d.uri.icontains(word, autoescape=True)) for word in search.split()
    ]


def _order(order: ListOrder) -> list[ColumnElement[object]]:
    d = schema.documents.c
    by_title: list[ColumnElement[object]] = [d.title, d.uri]
    if order is ListOrder.NEWEST:
        return [d.ingested_at.desc(), d.key.desc()]  # times are of whole seconds
    if order is ListOrder.FEWEST_PASSAGES:
        return [d.passages, *by_title]
    return by_title

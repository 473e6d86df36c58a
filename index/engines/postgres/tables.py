"""The inverted index's tables in the catalog's schema of PostgreSQL: an inverted file, as search engines keep it.

``term_postings`` has the posting lists in blocks, by term: a block a row, so that a list is read at once and a block is
changed without the others. ``term_passages`` has what was indexed of each passage: what is to be taken out again when
it is removed, and where phrases are looked for. Zobel and Moffat 2006, "Inverted files for text search engines".
"""

from sqlalchemy import DDL, Column, LargeBinary, MetaData, SmallInteger, String, Table, Text, event

from index.columns import Key

metadata = MetaData()

states = Table(
    "term_states",
    metadata,
    Column("collection_id", Key, primary_key=True, autoincrement=False),
    Column("analysis", String, nullable=False),
    Column("generation", Key, nullable=False),
    Column("last_key", Key, nullable=False),
    Column("fresh", Key, nullable=False),
    Column("passages", Key, nullable=False),
    Column("body_terms", Key, nullable=False),
    Column("context_terms", Key, nullable=False),
)

postings = Table(
    "term_postings",
    metadata,
    Column("collection_id", Key, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("term", Text, primary_key=True),
    Column("first_key", Key, primary_key=True, autoincrement=False),
    Column("postings", LargeBinary, nullable=False),
)

passages = Table(
    "term_passages",
    metadata,
    Column("collection_id", Key, primary_key=True, autoincrement=False),
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("context", Text, nullable=False),
    Column("body", Text, nullable=False),
)

# A block fits into a page: kept apart from its row, in pieces, it would be several reads.
_inline = DDL("ALTER TABLE term_postings ALTER COLUMN postings SET STORAGE PLAIN")  # type: ignore[no-untyped-call]
event.listen(postings, "after_create", _inline)

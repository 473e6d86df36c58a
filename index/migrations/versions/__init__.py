"""One file a format of the catalog: revision "0002" leads from format 1 to format 2.

A revision says with ``changes_data`` whether rows are rewritten or dropped: then a copy of the database is kept
beside it first. A table that is made anew in batch mode gets its AUTOINCREMENT counter anew too: copy its row of
``sqlite_sequence``, or keys that were given once will be given again.
"""

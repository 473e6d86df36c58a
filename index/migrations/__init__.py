"""How the catalog of an earlier version becomes one of this version, by Alembic."""

"""Alembic's entry: run the revisions in the transaction that index/migrations/upgrade.py has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

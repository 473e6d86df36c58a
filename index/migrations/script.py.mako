"""${message}."""

from alembic import op

revision = "${up_revision}"
down_revision = ${repr(down_revision)}
changes_data = True


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}

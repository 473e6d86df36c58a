"""Names in the SQL of a PostgreSQL."""


def quoted(name: str) -> str:
    """An identifier."""
    return '"{}"'.format(name.replace('"', '""'))

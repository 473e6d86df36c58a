"""Reads the first visible sheet of an Excel file as the records of a table."""

import io
from datetime import date, datetime, time

from core.errors import InvalidRequest, ReadError
from evals.sets.table import Record
from ingest.packages import XLSX, package_type, refuse_ole, whole

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
SAVE_AS_CSV = 'Save it as .xlsx or as "CSV UTF-8", and name that file.'


def is_workbook(content: bytes) -> bool:
    """By the first bytes, whatever the name."""
    return content.startswith((ZIP, OLD_OFFICE))


def read_workbook(content: bytes, name: str) -> list[Record]:
    """Values as they were last calculated; rows are counted as Excel counts them.

    :raises InvalidRequest: for the old .xls, one with a password, and what is no whole Excel file.
    """
    from openpyxl import load_workbook

    try:
        refuse_ole(content, name)
        if package_type(content, name) != XLSX:
            raise InvalidRequest(f"{name} is not an Excel file.", SAVE_AS_CSV)
        with whole(name, "Excel file", SAVE_AS_CSV):
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            rows = enumerate(sheets[0].iter_rows(values_only=True) if sheets else (), start=1)
            return [Record(f"row {number}", [_shown(value) for value in row]) for number, row in rows]
    except ReadError as error:
        raise InvalidRequest(error.message, SAVE_AS_CSV) from error


def _shown(value: object) -> str:
    """A cell as CSV would have it: whole numbers without a point, dates as in ISO 8601."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)

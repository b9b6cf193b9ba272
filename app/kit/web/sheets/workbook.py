"""Workbooks of one sheet, for Excel: the same cells give the same bytes, and no text runs."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""In place of the instant of writing, which would make every file another one."""

MOST_OF_A_NAME = 31
WIDE = 12


def workbook(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Numbers stay numbers; codes and fractions are texts. The headings stay in view."""
    file = io.BytesIO()
    with Workbook(file, OPTIONS) as book:
        book.set_properties({"title": name, "created": NEVER})
        sheet = book.add_worksheet(name[:MOST_OF_A_NAME])
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, WIDE)
        sheet.write_row(0, 0, headings, bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [cell(value) for value in row])
    return file.getvalue()


def cell(value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, int | float) else str(value)

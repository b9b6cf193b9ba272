"""A table for a person: headings and codes in his language, times in Beijing's."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.kit.messages import Language
from app.kit.web.sheets.table import Table
from app.rankings.exports.sheet import CLASSES
from app.whistles.views.export import TABLE as WHISTLES
from app.whistles.views.export import WORDS

AT = datetime(2026, 11, 20, 0, 0, 5, 250_000, tzinfo=UTC)
SMALL = Table("whistle column", ["number", "status"], WORDS)


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("status", "in_action", "处置中", "in_action"),
        ("finding", None, None, None),
        ("summons_required", True, "是", True),
        ("summons_absent", False, "否", False),
        ("blown_at", AT, "2026-11-20 08:00:05", "2026-11-20T08:00:05.250000+08:00"),
        ("returns", 2, 2, 2),
        ("matter", "in_action", "in_action", "in_action"),
        ("district_code", Decimal("1.50"), Decimal("1.50"), Decimal("1.50")),
    ],
)
def test_a_cell_is_told_by_its_column(
    name: str, value: object, chinese: object, english: object
) -> None:
    row = [value if column == name else None for column in WHISTLES.names]
    place = WHISTLES.names.index(name)
    assert WHISTLES.cells(row, "zh")[place] == chinese
    assert WHISTLES.cells(row, "en")[place] == english


def test_several_codes_in_a_cell_are_joined() -> None:
    classes = Table("ranking column", ["classes"], {"classes": CLASSES})
    assert classes.cells([("advanced", "govern")], "zh") == ["先进类、治理类"]
    assert classes.cells([("advanced", "govern")], "en") == ["advanced govern"]


@pytest.mark.parametrize(
    ("reader", "lines"),
    [
        ("zh", ["\ufeff哨号,状态,2026-11-20\n", "1,'=已吹哨,\n"]),
        ("en", ["number,status,2026-11-20\n", "1,'=已吹哨,\n"]),
    ],
)
def test_a_sheet_begins_with_its_headings_and_runs_nothing(
    reader: Language, lines: list[str]
) -> None:
    assert [*SMALL.csv([[1, "=已吹哨", None]], reader, ["2026-11-20"])] == lines

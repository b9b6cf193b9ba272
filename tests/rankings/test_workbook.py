"""A ranking as a workbook: the CSV's numbers, headings in the reader's language, no formulas."""

import io
import re
import zipfile
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from app.kit.messages import CHINESE
from app.kit.web.sheets.workbook import workbook
from app.rankings.exports.sheet import TABLE
from tests.aids.given import People
from tests.whistles.test_linked_tickets import at_work

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PERIOD = "/rankings/2026-11"


def cells(file: bytes) -> list[list[str]]:
    """Every cell's text or number, row by row; an empty cell is left out."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        shared = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        texts = ["".join(item.itertext()) for item in shared]
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    return [
        [
            texts[int(str(cell.findtext(f"{SPACE}v")))]
            if cell.get("t") == "s"
            else str(cell.findtext(f"{SPACE}v"))
            for cell in row
            if cell.find(f"{SPACE}v") is not None
        ]
        for row in sheet.iter(f"{SPACE}row")
    ]


def test_no_two_columns_of_a_ranking_have_the_same_heading() -> None:
    assert len(TABLE.headings(CHINESE)) == len(set(TABLE.headings(CHINESE)))


def test_a_text_stays_a_text_and_the_same_cells_are_the_same_bytes() -> None:
    rows = [["=1+1", "http://a.example", 1.5, None, "110105026"]]
    file = workbook("表", ["a", "b", "c", "d", "e"], rows)
    assert file == workbook("表", ["a", "b", "c", "d", "e"], rows)
    assert cells(file)[1] == ["=1+1", "http://a.example", "1.5", "110105026"]
    sheet = zipfile.ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml").decode()
    assert not re.search("<f>|hyperlink", sheet)


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        (None, "单位代码"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "单位代码"),
        ("fr, *;q=0.1", "单位代码"),
        ("en", "office_code"),
        ("en-GB,en;q=0.9,zh;q=0.1", "office_code"),
        ("en;q=0", "单位代码"),
    ],
)
def test_a_ranking_is_a_workbook_in_the_readers_language(
    people: People, language: str | None, heading: str
) -> None:
    at_work(people)
    reader = people("analyst")
    asked = {"Accept-Language": language or ""}
    book = reader.get(PERIOD, headers=asked, format="xlsx")
    assert book.status_code == 200, book.text
    assert book.headers["Content-Type"].endswith("spreadsheetml.sheet")
    name = {"office_code": "2026-11_streets", "单位代码": "2026-11_街道排名"}[heading]
    assert f"filename*=UTF-8''{quote(name)}.xlsx" in book.headers["Content-Disposition"]
    assert "Accept-Language" in book.headers["Vary"]
    rows = cells(book.content)
    assert rows[0][0] == heading
    as_json = reader.get(PERIOD).json()["rows"]
    assert [row[0] for row in rows[1:]] == [row["office_code"] for row in as_json]
    known = {**asked, "If-None-Match": book.headers["ETag"]}
    again = reader.get(PERIOD, headers=known, format="xlsx")
    assert again.status_code == 304

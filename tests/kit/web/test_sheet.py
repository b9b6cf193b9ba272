"""CSV: each reader reads each cell back, and no spreadsheet runs one."""

import csv
import io
import sys
import unicodedata
from collections.abc import Callable

import arro3.io
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.web.sheets.sheet import inert, line

SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−"]
BEFORE = ["", " ", "\t", "\r", "\n", "\ufeff", "\u200b", "\u3000", "\ufeff \u200d"]


def controls() -> list[str]:
    every = map(chr, range(sys.maxunicode + 1))
    return [c for c in every if unicodedata.category(c) in ("Cc", "Zl", "Zp")]


def read_by_lines(text: str) -> list[list[str]]:
    """As a reader does that cuts a file into lines first; no cell here has a line of its own."""
    return [row for cut in text.splitlines() for row in csv.reader([cut])]


def read_as_file(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def read_by_arrow(text: str) -> list[list[str]]:
    data = io.BytesIO(text.encode())
    schema = arro3.io.infer_csv_schema(data, has_header=False)
    data.seek(0)
    table = arro3.io.read_csv(data, schema, has_header=False).read_all()
    return [
        list(map(str, row)) for row in zip(*(table[n].to_pylist() for n in (0, 1)), strict=True)
    ]


@pytest.mark.parametrize("read", [read_by_lines, read_as_file, read_by_arrow])
def test_every_reader_reads_the_same_two_cells_whatever_control_stands_in_them(
    read: Callable[[str], list[list[str]]],
) -> None:
    wrong = []
    for control in controls():
        if control == "\n":
            continue
        cells = [str(inert(f"第一行{control}=HYPERLINK(1)")), "end"]
        if read(line(cells)) != [cells]:
            wrong.append(hex(ord(control)))
    assert wrong == []


def test_a_line_end_in_a_cell_stays_in_its_cell() -> None:
    cells = [str(inert("第一行\r\n第二行")), "end"]

    assert read_as_file(line(cells)) == [["第一行\n第二行", "end"]]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_what_begins_like_a_formula_is_shown_and_not_run(sign: str, before: str) -> None:
    assert str(inert(f"{before}{sign}1+1")).startswith("'")


@given(st.text())
def test_what_is_inert_begins_with_no_sign(text: str) -> None:
    shown = str(inert(text))

    assert not shown.strip().startswith(tuple(SIGNS))
    assert inert(12) == 12

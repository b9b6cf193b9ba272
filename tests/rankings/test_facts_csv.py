"""The facts as CSV, whatever their texts: any reader gets back what was written."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from app.kit.web.sheets.sheet import inert
from app.rankings.exports.facts import NAMES, as_csv

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
CELL = st.none() | st.booleans() | TEXT | st.sampled_from(["=1+1", "-", '"', ",", "\r\n", "\n"])


@given(st.lists(st.lists(CELL, min_size=len(NAMES), max_size=len(NAMES)), min_size=1, max_size=4))
def test_what_is_written_is_read_again(rows: list[list[str | bool | None]]) -> None:
    text = as_csv(rows).decode()

    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["" if cell is None else str(inert(cell)) for cell in row] for row in rows
    ]

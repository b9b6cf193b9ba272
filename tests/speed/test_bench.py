"""The bench of the API, at its smallest: every row is measured and answered as expected."""

import json
from pathlib import Path

from bench.api.rows import ROWS
from tests.aids.nursery import begin_module

ROOT = Path(__file__).parents[2]


def test_every_row_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = begin_module("bench.api", "--scale", "tiny", "--json", str(file), folder=ROOT)
    _, log = done.communicate()
    assert done.returncode == 0, log
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    assert {row["row"] for row in rows} == set(ROWS)
    assert [row for row in rows if row["wrong"]] == []

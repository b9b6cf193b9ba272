"""The bench of the API, at its smallest: every row is measured and answered as expected."""

import json
import subprocess
import sys
from pathlib import Path

from bench.api.rows import ROWS

ROOT = Path(__file__).parents[2]


def test_every_row_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench.api", "--scale", "tiny", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    assert {row["row"] for row in rows} == set(ROWS)
    assert [row for row in rows if row["wrong"]] == []

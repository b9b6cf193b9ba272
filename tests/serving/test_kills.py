"""The service and its database are killed under writers: what was acknowledged is there once."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLS = 6


def test_nothing_acknowledged_is_lost_and_nothing_is_written_twice() -> None:
    """`python -m bench.faults`, shortly: requests, lines of batches, acts, feeds and who follows
    them, the audit."""
    command = [sys.executable, "-m", "bench.faults", "--kills", str(KILLS), "--workers", "1"]

    done = subprocess.run(
        [*command, "--writers", "4"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert set(figures["faults"].values()) == {0}, figures
    assert sum(figures["kills"].values()) == KILLS
    assert figures["acknowledged"] >= 10 * KILLS
    assert figures["followed"] >= figures["acknowledged"]
    assert set(figures["statuses"]) <= {"200", "201", "503", "599"}

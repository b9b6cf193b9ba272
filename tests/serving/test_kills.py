"""The service and its database are killed under writers: what was acknowledged is there once."""

import json
from pathlib import Path

from tests.aids.nursery import begin_module

ROOT = Path(__file__).parents[2]
KILLS = 6


def test_nothing_acknowledged_is_lost_and_nothing_is_written_twice() -> None:
    """`python -m bench.faults`, shortly: requests, lines of batches, acts, feeds and who follows
    them, the audit."""
    command = ("bench.faults", "--kills", str(KILLS), "--workers", "1", "--writers", "4")

    output, log = begin_module(*command, folder=ROOT).communicate()

    assert output, log
    figures = json.loads(output.splitlines()[-1])
    assert set(figures["faults"].values()) == {0}, figures
    assert sum(figures["kills"].values()) == KILLS
    assert figures["acknowledged"] >= 10 * KILLS
    assert figures["followed"] >= figures["acknowledged"]
    assert set(figures["statuses"]) <= {"200", "201", "503", "599"}

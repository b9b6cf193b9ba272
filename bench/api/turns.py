"""Works in turn, alternately with their yardstick, in one run: A B A B …"""

import statistics
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.api.usage import Usage


@dataclass(slots=True)
class Turn:
    """A turn of work, measured."""

    done: float
    """Tickets, pages, rows: the unit of the row."""
    seconds: float
    usage: Usage
    milliseconds: "array[float]" = field(default_factory=lambda: array("d"))
    wrong: Counter[int] = field(default_factory=Counter)
    sample: bytes = b""
    peak: float = 0.0

    @property
    def rate(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0


Work = Callable[[float], Turn]
"""Works for a number of seconds."""


def alternate(works: Sequence[Work], rounds: int, seconds: float) -> list[list[Turn]]:
    """The turns of each work, a turn of each in each round."""
    turns: list[list[Turn]] = [[] for _ in works]
    for _ in range(rounds):
        for work, done in zip(works, turns, strict=True):
            done.append(work(seconds))
    return turns


def summary(turns: Sequence[Turn]) -> dict[str, Any]:
    rates = [turn.rate for turn in turns]
    times = sorted(ms for turn in turns for ms in turn.milliseconds)
    done = sum(turn.done for turn in turns)
    wrong = sum((turn.wrong for turn in turns), Counter[int]())
    return {
        "rate": round(statistics.median(rates), 2),
        "least": round(min(rates), 2),
        "most": round(max(rates), 2),
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
        "server_cpu_ms": each(sum(turn.usage.server for turn in turns), done),
        "database_cpu_ms": each(sum(turn.usage.database for turn in turns), done),
        "peak_mb": round(max(turn.peak for turn in turns)),
        "wrong": {str(status): number for status, number in wrong.items()},
        "sample": next((turn.sample for turn in turns if turn.sample), b"").decode(
            errors="replace"
        ),
    }


def percentile(times: Sequence[float], part: float) -> float | None:
    return round(times[min(int(len(times) * part), len(times) - 1)], 2) if times else None


def each(seconds: float, done: float) -> float | None:
    return round(1000 * seconds / done, 3) if done else None


def ratio(turns: Sequence[Turn], others: Sequence[Turn]) -> float | None:
    """The median of the ratios of rates, round by round."""
    pairs = [(a.rate, b.rate) for a, b in zip(turns, others, strict=True)]
    ratios = [a / b for a, b in pairs if b]
    return float(f"{statistics.median(ratios):.3g}") if ratios else None

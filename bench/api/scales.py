"""The scales of the bench, named by `BENCH_SCALE`: the size of the city, and the time."""

import os
from typing import NamedTuple


class Scale(NamedTuple):
    tickets: int
    rounds: int
    seconds: float
    """Of each turn; a turn ends with the answer to its last request."""
    batch: int
    """Lines of a batch and of an import."""
    facts: tuple[int, ...]
    """Numbers of assessed tickets in the open period; its ranking is measured at each."""
    growth: tuple[float, ...]
    """Parts of the city; the growing rows are measured at each, too."""
    look: float = 1.5
    """Seconds of a look whether the services rest, before each turn; 0: nobody looks."""


SCALES = {
    "tiny": Scale(600, 1, 0.02, 20, (100,), (0.5,), look=0),
    "small": Scale(20_000, 3, 2, 200, (5_000,), (0.25, 0.5)),
    "medium": Scale(1_000_000, 5, 4, 1_000, (5_000,), (0.25, 0.5)),
    "facts": Scale(20_000, 7, 4, 200, (2_000_000,), (0.5,)),
    "full": Scale(8_000_000, 7, 5, 1_000, (5_000, 2_000_000), (0.25, 0.5)),
}


def named_by_environment() -> str:
    return os.environ.get("BENCH_SCALE", "small")

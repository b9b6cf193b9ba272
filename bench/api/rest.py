"""Rest between the turns: what the former one left to the background is done first.

After a city was loaded, and after each turn of a yardstick that writes tickets, our service makes
keys of search and hashes of days for seconds, beside whatever is measured then; and the system
writes to the disk, half a minute later and in one go, what was loaded: a commit waits for that.
"""

import os
from collections.abc import Callable
from time import monotonic, sleep

from bench.api.server import Failed

QUIET = 0.1
"""Of a core, by all services and the database: the background at rest takes less."""
MOST_SECONDS = 3_600.0
"""Millions of tickets are keyed in this time."""


def come_to_rest(used: Callable[[], float], look: float) -> None:
    """Waits until all that was written is on the disk, and the CPU used within a look of some
    seconds is next to none. Raises Failed."""
    os.sync()
    before, ends = used(), monotonic() + MOST_SECONDS
    while look:
        sleep(look)
        now = used()
        if now - before < QUIET * look:
            return
        if monotonic() > ends:
            raise Failed("the services do not come to rest")
        before = now

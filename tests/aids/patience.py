"""How long a test waits for what must come: long on a busy machine, and not for ever."""

from collections.abc import Callable
from time import monotonic, sleep

PATIENCE_SECONDS = 300


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold; asked less often the longer that takes."""
    began = monotonic()
    while not holds():
        waited = monotonic() - began
        if waited > PATIENCE_SECONDS:
            return False
        sleep(min(0.1, max(0.01, waited / 8)))
    return True

"""How the process ends: in order, and with a code that tells whether it was meant to."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

FAILED = 1
ENDING = (signal.SIGTERM, signal.SIGINT)

logger = logging.getLogger(__name__)
failed = threading.Event()


def fail(reason: str) -> None:
    """Ends the process in order, with a code that makes its supervisor start another."""
    logger.critical("%s; the process ends", reason)
    failed.set()
    os.kill(os.getpid(), signal.SIGTERM)


def code() -> int:
    return FAILED if failed.is_set() else 0


@contextmanager
def ended_in_order() -> Iterator[None]:
    """SIGTERM and SIGINT leave the block as exceptions do, so that everything opened is closed."""

    def end(signum: int, frame: FrameType | None) -> NoReturn:
        ignore_signals()
        sys.exit(code())

    for number in ENDING:
        signal.signal(number, end)
    yield


def ignore_signals() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)

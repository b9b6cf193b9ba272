"""Processes of xdist that are forked from one which has imported the tests: else each imports them,
the application and hypothesis anew. Memory is shared until it is written to."""

import gc
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory

import pytest

from tests.aids import nursery
from tests.aids.nursery import LONGEST, PLACE, Birth, asked

DOOR = 3
"""The handle of the socket at which the process that has imported the tests is asked."""
ERRORS = 2
"""The handle of the standard stream of errors."""
WORKER = "tests.aids.worker"


def opened(tests: Sequence[str], folder: Path) -> tuple[ExitStack, str]:
    """A process that imports these tests from a folder, until it is closed, and the command that
    asks it for a worker."""
    with ExitStack() as stack, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        place = f"{stack.enter_context(TemporaryDirectory(prefix='jiesu-workers-'))}/socket"
        listener.bind(place)
        listener.listen(100)
        birth = Birth(tests, dict(os.environ), str(folder), f"{__name__}:import_and_serve")
        reading, writing = os.pipe()
        with os.fdopen(reading), Path(os.devnull).open("w") as nothing:
            streams = [reading, nothing.fileno(), ERRORS, listener.fileno()]
            line = stack.enter_context(asked(birth, streams, os.environ[PLACE]))
        line.recv(LONGEST)
        stack.callback(line.recv, LONGEST)
        stack.callback(os.close, writing)
        return stack.pop_all(), f"{quote(sys.executable)} -m {WORKER} {quote(place)}"


def import_and_serve() -> None:
    """What cannot be imported, each worker says."""
    pytest.main([*sys.argv[1:], "--collect-only", "--quiet", "--quiet", "--numprocesses=0"])
    import_module("tests.aids.declared").document()
    gc.freeze()
    with import_module("hypothesis.internal.entropy").deterministic_PRNG():
        """Its first use looks for leaks in all that is not frozen: here, and not in each worker."""
    with socket.socket(fileno=DOOR) as listener:
        nursery.serve(listener)

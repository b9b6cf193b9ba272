"""`python -m tests.aids.worker PLACE` is what xdist starts in place of an interpreter: it asks the
process at this place, which has imported the tests, for one with the same standard streams, and
ends as that one does."""

import os
import sys
from pathlib import Path

from tests.aids.nursery import LONGEST, Birth, asked

STREAMS = (0, 1, 2)


def run() -> None:
    """As an interpreter that xdist has started: what to do is the first line of its input."""
    exec(eval(sys.stdin.readline()), {"__name__": "__main__"})


if __name__ == "__main__":
    birth = Birth([], dict(os.environ), str(Path.cwd()), "tests.aids.worker:run")
    with asked(birth, STREAMS, sys.argv[1]) as line:
        line.recv(LONGEST)
        sys.exit(int(line.recv(LONGEST)))

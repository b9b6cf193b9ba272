"""Several processes that serve one port.

A few are started at a time, so that on a busy machine the first is up before the last begins. None
ends another: one that ends, or that falls silent, is replaced. They end with the process that
started them.
"""

import logging
import os
import select
import signal
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from types import FrameType

from app.kit.host.ending import ENDING, FAILED, ignore_signals

CORES = os.cpu_count() or 1
LOOK_SECONDS = 0.5
SLOW_SECONDS = 60.0
"""The next is not kept waiting for longer by one that does not come up."""
SILENT_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
DRAIN_SECONDS = 40.0
REFUSED = 78  # EX_CONFIG
ALIVE, UP, PREPARED = b".", b"+", b"!"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    """A process, and the line over which it says how it fares."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    began: float = field(default_factory=monotonic)
    heard: float | None = None
    words: set[bytes] = field(default_factory=set)

    def hear(self) -> None:
        """Takes in what it said; of one that ended there is nothing."""
        heard = self.line.recv(1024)
        if heard:
            self.heard = monotonic()
            self.words |= {heard[n : n + 1] for n in range(len(heard))}

    @property
    def is_starting(self) -> bool:
        return UP not in self.words and monotonic() - self.began < SLOW_SECONDS

    @property
    def is_silent(self) -> bool:
        return self.heard is not None and monotonic() - self.heard > SILENT_SECONDS


class Workers:
    def __init__(
        self, command: Sequence[str], number: int, listener: socket.socket, figures: Path
    ) -> None:
        self.command = command
        self.number = number
        self.listener = listener
        self.figures = figures
        self.workers: list[Worker] = []
        self.failures = 0
        self.next_at = 0.0
        self.is_prepared = False
        self.is_ending = False

    def run(self) -> int:
        """Keeps so many at work until a signal; the code with which the service ends."""
        for ending in ENDING:
            signal.signal(ending, self.end)
        while not self.is_ending:
            if self.wants_another():
                self.start()
            self.listen()
            for worker in self.ended():
                if worker.process.returncode == REFUSED and not self.is_prepared:
                    return FAILED
                self.note_end(worker)
        return 0

    def end(self, number: int, frame: FrameType | None) -> None:
        self.is_ending = True

    def wants_another(self) -> bool:
        """The first prepares the database; then as many start at once as the machine has cores."""
        is_due = len(self.workers) < self.number and monotonic() >= self.next_at
        starting = sum(worker.is_starting for worker in self.workers)
        return is_due and starting < (CORES if self.is_prepared else 1)

    def start(self) -> None:
        ours, theirs = socket.socketpair()
        handles = [self.listener.fileno(), theirs.fileno()]
        arguments = [*map(str, handles), *(["prepared"] if self.is_prepared else [])]
        with theirs:
            self.workers.append(Worker(self.begin(arguments, handles), ours))

    def begin(self, arguments: Sequence[str], handles: Sequence[int]) -> subprocess.Popen[bytes]:
        command = [*self.command, *arguments]
        return subprocess.Popen(command, pass_fds=handles, stdin=subprocess.DEVNULL)

    def listen(self) -> None:
        lines = {worker.line: worker for worker in self.workers}
        for line in select.select([*lines], [], [], LOOK_SECONDS)[0]:
            lines[line].hear()
        self.is_prepared = self.is_prepared or any(PREPARED in w.words for w in self.workers)
        if any(UP in worker.words for worker in self.workers):
            self.failures = 0

    def ended(self) -> list[Worker]:
        for worker in self.workers:
            if worker.is_silent:
                logger.error("a worker is silent", extra={"pid": worker.process.pid})
                worker.process.kill()
        return [worker for worker in self.workers if worker.process.poll() is not None]

    def note_end(self, worker: Worker) -> None:
        """Another takes its place: at once after a while of work, else after a growing pause."""
        code = worker.process.returncode
        logger.error("a worker ended", extra={"pid": worker.process.pid, "code": code})
        self.workers.remove(worker)
        worker.line.close()
        for left in self.figures.glob(f"gauge_live*_{worker.process.pid}.db"):
            left.unlink()
        self.failures = 0 if UP in worker.words else self.failures + 1
        pause = min(2.0**self.failures - 1, LONGEST_PAUSE_SECONDS)
        self.next_at = monotonic() + pause

    def stop(self) -> None:
        """Lets all answer what is open."""
        for worker in self.workers:
            worker.process.terminate()
        ends = monotonic() + DRAIN_SECONDS
        for worker in self.workers:
            try:
                worker.process.wait(max(ends - monotonic(), 0))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()


def run(command: Sequence[str], number: int, listener: socket.socket) -> None:
    """Serves by so many processes until SIGTERM or SIGINT; leaves (SystemExit) with a code where
    the first of them refuses to serve."""
    with TemporaryDirectory(prefix="jiesu-figures-") as figures:
        os.putenv("PROMETHEUS_MULTIPROC_DIR", figures)  # for the workers, who share their figures
        workers = Workers(command, number, listener, Path(figures))
        try:
            code = workers.run()
        finally:
            ignore_signals()
            workers.stop()
    if code:
        raise SystemExit(code)

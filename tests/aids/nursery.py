"""Processes of `jiesu` that are forked from one which has imported it: to import it takes each as
long as the rest of its start. Each has its own arguments, variables, folder, streams and exit code,
and is signalled and killed as any other process.

`python -m tests.aids.nursery HANDLE` serves at this socket until its standard input ends, and
imports `jiesu` when the first process is asked for, and makes the city of its first service.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from runpy import run_module
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, NamedTuple

PLACE = "NURSERY"
"""The variable that names the socket."""
MOST = 4
"""Handles that a process may begin with: its standard streams and one more."""
LONGEST = 65_536  # bytes of arguments and variables
NOT_YET = "the process has not ended"


class Birth(NamedTuple):
    """What a process begins with; its standard streams, and a fourth, come as handles."""

    arguments: Sequence[str]
    variables: Mapping[str, str]
    folder: str
    life: str = "app.__main__:run"
    """What it calls, and ends."""

    def live(self, streams: Sequence[int]) -> None:
        """Becomes this process."""
        for number, handle in enumerate(streams):
            os.dup2(handle, number)
        os.closerange(len(streams), os.sysconf("SC_OPEN_MAX"))
        os.environ.clear()
        os.environ.update(self.variables)
        os.chdir(self.folder)
        sys.argv = ["jiesu", *self.arguments]
        gc.enable()
        resolve_name(self.life)()


def opened() -> ExitStack:
    """The nursery of this run and of all processes that are started later, until it is closed."""
    with ExitStack() as stack, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        folder = stack.enter_context(TemporaryDirectory(prefix="jiesu-nursery-"))
        os.environ[PLACE] = f"{folder}/socket"
        listener.bind(os.environ[PLACE])
        listener.listen(100)
        command = [sys.executable, "-m", "tests.aids.nursery", str(listener.fileno())]
        handles, root = [listener.fileno()], Path(__file__).parents[2]
        stack.enter_context(Popen(command, pass_fds=handles, cwd=root, stdin=PIPE, stdout=DEVNULL))
        return stack.pop_all()


def serve(listener: socket.socket) -> None:
    """Until standard input ends. Returns in no process but the first; each other ends here."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        caller, _ = listener.accept()
        gc.disable()
        import_module("app.commands")
        import_module("tests.aids.shipped").make_city()
        import_module("tests.serving.forked").fork_workers()
        gc.freeze()
        if os.fork() == 0:
            listener.detach()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            bear(caller)
        caller.close()


def bear(caller: socket.socket) -> None:
    """Forks the process that is asked for, and waits for its end; tells its number, then its exit
    code."""
    message, handles, _, _ = socket.recv_fds(caller, LONGEST, MOST)
    process = os.fork()
    if process == 0:
        caller.detach()
        Birth(*json.loads(message)).live(handles)
        sys.exit()
    for handle in handles:
        os.close(handle)
    caller.send(str(process).encode())
    _, status = os.waitpid(process, 0)
    with suppress(ConnectionError):  # whoever asked may be gone
        caller.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def asked(birth: Birth, streams: Sequence[int], place: str) -> socket.socket:
    """Asks the nursery at a place for a process; the line to it tells the process's number, then
    its exit code."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(place)
    socket.send_fds(line, [json.dumps(birth).encode()], streams)
    return line


def begin_module(*command: str, folder: Path) -> "Process":
    """As `python -m` begins it, with this process's variables."""
    life = "tests.aids.nursery:live_as_module"
    return Process(Birth(command, dict(os.environ), str(folder), life))


def live_as_module() -> None:
    sys.argv.pop(0)
    run_module(sys.argv[0], run_name="__main__", alter_sys=True)


class Living(ABC):
    """A process that was forked, shown as by `subprocess.Popen`."""

    pid: int
    line: Any
    """Can be read when it has ended."""
    returncode: int | None = None

    @abstractmethod
    def code(self) -> int:
        """Its exit code, when it has ended; asked once."""

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.line], [], [], 0)[0]:
            self.returncode = self.code()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.poll() is None:
            select.select([self.line], [], [], timeout)
        code = self.poll()
        if code is None:
            raise TimeoutExpired(NOT_YET, timeout or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Process(Living):
    """A process of the nursery; its log is a given file, or read at its end."""

    def __init__(self, birth: Birth, log: IO[Any] | None = None) -> None:
        self.log: IO[Any] = log or TemporaryFile()  # noqa: SIM115 - `communicate` closes it
        reading, writing = os.pipe()
        with Path(os.devnull).open() as nothing:
            streams = [nothing.fileno(), writing, self.log.fileno()]
            self.line = asked(birth, streams, os.environ[PLACE])
        os.close(writing)
        self.stdout = os.fdopen(reading, encoding="utf-8")
        self.pid = int(self.line.recv(LONGEST))

    def code(self) -> int:
        return int(self.line.recv(LONGEST))

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote, and its log, when it has ended."""
        self.wait(timeout)
        with self.stdout, self.log, self.line:
            self.log.seek(0)
            return self.stdout.read(), self.log.read().decode()

    def close(self) -> None:
        """When it has ended."""
        self.communicate()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as door:
        serve(door)

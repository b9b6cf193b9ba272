"""The embedded PostgreSQL 18: it runs for a block, unless the operator names a database.

Two checks keep others out: only the owner enters the socket's directory, and `peer` asks the kernel
for the caller's user. Nothing listens on the network.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from logging import getLogger
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import psutil
import psycopg

from app.kit.host import cluster, roles
from app.kit.host.cluster import CannotStart
from app.kit.host.ending import fail
from app.kit.messages import Message

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_MAX = 103 if sys.platform == "darwin" else 107
START_SECONDS = 600  # crash recovery after a busy day takes its time
STOP_SECONDS = 60

MEMORY = min(psutil.virtual_memory().total // 4, 2**30)
"""Room for a month of the whole city's facts and tickets, as rankings read them."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": f"{MEMORY // 2**20}MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "min_wal_size": "80MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # A log line must not hold a person: no statement, no "Key (phone)=(…) already exists".
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

logger = getLogger(__name__)


class InUse(CannotStart):
    """Another process runs this data directory's database."""


def url(directory: Path, user: str = cluster.NAME) -> str:
    """The URL of this data directory's server, by its superuser or another user."""
    return f"postgresql://{user}@/{cluster.NAME}?host={quote(str(cluster.path(directory)))}"


def service_url(directory: Path) -> str:
    """The URL by the service's user, who owns nothing."""
    return url(directory, roles.LOGIN)


def is_made(directory: Path) -> bool:
    """Whether this data directory has a server's files."""
    return (cluster.path(directory) / "PG_VERSION").exists()


@contextmanager
def running(directory: Path, *, durable: bool = True, max_connections: int = 100) -> Iterator[str]:
    """The URL of a PostgreSQL kept under `directory`; made on first use, stopped after the block.

    `durable=False` is for tests: quick, and lost with the machine. Raises CannotStart.
    """
    server = _Server(directory, durable, max_connections)
    with ExitStack() as stack:
        try:
            stack.enter_context(_alone(directory))
            server.start()
        except OSError as error:
            raise CannotStart(
                Message(
                    "cannot use the data directory {directory}: {error}",
                    directory=directory,
                    error=error,
                )
            ) from error
        stack.callback(server.stop)
        yield url(directory)


@contextmanager
def reached(directory: Path) -> Iterator[str]:
    """The URL of this directory's database, run by another process or by us."""
    with ExitStack() as stack:
        try:
            database = stack.enter_context(running(directory))
        except InUse:
            database = url(directory)
        yield database


@dataclass
class _Server:
    """A postmaster, child of this process, started again if it is killed."""

    directory: Path
    durable: bool
    max_connections: int
    user: cluster.User = field(init=False)
    process: subprocess.Popen[bytes] = field(init=False)
    stopping: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        _check_socket_path(self.directory)
        self.user = cluster.system_user(cluster.path(self.directory))
        if self.user.uid is not None:
            cluster.let_through(self.directory)
        cluster.make(self.directory, self.user, self.durable)
        cluster.let_in(self.directory, self.user, [cluster.NAME, roles.LOGIN])
        self._launch()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Ends sessions and writes everything to disk; harsher only if that takes too long."""
        with self.lock:
            self.stopping = True
        for harshness in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(harshness)
            try:
                self.process.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                logger.warning("PostgreSQL does not stop at %s", harshness.name)

    def _launch(self) -> None:
        home = cluster.path(self.directory)
        _end_leftovers(home)
        settings = {
            **SETTINGS,
            **({} if self.durable else NOT_DURABLE),
            "unix_socket_directories": f'"{home}"',
            "max_connections": str(self.max_connections),
        }
        options = [f"-c{name}={value}" for name, value in settings.items()]
        with _private(_log(self.directory)) as log:
            self.process = subprocess.Popen(
                [*_ended_with_us(), cluster.programs() / "postgres", "-D", home, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the service alone
                user=self.user.uid,
                group=self.user.gid,
                extra_groups=self.user.groups,
            )
        self._await_ready()

    def _await_ready(self) -> None:
        """Waits until the server accepts a connection, after any crash recovery."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with psycopg.connect(url(self.directory), connect_timeout=5) as connection:
                    connection.execute(roles.LOGIN_MADE)
                return
            except psycopg.OperationalError as error:
                if "FATAL" in str(error) and "the database system is" not in str(error):
                    break
                time.sleep(0.02)
        self.process.kill()
        raise CannotStart(
            Message(
                "PostgreSQL does not start; {directory} says why", directory=_log(self.directory)
            )
        )

    def _watch(self) -> None:
        """Starts the server again whenever it is killed; if it does not start, ends the service."""
        while True:
            self.process.wait()
            with self.lock:
                if self.stopping:
                    return
                logger.error("PostgreSQL ended unexpectedly and is started again")
                try:
                    self._launch()
                except (CannotStart, OSError):
                    fail("PostgreSQL does not come back")
                    return


def _log(directory: Path) -> Path:
    return directory.resolve() / "postgres.log"


def _private(file: Path) -> BinaryIO:
    """Opened to be added to; for its owner alone, whoever made it."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(opened, 0o600)
    return os.fdopen(opened, "ab")


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Holds the data directory: two services would be two masters of one database."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _private(directory / "lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"another jiesu uses the data directory {directory}") from None
        yield


def _check_socket_path(directory: Path) -> None:
    excess = len(os.fsencode(cluster.path(directory) / SOCKET)) - SOCKET_PATH_MAX
    if excess > 0:
        raise CannotStart(
            Message(
                "the path of the data directory is {excess} bytes too long for a socket,"
                " set JIESU_DATA_DIR to a shorter one than {directory}",
                excess=excess,
                directory=directory,
            )
        )


def _ended_with_us() -> list[str]:
    """On Linux the server ends in order when this process is killed; else at the next start."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


def _end_leftovers(home: Path) -> None:
    """Ends the processes of a killed service here; then all lock files are stale."""
    left = _processes(home)
    for process in left:
        if str(process.pid) == _postmaster(home):
            process.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs(left, STOP_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, STOP_SECONDS)
    for stale in ("postmaster.pid", f"{SOCKET}.lock"):
        (home / stale).unlink(missing_ok=True)


def _processes(home: Path) -> list[psutil.Process]:
    """Every `postgres` at work in this directory; a reused process number alone is not enough."""
    running_here = {"name": "postgres", "cwd": str(home)}
    here = (p for p in psutil.process_iter(["name", "cwd"]) if p.info == running_here)
    return list(here)


def _postmaster(home: Path) -> str:
    try:
        return (home / "postmaster.pid").read_text().split("\n")[0].strip()
    except FileNotFoundError:
        return ""

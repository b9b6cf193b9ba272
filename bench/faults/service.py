"""`jiesu serve` on an empty data directory: killed in several ways, and started again."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import httpx
import psutil

from app.kit.host import embedded
from tests.aids.nursery import PLACE, Birth, Process
from tests.serving import migrated

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 180
LOOK_SECONDS = 0.05


class NeverReady(Exception):
    """The service does not come back."""


def begin(
    arguments: list[str], variables: dict[str, str], log: IO[Any] | None = None
) -> subprocess.Popen[bytes] | Process:
    """By the nursery of tests, where there is one."""
    variables = {"PATH": os.environ["PATH"], **variables}
    if PLACE in os.environ:
        return Process(Birth(arguments, variables, str(ROOT)), log)
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)


class Service:
    def __init__(self, directory: Path, workers: int) -> None:
        self.directory, self.workers = directory, workers
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        # Without TLS: reading the machine's certificates would take longer than most requests.
        self.client = httpx.Client(
            base_url=self.url, headers={"Connection": "close"}, timeout=30, verify=False
        )
        self.database = embedded.url(directory)
        if PLACE in os.environ:
            migrated.begin_with(directory)
        self.start()

    def start(self) -> None:
        given = {"DATA_DIR": self.directory, "PORT": self.port, "WORKERS": self.workers}
        variables = {f"JIESU_{name}": str(value) for name, value in given.items()}
        with (self.directory / "log").open("ab") as log:
            self.process = begin(["serve"], variables, log)
        self.await_ready()

    def await_ready(self) -> None:
        """Returns when the service is ready. Raises NeverReady."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.is_ready():
                return
            time.sleep(LOOK_SECONDS)
        raise NeverReady(f"exit code {self.process.poll()}; see {self.directory / 'log'}")

    def is_ready(self) -> bool:
        try:
            return self.client.get("/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def key(self, role: str, office: str | None = None) -> str:
        admin = (self.directory / "admin.key").read_text().strip()
        made = self.client.post(
            "/v1/keys",
            json={"role": role, "office_code": office, "label": "faults"},
            headers={"Authorization": f"Bearer {admin}"},
        )
        return str(made.raise_for_status().json()["key"])

    def kill(self, name: str, chance: random.Random) -> None:
        """Kills a part of it; all of it is ready again afterwards."""
        KILLS[name](self, chance)
        if self.process.poll() is not None:
            self.start()
        self.await_ready()

    def postgres(self) -> psutil.Process:
        pid = (self.directory / "pg/postmaster.pid").read_text().split()[0]
        return psutil.Process(int(pid))

    def end(self) -> None:
        """In order; without mercy if that takes too long."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()


def kill_service(service: Service, chance: random.Random) -> None:
    """With all workers; the database ends by itself."""
    children = psutil.Process(service.process.pid).children()
    service.process.kill()
    for child in children:
        if is_worker(child):
            child.kill()
    service.process.wait()


def kill_worker(service: Service, chance: random.Random) -> None:
    """One of several: the only one is the service itself."""
    children = psutil.Process(service.process.pid).children()
    chance.choice([child for child in children if is_worker(child)]).kill()


def kill_database(service: Service, chance: random.Random) -> None:
    postgres = service.postgres()
    postgres.kill()
    postgres.wait(60)


def kill_backend(service: Service, chance: random.Random) -> None:
    """A process of PostgreSQL; all connections break, and the log is replayed."""
    chance.choice(service.postgres().children()).kill()


def is_worker(process: psutil.Process) -> bool:
    try:
        return "app.serve" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


KILLS: dict[str, Callable[[Service, random.Random], None]] = {
    "backend": kill_backend,
    "database": kill_database,
    "service": kill_service,
    "worker": kill_worker,
}

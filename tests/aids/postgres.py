"""A PostgreSQL on a port of its own, which a test starts and stops as it likes."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.kit.host import cluster


@dataclass(frozen=True)
class Postgres:
    programs: Path
    home: Path
    port: int
    user: dict[str, Any]

    @property
    def url(self) -> str:
        return f"postgresql://{cluster.NAME}@127.0.0.1:{self.port}/postgres"

    def control(self, *arguments: str) -> None:
        command: list[str | Path] = [self.programs / "pg_ctl", "-w", "-D", self.home / "pg"]
        command += ["-l", self.home / "log", *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self.user)

    def start(self) -> None:
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -F"
        self.control("-o", settings, "start")

    def stop(self, how: str = "fast") -> None:
        self.control("-m", how, "stop")


@contextmanager
def made_by(programs: Path) -> Iterator[Postgres]:
    """An empty server, stopped; whatever runs of it is stopped in the end."""
    with TemporaryDirectory() as directory:
        home = Path(directory)
        user = cluster.system_user(home / "none")
        who: dict[str, Any] = {"user": user.uid, "group": user.gid, "extra_groups": user.groups}
        if user.uid is not None and user.gid is not None:
            os.chown(home, user.uid, user.gid)
        initdb: list[str | Path] = [programs / "initdb", "-D", home / "pg"]
        initdb += ["-U", cluster.NAME, "-A", "trust", "-N", "-E", "UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/", **who)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        postgres = Postgres(programs, home, port, who)
        try:
            yield postgres
        finally:
            if (home / "pg/postmaster.pid").exists():
                postgres.stop("immediate")

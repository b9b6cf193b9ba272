"""The files of an embedded PostgreSQL, made and migrated once for all tests and services that begin
with a copy. A service that is started as an operator does makes its own."""

import fcntl
import os
import subprocess
from pathlib import Path

from app.kit.host import cluster, embedded, migrate
from tests.aids.nursery import PLACE


def made() -> Path:
    """Where they lie; the first who asks makes them, and the others wait."""
    folder = Path(os.environ[PLACE]).with_name("migrated")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not embedded.is_made(folder):
            with embedded.running(folder, durable=False) as url:
                migrate.upgrade(url)
    return cluster.path(folder)


def begin_with(directory: Path) -> None:
    """A data directory has its database from now on."""
    subprocess.run(["cp", "-a", made(), cluster.path(directory)], check=True)

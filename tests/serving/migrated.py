"""The files of an embedded PostgreSQL, made, migrated and seeded once for all tests and services
that begin with a copy. A service that is started as an operator does makes its own."""

import fcntl
import os
import subprocess
from pathlib import Path

from app.kit import clock, db
from app.kit.host import cluster, embedded, migrate
from app.offices import seed
from tests.aids.nursery import PLACE


def made() -> Path:
    """Where they lie; the first who asks makes them, and the others wait."""
    folder = Path(os.environ[PLACE]).with_name("migrated")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not embedded.is_made(folder):
            with embedded.running(folder, durable=False) as url:
                migrate.upgrade(url)
                seed_offices(url)
    return cluster.path(folder)


def seed_offices(url: str) -> None:
    engine = db.make_engine(url, 1)
    with db.make_sessions(engine).begin() as session:
        seed.seed(session, clock.utc())
    engine.dispose()


def begin_with(directory: Path) -> None:
    """A data directory has its database from now on."""
    subprocess.run(["cp", "-a", made(), cluster.path(directory)], check=True)

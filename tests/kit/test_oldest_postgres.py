"""The oldest PostgreSQL that works: the tests' own; an older server is refused in one line."""

import os
import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.kit.host import cluster
from app.kit.host.migrate import OLDEST, NoDatabase, check_version
from tests import pasted
from tests.test_serve import jiesu, refusal

OTHERS = sorted(
    (int(path.parent.parent.name), path.parent)
    for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if path.parent.parent.name.isdigit() and int(path.parent.parent.name) < OLDEST
)


def test_the_tests_run_on_the_oldest_that_is_promised(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.info.server_version // 10_000 == OLDEST


def test_the_documents_promise_what_is_tested() -> None:
    assert f"give it a PostgreSQL ≥ {OLDEST} " in pasted.text("docs/operations.md")
    assert re.findall(r"image: postgres:(\S+)", pasted.text("compose.yaml")) == [str(OLDEST)]


@pytest.mark.parametrize(
    ("number", "version"),
    [(90_624, 9), (150_014, 15), (170_009, 17), (OLDEST * 10_000 - 1, OLDEST - 1)],
)
def test_an_older_version_is_refused(number: int, version: int) -> None:
    with pytest.raises(NoDatabase) as refused:
        check_version(number)

    expected = f"the database is PostgreSQL {version}; {OLDEST} or newer is needed"
    assert str(refused.value) == expected


@pytest.mark.parametrize("number", [OLDEST * 10_000, OLDEST * 10_000 + 4, (OLDEST + 1) * 10_000])
def test_the_oldest_and_every_newer_version_is_taken(number: int) -> None:
    check_version(number)


@contextmanager
def served_by(programs: Path) -> Iterator[str]:
    """The URL of a server by other programs than ours, on a port of its own."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        user = cluster.system_user(home / "none")
        who: dict[str, Any] = {"user": user.uid, "group": user.gid, "extra_groups": user.groups}
        if user.uid is not None and user.gid is not None:
            os.chown(home, user.uid, user.gid)
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            home / "pg",
            "-U",
            cluster.NAME,
            "-A",
            "trust",
            "-N",
        ]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/", **who)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        at = ["-o", f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -F"]
        control: list[str | Path] = [
            programs / "pg_ctl",
            "-w",
            "-D",
            home / "pg",
            "-l",
            home / "log",
        ]
        subprocess.run([*control, *at, "start"], check=True, capture_output=True, cwd="/", **who)
        try:
            yield f"postgresql://{cluster.NAME}@127.0.0.1:{port}/postgres"
        finally:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(stop, check=True, capture_output=True, cwd="/", **who)


@pytest.mark.skipif(not OTHERS, reason="no older PostgreSQL here; the table above stands for it")
def test_an_older_server_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    version, programs = OTHERS[0]
    key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    with served_by(programs) as url:
        line = refusal(jiesu("serve", tmp_path, DATABASE_URL=url, SECRET_KEY=key))
        with psycopg.connect(url) as connection:
            tables = connection.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()

    expected = f"jiesu: the database is PostgreSQL {version}; {OLDEST} or newer is needed"
    assert (line, tables) == (expected, [(0,)])

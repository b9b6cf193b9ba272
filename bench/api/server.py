"""The service of this tree or of another in its own process, with a database of the cluster."""

import base64
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.aids.nursery import PLACE, Birth, Process

SECRET = bytes(range(32))
ADMIN_KEY = "an-administrators-key-for-benches"
HERE = Path(__file__).parent.parent.parent


class Failed(Exception):
    """A preparation failed."""


@dataclass(slots=True)
class Server:
    """A service to be measured."""

    name: str
    database: str
    """The database's URL."""
    port: int
    process: int
    tree: Path
    data: Path
    keys: dict[tuple[str, str | None], str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """Unused numbers, for requests that can be sent only once."""

    def key(self, role: str, office: str | None = None) -> str:
        """The key of a role, made over the API when first asked for."""
        if (role, office) not in self.keys:
            new = {"role": role, "office_code": office, "label": "bench"}
            made = self.call("POST", "/v1/keys", ADMIN_KEY, new, expected=201)
            self.keys[role, office] = json.loads(made.body)["key"]
        return self.keys[role, office]

    def settle(self) -> None:
        """Counts finished days now; the service alone would do so in its next minutes."""
        jiesu(self.tree, "sweep", self.database, self.data)

    def call(
        self, method: str, path: str, key: str, body: object = None, expected: int = 200
    ) -> "Reply":
        """A request of the preparation. Raises Failed at any other status."""
        text = None if body is None else json.dumps(body).encode()
        return self.call_text(method, path, key, text, expected)

    def call_text(
        self, method: str, path: str, key: str, text: bytes | None, expected: int
    ) -> "Reply":
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, text, headers)
            response = connection.getresponse()
            reply = Reply(
                response.read(), {name.lower(): text for name, text in response.getheaders()}
            )
        finally:
            connection.close()
        if response.status != expected:
            raise Failed(f"{self.name}: {method} {path}: {response.status} {reply.body[:500]!r}")
        return reply


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes
    headers: dict[str, str]


def environment(database: str, data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIESU_")}
    return {
        **kept,
        "JIESU_DATABASE_URL": database,
        "JIESU_SECRET_KEY": base64.b64encode(SECRET).decode(),
        "JIESU_ADMIN_KEY": ADMIN_KEY,
        "JIESU_DATA_DIR": str(data),
        "JIESU_PORT": "0",
        "JIESU_WORKERS": os.environ.get("BENCH_WORKERS", "1"),
        "JIESU_LOG_LEVEL": "warning",
    }


def program(tree: Path) -> str:
    return str(tree / ".venv" / "bin" / "jiesu")


def begin(tree: Path, command: str, database: str, data: Path) -> subprocess.Popen[str] | Process:
    """A command of the tree; of this one by the nursery of tests, where there is one."""
    variables = environment(database, data)
    if tree == HERE and PLACE in os.environ:
        return Process(Birth([command], variables, str(data)), sys.stderr)
    started = [program(tree), command]
    return subprocess.Popen(started, cwd=data, env=variables, stdout=subprocess.PIPE, text=True)


def jiesu(tree: Path, command: str, database: str, data: Path) -> None:
    """Runs a command of the tree to its end."""
    if begin(tree, command, database, data).wait():
        raise Failed(f"{tree}: {command} failed")


def database(cluster: str, name: str) -> str:
    """The URL of a database of the cluster, which may not be there yet."""
    return urlsplit(cluster)._replace(path=f"/{name}").geturl()


def make_anew(cluster: str, url: str) -> None:
    """Make the database, in place of one of that name, like the cluster's own: empty, or migrated
    where tests had it migrated before."""
    with psycopg.connect(cluster, autocommit=True) as connection:
        own = sql.Identifier(connection.info.dbname)
        names = {"name": sql.Identifier(urlsplit(url).path[1:]), "own": own}
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
        connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {own}").format(**names))


@contextmanager
def serving(name: str, tree: Path, database: str, data: Path) -> Iterator[Server]:
    """The tree's service on a free port, until the block ends."""
    data.mkdir(exist_ok=True)
    process = begin(tree, "serve", database, data)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.search(r"http://[\d.]+:(\d+)", line)
        if address is None:
            raise Failed(f"{name}: {tree} does not serve: {line!r}")
        yield Server(name, database, int(address[1]), process.pid, tree, data)
    finally:
        process.terminate()
        process.wait(60)

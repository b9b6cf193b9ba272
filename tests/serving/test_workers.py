"""Two services of several workers over one database that comes late, goes away and comes back."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from app.kit.host import cluster, migrate, roles
from tests.aids.given import ADMIN_KEY, request
from tests.aids.live import plain_client
from tests.aids.nursery import Birth, Process
from tests.aids.patience import PATIENCE_SECONDS, eventually
from tests.aids.postgres import Postgres, made_by
from tests.serving import migrated
from tests.serving.test_serve import ROOT, environment, forked

SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
WORKERS = 2


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Server:
    """A service with a port and a data directory of its own, on the common database."""

    def __init__(self, folder: Path, url: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.client = plain_client(base_url=self.url, headers={"Connection": "close"})
        self.log = folder / "log"
        variables = {
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "ADMIN_KEY": ADMIN_KEY,
            "WORKERS": str(WORKERS),
            "PORT": str(port),
            "POOL_SIZE": "8",
        }
        birth = Birth(["serve"], environment(folder, variables), str(ROOT))
        self.process = Process(birth, self.log.open("w+b"))

    def readiness(self) -> int:
        try:
            return self.client.get("/readyz", timeout=5).status_code
        except httpx.TransportError:
            return 0

    def workers(self) -> set[int]:
        parent = psutil.Process(self.process.pid)
        return {child.pid for child in parent.children() if is_alive(child)}

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


class Load:
    """Callers who send requests to both services, each again under its key until it is 201."""

    def __init__(self, servers: list[Server], key: str) -> None:
        self.headers = {"Authorization": f"Bearer {key}"}
        self.stopping = threading.Event()
        self.acknowledged: list[str] = []
        self.seen: Counter[int] = Counter()
        self.callers = [threading.Thread(target=self.call, args=(servers, n)) for n in range(4)]
        for caller in self.callers:
            caller.start()

    def call(self, servers: list[Server], caller: int) -> None:
        sent = 0
        with plain_client(headers=self.headers, timeout=30) as client:
            while not self.stopping.is_set():
                sent += 1
                citizen = {"name": "张三", "phone": f"13{caller}{sent:08}"}
                body = request(citizen=citizen)
                self.send(client, servers[sent % len(servers)], body, f"{caller}-{sent}")
                time.sleep(0.05)  # the cores are for those who start

    def send(self, client: httpx.Client, server: Server, body: object, key: str) -> None:
        for _ in range(150):
            try:
                headers = {"Idempotency-Key": key}
                answer = client.post(f"{server.url}/v1/tickets", json=body, headers=headers)
            except httpx.TransportError:
                answer = httpx.Response(0)
            self.seen[answer.status_code] += 1
            if answer.status_code == 201:
                self.acknowledged.append(answer.json()["number"])
                return
            time.sleep(0.2)

    def stop(self) -> None:
        self.stopping.set()
        for caller in self.callers:
            caller.join()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with made_by(cluster.programs()) as postgres:
        yield postgres


@pytest.fixture(scope="module")
def servers(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Started while their database is away."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
    both = [Server(folder, postgres.url, free_port()) for folder in folders]
    yield both
    for server in both:
        server.client.close()
        server.process.kill()
        server.process.communicate()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def load(postgres: Postgres, servers: list[Server]) -> Iterator[Load]:
    """Callers of both services, from the moment that these are ready."""
    assert eventually(lambda: [server.readiness() for server in servers] == [503, 503])
    postgres.start()
    assert eventually(lambda: [server.readiness() for server in servers] == [200, 200])
    keys: list[str] = []
    assert eventually(lambda: new_key(servers[0], keys))
    load = Load(servers, keys[0])
    yield load
    load.stop()


def new_key(server: Server, keys: list[str]) -> bool:
    """Whether there is one more; the other worker may still wait for the database."""
    body = {"role": "operator", "label": "load"}
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    made = server.client.post("/v1/keys", json=body, headers=headers, timeout=PATIENCE_SECONDS)
    keys += [made.json()["key"]] if made.status_code == 201 else []
    return made.status_code == 201


def goes_on(load: Load) -> bool:
    """Whether requests are taken in from now on."""
    before = len(load.acknowledged)
    return eventually(lambda: len(load.acknowledged) >= before + 8)


def test_services_whose_database_is_away_wait_for_it(servers: list[Server], load: Load) -> None:
    """`load` saw 503, 503 and then 200, 200."""
    assert goes_on(load)
    assert eventually(lambda: [len(server.workers()) for server in servers] == [WORKERS, WORKERS])
    away = [line for line in servers[0].lines() if "is waited for" in str(line["message"])]
    assert "Connection refused" in str(away[0]["why"])


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_database_that_goes_away_and_comes_back_ends_no_worker(
    postgres: Postgres, servers: list[Server], load: Load, how: str
) -> None:
    before = [server.workers() for server in servers]
    postgres.stop(how)
    assert eventually(lambda: [server.readiness() for server in servers] == [503, 503])
    time.sleep(2)
    postgres.start()

    assert eventually(lambda: [server.readiness() for server in servers] == [200, 200])
    assert goes_on(load)
    assert [server.workers() for server in servers] == before


def test_a_worker_that_starts_while_the_database_is_away_ends_no_other(
    postgres: Postgres, servers: list[Server], load: Load
) -> None:
    first, other = sorted(servers[0].workers())
    postgres.stop("immediate")
    psutil.Process(first).kill()
    assert eventually(lambda: len(servers[0].workers() - {first, other}) == 1)
    assert eventually(lambda: servers[0].readiness() == 503)
    postgres.start()

    assert eventually(lambda: servers[0].readiness() == 200)
    assert other in servers[0].workers()
    assert goes_on(load)


def test_a_stopped_worker_is_replaced_too(servers: list[Server], load: Load) -> None:
    """By a signal that lets it end in order."""
    worker = min(servers[1].workers())
    psutil.Process(worker).terminate()

    assert eventually(lambda: worker not in servers[1].workers())
    assert eventually(lambda: len(servers[1].workers()) == WORKERS)
    assert goes_on(load)


def test_what_was_acknowledged_is_there_once(
    postgres: Postgres, servers: list[Server], load: Load
) -> None:
    load.stop()
    with psycopg.connect(postgres.url) as connection:
        kept = [number for (number,) in connection.execute("SELECT number FROM ticket")]

    assert len(kept) == len(set(kept)) == len(set(load.acknowledged)) == len(load.acknowledged)
    assert set(kept) == set(load.acknowledged)
    assert set(load.seen) <= {0, 201, 503}


def test_a_database_of_ones_own_is_migrated_by_one_and_served_by_another(
    postgres: Postgres, load: Load
) -> None:
    """The one acts for the owner and is no superuser; the other owns nothing."""
    migrating, serving = (
        postgres.url.replace("jiesu@", f"{user}@").replace("/postgres", "/own")
        for user in ("migrating", "serving")
    )
    with psycopg.connect(postgres.url, autocommit=True) as server:
        server.execute(f"CREATE ROLE migrating LOGIN IN ROLE {roles.OWNER}")
        server.execute("CREATE DATABASE own OWNER migrating")
        migrate.upgrade(migrating)
        server.execute(f"CREATE ROLE serving LOGIN IN ROLE {roles.SERVICE}")

    migrate.upgrade(serving)
    migrate.upgrade(migrating)

    with psycopg.connect(serving) as connection:
        owners = connection.execute(
            "SELECT DISTINCT relowner::regrole::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace"
        ).fetchall()
        assert owners == [(roles.OWNER,)]
        with pytest.raises(InsufficientPrivilege):
            connection.execute("TRUNCATE event CASCADE")


def test_both_end_in_order(servers: list[Server], load: Load) -> None:
    for server in servers:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0


def test_the_process_that_starts_workers_stays_small() -> None:
    code = "import sys, app.serve; print([name for name in sys.argv[1:] if name in sys.modules])"
    heavy = ["fastapi", "numpy", "shapely", "alembic", "sqlalchemy.orm", "uvicorn", "app.main"]

    command = subprocess.run(
        [sys.executable, "-c", code, *heavy], capture_output=True, check=True, cwd=ROOT, text=True
    )

    assert command.stdout == "[]\n"


def test_a_worker_that_cannot_serve_is_told_once_and_ends_the_service(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "bad.toml").write_text("no = 'policy'")
    migrated.begin_with(tmp_path)

    process = forked("serve", tmp_path, WORKERS="2", POLICY_DIR=str(policies))

    _, output = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert [line[:18] for line in output.splitlines() if line[0] != "{"] == ["jiesu: policy bad:"]

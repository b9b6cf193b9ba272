"""The service as an operator runs it: processes, signals, a data directory, one line of refusal."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import psutil
import psycopg
import pytest

from app.kit.clock import utc
from app.kit.host import embedded
from app.kit.host.serving import BEAT_SECONDS
from tests.aids.given import request
from tests.aids.live import plain_client
from tests.aids.nursery import Birth, Process
from tests.aids.patience import PATIENCE_SECONDS, eventually

ROOT = Path(__file__).parents[2]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENGLISH = {"PATH": PATH, "LANGUAGE": "en"}


def jiesu(command: str, directory: Path, **variables: str) -> subprocess.Popen[str]:
    """As an operator starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", command],
        cwd=ROOT,
        env=environment(directory, variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def forked(command: str, directory: Path, **variables: str) -> Process:
    """The same, by a process that has imported it: in half of the time."""
    return Process(Birth([command], environment(directory, variables), str(ROOT)))


Begin = Callable[..., subprocess.Popen[str] | Process]


def environment(directory: Path, variables: Mapping[str, str]) -> dict[str, str]:
    given = {"DATA_DIR": str(directory), "PORT": "0", **variables}
    return ENGLISH | {f"JIESU_{name}": value for name, value in given.items()}


class Service:
    """`jiesu serve` on one data directory, started and ended as often as a test likes."""

    def __init__(self, directory: Path, begin: Begin = forked) -> None:
        self.directory = directory
        self.start(begin)

    def start(self, begin: Begin = forked, **variables: str) -> None:
        self.process = begin("serve", self.directory, **variables)
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        assert self.greeting.startswith("Jiesu is ready on "), self.process.communicate()[1]
        self.url = self.greeting.split()[4].rstrip(";")
        key = (self.directory / "admin.key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        self.client = plain_client(base_url=self.url, headers=headers, timeout=PATIENCE_SECONDS)

    def end(self, how: signal.Signals) -> tuple[int, list[str]]:
        """Its exit code and the lines of its log."""
        self.client.close()
        self.process.send_signal(how)
        _, log = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.wait(), log.splitlines()

    def labels(self) -> set[str]:
        return {key["label"] for key in self.client.get("/v1/keys").json()["items"]}

    def is_ready(self) -> bool:
        return self.client.get("/readyz").status_code == 200

    def postgres(self) -> psutil.Process:
        return psutil.Process(int((self.directory / "pg/postmaster.pid").read_text().split()[0]))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("serve"), jiesu)
    yield running
    running.end(signal.SIGTERM)


def new_key(label: str) -> dict[str, str]:
    return {"role": "auditor", "label": label}


def refusal(process: subprocess.Popen[str] | Process) -> str:
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    (line,) = errors.splitlines()
    return line


def test_it_says_where_it_is_and_where_the_key_lies(service: Service) -> None:
    kept = service.directory / "admin.key"

    assert service.greeting.endswith(f"the administrator's key lies in {kept}\n")
    assert kept.stat().st_mode & 0o777 == 0o600
    for file in service.directory.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
    assert service.client.get("/healthz").status_code == 200
    assert service.is_ready()
    assert service.client.get("/v1/keys").status_code == 200


def test_it_works_in_a_role_that_owns_nothing(service: Service) -> None:
    assert service.is_ready()

    with psycopg.connect(embedded.url(service.directory)) as connection:
        users = connection.execute(
            "SELECT DISTINCT rolname, rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_class"
            " WHERE relowner = usesysid) FROM pg_stat_activity JOIN pg_roles ON oid = usesysid"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()

    assert users == [("jiesu_app", False, False)]


def test_no_commit_fills_a_large_file_of_the_log_first(service: Service) -> None:
    assert service.is_ready()

    with psycopg.connect(embedded.url(service.directory)) as connection:
        assert connection.execute("SHOW wal_segment_size").fetchone() == ("1MB",)


def test_figures_name_the_template_and_never_the_path(service: Service) -> None:
    service.client.get("/v1/offices/110105026")
    service.client.get("/no/such/place")

    figures = service.client.get("/metrics").text

    assert 'jiesu_requests_total{method="GET",route="/v1/offices/{code}",status="200"}' in figures
    assert 'route="unmatched",status="404"' in figures
    assert "110105026" not in figures


def test_a_request_keeps_its_callers_id(service: Service) -> None:
    answer = service.client.get("/healthz", headers={"X-Request-ID": "call-7"})
    made = service.client.get("/healthz", headers={"X-Request-ID": "no id, but a sentence"})

    assert answer.headers["X-Request-ID"] == "call-7"
    assert len(made.headers["X-Request-ID"]) == 32


def test_a_second_service_on_the_same_data_directory_is_refused(service: Service) -> None:
    line = refusal(forked("serve", service.directory))

    assert line == f"jiesu: another jiesu uses the data directory {service.directory}"


def test_a_busy_port_is_refused(service: Service, tmp_path: Path) -> None:
    port = service.url.rpartition(":")[2]

    line = refusal(forked("serve", tmp_path, PORT=port))

    assert line == f"jiesu: cannot serve on 127.0.0.1:{port}: Address already in use"
    assert not (tmp_path / "pg").exists()


def test_a_command_runs_beside_the_service(service: Service) -> None:
    process = jiesu("seed", service.directory)
    _, log = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0, log
    assert service.is_ready()


def test_a_command_begins_no_second_database(tmp_path: Path) -> None:
    """`jiesu key` and the like, run beside a wrong data directory, would tell keys of nothing."""
    line = refusal(jiesu("sweep", tmp_path / "elsewhere"))

    assert line.startswith("jiesu: JIESU_DATA_DIR: there is no database in ")
    assert not (tmp_path / "elsewhere").exists()


def test_a_batch_that_comes_slowly_is_received_when_all_of_it_has_come(service: Service) -> None:
    """Nothing is dated by an instant of which a ranking may have been told meanwhile."""
    key = service.client.post("/v1/keys", json={"role": "operator", "label": "slow"}).json()["key"]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    line = json.dumps(request()).encode() + b"\n"
    sent: list[datetime] = []

    def slowly() -> Iterator[bytes]:
        yield line
        time.sleep(0.2)
        sent.append(utc())
        yield line.replace(b"13800000000", b"13800000001")

    answer = service.client.post("/v1/tickets/batch", content=slowly(), headers=headers)
    numbers = [json.loads(text)["number"] for text in answer.text.splitlines()]

    assert len(set(numbers)) == 2
    for number in numbers:
        ticket = service.client.get(f"/v1/tickets/{number}", headers=headers).json()
        assert datetime.fromisoformat(ticket["received_at"]) >= sent[0]


def connected(service: Service) -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


def whole(client: socket.socket) -> bytes:
    """All that comes until the connection ends."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def test_sigterm_answers_what_is_open_and_ends_the_database(service: Service) -> None:
    postgres = service.postgres()
    body = json.dumps(new_key("asked before the end")).encode()
    head = (
        "POST /v1/keys HTTP/1.1\r\nHost: jiesu\r\nContent-Type: application/json\r\n"
        f"Authorization: {service.client.headers['Authorization']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    desk = service.client.post("/v1/keys", json={"role": "panel", "label": "waits"}).json()["key"]
    waiting = f"Host: jiesu\r\nAuthorization: Bearer {desk}\r\n\r\n"
    with (
        connected(service) as caller,
        connected(service) as waiter,
        connected(service) as follower,
    ):
        caller.sendall(head.encode() + body[:5])
        waiter.sendall(f"GET /v1/feed?wait=30 HTTP/1.1\r\n{waiting}".encode())
        follower.sendall(f"GET /v1/feed/stream HTTP/1.1\r\n{waiting}".encode())
        time.sleep(0.2)
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        caller.sendall(body[5:])
        answer = caller.recv(65536)
        unheard, stream = whole(waiter), whole(follower)

    code, log = service.end(signal.SIGTERM)

    assert answer.startswith(b"HTTP/1.1 201 ")
    assert unheard.endswith(b'{"items":[],"last_seq":0}')
    assert stream.endswith(b"\r\n0\r\n\r\n")
    assert code == 0
    assert not postgres.is_running()
    assert all(json.loads(line)["level"] in {"INFO", "WARNING"} for line in log)
    assert not any("?" in line or "asked before" in line for line in log)
    service.start()
    assert "asked before the end" in service.labels()


def test_a_killed_postgres_is_started_again(service: Service) -> None:
    killed = service.postgres()
    killed.kill()
    killed.wait(PATIENCE_SECONDS)

    assert eventually(service.is_ready)
    assert service.postgres().pid != killed.pid


def test_a_killed_service_leaves_nothing_in_the_way_of_the_next(service: Service) -> None:
    service.client.post("/v1/keys", json=new_key("before the kill"))
    service.end(signal.SIGKILL)

    service.start(jiesu, WORKERS="2")

    assert "before the kill" in service.labels()


def test_workers_end_with_the_process_that_started_them(service: Service) -> None:
    """Also where it died before it read what they told it."""
    workers = psutil.Process(service.process.pid).children(recursive=True)
    service.process.send_signal(signal.SIGSTOP)
    time.sleep(2 * BEAT_SECONDS)

    service.process.kill()
    gone, alive = psutil.wait_procs(workers, timeout=PATIENCE_SECONDS)
    service.end(signal.SIGKILL)
    service.start()

    assert gone
    assert not alive


@pytest.mark.parametrize(
    ("command", "variables", "line"),
    [
        ("serve", {"PROT": "8000"}, "JIESU_PROT: there is no such setting"),
        (
            "seed",
            {
                "DATABASE_URL": "postgresql://who:hush@127.0.0.1:1/none",
                "SECRET_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            },
            "cannot reach the database postgresql+psycopg://who:***@127.0.0.1:1/none: ",
        ),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(
    command: str, variables: dict[str, str], line: str, tmp_path: Path
) -> None:
    message = refusal(forked(command, tmp_path, **variables))

    assert message.startswith(f"jiesu: {line}")
    assert "hush" not in message

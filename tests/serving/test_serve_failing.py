"""The service when something fails: it says so, and ends with a code that is not 0."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aids.given import JPEG, request
from tests.aids.nursery import Birth, Process
from tests.aids.patience import PATIENCE_SECONDS, eventually
from tests.serving import migrated, sabotaged
from tests.serving.test_serve import ROOT, Service, environment


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    migrated.begin_with(tmp_path)
    running = Service(tmp_path)
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


def test_a_loop_that_ends_ends_the_process_with_a_code(tmp_path: Path) -> None:
    migrated.begin_with(tmp_path)
    life = f"{sabotaged.__name__}:run"
    process = Process(Birth(["serve"], environment(tmp_path, {}), str(ROOT), life))

    _, log = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    critical = [line for line in map(json.loads, log.splitlines()) if line["level"] == "CRITICAL"]
    assert {line.get("act", line["message"]) for line in critical} >= {"sweep", "learn"}


def test_a_database_that_does_not_come_back_ends_the_service_with_a_code(service: Service) -> None:
    version = service.directory / "pg/PG_VERSION"
    version.rename(version.with_name("gone"))
    service.postgres().kill()

    _, log = service.process.communicate(timeout=PATIENCE_SECONDS)

    assert service.process.returncode == 1
    assert "PostgreSQL does not come back; the process ends" in log


UNFINISHED = [
    ("/v1/tickets", "operator", "application/json", json.dumps(request())[:20].encode()),
    ("/v1/tickets/batch", "operator", "application/x-ndjson", json.dumps(request()).encode()),
    ("/v1/imports/cases", "admin", "application/x-ndjson", b'{"external_id": "1"}\n{'),
    ("/v1/route/batch", "dispatcher", "application/x-ndjson", b'{"text": "x"}\n{'),
    ("/v1/tickets/{number}/attachments", "operator", "image/jpeg", JPEG),
    ("/v1/tickets/{number}/note", "operator", "application/json", b'{"text": "'),
    ("/v1/tickets/{number}/callbacks", "callback", "application/json", b'{"reach": "'),
]


def test_clients_that_hang_up_are_neither_faults_nor_traces(service: Service) -> None:
    keys = {"admin": service.client.headers["Authorization"]}
    for role in ("operator", "callback", "dispatcher"):
        made = service.client.post("/v1/keys", json={"role": role, "label": role}).json()
        keys[role] = f"Bearer {made['key']}"
    asking = {"Authorization": keys["operator"]}
    number = service.client.post("/v1/tickets", json=request(), headers=asking).json()["number"]

    for path, role, kind, part in UNFINISHED:
        head = (
            f"POST {path.format(number=number)} HTTP/1.1\r\nHost: jiesu\r\nContent-Type: {kind}\r\n"
            f"Authorization: {keys[role]}\r\nContent-Length: {len(part) + 1000}\r\n\r\n"
        )
        for pause in (0, 0.2):
            hang_up(service, head.encode() + part, pause)

    assert eventually(lambda: left_early(service) >= 2 * len(UNFINISHED))
    assert left_early(service) == 2 * len(UNFINISHED)
    assert not any('status="500"' in line for line in figures(service))
    assert not any('status="400"' in line for line in figures(service))
    _, log = service.end(signal.SIGTERM)
    assert {json.loads(line)["level"] for line in log} <= {"INFO", "WARNING"}
    assert not any("fault" in json.loads(line) for line in log)


def hang_up(service: Service, data: bytes, pause: float) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as caller:
        caller.sendall(data)
        time.sleep(pause)


def figures(service: Service) -> list[str]:
    text = service.client.get("/metrics").text
    return [line for line in text.splitlines() if line.startswith("jiesu_requests_total")]


def left_early(service: Service) -> float:
    lines = [line for line in figures(service) if 'status="499"' in line]
    return sum(float(line.rpartition(" ")[2]) for line in lines)

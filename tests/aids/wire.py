"""A wire to the database that counts the round trips over it, and can be cut at one of them."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from app.kit.ready import Statement

CHUNK = 1 << 16
PORT = 5432


class Wire:
    """Sockets in between. A round trip begins when a client writes after the server has."""

    def __init__(self, server: URL, folder: Path) -> None:
        self.server = server
        self.url = server.set(host=None, port=None, query={"host": str(folder)})
        self.trips = 0
        self.cut_at: int | None = None
        self.arrives = False
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / f".s.PGSQL.{PORT}"))
        self.listener.listen()
        self.open: list[socket.socket] = []
        self.broken: list[Connection] = []

    def cut(self, trip: int, arrives: bool) -> None:
        """The connection that makes this trip, counted from now, breaks in it: before what it
        says has reached the server, or before the answer has come back."""
        self.trips, self.cut_at, self.arrives = 0, trip, arrives

    def whole(self) -> None:
        """When the server, too, is done with all that arrived: it may commit a while later."""
        self.cut_at = None
        for connection in self.broken:
            connection.over.wait()
        self.broken.clear()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            Connection(self, client, self.reach()).start()

    def reach(self) -> socket.socket:
        host = self.server.query.get("host") or self.server.host
        port = self.server.port or PORT
        if str(host).startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{host}/.s.PGSQL.{port}")
            return server
        return socket.create_connection((str(host or "127.0.0.1"), port))

    def close(self) -> None:
        """For good; a second time does nothing."""
        if self.listener.fileno() < 0:
            return
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in self.open:
            end.close()


class Connection:
    def __init__(self, wire: Wire, client: socket.socket, server: socket.socket) -> None:
        self.wire, self.client, self.server = wire, client, server
        self.answered = True
        self.breaks = False
        """All that its client says in this trip is the last."""
        self.over = Event()
        wire.open += [client, server]

    def start(self) -> None:
        Thread(target=self.ask, daemon=True).start()
        Thread(target=self.answer, daemon=True).start()

    def ask(self) -> None:
        while data := received(self.client):
            self.breaks |= self.begins_trip() and self.wire.trips == self.wire.cut_at
            if self.breaks and not self.wire.arrives:
                self.break_off()
                return
            if not sent(self.server, data):
                break
        self.end()

    def break_off(self) -> None:
        """The client hears no more, and the server hears its end."""
        self.wire.broken.append(self)
        with suppress(OSError):
            self.client.shutdown(socket.SHUT_RDWR)
            self.server.shutdown(socket.SHUT_WR)

    def begins_trip(self) -> bool:
        begins, self.answered = self.answered, False
        self.wire.trips += begins
        return begins

    def answer(self) -> None:
        while data := received(self.server):
            if self.breaks:
                self.break_off()
                break
            self.answered = True
            sent(self.client, data)
        while self.breaks and received(self.server):
            continue
        self.end()
        self.over.set()

    def end(self) -> None:
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def received(side: socket.socket) -> bytes:
    try:
        return side.recv(CHUNK)
    except OSError:
        return b""


def sent(side: socket.socket, data: bytes) -> bool:
    try:
        side.sendall(data)
    except OSError:
        return False
    return True


@contextmanager
def wired(url: str) -> Iterator[Wire]:
    """A wire to the database at this URL."""
    with TemporaryDirectory(prefix="wire") as folder:
        wire = Wire(make_url(url), Path(folder))
        Thread(target=wire.accept, daemon=True).start()
        yield wire
        wire.close()


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """The texts of the statements that are sent meanwhile."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    def run(statement: Statement, connection: sa.Connection) -> Sequence[Any]:
        if connection.engine.pool is engine.pool:
            sent.append(statement.text)
        return by_driver(statement, connection)

    by_driver = Statement.run
    sa.event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statement, "run", run)
        yield sent
    sa.event.remove(engine, "before_cursor_execute", note)

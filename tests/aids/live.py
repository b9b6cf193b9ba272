"""The application behind a port, in a thread: for clients that read slowly, or not at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from app.kit.host.bounds import Bounded
from app.kit.host.port import open_port, take_port


@contextmanager
def served(app: ASGIApp) -> Iterator[tuple[str, int]]:
    """Its address."""
    config = uvicorn.Config(
        app, http=Bounded, ws="none", lifespan="auto", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    with take_port("127.0.0.1", 0) as listener:
        open_port(listener)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            sleep(0.01)
        yield listener.getsockname()[:2]
        server.should_exit = True
        thread.join()


def asked(address: tuple[str, int], path: str, key: str, accept: str) -> socket.socket:
    """A client who has asked and reads nothing yet; his buffer is small."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(30)
    client.connect(address)
    client.sendall(
        f"GET {path} HTTP/1.1\r\nHost: jiesu\r\nAuthorization: Bearer {key}\r\n"
        f"Accept: {accept}\r\nConnection: close\r\n\r\n".encode()
    )
    return client


def plain_client(**given: Any) -> httpx.Client:
    """For HTTP alone: to read the machine's certificates takes longer than most requests."""
    return httpx.Client(verify=False, **given)


def status_of(client: socket.socket) -> int:
    return int(client.recv(12, socket.MSG_WAITALL).split()[1])

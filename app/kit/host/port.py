"""A port: taken early, opened when there is something behind it, announced when that is ready."""

import resource
import socket
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException

from app.kit.messages import Message

BACKLOG = 2048
READY = 200
MOST_FILES = 65_536
FAR_AWAY = {
    "TCP_KEEPIDLE": 30,
    "TCP_KEEPINTVL": 10,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 30_000,
}
"""Seconds, times and milliseconds."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class CannotListen(Exception):
    """Why the port is not to be had, in one line for the operator."""


def take_port(host: str, port: int) -> socket.socket:
    """A socket on the port, closed to clients until `open_port`. Raises CannotListen."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        let_vanished_go(listener)
        listener.bind(address)
    except OSError as error:
        raise CannotListen(
            Message(
                "cannot serve on {host}:{port}: {error}",
                host=host,
                port=port,
                error=error,
            )
        ) from None
    return listener


def let_vanished_go(listener: socket.socket) -> None:
    """A client whose host is gone without a word is given up, where the system can: connections
    have this of their listener."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in FAR_AWAY.items():
        if hasattr(socket, name):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def allow_many_clients() -> None:
    """As many open files as the system gives this process, up to MOST_FILES: who waits for
    something new has a connection open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def open_port(listener: socket.socket) -> None:
    try:
        listener.listen(BACKLOG)
    except OSError as error:
        raise CannotListen(
            Message(
                "cannot serve on {listener}: {error}",
                listener=listener.getsockname(),
                error=error,
            )
        ) from None


def announce(listener: socket.socket, text: Callable[[str], str]) -> None:
    """Prints one line about an address once the application says that it is ready."""
    host, port = listener.getsockname()[:2]
    host = EVERYWHERE.get(host, host)
    line = text(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    def watch() -> None:
        while not is_ready(host, port):
            time.sleep(0.1)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    threading.Thread(target=watch, daemon=True).start()


def is_ready(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == READY
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()

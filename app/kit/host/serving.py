"""An application on a port: taken early, announced when ready, drained when told to end."""

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from tempfile import TemporaryDirectory

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app.kit import logs
from app.kit.host.ending import FAILED, failed, ignore_signals

BACKLOG = 2048
DRAIN_SECONDS = 20  # longer than the database lets any statement run
READY = 200
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class CannotListen(Exception):
    """Why the port is not to be had, in one line for the operator."""


def take_port(host: str, port: int) -> socket.socket:
    """A socket on the port, closed to clients until `serve` opens it. Raises CannotListen."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise CannotListen(f"cannot serve on {host}:{port}: {error.strerror}") from None
    return listener


def serve(application: str, listener: socket.socket, workers: int, log_level: str) -> None:
    """Runs the application (`module:factory`) until SIGTERM or SIGINT, then answers what is open.

    uvicorn listens for the signals itself; when it is done they may not cut the clean end short.
    """
    config = uvicorn.Config(
        application,
        factory=True,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=logs.config(log_level),
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    open_port(listener)
    ignore_signals()
    if workers == 1:
        uvicorn.Server(config).run([listener])
        if failed.is_set():
            sys.exit(FAILED)
        return
    with TemporaryDirectory(prefix="jiesu-figures-") as figures:
        os.putenv("PROMETHEUS_MULTIPROC_DIR", figures)  # for the workers, who share their figures
        supervisor = Multiprocess(config, [listener])
        supervisor.run()
    if any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


def open_port(listener: socket.socket) -> None:
    try:
        listener.listen(BACKLOG)
    except OSError as error:
        raise CannotListen(f"cannot serve on {listener.getsockname()}: {error.strerror}") from None


def end_with_parent() -> None:
    """In a worker: ends when the process that started it is gone, or it would hold the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def announce(listener: socket.socket, text: str) -> None:
    """Prints one line, with the address for `{url}`, once the application says that it is ready."""
    host, port = listener.getsockname()[:2]
    host = EVERYWHERE.get(host, host)
    line = text.format(url=f"http://{f'[{host}]' if ':' in host else host}:{port}")

    def watch() -> None:
        while not is_ready(host, port):
            time.sleep(0.05)
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

"""An application on a port that is open, drained when told to end."""

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.config import Config

from app.kit.host import ending
from app.kit.host.bounds import Bounded
from app.kit.host.port import BACKLOG
from app.kit.host.workers import ALIVE, PREPARED, UP
from app.kit.web import logs

DRAIN_SECONDS = 20  # longer than the database lets any statement run
BEAT_SECONDS = 1.0


class Parent:
    """The line to the process that started this one; when it breaks, this one ends in order."""

    def __init__(self, listener: socket.socket, line: socket.socket, is_prepared: bool) -> None:
        self.listener = listener
        self.line = line
        self.is_prepared = is_prepared
        threading.Thread(target=self.end_with_it, daemon=True).start()

    def end_with_it(self) -> None:
        with suppress(ConnectionError):  # it died before it read all that it was told
            while self.line.recv(1):
                pass
        while True:  # a signal is lost between this process's handlers and uvicorn's
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(BEAT_SECONDS)

    def tell(self, word: bytes) -> None:
        try:
            self.line.send(word)
        except OSError:
            return  # it is gone, and the thread above sees to the end

    async def beat(self) -> None:
        while True:
            self.tell(ALIVE)
            await asyncio.sleep(BEAT_SECONDS)


def parent_of(arguments: Sequence[str]) -> Parent:
    """From the command line: the handles of the port and of the line, and `prepared`."""
    listener, line = (socket.socket(fileno=int(handle)) for handle in arguments[:2])
    return Parent(listener, line, "prepared" in arguments)


class Server(uvicorn.Server):
    """As uvicorn's, which tells its parent how it fares."""

    def __init__(
        self, config: Config, parent: Parent | None, on_shutdown: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self.parent = parent
        self.on_shutdown = on_shutdown
        self.beating: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self.parent:
            self.beating = asyncio.create_task(self.parent.beat())
        await super().startup(sockets)
        if self.parent:
            self.parent.tell(UP)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.on_shutdown()
        await super().shutdown(sockets)


def serve(app: Any, listener: socket.socket, log_level: str, parent: Parent | None) -> None:
    """Answers until SIGTERM or SIGINT, then what is open; leaves (SystemExit) with a code after a
    failure.

    uvicorn listens for the signals itself; when it is done they may not cut the clean end short.
    """
    config = Config(
        app,
        loop="uvloop",
        http=Bounded,
        ws="none",
        lifespan="on",
        log_config=logs.config(log_level),
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    app.state.startup.on_done(gc.freeze)  # registry and router are not looked through again
    if parent:
        app.state.startup.on_done(lambda: parent.tell(PREPARED))
    ending.ignore_signals()
    Server(config, parent, app.state.waits.stop).run([listener])
    if ending.failed.is_set():
        sys.exit(ending.FAILED)

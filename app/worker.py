"""One process that answers requests: by itself, or as one of several."""

import logging.config
import socket
import sys
from collections.abc import Sequence

from fastapi import FastAPI

from app import main, preparation, settings
from app.kit.errors import Refusal
from app.kit.host import cluster, migrate, serving, terminal
from app.kit.host.serving import Parent
from app.kit.host.workers import REFUSED
from app.kit.messages import for_reader, reason_of
from app.kit.web import logs
from app.routing.areas import BadAreas
from app.settings import Settings

TOLD_IN_ONE_LINE = (
    settings.BadSettings,
    cluster.CannotStart,
    migrate.NoDatabase,
    BadAreas,
    Refusal,
)


def prepare(given: Settings) -> None:
    """Everything that the first request relies on; doing it again changes nothing."""
    migrate.upgrade(given.migrating_database)
    preparation.prepare(given)


def prepare_to_serve(given: Settings) -> None:
    prepare(given)
    preparation.note(given)


def application(given: Settings, is_prepared: bool = False) -> FastAPI:
    return main.create_app(given, None if is_prepared else lambda: prepare_to_serve(given))


def work(listener: socket.socket, parent: Parent | None = None) -> None:
    """Answers requests until SIGTERM; refuses in one line what can never be served."""
    terminal.speak()
    try:
        given = settings.load()
        logging.config.dictConfig(logs.config(given.log_level))
        app = application(given, parent is not None and parent.is_prepared)
        app.state.startup.begin()
    except TOLD_IN_ONE_LINE as refusal:
        sys.stderr.write(f"jiesu: {for_reader(reason_of(refusal))}\n")
        sys.exit(REFUSED if parent else 1)
    serving.serve(app, listener, given.log_level, parent)


def work_for(handles: Sequence[str]) -> None:
    """The same as one of several, by the handles that its parent gives it."""
    parent = serving.parent_of(handles)
    work(parent.listener, parent)

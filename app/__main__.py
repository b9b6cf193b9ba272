"""The `jiesu` command: one small function for each thing an operator does by hand."""

import argparse
import logging.config
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from fastapi import FastAPI

from app import main, settings
from app.access import service as access
from app.access.roles import Role
from app.access.schemas import NewKey
from app.feed import service as feed
from app.kit import clock, cluster, db, embedded, logs, migrate, serving
from app.kit.db import Sessions
from app.kit.errors import Refusal
from app.settings import Settings
from app.sweep import sweep

TOLD_IN_ONE_LINE = (
    settings.BadSettings,
    cluster.CannotStart,
    migrate.NoDatabase,
    serving.CannotListen,
    Refusal,
)
SPARE_CONNECTIONS = 20  # beside the pools: for listeners, sweeps and an operator's psql


def application() -> FastAPI:
    """What a worker serves: from the environment, as the worker may be a process of its own."""
    serving.end_with_parent()
    return main.create_app(settings.load())


def serve(given: Settings, asked: argparse.Namespace) -> None:
    """Serve the API until SIGTERM, on a database of its own when none is given."""
    with (
        serving.ended_in_order(),
        serving.take_port(given.host, given.port) as listener,
        own_database(given),
    ):
        prepare(given)
        serving.announce(listener, f"Jiesu is ready on {{url}}; {whose_key(given)}")
        serving.serve("app.__main__:application", listener, given.workers, given.log_level)


def seed(given: Settings, asked: argparse.Namespace) -> None:
    """Bring migrations, offices, catalogue, policies and the administrator's key up to date."""
    with any_database(given):
        prepare(given)


def upgrade(given: Settings, asked: argparse.Namespace) -> None:
    """Bring the database to this version's migrations, and do nothing else."""
    with any_database(given):
        migrate.upgrade(given.database)


def key(given: Settings, asked: argparse.Namespace) -> None:
    """Make a key and show it, this once."""
    new = NewKey(role=asked.role, office_code=asked.office, label=asked.label)
    with any_database(given) as sessions, sessions.begin() as session:
        made, text = access.make(session, given.secret_key, new, "jiesu key", clock.utc())
    say(f"{text}  (id {made.id}, {made.role})")


def sweep_now(given: Settings, asked: argparse.Namespace) -> None:
    """Apply what has fallen due, as the service does every few seconds."""
    with any_database(given) as sessions:
        with sessions() as session:
            desk = main.make_desk(session, main.read_policies(given), given.secret_key)
        say(f"{sweep(sessions, desk, clock.utc)} changes")


def prepare(given: Settings) -> None:
    """Everything that the first request relies on; doing it again changes nothing."""
    migrate.upgrade(given.database)
    main.prepare(given)


@contextmanager
def own_database(given: Settings) -> Iterator[None]:
    """The database that this process alone may serve: ours, started, or the given one, reached."""
    if given.embedded:
        connections = given.workers * given.pool_size + SPARE_CONNECTIONS
        with embedded.running(given.data_dir, max_connections=connections):
            yield
    else:
        migrate.check(given.database)
        yield


@contextmanager
def any_database(given: Settings) -> Iterator[Sessions]:
    """The same for a command that may run beside a service; with sessions on it."""
    with embedded.reached(given.data_dir) if given.embedded else nullcontext():
        migrate.check(given.database)
        engine = db.make_engine(given.database, pool_size=2)
        yield db.make_sessions(engine, before_commit=[feed.number])
        engine.dispose()


def whose_key(given: Settings) -> str:
    if given.keeps_admin_key:
        return f"the administrator's key lies in {given.admin_key_file}"
    if given.admin_key:
        return "the administrator's key is JIESU_ADMIN_KEY"
    return "JIESU_ADMIN_KEY gives no administrator's key"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jiesu", description="接诉: the hotline's service")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[..., None]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=act.__doc__, description=act.__doc__)
        added.set_defaults(act=act)
        return added

    command("serve", serve)
    command("migrate", upgrade)
    command("seed", seed)
    command("sweep", sweep_now)
    making = command("key", key)
    making.add_argument("role", choices=list(Role), type=Role, metavar="ROLE", help=", ".join(Role))
    making.add_argument("--office", metavar="CODE", help="the office that the key acts for")
    making.add_argument("--label", required=True, help="whose it is, for the list of keys")
    return parser


def run() -> None:
    asked = command_line().parse_args()
    try:
        given = settings.load()
        logging.config.dictConfig(logs.config(given.log_level))
        asked.act(given, asked)
    except TOLD_IN_ONE_LINE as refusal:
        sys.exit(f"jiesu: {refusal}")


if __name__ == "__main__":
    run()

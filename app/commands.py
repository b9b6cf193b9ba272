"""Commands of `jiesu`: one small function for each task of an operator."""

import argparse
import logging.config
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NoReturn

import msgspec
import sqlalchemy as sa
from pydantic import ValidationError
from tqdm import tqdm

from app import command_line, preparation, settings
from app import serve as service
from app.access import jobs
from app.access import service as access
from app.access.roles import Caller, Role
from app.access.schemas import NewKey
from app.city import City
from app.feed import service as feed
from app.imports import service as history
from app.kit import clock, db
from app.kit.db import ONE_SNAPSHOT, Sessions
from app.kit.errors import Invalid, Refusal
from app.kit.host import cluster, embedded, migrate, port, terminal
from app.kit.instants import recording
from app.kit.messages import Message, for_reader, reason_of
from app.kit.web import logs
from app.kit.web.faults import faults, first_of
from app.kit.workdays import midnight
from app.period import Periods
from app.rankings import service as rankings
from app.rankings.counting.keep_days import keep as keep_days
from app.routing import drawing
from app.routing import service as routing
from app.routing.areas import BadAreas
from app.routing.decision import Query
from app.seals import auditing, offline, verification
from app.seals import service as seals
from app.settings import Settings
from app.simulate import service as simulation
from app.simulate.service import Plan
from app.sweep import forget_keys, sweep
from app.tickets.intake import rerouting
from app.tickets.search import follow
from app.worker import prepare

TOLD_IN_ONE_LINE = (
    settings.BadSettings,
    cluster.CannotStart,
    migrate.NoDatabase,
    port.CannotListen,
    BadAreas,
    Refusal,
)


def serve(given: Settings, asked: argparse.Namespace) -> None:
    """Serve the API until SIGTERM, on a database of its own when none is given."""
    service.serve(given)


def seed(given: Settings, asked: argparse.Namespace) -> None:
    """Bring database, offices, catalogue, policies and the administrator's key up to date."""
    with any_database(given):
        prepare(given)


def upgrade(given: Settings, asked: argparse.Namespace) -> None:
    """Bring the database to this version's migrations, and do nothing else."""
    with any_database(given):
        migrate.upgrade(given.migrating_database)


def key(given: Settings, asked: argparse.Namespace) -> None:
    """Make a key and show it, this once."""
    new = new_key(asked)
    with ready_database(given) as sessions, sessions.begin() as session:
        made, text = access.make(session, given.secret_key, new, "jiesu key", clock.utc())
    say(Message("{key}  (id {id}, {role})", key=text, id=made.id, role=made.role))


def new_key(asked: argparse.Namespace) -> NewKey:
    try:
        return NewKey(role=Role(asked.role), office_code=asked.office, label=asked.label)
    except ValidationError as refused:
        raise Invalid(first_of(faults(refused.errors()))) from None


def sweep_now(given: Settings, asked: argparse.Namespace) -> None:
    """Apply due changes and count finished days, as the service does every few seconds."""
    with ready_database(given) as sessions:
        city = read_city(given, sessions)
        say(Message("{count} changes", count=sweep(sessions, city, clock.utc)))
        while forget_keys(sessions, clock.utc):
            pass
        while keep_days(sessions, city, clock.utc):
            pass


def import_cases(given: Settings, asked: argparse.Namespace) -> None:
    """Take in finished cases of an older system: NDJSON, one a line."""
    caller = Caller("jiesu import", Role.ADMIN)
    with ready_database(given) as sessions, asked.file as file:
        city = read_city(given, sessions)
        total = os.fstat(file.fileno()).st_size
        with tqdm(total=total, unit="B", unit_scale=True) as bar:
            made = history.take_in_file(sessions, city, caller, file, clock.utc, bar.update)
    for line in made.rejected:
        why = "; ".join(" ".join(e.values()).strip() for e in line.errors)
        say(Message("line {number}: {faults}", number=line.line, faults=why))
    rejected = len(made.rejected) + (made.unlisted or 0)
    say(
        Message(
            "{accepted} accepted, {replayed} replayed, {rejected} rejected",
            accepted=made.accepted,
            replayed=made.replayed,
            rejected=rejected,
        )
    )


def simulate(given: Settings, asked: argparse.Namespace) -> None:
    """Fill a past with an imagined city's requests, and let them live on until now."""
    plan = Plan(
        asked.start, asked.end, asked.cases, asked.seed, given.attachments, asked.among_others
    )
    with ready_database(given) as sessions:
        city = read_city(given, sessions)
        with (
            sessions.begin() as session,
            tqdm(total=plan.cases, unit=for_reader(Message(" lives")), disable=None) as bar,
        ):
            jobs.perform(session, jobs.SIMULATION)
            now = recording(session, clock.utc)
            made = simulation.simulate(session, city, plan, now, bar.update)
            follow.go_back(session, midnight(plan.start))
    say(Message("{count} tickets", count=made))


def reroute(given: Settings, asked: argparse.Namespace) -> None:
    """Make a ticket's route again, as of its instant, and name the differences."""
    with ready_database(given) as sessions, sessions() as session:
        changed = list(rerouting.differences(session, read_city(given, sessions), asked.number))
    for name, stored, now in changed:
        say(Message("{name}: stored {stored!r}, now {now!r}", name=name, stored=stored, now=now))
    if changed:
        sys.exit(1)
    say(Message("the same route"))


def route(given: Settings, asked: argparse.Namespace) -> None:
    """Route a text by all that is known now, and draw what was found; nothing is kept."""
    with ready_database(given) as sessions:
        city = read_city(given, sessions)
        city.check_district(asked.district)
        with sessions() as session:
            routing.refresh(session, city.router)
        decision = city.route(Query(asked.text, asked.district), clock.utc())
    for line in drawing.draw(asked.text, decision):
        say(line)


def read_city(given: Settings, sessions: Sessions) -> City:
    with sessions() as session:
        return preparation.make_city(session, given)


def seal(given: Settings, asked: argparse.Namespace) -> None:
    """Seal a period's rankings for good, in the name of `jiesu seal`."""
    with ready_database(given) as sessions, sessions.begin() as session:
        periods = Periods(preparation.read_policies(given))
        period = rankings.known(session, periods, asked.period, clock.utc())
        made = seals.seal(session, period, "jiesu seal", clock.utc)
        say(f"{made.period} {made.content_hash}")


def verify(given: Settings, asked: argparse.Namespace) -> None:
    """Check a sealed period against the record, or a downloaded ranking by itself."""
    wrong = offline.faults(content(asked.file)) if asked.file else differences(given, asked)
    for line in wrong:
        say(line)
    if wrong:
        sys.exit(1)
    say(Message("everything holds"))


def audit_record(given: Settings, asked: argparse.Namespace) -> None:
    """Check the record: events, rows and days; each fault is a line of JSON."""
    with ready_database(given) as sessions, sessions() as session:
        session.connection(execution_options=ONE_SNAPSHOT)
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        sound = True
        for fault in auditing.whole(session, read_city(given, sessions)):
            say(msgspec.json.encode(fault).decode())
            sound = False
    if not sound:
        sys.exit(1)
    say(Message("everything holds"))


def content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        end(Message("{file} cannot be read: {reason}", file=file, reason=fault))


def differences(given: Settings, asked: argparse.Namespace) -> list[str]:
    with ready_database(given) as sessions, sessions() as session:
        session.connection(execution_options=ONE_SNAPSHOT)
        city = read_city(given, sessions)
        period = rankings.known(session, city.periods, asked.period, clock.utc())
        proof = verification.verify(session, city, period)
    return [difference.model_dump_json() for difference in proof.differences]


@contextmanager
def any_database(given: Settings) -> Iterator[Sessions]:
    """Sessions on the database, for a command that may run beside a service."""
    with embedded.reached(given.data_dir) if given.embedded else nullcontext():
        migrate.check(given.database)
        engine = db.make_engine(given.database, pool_size=2)
        try:
            yield db.make_sessions(engine, before_commit=[feed.number])
        finally:
            engine.dispose()


@contextmanager
def ready_database(given: Settings) -> Iterator[Sessions]:
    """Sessions on a prepared database, also on an empty one."""
    with any_database(given) as sessions:
        prepare(given)
        yield sessions


def say(line: Message | str) -> None:
    sys.stdout.write(for_reader(line) + "\n")


ACTS = {
    "serve": serve,
    "migrate": upgrade,
    "seed": seed,
    "sweep": sweep_now,
    "import": import_cases,
    "simulate": simulate,
    "seal": seal,
    "verify": verify,
    "audit": audit_record,
    "reroute": reroute,
    "route": route,
    "key": key,
}
BEGIN = (serve, seed, upgrade)
"""The commands that may make a database; the others work on one that is there."""


def run() -> None:
    terminal.speak()
    asked = command_line.parser().parse_args()
    act = ACTS[asked.command]
    try:
        given = settings.load(act in BEGIN)
        logging.config.dictConfig(logs.config(given.log_level))
        act(given, asked)
    except TOLD_IN_ONE_LINE as refusal:
        end(reason_of(refusal))


def end(why: Message) -> NoReturn:
    sys.exit(f"jiesu: {for_reader(why)}")

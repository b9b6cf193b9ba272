"""A month of a whole city is sealed, verified and audited in memory that does not grow with it."""

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.rows import insert_many
from app.kit.workdays import ONE_DAY, midnight
from app.rankings.bundles import Bundle, measured
from app.rankings.counting import volumes
from app.seals.audit import days, service
from app.seals.audit.days import ChainDay
from app.seals.audit.faults import Kind
from app.tickets.models import Ticket
from tests.aids.given import People
from tests.aids.sealing import force
from tests.conftest import StillClock

MEGABYTE = 2**20
MANY = 20_000
DAY = date(2026, 9, 1)
TICKETS = """
INSERT INTO ticket (number, status, since, version, channel, type, urgency, secret, anonymous,
    policy, received_at, updated_at, chain_head)
SELECT 'BJ20260901' || lpad(n::text, 7, '0'), 'received', at, 1, 'phone', 'complaint', 'L3', false,
    false, 'beijing-2019', at, at, '' FROM generate_series(1, %(many)s) AS n, (SELECT
    %(at)s::timestamptz AS at) AS instant
"""
EVENTS = """
INSERT INTO event (ticket_number, seq, at, actor, action, to_status, data, link)
SELECT number, 1, since, 'operator', 'receive', 'received', '{}', sha256(number::bytea) FROM ticket
"""


def peak(work: Callable[[], object]) -> int:
    """The bytes that Python takes for it at most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def last_of(items: Iterable[object]) -> None:
    for _ in items:
        pass


@pytest.fixture
def session(app: FastAPI, people: People) -> Iterator[Session]:
    with app.state.sessions() as session:
        yield session


@pytest.fixture
def busy_day(app: FastAPI, session: Session) -> None:
    """A day on which many tickets came."""
    force(app, TICKETS, many=MANY, at=midnight(DAY))
    force(app, EVENTS)


@pytest.mark.usefixtures("busy_day")
def test_the_tickets_of_a_month_are_read_by_the_thousand(session: Session) -> None:
    begins, ends = midnight(DAY), midnight(DAY + timedelta(days=30))
    numbers = list(service.numbers_of(session, begins, ends))
    assert (len(numbers), numbers) == (MANY, sorted(numbers))

    assert peak(lambda: last_of(service.numbers_of(session, begins, ends))) < MEGABYTE


@pytest.mark.usefixtures("busy_day")
def test_a_day_that_holds_is_compared_by_its_hash(
    app: FastAPI, session: Session, clock: StillClock
) -> None:
    clock.at = midnight(DAY + ONE_DAY)
    with app.state.sessions.begin() as keeping:
        days.keep(keeping, clock)
        assert keeping.scalar(sa.text("SHOW statement_timeout")) == "0"

    assert peak(lambda: last_of(days.faults(session))) < 4 * MEGABYTE

    number = "BJ202609010012345"
    force(app, f"UPDATE event SET link = sha256(link) WHERE ticket_number = '{number}'")
    [fault] = days.faults(session)
    assert (fault.fault, fault.number) == (Kind.WRONG_LINK, number)


@pytest.mark.usefixtures("busy_day")
def test_the_background_does_not_wait_for_a_seal(app: FastAPI, clock: StillClock) -> None:
    clock.at = midnight(DAY + ONE_DAY)
    with app.state.sessions.begin() as sealing:
        days.keep(sealing, clock)
        assert not days.keep_some(app.state.sessions, clock)
    with app.state.sessions() as session:
        assert session.scalars(select(ChainDay.day)).all() == [DAY]


def test_the_days_of_years_are_read_one_after_the_other(session: Session) -> None:
    chance, number = Random(1), 12
    for day in range(number):
        made = {"day": DAY + timedelta(days=day), "format": days.FORMAT, "number": 0}
        made |= {"digest": "", "former_hash": None, "day_hash": ""}
        insert_many(session, ChainDay, [{**made, "lines": chance.randbytes(MEGABYTE)}])

    assert peak(lambda: last_of(days.faults(session))) < number * MEGABYTE / 2


def test_a_bundle_is_measured_as_its_lines_are() -> None:
    chance, bundle = Random(1), Bundle()
    digest = bundle.add(f'["{chance.random()}"]' for _ in range(10_000))

    assert measured(bytes(bundle.packed)) == (10_000, digest)
    for broken in (bundle.packed[:-1000], bundle.packed[1:], b"", b"x"):
        number, other = measured(bytes(broken))
        assert (number < 10_000, other != digest) == (True, True)


def test_what_was_brought_along_later_is_looked_up_and_not_listed(session: Session) -> None:
    """A list that is too long for the memory of a statement would be read for each ticket."""
    session.execute(sa.text("SET LOCAL work_mem = '64kB'"))
    known = volumes.known_by_then(midnight(DAY), midnight(DAY))
    query = select(Ticket.number).where(*known)
    bound = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(session.scalars(sa.text(f"EXPLAIN {bound}".replace(":", r"\:"))))

    assert ("SubPlan" in plan, "Anti Join" in plan) == (False, True)

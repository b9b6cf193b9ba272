"""A small imagined city: lived whole, the same for the same seed, and true to the invariants.

It is lived in a transaction that nobody commits, so that nothing is left of it.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment, Callback
from app.feed import service as feed
from app.feed.models import FeedEntry, FeedHead
from app.offices.directory import STREET_KINDS
from app.offices.models import Office
from app.simulate.service import Inhabited, NotThePast, Plan, simulate
from app.tickets.lifecycle import OPEN, Status
from app.tickets.models import Event, Ticket

CASES = 300
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SMALL = Plan(date(2026, 9, 19), date(2026, 10, 19), CASES, seed=7)


@contextmanager
def lived(app: FastAPI, plan: Plan = SMALL, now: datetime = NOW) -> Iterator[Session]:
    told: list[int] = []
    with app.state.sessions() as session:
        simulate(session, app.state.desk, plan, now, told.append)
        assert sum(told) == plan.cases
        yield session


@pytest.fixture(scope="module")
def city(served: TestClient, app: FastAPI) -> Iterator[Session]:
    with lived(app) as session:
        feed.number(session)  # as before a commit
        yield session


def told_of(session: Session) -> dict[str, list[Any]]:
    """What happened, but for the numbers that the tickets drew."""
    first = func.row_number().over(order_by=(Ticket.received_at, Ticket.category))
    place: dict[str, int] = dict(session.execute(select(Ticket.number, first)).all())
    event = [Event.seq, Event.at, Event.action, Event.to_status, sa.cast(Event.data, sa.Text)]
    fact = [Assessment.office_code, Assessment.resolved, Assessment.contact_ok, Assessment.late]
    events = session.execute(select(Event.ticket_number, *event))
    facts = session.execute(select(Assessment.ticket_number, *fact))
    return {
        "events": sorted((place[number], *map(str, rest)) for number, *rest in events),
        "facts": sorted((place[number], *map(str, rest)) for number, *rest in facts),
    }


def test_the_same_seed_lives_the_same_city_and_another_seed_another(
    served: TestClient, app: FastAPI
) -> None:
    def one(seed: int) -> dict[str, list[Any]]:
        with lived(app, replace(SMALL, cases=60, seed=seed)) as session:
            return told_of(session)

    assert one(7) == one(7) != one(8)


def test_nothing_happens_after_now_and_work_waits_where_the_past_ends(
    served: TestClient, app: FastAPI
) -> None:
    now = datetime(2026, 10, 19, tzinfo=UTC)
    with lived(app, now=now) as session:
        latest = session.scalar(select(func.max(Event.at)))
        waits = select(func.count()).select_from(Ticket).where(Ticket.waits_for.is_not(None))
        waiting = session.scalar(waits)

    assert latest is not None
    assert latest <= now
    assert waiting


def test_a_past_that_has_tickets_is_not_filled_unless_that_is_asked_for(
    served: TestClient, app: FastAPI
) -> None:
    few = replace(SMALL, cases=3)
    with lived(app, few) as session:
        with pytest.raises(Inhabited, match="received after 2026-09-19"):
            simulate(session, app.state.desk, few, NOW, int)

        among = replace(few, seed=8, among_others=True)
        assert simulate(session, app.state.desk, among, NOW, int) == 3


@pytest.mark.parametrize("end", [date(2026, 9, 19), date(2026, 11, 21)])
def test_only_a_past_is_simulated(served: TestClient, app: FastAPI, end: date) -> None:
    with app.state.sessions() as session, pytest.raises(NotThePast):
        simulate(session, app.state.desk, replace(SMALL, end=end), NOW, int)


# From here on one city stands, uncommitted, and holds the feed's heads: no other lives beside it.


def test_no_ticket_is_lost_and_nearly_all_come_to_an_end(city: Session) -> None:
    statuses = Counter(city.scalars(select(Ticket.status)))

    assert statuses.total() == CASES
    assert statuses[Status.CLOSED] > CASES / 2
    assert sum(statuses[status] for status in OPEN) < CASES / 50


def test_a_tickets_version_is_the_number_of_its_events(city: Session) -> None:
    versions = city.execute(
        select(Ticket.version, func.count(), func.max(Event.seq))
        .join(Event, Event.ticket_number == Ticket.number)
        .group_by(Ticket.number)
    ).all()

    assert len(versions) == CASES
    assert all(version == events == last for version, events, last in versions)


def test_each_closed_ticket_is_assessed_once_by_its_first_final_callback(city: Session) -> None:
    closed = set(city.scalars(select(Ticket.number).filter_by(status=Status.CLOSED)))
    assessed = city.execute(select(Assessment.ticket_number, Assessment.assessed_at)).all()
    final = select(Callback.ticket_number, Callback.at).filter_by(final=True, cycle=0)

    assert closed <= {number for number, _ in assessed}
    assert sorted(map(tuple, assessed)) == sorted(map(tuple, city.execute(final)))


def test_every_offices_feed_is_without_gaps_and_in_order_of_time(city: Session) -> None:
    heads = city.execute(select(FeedHead.office_code, FeedHead.last_seq)).all()
    feeds: dict[str, list[tuple[int, datetime]]] = {code: [] for code, _ in heads}
    ordered = select(FeedEntry).order_by(FeedEntry.office_code, FeedEntry.seq)
    for entry in city.scalars(ordered):
        feeds[entry.office_code].append((entry.seq, entry.at))

    assert heads
    for code, last in heads:
        assert [seq for seq, _ in feeds[code]] == list(range(1, last + 1))
        times = [at for _, at in feeds[code]]
        assert times == sorted(times)


def test_streets_get_much_of_it_and_all_types_come(city: Session) -> None:
    offices = select(Office.kind).join(Ticket, Ticket.office_code == Office.code)
    kinds = Counter(map(str, city.scalars(offices)))
    types = city.scalar(select(func.count(sa.distinct(Ticket.type))))

    assert sum(kinds[kind] for kind in STREET_KINDS) > kinds.total() / 3
    assert types == 6

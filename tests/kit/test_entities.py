"""Entities that are read and written by statements made once are as SQLAlchemy reads and writes
them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.feed import service as feed
from app.kit.entities import changes
from app.kit.entities.reading import Entities
from app.offices.directory import OfficeKind
from app.offices.models import Office
from app.tickets.life.lifecycle import DispatchRole, Status
from app.tickets.models import Dispatch, Ticket
from app.whistles.models import Summons
from tests.aids import given
from tests.aids.given import People
from tests.aids.wire import statements
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE

EVERY = Entities(Ticket, sa.select(Ticket).order_by(Ticket.number))
ANEW = Entities(Ticket, sa.select(Ticket).order_by(Ticket.number), anew=True)
LEADS = Entities(Dispatch, sa.select(Dispatch).where(Dispatch.role == DispatchRole.LEAD))
SUMMONED = Entities(Summons, sa.select(Summons).order_by(Summons.office_code))
LATER = datetime(2026, 10, 21, tzinfo=UTC)


@pytest.fixture
def session(app: FastAPI, people: People) -> Iterator[Session]:
    given.ticket(people)
    with app.state.sessions() as session:
        yield session


def engine_of(session: Session) -> sa.Engine:
    engine = session.get_bind()
    assert isinstance(engine, sa.Engine)
    return engine


def values(entity: object) -> dict[str, Any]:
    return {column.key: getattr(entity, column.key) for column in sa.inspect(type(entity)).columns}


def test_an_entity_is_as_sqlalchemy_reads_it(session: Session) -> None:
    [ticket], [dispatch] = EVERY.read(session), LEADS.read(session)
    by_us = [values(ticket), values(dispatch)]
    session.expunge_all()

    lead = sa.select(Dispatch).where(Dispatch.role == DispatchRole.LEAD)
    by_it = [values(session.scalars(query).one()) for query in (sa.select(Ticket), lead)]

    assert by_us == by_it
    kinds = [[type(value) for value in row.values()] for row in by_us]
    assert kinds == [[type(value) for value in row.values()] for row in by_it]
    assert sa.inspect(ticket).detached


def test_what_the_session_has_stays_unless_it_is_read_anew(session: Session) -> None:
    [ticket] = EVERY.read(session)
    other = sa.update(Ticket).values(version=40).execution_options(synchronize_session=False)
    session.execute(other)

    assert EVERY.read(session) == [ticket]
    assert ticket.version == 2
    assert ANEW.read(session) == [ticket]
    assert ticket.version == 40
    assert not session.dirty


def test_changes_of_a_ticket_and_its_dispatch_are_one_statement(session: Session) -> None:
    [ticket], [dispatch] = EVERY.read(session), LEADS.read(session)
    ticket.status, ticket.version, ticket.warned = Status.ACKNOWLEDGED, 3, ["due_soon"]
    ticket.due_left, ticket.category, ticket.lon = timedelta(hours=3), None, 116.5
    ticket.secret, ticket.chain_head, dispatch.read_at = True, b"\0\1", LATER
    dispatch.role = DispatchRole.JOINT
    wanted = [values(ticket), values(dispatch)]

    with statements(engine_of(session)) as sent:
        session.flush()

    assert len(sent) == 1
    assert not session.dirty
    with statements(engine_of(session)) as sent:
        session.flush()
    assert sent == []
    session.expire_all()
    assert [values(ticket), values(dispatch)] == wanted


def test_inboxes_learn_of_a_changed_ticket(session: Session) -> None:
    [ticket] = EVERY.read(session)
    before = ticket.waits_for
    ticket.waits_for = "110105011"
    session.flush()

    assert {before, "110105011"} <= session.info[feed.TOUCHED]


def test_json_that_is_no_more_is_null_as_sqlalchemy_writes_it(
    app: FastAPI, people: People, session: Session
) -> None:
    blown.blow(people, MARKET, POLICE)
    first, second = SUMMONED.read(session)
    first.offered_actions, second.offered_actions = [1, 2], [3]
    session.flush()
    first.offered_actions = None
    session.flush()
    with session.begin_nested():  # left to SQLAlchemy
        second.offered_actions = None

    kept = session.scalars(sa.text("SELECT offered_actions::text FROM summons")).all()
    assert kept == ["null", "null"]


def test_a_row_that_is_gone_is_noticed(session: Session) -> None:
    [dispatch] = LEADS.read(session)
    session.execute(sa.delete(Dispatch).execution_options(synchronize_session=False))
    dispatch.read_at = LATER

    with pytest.raises(StaleDataError):
        session.flush()


def test_what_a_savepoint_undoes_is_undone_in_the_entity(session: Session) -> None:
    [ticket] = EVERY.read(session)
    savepoint = session.begin_nested()
    ticket.version = 7
    session.flush()
    savepoint.rollback()

    assert ticket.version == 2


def test_a_name_of_what_is_yet_to_be_inserted_is_left_to_the_session(session: Session) -> None:
    [ticket], [dispatch] = EVERY.read(session), LEADS.read(session)
    new = Office(code="110105099", name="新设街道", kind=OfficeKind.STREET)
    session.add(new)
    ticket.queue, dispatch.read_at = new.code, LATER
    session.flush()

    assert session.scalar(sa.select(Ticket.queue)) == new.code
    assert session.scalar(sa.select(Dispatch.read_at).where(Dispatch.read_at.is_not(None)))


def test_values_that_are_sql_are_left_to_the_session(session: Session) -> None:
    [dispatch] = LEADS.read(session)
    dispatch.read_at = sa.func.now()
    assert changes.change_of(sa.inspect(dispatch), fresh=()) is None
    session.flush()

    assert dispatch.read_at is not None


def test_rows_of_one_table_are_written_one_by_one(people: People, session: Session) -> None:
    blown.blow(people, MARKET, POLICE)
    first, second = SUMMONED.read(session)
    first.missed, second.missed = 3, 4

    with statements(engine_of(session)) as sent:
        session.flush()

    assert len(sent) == 2
    session.expire_all()
    assert [first.missed, second.missed] == [3, 4]

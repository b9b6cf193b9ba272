"""A ticket's view made the long way, row by row and member by member, by Pydantic."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.access.models import Key
from app.access.roles import DESKS, Caller, Role
from app.city import City
from app.tickets import citizens
from app.tickets.citizens import Citizen
from app.tickets.events import Event, Statement
from app.tickets.life import alarms, duties
from app.tickets.life.guards import Standing, hindrance
from app.tickets.life.lifecycle import Action, DispatchRole
from app.tickets.life.parts import WHO, Part
from app.tickets.life.timers import Timers
from app.tickets.models import Dispatch, Request, Ticket
from app.tickets.proceedings import Advice, Supervision
from app.tickets.standing import overdue, standing_of
from app.tickets.views import scope
from app.tickets.views.schemas import (
    AddressView,
    Asked,
    AskedView,
    EventView,
    JointBrief,
    OfficeBrief,
    TicketView,
    WaitingView,
    WordsView,
)

TABLES: tuple[type[Any], ...] = (
    *(Ticket, Request, Citizen, Dispatch, Event, Statement, Supervision, Advice),
    Key,
)
STATE = sa.text("SELECT CAST(pg_current_snapshot() AS text)")
"""Another one after whatever is written, by whomever."""

P = ParamSpec("P")
T = TypeVar("T")
PLAIN = frozenset(TicketView.model_fields) & frozenset(c.key for c in Ticket.__table__.columns)


class Record:
    """Every row on record of tickets, by its table and key, and what follows from them."""

    def __init__(self, session: Session) -> None:
        self.rows: dict[type[Any], dict[Any, Any]] = {
            table: {sa.inspect(row).identity: row for row in session.scalars(select(table))}
            for table in TABLES
        }
        self.memory: dict[Any, Any] = {}

    def get(self, table: type[T], *key: Any) -> T | None:
        return self.rows[table].get(key)

    def of(self, table: type[T], number: str) -> list[T]:
        """A ticket's."""
        rows = self.rows[table].values()
        return [row for row in rows if row.ticket_number == number]


class Records:
    """Read anew whenever anything was written since, and not otherwise."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self.state: str | None = None

    def now(self) -> Record:
        with self.sessions() as session:
            state = session.scalar(STATE)
            if state != self.state:
                self.state, self.record = state, Record(session)
        return self.record


Reading = Callable[Concatenate[Record, P], T]


def once(read: Reading[P, T]) -> Reading[P, T]:
    """Of a ticket's rows, which are the same whoever looks: told once of a record."""

    @wraps(read)
    def remembered(record: Record, /, *of: P.args, **more: P.kwargs) -> T:
        key = read, of
        if key not in record.memory:
            record.memory[key] = read(record, *of, **more)
        kept: T = record.memory[key]
        return kept

    return remembered


def view(
    record: Record, city: City, caller: Caller, ticket: Ticket, now: Any, bulk: bool
) -> TicketView:
    request, citizen = asked_by(record, ticket.number)
    given = active(record, ticket.number)
    head = record.get(Ticket, ticket.merged_into)
    policy, head_status = city.policies.named(ticket.policy), head.status if head else None
    standing = standing_of(ticket, policy, caller.office_code, now, head_status)
    shared = active(record, ticket.merged_into) if ticket.merged_into else given
    return TicketView(
        **{name: getattr(ticket, name) for name in PLAIN},
        title=request.title,
        content=request.content,
        route=request.route,
        source=request.source,
        address=AddressView(
            text=request.address,
            district_code=request.said_district,
            lon=ticket.lon,
            lat=ticket.lat,
        ),
        office=brief(city, ticket.office_code) if ticket.office_code else None,
        joint_offices=[
            helper(record, city, dispatch)
            for dispatch in given
            if dispatch.role is DispatchRole.JOINT
        ],
        asked=asked(record, ticket.number),
        reply=words(record, ticket, Action.REPLY),
        returned=words(record, ticket, Action.REVIEW),
        callback_reason=words(record, ticket, Action.CALLBACK),
        citizen=citizens.shown(
            citizen,
            ticket,
            citizens.Eyes(city.cipher, caller.role, bulk),
        ),
        overdue=overdue(ticket, now),
        open_whistles=0,
        allowed=allowed(standing, scope.parts(caller, ticket, shared, city, head)),
    )


PARTS = {Role.DISTRICT: Part.DISTRICT, **{role: Part(role) for role in DESKS}}


def waiting(record: Record, city: City, caller: Caller, ticket: Ticket, now: Any) -> WaitingView:
    """A row of the caller's inbox."""
    policy, timers = city.policies.named(ticket.policy), Timers.of(ticket)
    part = PARTS.get(caller.role, Part.CHIEF)
    duty = duties.duty(policy, timers, part)
    assert duty is not None  # it lies in the inbox
    rung = [ring.alarm for ring in alarms.rung(policy, timers) if part in ring.to]
    return WaitingView(
        **dict(view(record, city, caller, ticket, now, bulk=True)),
        kind=duty.kind,
        because=duty.because,
        waits_since=duty.since,
        waits_until=duty.until,
        alarms=sorted(set(rung), key=rung.index),
    )


def allowed(standing: Standing, parts: frozenset[Part]) -> list[Action]:
    return [
        action
        for action in Action
        if parts & WHO.get(action, frozenset()) and not hindrance(standing, action, parts)
    ]


@once
def active(record: Record, number: str) -> Sequence[Dispatch]:
    given = [dispatch for dispatch in record.of(Dispatch, number) if dispatch.ended_at is None]
    return sorted(given, key=lambda dispatch: dispatch.office_code)


@once
def asked_by(record: Record, number: str) -> tuple[Request, Citizen]:
    [request], [citizen] = record.of(Request, number), record.of(Citizen, number)
    return request, citizen


def helper(record: Record, city: City, dispatch: Dispatch) -> JointBrief:
    answer = spoken(record, dispatch.ticket_number, dispatch.answer_seq)
    return JointBrief(
        **dict(brief(city, dispatch.office_code)),
        answer_due_at=dispatch.due_at,
        answered_at=dispatch.answered_at,
        text=answer.get("text"),
        measures=answer.get("measures"),
    )


@once
def spoken(record: Record, number: str, seq: int | None) -> dict[str, Any]:
    statement = record.get(Statement, number, seq)
    return statement.words if statement else {}


@once
def asked(record: Record, number: str) -> list[AskedView]:
    return sorted(askings(record, number), key=lambda asking: asking.seq)


def askings(record: Record, number: str) -> Iterator[AskedView]:
    rows: list[Supervision | Advice] = []
    for table in (Supervision, Advice):
        rows += record.of(table, number)
    for row in rows:
        question = spoken(record, number, row.seq)
        supervises = isinstance(row, Supervision)
        yield AskedView(
            kind=Asked.SUPERVISION if supervises else Asked.ADVICE,
            seq=row.seq,
            office_code=row.office_code,
            level=getattr(row, "level", None),
            about=getattr(row, "about", None),
            text=question.get("text") or question.get("reason"),
            asked_at=row.issued_at if isinstance(row, Supervision) else row.given_at,
            answer_due_at=row.answer_due_at,
            answered_at=row.answered_at,
            answer=spoken(record, number, row.answer_seq).get("text"),
        )


@once
def words(record: Record, ticket: Ticket, action: Action) -> WordsView | None:
    """Of the newest event of an action: of reviews a return, of callbacks one with a reason."""
    for row in (row for row in reversed(history(record, ticket.number)) if row.action is action):
        statement = spoken(record, ticket.number, row.seq)
        text = statement.get("reason" if action is Action.CALLBACK else "text")
        if text is not None and row.data.get("approve") is not True:
            measures = statement.get("measures")
            return WordsView(seq=row.seq, at=row.at, text=text, measures=measures)
    return None


def brief(city: City, code: str) -> OfficeBrief:
    return OfficeBrief.model_validate(city.offices[code])


@once
def history(record: Record, number: str) -> Sequence[Event]:
    return sorted(record.of(Event, number), key=lambda event: event.seq)


@once
def events(record: Record, number: str) -> list[EventView]:
    return [
        event(row, record.get(Statement, number, row.seq), record.get(Key, row.actor))
        for row in history(record, number)
    ]


def event(row: Event, statement: Statement | None, key: Key | None) -> EventView:
    return EventView(
        seq=row.seq,
        at=row.at,
        due_at=row.due_at,
        actor=row.actor,
        actor_label=key and key.label,
        role=row.role,
        action=row.action,
        from_=row.from_status,
        to=row.to_status,
        data={**row.data, **(statement.words if statement else {})},
    )

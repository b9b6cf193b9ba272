"""A ticket's view made the long way, row by row and member by member, by Pydantic."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

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

P = ParamSpec("P")
T = TypeVar("T")
Reading = Callable[Concatenate[Session, P], T]
PLAIN = frozenset(TicketView.model_fields) & frozenset(c.key for c in Ticket.__table__.columns)


def once(read: Reading[P, T]) -> Reading[P, T]:
    """Of a ticket's rows, which are the same whoever looks: read once in a session's life."""

    @wraps(read)
    def remembered(session: Session, /, *of: P.args, **more: P.kwargs) -> T:
        memory: dict[Any, T] = session.info.setdefault(read, {})
        if of not in memory:
            memory[of] = read(session, *of, **more)
        return memory[of]

    return remembered


def view(
    session: Session, city: City, caller: Caller, ticket: Ticket, now: Any, bulk: bool
) -> TicketView:
    request, citizen = asked_by(session, ticket.number)
    given = active(session, ticket.number)
    head = session.get(Ticket, ticket.merged_into) if ticket.merged_into else None
    policy, head_status = city.policies.named(ticket.policy), head.status if head else None
    standing = standing_of(ticket, policy, caller.office_code, now, head_status)
    shared = active(session, ticket.merged_into) if ticket.merged_into else given
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
            helper(session, city, dispatch)
            for dispatch in given
            if dispatch.role is DispatchRole.JOINT
        ],
        asked=asked(session, ticket.number),
        reply=words(session, ticket, Action.REPLY),
        returned=words(session, ticket, Action.REVIEW),
        callback_reason=words(session, ticket, Action.CALLBACK),
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


def waiting(session: Session, city: City, caller: Caller, ticket: Ticket, now: Any) -> WaitingView:
    """A row of the caller's inbox."""
    policy, timers = city.policies.named(ticket.policy), Timers.of(ticket)
    part = PARTS.get(caller.role, Part.CHIEF)
    duty = duties.duty(policy, timers, part)
    assert duty is not None  # it lies in the inbox
    rung = [ring.alarm for ring in alarms.rung(policy, timers) if part in ring.to]
    return WaitingView(
        **dict(view(session, city, caller, ticket, now, bulk=True)),
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
def active(session: Session, number: str) -> Sequence[Dispatch]:
    return session.scalars(
        select(Dispatch)
        .where(Dispatch.ticket_number == number, Dispatch.ended_at.is_(None))
        .order_by(Dispatch.office_code)
    ).all()


@once
def asked_by(session: Session, number: str) -> tuple[Request, Citizen]:
    return session.get_one(Request, number), session.get_one(Citizen, number)


def helper(session: Session, city: City, dispatch: Dispatch) -> JointBrief:
    answer = spoken(session, dispatch.ticket_number, dispatch.answer_seq)
    return JointBrief(
        **dict(brief(city, dispatch.office_code)),
        answer_due_at=dispatch.due_at,
        answered_at=dispatch.answered_at,
        text=answer.get("text"),
        measures=answer.get("measures"),
    )


@once
def spoken(session: Session, number: str, seq: int | None) -> dict[str, Any]:
    statement = session.get(Statement, (number, seq)) if seq else None
    return statement.words if statement else {}


@once
def asked(session: Session, number: str) -> list[AskedView]:
    return sorted(askings(session, number), key=lambda asking: asking.seq)


def askings(session: Session, number: str) -> Iterator[AskedView]:
    rows: list[Supervision | Advice] = []
    for table in (Supervision, Advice):
        rows += session.scalars(select(table).where(table.ticket_number == number))
    for row in rows:
        question = spoken(session, number, row.seq)
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
            answer=spoken(session, number, row.answer_seq).get("text"),
        )


@once
def words(session: Session, ticket: Ticket, action: Action) -> WordsView | None:
    """Of the newest event of an action: of reviews a return, of callbacks one with a reason."""
    for row in (row for row in reversed(history(session, ticket.number)) if row.action is action):
        statement = spoken(session, ticket.number, row.seq)
        text = statement.get("reason" if action is Action.CALLBACK else "text")
        if text is not None and row.data.get("approve") is not True:
            measures = statement.get("measures")
            return WordsView(seq=row.seq, at=row.at, text=text, measures=measures)
    return None


def brief(city: City, code: str) -> OfficeBrief:
    return OfficeBrief.model_validate(city.offices[code])


@once
def history(session: Session, number: str) -> Sequence[Event]:
    return session.scalars(
        select(Event).where(Event.ticket_number == number).order_by(Event.seq)
    ).all()


@once
def events(session: Session, number: str) -> list[EventView]:
    return [
        event(row, session.get(Statement, (number, row.seq)), session.get(Key, row.actor))
        for row in history(session, number)
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

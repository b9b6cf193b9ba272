"""A ticket at a past instant: its place and its lead office, from events and dispatches.

The ticket's columns hold its present place and office. Another dispatch or an added address
changes them; only tickets changed since the instant are looked up in their history.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select

from app.tickets.event_data import Placed, Received, name
from app.tickets.events import Event
from app.tickets.life.lifecycle import Action, DispatchRole
from app.tickets.models import Dispatch, Ticket

NOWHERE = ""

Column = sa.SQLColumnExpression[Any]
Instant = datetime | Column


@lru_cache(maxsize=64)
def at(instant: Instant | None, by: str) -> sa.ColumnElement[str]:
    """A column of the ticket as it was at an instant; without one, as it is."""
    now = Ticket.__table__.c[by]
    if instant is None or by not in FORMER:
        return now
    return sa.case((Ticket.updated_at > instant, FORMER[by](instant)), else_=now)


def leads(at: Instant) -> sa.ColumnElement[bool]:
    """`life.leads.leads` of a dispatch on record."""
    begun, ended_at = Dispatch.dispatched_at <= at, Dispatch.ended_at
    to_lead = Dispatch.role == DispatchRole.LEAD
    return sa.and_(to_lead, begun, sa.or_(ended_at.is_(None), ended_at > at))


def lead_of_record(number: Column, at: Instant) -> sa.Select[str]:
    return newest(number, leads(at))


def lead_of_act(number: Column, at: Instant) -> sa.Select[str]:
    to_lead = Dispatch.role == DispatchRole.LEAD
    ends = sa.and_(to_lead, Dispatch.dispatched_at <= at, Dispatch.ended_at == at)
    return newest(number, sa.or_(leads(at), ends))


def newest(number: Column, where: sa.ColumnElement[bool]) -> sa.Select[str]:
    of_ticket = select(Dispatch.office_code).where(Dispatch.ticket_number == number, where)
    return of_ticket.order_by(Dispatch.seq.desc()).limit(1)


def lead(instant: Instant) -> sa.ColumnElement[str]:
    known = lead_of_record(Ticket.number, instant).where(~routed_later(instant))
    return known.correlate(Ticket).scalar_subquery()


def routed_later(instant: Instant) -> sa.ColumnElement[bool]:
    """That the dispatch, though due by then, was made by a sweep that came later."""
    swept = (Event.action == Action.ROUTE, Event.due_at == Dispatch.dispatched_at)
    return sa.exists().where(
        Event.ticket_number == Dispatch.ticket_number, *swept, Event.at > instant
    )


MOVED = (Action.ADD, Action.CORRECT)


def street(instant: Instant) -> sa.ColumnElement[str]:
    return by_last_event(name(Placed.street_code), instant)


def district(instant: Instant) -> sa.ColumnElement[str]:
    return by_last_event(name(Placed.district_code), instant)


def community(instant: Instant) -> sa.ColumnElement[str]:
    return by_last_event(name(Placed.community_code), instant)


def category(instant: Instant) -> sa.ColumnElement[str]:
    return by_last_event(name(Received.category), instant)


def told_anew(instant: Instant) -> sa.ColumnElement[bool]:
    """More was added to the address later: no column keeps the words of before."""
    added = (Event.ticket_number == Ticket.number, Event.action.in_(MOVED))
    return sa.exists().where(*added, Event.at > instant).correlate(Ticket)


def by_last_event(by: str, instant: Instant) -> sa.ColumnElement[str]:
    """As the last event by then has it; of a ticket that never moved no event speaks."""
    data = Event.__table__.c.data
    last = (
        select(func.coalesce(data[by].astext, NOWHERE))
        .where(Event.ticket_number == Ticket.number, Event.at <= instant, data.has_key(by))
        .order_by(Event.seq.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )
    return func.nullif(func.coalesce(last, Ticket.__table__.c[by]), NOWHERE)


FORMER = {
    "office_code": lead,
    "street_code": street,
    "district_code": district,
    "community_code": community,
    "category": category,
}

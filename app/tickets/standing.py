"""How a ticket stands, read from its row for the rules."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.policy.documents import Policy
from app.tickets.life import limits, objections
from app.tickets.life.guards import Standing
from app.tickets.life.lifecycle import IN_OFFICE, Status
from app.tickets.models import Ticket


def standing_of(
    ticket: Ticket | SimpleNamespace,
    policy: Policy,
    office_code: str | None,
    now: datetime,
    head: Status | None = None,
) -> Standing:
    """How a ticket stands now, for someone of an office (or of none); `head` is its parent's. Its
    columns are read by name, of a Ticket or of a row that was read to be shown."""
    window_over = objections.window_over(policy, ticket.urgency, ticket.dispatched_at, now)
    silent_at = objections.silent_at(policy, ticket.urgency, ticket.since)
    return Standing(
        status=ticket.status,
        type=ticket.type,
        urgency=ticket.urgency,
        contacted=ticket.contacted_at is not None,
        doubted=ticket.doubted,
        called=not ticket.doubted and ticket.callback_due_at is None,
        group=ticket.members > 0,
        head=head,
        secret=ticket.secret,
        forced=ticket.forced,
        assessed=ticket.assessed_at is not None,
        past_due=ticket.due_at is not None and now > ticket.due_at,
        objection_over=window_over,
        objection_locked=ticket.objection_locked,
        objected=ticket.objectors.count(office_code or "") >= policy.objection.per_office,
        objection_inside=ticket.objection_district is not None,
        objection_mine=ticket.objection_district == office_code,
        objection_silent=now > silent_at,
        extendable=ticket.urgency in policy.extension.levels,
        extended=ticket.extensions >= policy.extension.max,
        asks_extension=ticket.asks_extension,
        asks_hold=ticket.asks_hold,
    )


def overdue(ticket: Ticket | SimpleNamespace, now: datetime) -> bool:
    """Its result is late: not there in time, or, once there, given after its time."""
    if ticket.due_at is None:
        return False
    if ticket.status in IN_OFFICE:
        return limits.is_late(ticket.due_at, None, now)
    replied_at = ticket.replied_at
    return ticket.forced or (
        replied_at is not None and limits.is_late(ticket.due_at, replied_at, now)
    )


def overdue_in(ticket: Any, now: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """`overdue` in SQL, of Ticket or of columns of the same names."""
    working = ticket.status.in_(IN_OFFICE)
    told = sa.or_(ticket.forced, sa.func.coalesce(ticket.replied_at > ticket.due_at, False))
    past = sa.case((working, ticket.due_at < now), else_=told)
    return sa.func.coalesce(sa.and_(ticket.due_at.is_not(None), past), False)


def turns(ticket: Ticket | SimpleNamespace, policy: Policy) -> Iterator[datetime]:
    """After which instants a ticket stands otherwise by time alone, or is overdue."""
    if ticket.due_at is not None:
        yield ticket.due_at
    if ticket.dispatched_at is not None:
        yield objections.window_ends(policy, ticket.urgency, ticket.dispatched_at)
    yield objections.silent_at(policy, ticket.urgency, ticket.since)

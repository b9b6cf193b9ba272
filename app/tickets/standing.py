"""The standing of a ticket: its row as the guards and lists see it at an instant."""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.policy.documents import Policy
from app.tickets.life import limits, objections, sources
from app.tickets.life.guards import NAMES, Standing
from app.tickets.life.lifecycle import IN_OFFICE, Status
from app.tickets.models import Ticket


def standing_of(
    ticket: Ticket | SimpleNamespace,
    policy: Policy,
    office_code: str | None,
    now: datetime,
    head: Status | None = None,
) -> Standing:
    """The standing of a Ticket, or of a row with its columns, for an office (or for none) at `now`;
    `head` is the status of its parent."""
    urgency, rule = ticket.urgency, policy.objection
    derived: dict[str, Any] = {
        "relay_asked": ticket.relay_asked_at is not None,
        "head": head,
        "contacted": ticket.contacted_at is not None,
        "no_call_due": ticket.callback_due_at is None,
        "verifiable": sources.verifiable(ticket.channel, ticket.no_citizen),
        "owes_advice": office_code in ticket.advised,
        "group": ticket.members > 0,
        "assessed": ticket.assessed_at is not None,
        "past_due": ticket.due_at is not None and now > ticket.due_at,
        "objection_over": objections.window_over(policy, urgency, ticket.dispatched_at, now),
        "objected": ticket.objectors.count(office_code or "") >= rule.per_office,
        "objection_inside": ticket.objection_district is not None,
        "objection_mine": ticket.objection_district == office_code,
        "objection_silent": now > objections.silent_at(policy, urgency, ticket.since),
        "extendable": urgency in policy.extension.levels,
        "extended": ticket.extensions >= policy.extension.max,
        "full": ticket.version >= policy.ticket.events,
        "erased": ticket.erased_at is not None,
        "kept_by": tuple(ticket.whistles) if policy.reply.require_whistle_closed else (),
    }
    return Standing(*columns(ticket), **derived)


columns = attrgetter(*(name for name in NAMES if name in Ticket.__table__.columns))
"""The first members of a Standing, which a ticket has by the same names."""


def overdue(ticket: Ticket | SimpleNamespace, now: datetime) -> bool:
    """Whether the result is late: missing after its due time, or given after it."""
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
    past = sa.case((working, ticket.due_at < now), else_=late_in(ticket))
    return sa.func.coalesce(past, False)


def late_in(ticket: Any) -> sa.ColumnElement[bool]:
    """Whether its last result is late, which time alone does not change."""
    came_late = sa.func.coalesce(ticket.replied_at > ticket.due_at, False)
    return sa.and_(ticket.due_at.is_not(None), sa.or_(ticket.forced, came_late))


def turns(ticket: Ticket | SimpleNamespace, policy: Policy) -> Iterator[datetime]:
    """The instants after which time alone changes a ticket's standing, or makes it overdue."""
    if ticket.due_at is not None:
        yield ticket.due_at
    if ticket.dispatched_at is not None:
        yield objections.window_ends(policy, ticket.urgency, ticket.dispatched_at)
    yield objections.silent_at(policy, ticket.urgency, ticket.since)

"""Locks: tickets are locked, brought up to date and checked before an act changes them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.roles import Caller, Role
from app.city import City
from app.kit.clock import Clock
from app.kit.entities.reading import Entities
from app.kit.errors import Conflict, Stale
from app.kit.instants import HELD, recording
from app.kit.messages import Message
from app.kit.web.etag import Versions
from app.tickets.acts import due
from app.tickets.acts.change import Change
from app.tickets.life import guards
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import WHO
from app.tickets.models import Dispatch, Ticket
from app.tickets.views import scope
from app.tickets.views.scope import asked, existing, in_scope
from app.tickets.views.view import NUMBERS


class TicketChanged(Stale):
    title = "The ticket has changed since you read it"


def locked(
    session: Session, city: City, caller: Caller, number: str, clock: Clock, *others: str | None
) -> Change:
    """Lock the ticket until the commit and apply its due changes; likewise `others` and the parent
    of its group. Rows are locked in order of number."""
    concerned = set(filter(None, others)) - {number}
    if concerned:
        recording(session, clock)
        lock(session, {number, *concerned})
    tickets = recorded_in_scope(caller.role).read(session, **asked(caller, number))
    ticket = existing(number, tickets[0] if tickets else None)
    if ticket.merged_into:
        concerned.add(ticket.merged_into)
    beside = renewed_tickets(session, concerned)
    now = clock()  # later than every change of these rows
    change = up_to_date(session, city, ticket, now)
    for other in beside:
        change.others[other.number] = up_to_date(session, city, other, now)
    give_part(change, caller)
    return change


def lock(session: Session, numbers: Collection[str]) -> None:
    """Lock several rows in order of number, so that no two requests block each other."""
    wanted = select(Ticket.number).where(Ticket.number.in_(numbers)).order_by(Ticket.number)
    session.execute(wanted.with_for_update()).all()


def renewed(query: Select[Ticket]) -> Select[Ticket]:
    """The query with a lock; rows that the session has already are read again."""
    newest: Select[Ticket] = query.order_by(Ticket.number).with_for_update()
    return newest.execution_options(populate_existing=True)


RENEWED = Entities(
    Ticket, renewed(select(Ticket).where(Ticket.number == sa.any_(NUMBERS))), anew=True
)


def renewed_tickets(session: Session, numbers: Collection[str]) -> Sequence[Ticket]:
    """Tickets of any scope, locked; of no numbers, nothing is asked."""
    return RENEWED.read(session, numbers=list(numbers)) if numbers else ()


@cache
def recorded_in_scope(role: Role) -> Entities[Ticket]:
    """The locked ticket, for a recorder."""
    return Entities(Ticket, renewed(in_scope(role)).add_columns(HELD), anew=True)


def up_to_date(session: Session, city: City, ticket: Ticket, now: datetime) -> Change:
    """The change of a locked ticket, with its due changes applied and without a caller yet."""
    change = Change(session, city, ticket, now)
    change.dispatches = active(session, ticket.merged_into or ticket.number)
    due.apply_due(change)
    return change


def take_up(change: Change, caller: Caller) -> None:
    """Apply due changes, then give the change its caller and his parts."""
    change.caller = None
    due.apply_due(change)
    give_part(change, caller)


def give_part(change: Change, caller: Caller) -> None:
    change.caller = caller
    ticket, head = change.ticket, change.head.ticket
    change.parts = scope.parts(caller, ticket, change.dispatches, change.city, head)


def check_part(change: Change, action: Action) -> None:
    if not change.parts & WHO[action]:
        raise NotYourPart(
            Message("{action} is done by: {who}", action=action, who=sorted(WHO[action]))
        )


def check_state(change: Change, action: Action, if_match: Versions | None) -> None:
    """Refuses TicketChanged (`If-Match`), then IllegalMove."""
    check_version(change, if_match)
    guards.check(change.standing, action, change.parts)


def check_version(change: Change, if_match: Versions | None) -> None:
    """Refuses TicketChanged (`If-Match`)."""
    version = change.ticket.version
    if if_match is not None and str(version) not in if_match:
        raise TicketChanged(Message("it is at version {version}", version=version), version=version)


@contextmanager
def explained(change: Change) -> Iterator[None]:
    """A conflict in this block carries the ticket's status and the caller's allowed actions."""
    standing = change.standing
    try:
        yield
    except Conflict as met:
        may = list(guards.allowed(standing, change.parts))
        met.facts = {"status_now": standing.status, "allowed": may, **met.facts}
        raise


def changes(
    session: Session, city: City, numbers: Sequence[str], now: datetime
) -> dict[str, Change]:
    """Changes of many locked tickets of any scope, by number, without a caller yet."""
    tickets = renewed_tickets(session, numbers)
    by_number = {ticket.number: Change(session, city, ticket, now) for ticket in tickets}
    for dispatch in ACTIVE_OF_MANY.read(session, numbers=list(numbers)):
        by_number[dispatch.ticket_number].dispatches.append(dispatch)
    return by_number


GIVEN = select(Dispatch).where(Dispatch.ended_at.is_(None)).order_by(Dispatch.office_code)
ACTIVE = Entities(Dispatch, GIVEN.where(Dispatch.ticket_number == scope.NUMBER))
ACTIVE_OF_MANY = Entities(Dispatch, GIVEN.where(Dispatch.ticket_number == sa.any_(NUMBERS)))


def active(session: Session, number: str) -> list[Dispatch]:
    return ACTIVE.read(session, number=number)

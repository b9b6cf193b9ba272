"""Acting on one ticket: seen only in scope, locked, brought up to date, and then changed once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.kit.errors import NotFound, Stale
from app.kit.etag import Versions
from app.tickets import falls, lifecycle, scope
from app.tickets.change import Change
from app.tickets.desk import Desk
from app.tickets.lifecycle import WHO, Action, NotYourPart
from app.tickets.models import Citizen, Dispatch, Event, Statement, Ticket


class NoSuchTicket(NotFound):
    title = "There is no such ticket here"


class TicketChanged(Stale):
    title = "The ticket has changed since you read it"


def get(session: Session, caller: Caller, number: str) -> Ticket:
    """Refuses (NoSuchTicket) what does not exist and what is not the caller's to know of, alike."""
    return found(number, session.scalar(in_scope(caller, number)))


def in_scope(caller: Caller, number: str) -> Select[Ticket]:
    return select(Ticket).where(Ticket.number == printable(number), scope.visible(caller))


def found(number: str, ticket: Ticket | None) -> Ticket:
    if ticket is None:
        raise NoSuchTicket(f"no ticket {number}")
    return ticket


def printable(number: str) -> str:
    """What PostgreSQL can compare; anything else is no number."""
    return number if number.isascii() and number.isalnum() else ""


def locked(session: Session, desk: Desk, caller: Caller, number: str, now: datetime) -> Change:
    """The ticket's row, locked to the commit, with what had fallen due applied."""
    row = session.scalar(
        in_scope(caller, number).with_for_update().execution_options(populate_existing=True)
    )
    change = Change(session, desk, found(number, row), now, None)
    change.dispatches = active(session, change.ticket.number)
    take_up(change, caller)
    return change


def take_up(change: Change, caller: Caller) -> None:
    """A caller with his part, after all that had fallen due by now."""
    change.caller = None
    falls.apply_due(change)
    change.caller = caller
    change.parts = scope.parts(caller, change.ticket, change.dispatches)


def check_part(change: Change, action: Action) -> None:
    if not change.parts & WHO[action]:
        raise NotYourPart(f"{action} is done by: {', '.join(sorted(WHO[action]))}")


def check_state(change: Change, action: Action, if_match: Versions | None) -> None:
    """Refuses TicketChanged (`If-Match`), then IllegalMove."""
    version = change.ticket.version
    if if_match is not None and str(version) not in if_match:
        raise TicketChanged(f"it is at version {version}", version=version)
    lifecycle.check(change.standing, action, change.parts)


def changes(
    session: Session, desk: Desk, numbers: Sequence[str], now: datetime
) -> dict[str, Change]:
    """The same for many tickets of any scope, before anyone takes them up."""
    rows = select(Ticket).where(Ticket.number.in_(numbers)).order_by(Ticket.number)
    found = {
        ticket.number: Change(session, desk, ticket, now)
        for ticket in session.scalars(rows.with_for_update())
    }
    given = select(Dispatch).where(Dispatch.ticket_number.in_(numbers), Dispatch.ended_at.is_(None))
    for one in session.scalars(given.order_by(Dispatch.office_code)):
        found[one.ticket_number].dispatches.append(one)
    return found


def active(session: Session, number: str) -> list[Dispatch]:
    return list(
        session.scalars(
            select(Dispatch)
            .where(Dispatch.ticket_number == number, Dispatch.ended_at.is_(None))
            .order_by(Dispatch.office_code)
        )
    )


def history(session: Session, number: str) -> Sequence[tuple[Event, Statement | None]]:
    """Every event of a ticket, oldest first, with what was said in it."""
    said = (Statement.ticket_number == Event.ticket_number) & (Statement.seq == Event.seq)
    return [
        (event, statement)
        for event, statement in session.execute(
            select(Event, Statement)
            .outerjoin(Statement, said)
            .where(Event.ticket_number == number)
            .order_by(Event.seq)
        )
    ]


def citizen(session: Session, number: str) -> Citizen:
    return session.get_one(Citizen, number)

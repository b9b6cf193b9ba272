"""Acting on one ticket: seen only in scope, locked, brought up to date, and then changed once."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.kit.clock import Clock
from app.kit.errors import Conflict, Stale
from app.kit.etag import Versions
from app.kit.instants import recording
from app.tickets.acts import due
from app.tickets.acts.change import Change
from app.tickets.life import guards
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import WHO
from app.tickets.models import Dispatch, Ticket
from app.tickets.views import scope
from app.tickets.views.scope import found, in_scope


class TicketChanged(Stale):
    title = "The ticket has changed since you read it"


def locked(
    session: Session, city: City, caller: Caller, number: str, clock: Clock, *others: str | None
) -> Change:
    """The ticket's row, locked to the commit, with what had fallen due applied; `others` that it
    concerns likewise, all in order of number, and the parent of its group in any case."""
    recording(session, clock)
    also = set(filter(None, others)) - {number}
    if also:
        lock(session, {number, *also})
    row = found(number, session.scalar(renewed(in_scope(caller, number))))
    if row.merged_into:
        also.add(row.merged_into)
    besides = session.scalars(renewed(select(Ticket).where(Ticket.number.in_(also)))).all()
    now = clock()  # later than all that was done to them
    change = up_to_date(session, city, row, now)
    for other in besides:
        change.others[other.number] = up_to_date(session, city, other, now)
    give_part(change, caller)
    return change


def lock(session: Session, numbers: Collection[str]) -> None:
    """Several rows, always in the same order, so that two who want the same ones can wait."""
    wanted = select(Ticket.number).where(Ticket.number.in_(numbers)).order_by(Ticket.number)
    session.execute(wanted.with_for_update()).all()


def renewed(query: Select[Ticket]) -> Select[Ticket]:
    """Locked, and read anew whatever the session has of it."""
    found: Select[Ticket] = query.order_by(Ticket.number).with_for_update()
    return found.execution_options(populate_existing=True)


def up_to_date(session: Session, city: City, ticket: Ticket, now: datetime) -> Change:
    """A locked ticket with what had fallen due by now applied; nobody has acted on it yet."""
    change = Change(session, city, ticket, now)
    change.dispatches = active(session, ticket.merged_into or ticket.number)
    due.apply_due(change)
    return change


def take_up(change: Change, caller: Caller) -> None:
    """A caller with his part, after all that had fallen due by now."""
    change.caller = None
    due.apply_due(change)
    give_part(change, caller)


def give_part(change: Change, caller: Caller) -> None:
    change.caller = caller
    ticket, head = change.ticket, change.head.ticket
    change.parts = scope.parts(caller, ticket, change.dispatches, change.city, head)


def check_part(change: Change, action: Action) -> None:
    if not change.parts & WHO[action]:
        raise NotYourPart(f"{action} is done by: {', '.join(sorted(WHO[action]))}")


def check_state(change: Change, action: Action, if_match: Versions | None) -> None:
    """Refuses TicketChanged (`If-Match`), then IllegalMove."""
    check_version(change, if_match)
    guards.check(change.standing, action, change.parts)


def check_version(change: Change, if_match: Versions | None) -> None:
    """Refuses TicketChanged (`If-Match`)."""
    version = change.ticket.version
    if if_match is not None and str(version) not in if_match:
        raise TicketChanged(f"it is at version {version}", version=version)


@contextmanager
def explained(change: Change) -> Iterator[None]:
    """Whatever conflict is met, its caller learns how the ticket stands and what he may do now."""
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
    """Many tickets of any scope, locked, before anyone takes them up."""
    rows = renewed(select(Ticket).where(Ticket.number.in_(numbers)))
    found = {one.number: Change(session, city, one, now) for one in session.scalars(rows)}
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

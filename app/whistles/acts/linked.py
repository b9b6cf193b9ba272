"""Tickets for which a whistle is blown, with the parents of their groups: told when it begins to
keep them from a reply, and when it no longer does (RULEBOOK D.14.8, D.11)."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.ready import Ready
from app.tickets.acts import due, locking, whistling
from app.tickets.acts.change import Change
from app.tickets.models import Ticket
from app.tickets.views.scope import NUMBER
from app.whistles.acts.change import WhistleChange
from app.whistles.life.loop import OVER, UNSETTLED
from app.whistles.models import WhistleTicket

LINKED = Ready(
    select(WhistleTicket.ticket_number)
    .where(WhistleTicket.whistle_number == NUMBER)
    .order_by(WhistleTicket.ticket_number)
)


def numbers(session: Session, whistle_number: str) -> Sequence[str]:
    rows = LINKED.rows(session.connection(), number=whistle_number)
    return [row.ticket_number for row in rows]


def tell(change: WhistleChange) -> None:
    """Each ticket has an event when the whistle begins or ends to keep it."""
    whistle, keeps = change.whistle, keeps_tickets(change)
    if keeps is whistle.keeps_tickets:
        return
    whistle.keeps_tickets = keeps
    linked = numbers(change.session, whistle.number)
    tickets = locked(change, linked)
    for number in linked:
        begin_or_end(change, tickets[number], tickets, keeps)
    for parent, member in parents(linked, tickets):
        begin_or_end(change, tickets[parent], tickets, keeps, member)


def locked(change: WhistleChange, linked: Sequence[str]) -> Mapping[str, Change]:
    """The tickets and the parents of their groups, by number."""
    if not linked:
        return {}
    merged = select(Ticket.merged_into).where(Ticket.number.in_(linked))
    wanted = {*linked, *filter(None, change.session.scalars(merged))}
    return locking.changes(change.session, change.city, sorted(wanted), change.now)


def parents(linked: Sequence[str], tickets: Mapping[str, Change]) -> Iterator[tuple[str, str]]:
    """Each parent that is not linked itself, with the member for which the whistle is blown."""
    for number in linked:
        parent = tickets[number].ticket.merged_into
        if parent and parent in tickets and parent not in linked:
            yield parent, number


def begin_or_end(
    change: WhistleChange,
    ticket: Change,
    tickets: Mapping[str, Change],
    keeps: bool,
    member: str | None = None,
) -> None:
    """A whistle keeps the reply of an office that blew it or works with the one that did."""
    head = tickets.get(ticket.ticket.merged_into or "", ticket)
    if keeps and not whistling.works_on(head, change.whistle.street_code):
        return
    ticket.now = max(change.now, ticket.ticket.updated_at)  # its events keep their order
    due.apply_due(ticket)
    ticket.caller = change.caller
    if keeps:
        whistling.begin(ticket, change.whistle.number, member)
    else:
        whistling.end(ticket, change.whistle.number)


def keeps_tickets(change: WhistleChange) -> bool:
    """Whether it is blown, and has not let all its required offices go."""
    deciding = change.standing.deciding
    open_summonses = any(summons.status not in OVER for summons in deciding)
    return change.whistle.status in UNSETTLED and open_summonses

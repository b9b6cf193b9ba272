"""Whistles 吹哨 that are blown for a ticket: the street stays its lead, its clock runs, the reply
waits for their required offices (RULEBOOK D.14.8). A group's reply is its parent's, so its members'
whistles keep it, too (D.11)."""

from collections.abc import Collection

from msgspec import UNSET
from sqlalchemy import select

from app.tickets.acts.change import Change
from app.tickets.event_data import OfWhistle, WhistleBegun
from app.tickets.events import Event
from app.tickets.life.lifecycle import TERMINAL, Action, DispatchRole, Status
from app.tickets.models import Ticket

WORKING = frozenset({DispatchRole.LEAD, DispatchRole.JOINT})


def begin(change: Change, whistle_number: str, member_number: str | None = None) -> None:
    """A required summons of the whistle is open, which was blown for the ticket or for a member of
    its group; a ticket that has ended takes no part."""
    ticket = change.ticket
    if ticket.status in TERMINAL - {Status.MERGED} or whistle_number in ticket.whistles:
        return
    ticket.whistles = [*ticket.whistles, whistle_number]
    data = WhistleBegun(whistle_number=whistle_number, member_number=member_number or UNSET)
    change.record(Action.WHISTLE, ticket.status, data)


def end(change: Change, whistle_number: str) -> None:
    """The whistle has let its required offices go, or is no more."""
    ticket = change.ticket
    if whistle_number not in ticket.whistles:
        return
    ticket.whistles = [number for number in ticket.whistles if number != whistle_number]
    change.record(Action.WHISTLE_OVER, ticket.status, OfWhistle(whistle_number=whistle_number))


def works_on(change: Change, office_code: str) -> bool:
    """Whether an office leads the ticket, is joint on it, or keeps it until another leads."""
    if change.ticket.office_code is None:
        return office_code == change.ticket.interim_office
    working = (each.office_code for each in change.dispatches if each.role in WORKING)
    return office_code in working


def bring(member: Ticket, parent: Ticket) -> list[str]:
    """The open whistles that a new member brings along: those of the office that leads its parent
    keep the group's reply from now on; those of another keep none."""
    lead = parent.office_code or parent.interim_office
    if (member.office_code or member.interim_office) != lead:
        member.whistles = []
    brought = [number for number in member.whistles if number not in parent.whistles]
    parent.whistles = [*parent.whistles, *brought]
    return brought


def take_along(head: Change, member: Ticket) -> None:
    """The whistles of a member that has left keep its own reply, and no longer the group's, unless
    they are blown for others of it, too."""
    parent = head.ticket
    leaving = set(member.whistles) & set(parent.whistles)
    if leaving:
        leaving -= blown_for(head, leaving) | of_members(head)
    parent.whistles = [number for number in parent.whistles if number not in leaving]


def blown_for(change: Change, numbers: Collection[str]) -> set[str]:
    """Those of the whistles that were blown for the ticket itself."""
    data = Event.data
    query = select(data["whistle_number"].astext).where(
        Event.ticket_number == change.ticket.number,
        Event.action == Action.WHISTLE,
        data["whistle_number"].astext.in_(numbers),
        data["member_number"].astext.is_(None),
    )
    return set(change.session.scalars(query))


def of_members(head: Change) -> set[str]:
    """The open whistles of the members."""
    query = select(Ticket.whistles).where(Ticket.merged_into == head.ticket.number)
    return {number for numbers in head.session.scalars(query) for number in numbers}

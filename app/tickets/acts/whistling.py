"""Whistles 吹哨 that are blown for a ticket: the street stays its lead, its clock runs, the reply
waits for their required offices (RULEBOOK D.14.8)."""

from app.tickets.acts.change import Change
from app.tickets.event_data import OfWhistle
from app.tickets.life.lifecycle import TERMINAL, Action, Status


def begin(change: Change, whistle_number: str) -> None:
    """A required summons of the whistle is open; a ticket that has ended takes no part."""
    ticket = change.ticket
    if ticket.status in TERMINAL - {Status.MERGED} or whistle_number in ticket.whistles:
        return
    ticket.whistles = [*ticket.whistles, whistle_number]
    change.record(Action.WHISTLE, ticket.status, OfWhistle(whistle_number=whistle_number))


def end(change: Change, whistle_number: str) -> None:
    """The whistle has let its required offices go, or is no more."""
    ticket = change.ticket
    if whistle_number not in ticket.whistles:
        return
    ticket.whistles = [number for number in ticket.whistles if number != whistle_number]
    change.record(Action.WHISTLE_OVER, ticket.status, OfWhistle(whistle_number=whistle_number))

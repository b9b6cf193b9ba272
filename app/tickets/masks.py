"""Who called, as far as a role may know (RULEBOOK D.16)."""

from app.access.roles import HANDLERS, Caller, Role
from app.tickets.models import Citizen, Ticket
from app.tickets.shown import CitizenView

SPEAKS_WITH_CITIZENS = frozenset({Role.OPERATOR, Role.CALLBACK, Role.SUPERVISOR})
"""The hotline's own desks, which were told the name and the number, or must dial it."""

NEAR_THE_SUBJECT = HANDLERS | {Role.DISTRICT}
"""Among them the party complained of may be: who reports or asks for secrecy is hidden whole."""

SHORTEST_SHOWN = 11
"""Of fewer digits, the seven shown would leave too few to guess."""


def masked_name(name: str | None) -> str | None:
    """张三 → 张*"""
    return name and name[0] + "*" * (len(name) - 1 or 1)


def masked_phone(phone: str | None) -> str | None:
    """13800000000 → 138****0000; a short number is hidden whole."""
    if phone is None or len(phone) < SHORTEST_SHOWN:
        return phone and "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


def shown(citizen: Citizen, ticket: Ticket, caller: Caller, bulk: bool) -> CitizenView:
    """In the clear for the hotline's desks, one ticket at a time; else masked, or nothing."""
    name, phone = citizen.name, citizen.phone
    if ticket.secret and caller.role in NEAR_THE_SUBJECT:
        name = phone = None
    elif bulk or caller.role not in SPEAKS_WITH_CITIZENS:
        name, phone = masked_name(name), masked_phone(phone)
    return CitizenView(
        name=name,
        phone=phone,
        anonymous=citizen.anonymous,
        confidential=citizen.confidential,
    )

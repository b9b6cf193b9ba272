"""Which tickets a caller may know of, and which parts are his in one: decided here only."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import select

from app.access.roles import CITY, HANDLERS, Caller, Role
from app.tickets.lifecycle import DispatchRole
from app.tickets.models import Dispatch, Ticket
from app.tickets.parts import Part

DESK_PARTS = {
    Role.OPERATOR: Part.OPERATOR,
    Role.DISPATCHER: Part.DISPATCHER,
    Role.CALLBACK: Part.CALLBACK,
    Role.SUPERVISOR: Part.SUPERVISOR,
    Role.PANEL: Part.PANEL,
}
ROLE_PARTS: dict[Role, frozenset[Part]] = {
    **{role: frozenset({part}) for role, part in DESK_PARTS.items()},
    Role.DISTRICT: frozenset({Part.QUEUE, Part.DISTRICT}),
    Role.HANDLER: frozenset({Part.LEAD, Part.JOINT, Part.INTERIM}),
    Role.CHIEF: frozenset({Part.LEAD, Part.JOINT, Part.INTERIM, Part.CHIEF}),
}
"""Every part that a role can have in some ticket."""

READERS = CITY | HANDLERS | {Role.DISTRICT}


def visible(caller: Caller) -> sa.ColumnElement[bool]:
    """The condition on `ticket` that every read and every act by this caller carries.

    The city's desks see all, a district what lies in it or was copied to it, an office what it
    now has as lead, joint or informed, or answers for until another acknowledges; and the lead
    of a merged group its members (D.11).
    """
    if caller.role in CITY:
        return sa.true()
    given = select(Dispatch.ticket_number).where(
        Dispatch.office_code == caller.office_code, Dispatch.ended_at.is_(None)
    )
    keeps_it = Ticket.interim_office == caller.office_code
    leads_group = Ticket.merged_into.in_(given.where(Dispatch.role == DispatchRole.LEAD))
    has_it = sa.or_(Ticket.number.in_(given), keeps_it, leads_group)
    if caller.role is Role.DISTRICT:
        return sa.or_(Ticket.district_code == caller.office_code, has_it)
    return has_it if caller.role in HANDLERS else sa.false()


def parts(caller: Caller, ticket: Ticket, dispatches: Iterable[Dispatch]) -> frozenset[Part]:
    """A caller's parts in a ticket that he may see; `dispatches` are its active ones.

    A member of a merged group has those of its parent.
    """
    if caller.role in DESK_PARTS:
        return ROLE_PARTS[caller.role]
    if caller.role is Role.DISTRICT:
        queued = ticket.queue == caller.office_code
        return frozenset({Part.DISTRICT, Part.QUEUE} if queued else {Part.DISTRICT})
    if caller.role not in HANDLERS:
        return frozenset()
    roles = {d.role for d in dispatches if d.office_code == caller.office_code}
    own = {Part.LEAD} if DispatchRole.LEAD in roles else {Part.JOINT} if roles else set()
    if ticket.interim_office == caller.office_code:
        own.add(Part.INTERIM)
    return frozenset(own | {Part.CHIEF} if own and caller.role is Role.CHIEF else own)

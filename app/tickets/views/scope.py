"""Which tickets a caller may know of, and which parts are his in one: decided here only."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.roles import CITY, HANDLERS, Caller, Role
from app.city import City, district_of
from app.kit.entities.reading import Entities
from app.kit.errors import NotFound
from app.kit.messages import Message
from app.kit.ready import Ready, parameter, shared_alias
from app.offices.directory import STREET_KINDS
from app.tickets.life.lifecycle import DispatchRole
from app.tickets.life.parts import Part
from app.tickets.models import Dispatch, Ticket

LEAD = DispatchRole.LEAD

DESK_PARTS = {
    Role.OPERATOR: Part.OPERATOR,
    Role.DISPATCHER: Part.DISPATCHER,
    Role.CALLBACK: Part.CALLBACK,
    Role.SUPERVISOR: Part.SUPERVISOR,
    Role.PANEL: Part.PANEL,
}

ROLE_PARTS: dict[Role, frozenset[Part]] = {
    **{role: frozenset({part}) for role, part in DESK_PARTS.items()},
    Role.DISTRICT: frozenset({Part.QUEUE, Part.DISTRICT, Part.JOINT}),
    Role.HANDLER: frozenset({Part.LEAD, Part.JOINT, Part.HELPER, Part.INTERIM}),
    Role.CHIEF: frozenset(
        {
            *(Part.LEAD, Part.JOINT, Part.HELPER, Part.INTERIM),
            *(Part.CHIEF, Part.STREET, Part.COORDINATOR),
        }
    ),
}
"""Every part that a role can have in some ticket."""

T = TypeVar("T")

OWN, MEMBER, PARENT = shared_alias(Ticket), shared_alias(Ticket), shared_alias(Ticket)
"""Made once: an alias copies all columns of its table."""

OWN_OFFICE = parameter("own_office", sa.Text)
"""The caller's, in a statement that is made once."""
NUMBER = parameter("number", sa.Text)

READERS = CITY | HANDLERS | {Role.DISTRICT}


def visible(caller: Caller) -> sa.ColumnElement[bool]:
    """The condition on `ticket` that every read and every act by this caller carries.

    The city's desks see all, a district what lies in it or was copied to it, an office what it
    now has as lead, joint or informed, or answers for until another acknowledges; and who leads a
    merged group, or answers for it, its members (D.11).
    """
    return visible_at(caller.role, caller.office_code)


def nameable(caller: Caller) -> sa.ColumnElement[bool]:
    """The condition on `ticket` under which something else that this caller reads may name it: a
    secret one is named to nobody who may not see it."""
    return sa.or_(~Ticket.secret, visible(caller))


def nameable_to(role: Role, office_code: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The same, for a statement that is made once."""
    return sa.or_(~Ticket.secret, visible_to(role, office_code))


@cache
def visible_at(role: Role, office_code: str | None) -> sa.ColumnElement[bool]:
    """Made once for each office: making it takes longer than asking it."""
    return visible_to(role, sa.literal(office_code, sa.Text))


def visible_to(role: Role, office_code: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """For tickets that are looked for by number."""
    return within(role, office_code, sa.or_(*has_it(office_code)))


def listed_to(role: Role, office_code: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The same for lists: what an office has is read first, however much the city has."""
    return within(role, office_code, Ticket.number.in_(sa.union(*had_by(office_code))))


def within(
    role: Role, office_code: sa.ColumnElement[Any], has_it: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    if role in CITY:
        return sa.true()
    if role is Role.DISTRICT:
        return sa.or_(Ticket.district_code == office_code, has_it)
    return has_it if role in HANDLERS else sa.false()


def given_to(office_code: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions on an active dispatch to an office."""
    return (Dispatch.office_code == office_code, Dispatch.ended_at.is_(None))


def had_by(office_code: sa.ColumnElement[Any]) -> tuple[Select[Any], ...]:
    """The numbers of tickets that an office has, keeps, leads the group of, keeps the group of."""
    given = given_to(office_code)
    members = select(MEMBER.number)
    return (
        select(Dispatch.ticket_number).where(*given),
        select(OWN.number).where(OWN.interim_office == office_code),
        members.join(Dispatch, Dispatch.ticket_number == MEMBER.merged_into).where(
            *given, Dispatch.role == LEAD
        ),
        members.join(PARENT, PARENT.number == MEMBER.merged_into).where(
            PARENT.interim_office == office_code
        ),
    )


def has_it(office_code: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """The same of one ticket, whose row is there: whether the office has it, keeps it, leads its
    group, keeps its group."""
    dispatch = select(Dispatch.seq).where(*given_to(office_code))
    head = select(PARENT.number).where(PARENT.interim_office == office_code)
    return (
        dispatch.where(Dispatch.ticket_number == Ticket.number).exists(),
        Ticket.interim_office == office_code,
        dispatch.where(
            Dispatch.ticket_number == Ticket.merged_into, Dispatch.role == LEAD
        ).exists(),
        head.where(PARENT.number == Ticket.merged_into).exists(),
    )


class Given(NamedTuple):
    """An active dispatch, as far as a part in the ticket depends on it."""

    role: DispatchRole
    office_code: str


def parts(
    caller: Caller,
    ticket: Ticket | SimpleNamespace,
    dispatches: Sequence[Dispatch | Given],
    city: City,
    head: Ticket | SimpleNamespace | None = None,
) -> frozenset[Part]:
    """A caller's parts in a ticket that he may see; `dispatches` are its active ones.

    A member of a merged group has those of its parent, `head`.
    """
    if caller.role in DESK_PARTS:
        return ROLE_PARTS[caller.role]
    if caller.role is Role.DISTRICT:
        return frozenset(district_parts(caller, ticket, dispatches, city))
    if caller.role not in HANDLERS:
        return frozenset()
    own = set(office_parts(caller, head or ticket, dispatches))
    if not own or caller.role is not Role.CHIEF:
        return frozenset(own)
    return frozenset({*own, Part.CHIEF, *powers(own, caller, dispatches, city)})


def powers(
    own: Collection[Part], caller: Caller, dispatches: Iterable[Dispatch | Given], city: City
) -> Iterator[Part]:
    """Of the chief of the street or township that leads, beside those of its handlers (D.2)."""
    office = city.offices.get(caller.office_code or "")
    if Part.LEAD in own and office is not None and office.kind in STREET_KINDS:
        yield Part.STREET
        if any(dispatch.role is DispatchRole.JOINT for dispatch in dispatches):
            yield Part.COORDINATOR


def district_parts(
    caller: Caller,
    ticket: Ticket | SimpleNamespace,
    dispatches: Iterable[Dispatch | Given],
    city: City,
) -> Iterator[Part]:
    """A district decides in what lies there or is led from there; of what it only helps another
    with it is told, and may note."""
    leads = {district_of(city, d.office_code) for d in dispatches if d.role is LEAD}
    own = caller.office_code in {ticket.district_code, *leads}
    yield Part.DISTRICT if own else Part.JOINT
    if ticket.queue == caller.office_code:
        yield Part.QUEUE


def office_parts(
    caller: Caller, ticket: Ticket | SimpleNamespace, dispatches: Iterable[Dispatch | Given]
) -> Iterator[Part]:
    roles = {d.role for d in dispatches if d.office_code == caller.office_code}
    if roles:
        yield Part.LEAD if LEAD in roles else Part.JOINT
    if DispatchRole.JOINT in roles:
        yield Part.HELPER
    if ticket.interim_office == caller.office_code:
        yield Part.INTERIM


class NoSuchTicket(NotFound):
    title = "There is no such ticket here"


class Outline(NamedTuple):
    """A ticket by its number, and the parent of its group."""

    number: str
    merged_into: str | None


def outline(session: Session, caller: Caller, number: str) -> Outline:
    """What an act must know of its ticket before it locks and reads it. Refuses as `get` does."""
    lines = outline_in_scope(caller.role).rows(session.connection(), **asked(caller, number))
    return Outline(*existing(number, lines[0] if lines else None))


@cache
def outline_in_scope(role: Role) -> Ready:
    return Ready(in_scope(role).with_only_columns(Ticket.number, Ticket.merged_into))


def get(session: Session, caller: Caller, number: str) -> Ticket:
    """Refuses (NoSuchTicket) what does not exist and what is not the caller's to know of, alike."""
    return existing(number, known(session, caller, number))


def known(session: Session, caller: Caller, number: str) -> Ticket | None:
    """A ticket, unless it is not the caller's to know of."""
    tickets = one_in_scope(caller.role).read(session, **asked(caller, number))
    return tickets[0] if tickets else None


@cache
def one_in_scope(role: Role) -> Entities[Ticket]:
    return Entities(Ticket, in_scope(role))


@cache
def in_scope(role: Role) -> Select[Ticket]:
    """A ticket by its number. Made once for each role: making it takes 15 ms."""
    return select(Ticket).where(Ticket.number == NUMBER, visible_to(role, OWN_OFFICE))


def asked(caller: Caller, number: str) -> dict[str, str | None]:
    """The parameters of `in_scope`."""
    return {"number": printable(number), "own_office": caller.office_code}


def existing(number: str, ticket: T | None) -> T:
    if ticket is None:
        raise NoSuchTicket(Message("no ticket {number}", number=number))
    return ticket


def printable(number: str) -> str:
    """What PostgreSQL can compare; anything else is no number."""
    return number if number.isascii() and number.isalnum() else ""

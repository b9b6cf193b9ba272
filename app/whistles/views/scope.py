"""Which whistles a caller may know of, and which parts are his: decided here only."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.roles import CITY, HANDLERS, Caller, Role
from app.kit.entities.reading import Entities
from app.kit.errors import NotFound
from app.kit.messages import Message
from app.kit.ready import Ready
from app.policy.documents import Policy
from app.tickets.views.scope import NUMBER, OWN_OFFICE, asked
from app.whistles.life.ladder import OF_THE_CITY
from app.whistles.life.loop import SummonsKind, SummonsStatus, Tier, WhistleStatus
from app.whistles.life.parts import WhistlePart, may_blow
from app.whistles.models import Summons, Whistle, WhistleParty

P = WhistlePart
T = TypeVar("T")

READERS = CITY | HANDLERS | {Role.DISTRICT}

ROLE_PARTS: dict[Role, frozenset[WhistlePart]] = {
    Role.SUPERVISOR: frozenset({P.CITY, P.COORDINATOR}),
    Role.DISTRICT: frozenset({P.DISTRICT, P.CONDUCTOR, P.COORDINATOR}),
    Role.HANDLER: frozenset(
        {P.STREET, P.BLOWER, P.DRAFTER, P.CO_STREET, P.PEER, P.SUMMONED, P.LIAISON, P.CENTRE}
    ),
    Role.CHIEF: frozenset(P) - {P.DISTRICT, P.CITY, P.COORDINATOR},
}
"""Every part that a role can have in some whistle."""


class NoSuchWhistle(NotFound):
    title = "There is no such whistle here"


class NoSuchSummons(NotFound):
    title = "This whistle does not summon that office"


BLOWN = Whistle.status != WhistleStatus.DRAFT


def visible(caller: Caller) -> sa.ColumnElement[bool]:
    """The condition on `whistle` that every reading and every act of this caller carries: the
    city's desks know of every whistle that was blown, an office of those it takes part in."""
    if caller.role in CITY:
        return BLOWN
    if caller.office_code is None:
        return sa.false()
    return takes_part(sa.literal(caller.office_code, sa.Text))


def takes_part(office_code: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        WhistleParty.whistle_number == Whistle.number,
        WhistleParty.office_code == office_code,
    )


OF_CITY = select(Whistle).where(Whistle.number == NUMBER, BLOWN)
OF_OFFICE = select(Whistle).where(Whistle.number == NUMBER, takes_part(OWN_OFFICE))
WHISTLE_OF_CITY, WHISTLE_OF_OFFICE = (Entities(Whistle, query) for query in (OF_CITY, OF_OFFICE))


def in_scope(role: Role) -> Select[Whistle]:
    """A whistle by its number, with the parameters `asked`."""
    return OF_CITY if role in CITY else OF_OFFICE


def get(session: Session, caller: Caller, number: str) -> Whistle:
    """Refuses (NoSuchWhistle) what does not exist and what is not the caller's to know of."""
    query = WHISTLE_OF_CITY if caller.role in CITY else WHISTLE_OF_OFFICE
    whistles = query.read(session, **asked(caller, number))
    return existing(number, whistles[0] if whistles else None)


class Outline(NamedTuple):
    """A whistle by its number, and the offices that it summons."""

    number: str
    offices: list[str]


def outline(session: Session, caller: Caller, number: str) -> Outline:
    """What an act must know of its whistle before it locks and reads it. Refuses as `get` does."""
    query = OUTLINE_OF_CITY if caller.role in CITY else OUTLINE_OF_OFFICE
    lines = query.rows(session.connection(), **asked(caller, number))
    return Outline(*existing(number, lines[0] if lines else None))


OFFICES = (
    select(sa.func.array_agg(Summons.office_code))
    .where(Summons.whistle_number == Whistle.number)
    .scalar_subquery()
)
OUTLINE = (Whistle.number, sa.func.coalesce(OFFICES, sa.literal_column("'{}'")))
OUTLINE_OF_CITY, OUTLINE_OF_OFFICE = (
    Ready(whistle.with_only_columns(*OUTLINE)) for whistle in (OF_CITY, OF_OFFICE)
)


def existing(number: str, whistle: T | None) -> T:
    if whistle is None:
        raise NoSuchWhistle(Message("no whistle {number}", number=number))
    return whistle


def summoned(summonses: Collection[Summons], office_code: str) -> Summons:
    """Refuses (NoSuchSummons)."""
    check_summoned([summons.office_code for summons in summonses], office_code)
    return next(summons for summons in summonses if summons.office_code == office_code)


def check_summoned(offices: Collection[str], office_code: str) -> None:
    """Refuses (NoSuchSummons)."""
    if office_code not in offices:
        raise NoSuchSummons(Message("no summons of {office_code}", office_code=office_code))


def is_summoned_only(caller: Caller, whistle: Whistle, summonses: Collection[Summons]) -> bool:
    """Whether the caller knows of the whistle by its summons alone, or is of the other street and
    has not joined: he sees place and matter, and no citizen (RULEBOOK D.16)."""
    return caller.role in HANDLERS and not is_of_street(caller, whistle, summonses)


def is_of_street(caller: Caller, whistle: Whistle, summonses: Collection[Summons]) -> bool:
    """Whether the caller is of the street that blew, or of the other one that has joined: these
    alone read telephone numbers and citizens' names in its texts (RULEBOOK D.16)."""
    streets = {whistle.street_code} | {
        each.office_code
        for each in summonses
        if each.kind is SummonsKind.PEER and each.status is SummonsStatus.ACCEPTED
    }
    return caller.role in HANDLERS and caller.office_code in streets


def parts(
    caller: Caller, whistle: Whistle, summonses: Collection[Summons], policy: Policy
) -> frozenset[WhistlePart]:
    """A caller's parts in a whistle; those in one summons are `office_parts`."""
    if caller.role is Role.SUPERVISOR:
        raised = whistle.tier in OF_THE_CITY
        return frozenset({P.CITY, P.COORDINATOR} if raised else {P.CITY})
    if caller.role is Role.DISTRICT:
        return frozenset(district_parts(caller, whistle))
    if caller.role not in HANDLERS:
        return frozenset()
    return frozenset(street_parts(caller, whistle, summonses, policy))


def district_parts(caller: Caller, whistle: Whistle) -> Iterator[WhistlePart]:
    if whistle.district_code == caller.office_code:
        yield P.DISTRICT
        if whistle.tier is Tier.DISTRICT:
            yield P.COORDINATOR
    if whistle.conductor == caller.office_code:
        yield P.CONDUCTOR


def street_parts(
    caller: Caller, whistle: Whistle, summonses: Collection[Summons], policy: Policy
) -> Iterator[WhistlePart]:
    is_chief = caller.role is Role.CHIEF
    if caller.office_code in (whistle.liaisons or ()):
        yield P.LIAISON
    if caller.office_code == whistle.street_code:
        yield from chief_parts(caller, whistle) if is_chief else ()
        yield from own_parts(whistle, policy, is_chief)
    for summons in summonses:
        if summons.kind is SummonsKind.PEER and summons.office_code == caller.office_code:
            yield from peer_parts(summons, is_chief, whistle.conductor)


def own_parts(whistle: Whistle, policy: Policy, is_chief: bool) -> Iterator[WhistlePart]:
    """Of any of the street's people."""
    yield P.STREET
    if may_blow(policy.whistle, whistle.level, whistle.origin, is_chief):
        yield P.BLOWER
    if whistle.status is WhistleStatus.DRAFT:
        yield P.DRAFTER


def chief_parts(caller: Caller, whistle: Whistle) -> Iterator[WhistlePart]:
    yield P.CHIEF
    if whistle.conductor == caller.office_code:
        yield P.CONDUCTOR


def peer_parts(summons: Summons, is_chief: bool, conductor: str) -> Iterator[WhistlePart]:
    if summons.status is not SummonsStatus.ACCEPTED:
        yield P.PEER
        return
    yield P.CO_STREET
    if is_chief:
        yield P.CO_CHIEF
        yield from (P.CONDUCTOR,) if summons.office_code == conductor else ()


def office_parts(
    caller: Caller,
    of_whistle: Collection[WhistlePart],
    office_code: str,
    through_centre: bool = False,
) -> frozenset[WhistlePart]:
    """A caller's parts in what concerns one summoned office."""
    own = caller.role in HANDLERS and caller.office_code == office_code
    of_centre = through_centre and P.STREET in of_whistle
    return frozenset(
        {*of_whistle, *([P.SUMMONED] if own else []), *([P.CENTRE] if of_centre else [])}
    )

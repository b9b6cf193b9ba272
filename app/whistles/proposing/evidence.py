"""What a proposal rests on: settled whistles of the kind, people of the centre, categories."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.callbacks.answers import Resolved
from app.callbacks.models import Assessment, Exclusion
from app.forces import service as forces
from app.forces.models import ForceMember
from app.suggest.suggester import Suggester
from app.tickets.life.likeness import KIND_DIGITS
from app.tickets.models import Request, Ticket
from app.whistles.life.loop import SummonsKind, WhistleKind, WhistleStatus
from app.whistles.models import Summons, Whistle, WhistleTicket
from app.whistles.proposing.missing import Spot, Unresolved
from app.whistles.proposing.rule import Alike, Past

SETTLED = (WhistleStatus.SETTLED, WhistleStatus.EVALUATED)
MOST = 500
"""Settled whistles that are looked at, the latest first."""
LIKELY = 0.5
OF_A_DISTRICT = re.compile(r"^[0-9]{6}(?=-)")


def past(session: Session, kind: WhistleKind, street_code: str, category: str | None) -> Past:
    """Settled whistles of a kind on the category's kind of matter; without a category, or where
    there is none, those of the street."""
    if category is not None:
        number, called = counted(session, kind, on_matter(category[:KIND_DIGITS]))
        if number:
            return Past(number, called, Alike.CATEGORY)
    return Past(*counted(session, kind, Whistle.street_code == street_code), Alike.STREET)


def on_matter(prefix: str) -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(WhistleTicket.whistle_number == Whistle.number)
        .where(Ticket.number == WhistleTicket.ticket_number)
        .where(Ticket.category.startswith(prefix, autoescape=True))
    )


def counted(
    session: Session, kind: WhistleKind, alike: sa.ColumnElement[bool]
) -> tuple[int, Counter[str]]:
    latest = (
        select(Whistle.number)
        .where(Whistle.kind == kind, Whistle.status.in_(SETTLED), alike)
        .order_by(Whistle.settled_at.desc(), Whistle.number)
        .limit(MOST)
    )
    numbers = session.scalars(latest).all()
    called = select(Summons.office_code).where(
        Summons.whistle_number.in_(numbers),
        Summons.kind == SummonsKind.DEPARTMENT,
        Summons.withdrawn_at.is_(None),
    )
    codes = (OF_A_DISTRICT.sub("*", code) for code in session.scalars(called))
    return len(numbers), Counter(codes)


def centre(
    session: Session, street_code: str, at: datetime
) -> tuple[Mapping[str, Sequence[ForceMember]], frozenset[int]]:
    """The people of a street's centre by home office, and those on duty."""
    members = forces.members_at(session, street_code, at)
    by_office: dict[str, list[ForceMember]] = defaultdict(list)
    for member in members:
        by_office[member.office_code].append(member)
    return by_office, forces.present_at(session, [member.id for member in members], at)


def suggested(suggester: Suggester, text: str) -> str | None:
    """The category that the words most likely mean, if that is more likely than not."""
    candidates = suggester.suggest(text, most=1) if text else []
    return candidates[0].category if candidates and candidates[0].confidence >= LIKELY else None


def categories(session: Session, numbers: Sequence[str]) -> list[str]:
    """The categories of tickets, each once."""
    query = select(Ticket.category).where(Ticket.number.in_(numbers), Ticket.category.is_not(None))
    return sorted({category for category in session.scalars(query) if category})


def unresolved(
    session: Session, streets: Collection[str], since: datetime, least: int
) -> list[Unresolved]:
    """The assessed tickets of streets whose citizens said that nothing was resolved, from an
    instant on, where there are `least` of a matter at one place; none that was excluded, or whose
    place or category is not known."""
    place = sa.func.coalesce(Request.place_key, Ticket.community_code)
    spot = (Assessment.office_code, Assessment.category, place)
    alike = (
        select(Assessment.ticket_number, *spot, Assessment.assessed_at)
        .add_columns(sa.func.count().over(partition_by=spot).label("alike"))
        .join(Ticket, Ticket.number == Assessment.ticket_number)
        .join(Request, Request.ticket_number == Assessment.ticket_number)
        .where(
            Assessment.office_code.in_(streets),
            Assessment.assessed_at >= since,
            Assessment.resolved == Resolved.UNRESOLVED,
            Assessment.category.is_not(None),
            place.is_not(None),
            ~sa.exists().where(Exclusion.ticket_number == Assessment.ticket_number),
        )
    ).subquery()
    query = select(*list(alike.c)[:-1]).where(alike.c.alike >= least)
    return [
        Unresolved(number, Spot(street, category or "", key), at)
        for number, street, category, key, at in session.execute(query)
    ]


def whistled(session: Session, streets: Collection[str], since: datetime) -> set[Spot]:
    """The spots for which a street blew from an instant on, by the tickets of its whistles."""
    place = sa.func.coalesce(Request.place_key, Ticket.community_code)
    query = (
        select(Whistle.street_code, Ticket.category, place)
        .join(WhistleTicket, WhistleTicket.whistle_number == Whistle.number)
        .join(Ticket, Ticket.number == WhistleTicket.ticket_number)
        .join(Request, Request.ticket_number == Ticket.number)
        .where(
            Whistle.street_code.in_(streets),
            Whistle.blown_at >= since,
            Whistle.status != WhistleStatus.CANCELLED,
        )
    )
    return {
        Spot(street, category, key)
        for street, category, key in session.execute(query)
        if category and key
    }

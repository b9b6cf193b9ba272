"""A street asks whom to call; and is told what speaks against the whistle that it wrote."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy.orm import Session

from app.city import City
from app.duties.warnings import Called, Matter, ScopeWarning, warnings
from app.forces.models import ForceMember
from app.forces.service import posted_offices
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.tickets.citizens import masked_phone
from app.whistles.life.loop import SummonsKind, WhistleKind
from app.whistles.proposing import evidence
from app.whistles.proposing.missing import Missing, missing
from app.whistles.proposing.rule import (
    Occasion,
    duty_grounds,
    past_grounds,
    propose,
    roster_grounds,
)
from app.whistles.proposing.schemas import (
    CallableView,
    GroundView,
    MissingView,
    ProposalView,
    ProposedView,
    WarningView,
)
from app.whistles.views.schemas import WhistleView


@dataclass(frozen=True, slots=True)
class Asked:
    """A street's question: for which kind of whistle, on which matter."""

    street: OfficeEntry
    kind: WhistleKind
    category: str | None
    text: str


def proposal(session: Session, city: City, asked: Asked, now: datetime) -> ProposalView:
    """Refuses (NoSuchCategory) an unknown category."""
    category = asked.category or evidence.suggested(city.suggester, asked.text)
    street, on = asked.street, day_of(now)
    past = evidence.past(session, asked.kind, street.code, category)
    by_office, on_duty = evidence.centre(session, street.code, now)
    centre = {
        code: sum(member.id in on_duty for member in members) for code, members in by_office.items()
    }
    occasion = Occasion(street, category, asked.text)
    proposals = propose(
        chain(
            duty_grounds(city.duties, city.catalogue, occasion, on),
            past_grounds(past, street.district_code),
            roster_grounds(centre),
        ),
        {code for code, office in city.offices.items() if may_come(office, street, now)},
        by_roster=asked.kind is WhistleKind.ENFORCEMENT,
    )
    return ProposalView(
        kind=asked.kind,
        street_code=street.code,
        category=category,
        suggested=asked.category is None and category is not None,
        past=past.whistles,
        alike=past.alike,
        at=now,
        items=[
            ProposedView(
                office_code=proposed.office_code,
                office_name=city.offices[proposed.office_code].name,
                required=proposed.required,
                because=[GroundView.model_validate(ground) for ground in proposed.because],
                people=list(people(by_office.get(proposed.office_code, ()), on_duty)),
            )
            for proposed in proposals
        ],
    )


def may_come(office: OfficeEntry, street: OfficeEntry, now: datetime) -> bool:
    return office.kind not in STREET_KINDS and office.active(day_of(now))


def people(members: Sequence[ForceMember], on_duty: frozenset[int]) -> Iterator[CallableView]:
    """Who is on duty first."""
    for member in sorted(members, key=lambda member: (member.id not in on_duty, member.id)):
        yield CallableView(
            member_id=member.id,
            name=member.name,
            phone=masked_phone(member.phone) or "",
            duty=member.duty,
            kind=member.kind,
            on_duty=member.id in on_duty,
        )


def not_blown(
    session: Session, city: City, streets: Sequence[OfficeEntry], now: datetime
) -> list[MissingView]:
    """`NO_WHISTLE`: where these streets should have whistled and did not (D.14.7)."""
    rule = city.policies.at(now).signals.no_whistle
    by_code = {street.code: street for street in streets}
    since, least = now - rule.within, rule.tickets
    cases = evidence.unresolved(session, by_code.keys(), since, least)
    duties = {
        spot: offices_with_a_duty(city, by_code[spot.street_code], spot.category, now)
        for spot in {case.spot for case in cases}
    }
    blown = evidence.whistled(session, by_code.keys(), since)
    return [view_of(city, signal) for signal in missing(cases, blown, duties, rule, now)]


def offices_with_a_duty(
    city: City, street: OfficeEntry, category: str, now: datetime
) -> tuple[str, ...]:
    occasion = Occasion(street, category)
    grounds = duty_grounds(city.duties, city.catalogue, occasion, day_of(now))
    codes = (ground.office_code for ground in grounds)
    return tuple(sorted({code for code in codes if code in city.offices}))


def view_of(city: City, signal: Missing) -> MissingView:
    spot = signal.spot
    return MissingView(
        street_code=spot.street_code,
        street_name=city.offices[spot.street_code].name,
        category=spot.category,
        category_name=city.catalogue.category(spot.category).name,
        place=spot.place,
        office_codes=list(signal.office_codes),
        ticket_numbers=[case.ticket_number for case in signal.tickets],
        first_at=signal.tickets[0].assessed_at,
        last_at=signal.tickets[-1].assessed_at,
    )


def against(session: Session, city: City, whistle: WhistleView, now: datetime) -> list[WarningView]:
    """What speaks against a whistle, by the categories of its tickets; where it has none, by the
    one that its words mean."""
    street = city.offices[whistle.street.code]
    departments = frozenset(
        summons.office_code
        for summons in whistle.summonses
        if summons.kind is SummonsKind.DEPARTMENT
    )
    called = Called(departments, posted_offices(session, street.code, now))
    categories: list[str | None] = list(evidence.categories(session, whistle.tickets))
    matters = categories or [evidence.suggested(city.suggester, whistle.matter)]
    given: dict[ScopeWarning, None] = {}
    for category in matters:
        matter = Matter(whistle.kind.value, street, category, whistle.matter)
        given |= dict.fromkeys(warnings(city.duties, city.catalogue, matter, called, day_of(now)))
    return [WarningView.model_validate(warning) for warning in given]

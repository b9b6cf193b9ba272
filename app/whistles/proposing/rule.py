"""Whom a street calls for a matter (点单), each office with its grounds: the catalogue, the duty
list, settled whistles of the same kind, the street's own centre.

A past call alone proposes an office that came to two settled whistles or more and to a third of
them or more; a place in the centre alone, only to comprehensive enforcement.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from app.duties.duty_list import DutyList
from app.offices.catalogue import DISTRICT, Catalogue, in_district
from app.offices.directory import OfficeEntry

FEWEST_CALLS = 2
ONE_IN = 3


class Source(StrEnum):
    """Where a proposal comes from, the strongest first."""

    CATALOGUE = "catalogue"
    JOINT = "joint"
    DUTY = "duty"
    PAST = "past"
    ROSTER = "roster"


class Alike(StrEnum):
    """By what settled whistles of one kind are like: their matter, or their street."""

    CATEGORY = "category"
    STREET = "street"


ORDER = {source: place for place, source in enumerate(Source)}
OF_ITSELF = frozenset({Source.CATALOGUE, Source.JOINT, Source.DUTY})


@dataclass(frozen=True, slots=True)
class Ground:
    """Why an office is proposed. `subject`: the catalogue's rule or category, or the duty; `called`
    of `whistles` settled ones had it summoned; `on_duty`: people of it in the centre now."""

    office_code: str
    source: Source
    subject: str | None = None
    basis: str | None = None
    called: int = 0
    whistles: int = 0
    on_duty: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """An office to be summoned; `required`, if its duty says so or half of the past whistles."""

    office_code: str
    required: bool
    because: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a street would whistle for; `text` are its words, by which a rule of the catalogue
    fits."""

    street: OfficeEntry
    category: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """Settled whistles like this one: how many, to how many each office was called (by its code,
    with `*` for the district), and by what they are like."""

    whistles: int
    called: Mapping[str, int]
    alike: Alike


def duty_grounds(
    duties: DutyList, catalogue: Catalogue, occasion: Occasion, on: date
) -> Iterator[Ground]:
    """From the catalogue and the duty list. Refuses (NoSuchCategory) an unknown category."""
    category, street = occasion.category, occasion.street
    if category is None:
        return
    duty = catalogue.find(category, occasion.text, street.code, on)
    subject = duty.rule_id or category
    lead = duty.lead_code(street.district_code)
    if lead and duty.target != DISTRICT:
        yield Ground(lead, Source.CATALOGUE, subject)
    for code in duty.joint_codes(street.district_code):
        yield Ground(code, Source.JOINT, subject)
    for item in duties.items_of(category, on):
        if street.kind in item.offices:
            yield from joint(item.joint, street, item.code, item.basis)


def joint(codes: Iterable[str], street: OfficeEntry, item: str, basis: str) -> Iterator[Ground]:
    for code in codes:
        office_code = in_district(code, street.district_code)
        if office_code:
            yield Ground(office_code, Source.DUTY, item, basis)


def past_grounds(past: Past, district_code: str | None) -> Iterator[Ground]:
    for code, called in sorted(past.called.items()):
        office_code = in_district(code, district_code)
        often = called >= FEWEST_CALLS and called * ONE_IN >= past.whistles
        if office_code and often:
            yield Ground(office_code, Source.PAST, called=called, whistles=past.whistles)


def roster_grounds(centre: Mapping[str, int]) -> Iterator[Ground]:
    """`centre`: by office, how many of its people are on duty in the street's centre."""
    for office_code, on_duty in sorted(centre.items()):
        yield Ground(office_code, Source.ROSTER, on_duty=on_duty)


def propose(grounds: Iterable[Ground], working: Set[str], by_roster: bool) -> tuple[Proposal, ...]:
    """The offices to call, by their strongest ground, then those called most often, then those with
    people on duty, then by code.

    Only `working` offices are proposed; `by_roster`: a place in the centre is ground enough.
    """
    fitting = sorted(
        (ground for ground in grounds if ground.office_code in working),
        key=lambda ground: (ground.office_code, ORDER[ground.source], ground.subject or ""),
    )
    proposals = []
    for office_code, given in groupby(fitting, lambda ground: ground.office_code):
        because = tuple(given)
        if by_roster or because[0].source is not Source.ROSTER:
            proposals.append(Proposal(office_code, any(map(requires, because)), because))
    return tuple(sorted(proposals, key=precedence))


def requires(ground: Ground) -> bool:
    often = ground.source is Source.PAST and 2 * ground.called >= ground.whistles
    return ground.source in OF_ITSELF or often


def precedence(proposal: Proposal) -> tuple[int, int, int, str]:
    because = proposal.because
    called = max(ground.called for ground in because)
    on_duty = max(ground.on_duty for ground in because)
    return (ORDER[because[0].source], -called, -on_duty, proposal.office_code)

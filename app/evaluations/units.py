"""Inside the street: its communities and sections, kept and marked by its chief (RULEBOOK D.15).

Seen by the street, its district and the auditor; no ranking of the city rests on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.evaluations import compute, forms
from app.evaluations.compute import Behind, exact
from app.evaluations.marks import Standing, standing
from app.evaluations.models import StreetSection, UnitKind
from app.evaluations.schemas import NewSection, UnitFormView, UnitRowView, UnitView
from app.evaluations.terms import Term
from app.kit.decimals import two_decimals
from app.kit.errors import Conflict, NotFound
from app.kit.messages import Message
from app.offices.models import PlaceRow
from app.rankings.ranks import competition


class NoSuchUnit(NotFound):
    title = "This street has no such community or section"


class UnitGiven(Conflict):
    title = "A community of the gazetteer has that code"


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    kind: UnitKind
    closed_at: datetime | None = None


def units(session: Session, street: str) -> list[Unit]:
    """The street's communities and villages by the gazetteer, then its sections, by code."""
    places = select(PlaceRow).filter_by(street_code=street).order_by(PlaceRow.code)
    sections = select(StreetSection).filter_by(street_code=street).order_by(StreetSection.code)
    return [
        *(Unit(row.code, row.name, UnitKind.COMMUNITY) for row in session.scalars(places)),
        *(
            Unit(row.code, row.name, UnitKind.SECTION, row.closed_at)
            for row in session.scalars(sections)
        ),
    ]


def shown(known: Iterable[Unit]) -> list[UnitView]:
    return [UnitView.model_validate(unit) for unit in known]


def keep(
    session: Session, caller: Caller, street: str, code: str, new: NewSection, now: datetime
) -> UnitView:
    """Make, rename, close or open a section. Refuses (UnitGiven) the code of a community."""
    if session.get(PlaceRow, code):
        raise UnitGiven(Message("{code} is a community", code=code))
    section = session.get(StreetSection, (street, code), with_for_update=True)
    if section is None:
        section = StreetSection(street_code=street, code=code)
        session.add(section)
    section.name, section.updated_at, section.updated_by = new.name, now, caller.id
    section.closed_at = (section.closed_at or now) if new.closed else None
    session.flush()
    return UnitView.model_validate(Unit(code, section.name, UnitKind.SECTION, section.closed_at))


def on_form(known: Sequence[Unit], facts: Behind) -> list[Unit]:
    """Without sections closed before the term, unless they were marked in it."""
    marked = {code for _, code in facts.entries.units}
    return [
        unit
        for unit in known
        if unit.code in marked or unit.closed_at is None or unit.closed_at >= facts.term.starts_at
    ]


def form(session: Session, term: Term, street: str, now: datetime) -> UnitFormView:
    """One row for each community and section; each kind is ranked in itself."""
    facts = compute.behind(session, term, now, street)
    known = on_form(units(session, street), facts)
    stands = {unit.code: mark_of(facts, street, unit.code) for unit in known}
    texts = forms.words_of(session, term.name, street)
    places = ranked(known, stands)
    return UnitFormView(
        period=term.name,
        street_code=street,
        deadline_at=term.deadline_at,
        rows=[
            row(unit, stands[unit.code], places.get(unit.code), facts, texts, street)
            for unit in known
        ],
    )


def mark_of(facts: Behind, street: str, code: str) -> Standing:
    entry = facts.entries.units.get((street, code))
    return standing(entry.opinion if entry else None, None, facts.term.over(facts.at))


def ranked(known: Sequence[Unit], stands: Mapping[str, Standing]) -> dict[str, int]:
    places: dict[str, int] = {}
    for kind in UnitKind:
        marks: dict[str, tuple[Fraction]] = {}
        for unit in known:
            mark = stands[unit.code].mark
            if unit.kind is kind and mark is not None:
                marks[unit.code] = (mark,)
        places |= competition(marks)
    return places


def row(
    unit: Unit,
    stands: Standing,
    place: int | None,
    facts: Behind,
    texts: forms.Texts,
    street: str,
) -> UnitRowView:
    entry = facts.entries.units.get((street, unit.code))
    return UnitRowView(
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        closed_at=unit.closed_at,
        status=stands.status,
        mark=two_decimals(stands.mark),
        mark_exact=exact(stands.mark),
        rank=place,
        items=forms.items(entry.opinion) if entry else None,
        reason=texts(street, entry.seq).get("reason") if entry else None,
    )

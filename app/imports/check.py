"""Checks of finished cases: an impossible case is refused, with each member at fault."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from app.callbacks.answers import Answers
from app.callbacks.conduct import content
from app.city import City
from app.imports.schemas import PastCase
from app.kit.errors import Invalid
from app.kit.messages import Message
from app.offices.directory import OfficeKind
from app.tickets import times


class ImpossibleCase(Invalid):
    title = "This cannot have been so"


class Fault(NamedTuple):
    pointer: str
    detail: Message


def check(city: City, case: PastCase, now: datetime) -> None:
    """Refuses (ImpossibleCase) unknown codes, and times out of order, with every fault."""
    faults = [*unknown(city, case), *disordered(case, now), *undue(case)]
    if faults:
        raise ImpossibleCase(faults[0].detail, errors=[fault._asdict() for fault in faults])


def unknown(city: City, case: PastCase) -> Iterator[Fault]:
    office = city.offices.get(case.office_code)
    if office is None:
        yield Fault(
            "/office_code", Message("no office {office_code}", office_code=case.office_code)
        )
    elif office.kind is OfficeKind.DISTRICT_CENTRE:
        yield Fault("/office_code", Message("a district's centre passes on, and handles nothing"))
    if case.category and case.category not in city.catalogue.categories:
        yield Fault("/category", Message("no category {category}", category=case.category))
    district = case.address.district_code
    if district and not is_district(city, district):
        yield Fault("/address/district_code", Message("no district {district}", district=district))


def is_district(city: City, code: str) -> bool:
    office = city.offices.get(code)
    return office is not None and office.kind is OfficeKind.DISTRICT_CENTRE


def disordered(case: PastCase, now: datetime) -> Iterator[Fault]:
    for pointer, at in instants(case):
        impossible = times.fault(at, now)
        if impossible:
            yield Fault(pointer, impossible)
    if case.dispatched_at < case.received_at:
        yield Fault("/dispatched_at", Message("before received_at"))
    for pointer, at in after_dispatch(case):
        if at is not None and at < case.dispatched_at:
            yield Fault(pointer, Message("before dispatched_at"))


def instants(case: PastCase) -> Iterator[tuple[str, datetime | None]]:
    yield "/received_at", case.received_at
    yield "/dispatched_at", case.dispatched_at
    yield from after_dispatch(case)


def after_dispatch(case: PastCase) -> Iterator[tuple[str, datetime | None]]:
    for n, contact in enumerate(case.contacts):
        yield f"/contacts/{n}/at", contact.at
    yield "/acknowledged_at", case.acknowledged_at
    yield "/replied_at", case.replied_at
    yield f"/{'verification' if case.verification else 'callback'}/at", case.result.at


def undue(case: PastCase) -> Iterator[Fault]:
    """RULEBOOK D.10: a case with a content citizen stays counted."""
    result = case.result
    answers = Answers(result.reach, result.contacted, result.resolved, result.satisfied)
    if case.excluded and content(answers):
        yield Fault("/excluded", Message("a resolved and satisfied case is not excluded"))

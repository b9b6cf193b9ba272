"""Dependencies of calls on evaluations: the caller, his street or department, and the term."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from app import codes
from app.access.gate import allow
from app.access.roles import HANDLERS, Caller, Role
from app.city import AtCity, City
from app.evaluations import compute, forms, terms, units, waiting
from app.evaluations.acts import Act
from app.evaluations.forms import Page
from app.evaluations.roster import KINDS
from app.evaluations.schemas import FormRowView, StreetMarkView, StreetQuery
from app.evaluations.terms import Span, Term
from app.evaluations.units import NoSuchUnit
from app.kit.clock import AtClock, Now
from app.kit.db import Writing
from app.kit.errors import Forbidden, Invalid, NotFound
from app.kit.messages import Message
from app.kit.web.idempotency import OneEffect
from app.kit.web.wire import OfficeCode
from app.offices.directory import STREET_KINDS, OfficeEntry

READERS = {Role.CHIEF, Role.HANDLER, Role.DISTRICT, Role.AUDITOR, Role.EVALUATOR}
WITHIN = {Role.CHIEF, Role.HANDLER, Role.DISTRICT, Role.AUDITOR}
OPENERS = frozenset({Role.AUDITOR, Role.EVALUATOR, Role.SUPERVISOR})

Chief = Annotated[Caller, Depends(allow({Role.CHIEF}))]
Department = Annotated[Caller, Depends(allow(HANDLERS))]
District = Annotated[Caller, Depends(allow({Role.DISTRICT}))]
Evaluator = Annotated[Caller, Depends(allow({Role.EVALUATOR}))]
Verifier = Annotated[Caller, Depends(allow({Role.EVALUATOR, Role.AUDITOR}))]
Opener = Annotated[Caller, Depends(allow(OPENERS | HANDLERS | {Role.DISTRICT}))]
Reader = Annotated[Caller, Depends(allow(READERS))]
Insider = Annotated[Caller, Depends(allow(WITHIN))]


class StreetsEvaluate(Forbidden):
    title = "Streets and townships evaluate departments"


class NotOnForm(NotFound):
    title = "This street does not mark that office in this period"


class NoSuchDepartment(NotFound):
    title = "There is no such department, branch or enterprise here"


class NoSuchStreet(NotFound):
    title = "There is no such street here"


class StreetMissing(Invalid):
    title = "Name the street whose evaluation is asked for"


@dataclass
class At:
    """The city and the time of a call."""

    city: AtCity
    now: Now

    def term(self, name: str) -> Term:
        return terms.term(name, self.city.periods, self.now)

    def span(self, name: str) -> Span:
        return terms.named(name, self.city.periods, self.now)

    def page(self, session: Session, period: str, street: OfficeEntry) -> Page:
        return forms.page(session, self.city.offices, self.term(period), street, self.now)


Here = Annotated[At, Depends()]


@dataclass
class Doing:
    """A call that changes an evaluation."""

    session: Writing
    at: Here
    once: OneEffect
    clock: AtClock

    def act(self, caller: Caller, term: Term) -> Act:
        return Act(self.session, caller, term, self.clock)

    def after(self) -> At:
        """The call's city, and the time after what it has done."""
        return replace(self.at, now=self.clock())

    def row(self, page: Page, office: OfficeEntry) -> FormRowView:
        """A row that was just marked; a form without an open row waits no more."""
        now = self.clock()
        renewed = forms.renewed(self.session, page, now)
        if forms.is_done(renewed):
            waiting.form_done(self.session, page.term, page.street.code)
        return forms.row_now(self.session, renewed, office)

    def street_mark(self, term: Term, street: str, office: str) -> StreetMarkView:
        """A street's mark of a department, as it stands now."""
        offices, now = self.at.city.offices, self.clock()
        return forms.street_mark(self.session, term, offices, (street, office), now)


Changing = Annotated[Doing, Depends()]


def own_street(caller: Chief, city: AtCity) -> OfficeEntry:
    """Refuses (StreetsEvaluate) the chief of a department."""
    office = city.offices.get(caller.office_code or "")
    if office is None or office.kind not in STREET_KINDS:
        raise StreetsEvaluate(Message("a department evaluates nobody"))
    return office


OwnStreet = Annotated[OfficeEntry, Depends(own_street)]


def asked_street(caller: Caller, city: City, query: StreetQuery) -> OfficeEntry:
    """The street of a reading: his own, or for district, auditor and evaluator the named one.

    Refuses NoSuchCode, StreetsEvaluate, StreetMissing, and NoSuchStreet outside the caller's scope.
    """
    codes.check(city, query)
    if caller.role in HANDLERS:
        own = own_street(caller, city)
        if query.street_code not in (None, own.code):
            raise NoSuchStreet(Message("no street {code}", code=query.street_code))
        return own
    if query.street_code is None:
        detail = Message("needed by this role")
        raise StreetMissing(detail, errors=[{"pointer": "/query/street_code", "detail": detail}])
    return city.offices[street_of(caller, city, query.street_code)]


def street_of(caller: Caller, city: City, code: str) -> str:
    """The code of a street that a body names. Refuses (NoSuchStreet) another office, and a street
    of another district than the caller's."""
    street = city.offices.get(code)
    if street is None or street.kind not in STREET_KINDS or not in_district(caller, street):
        raise NoSuchStreet(Message("no street {code}", code=code))
    return code


def district_of(city: City, street: str) -> str:
    """A street lies in a district."""
    return city.offices[street].district_code or ""


def in_district(caller: Caller, office: OfficeEntry) -> bool:
    """Whether a district's caller has to do with an office; every other caller has."""
    return caller.role is not Role.DISTRICT or office.district_code == caller.office_code


@dataclass(frozen=True)
class Marking:
    """A chief at his street's row of one department."""

    caller: Caller
    page: Page
    office: OfficeEntry


def marking(
    period: str,
    office_code: OfficeCode,
    caller: Chief,
    street: OwnStreet,
    session: Writing,
    at: Here,
) -> Marking:
    """Refuses MalformedTerm, NoSuchPeriod, NotOnForm."""
    page = at.page(session, period, street)
    office = page.subject(office_code)
    if office is None:
        raise NotOnForm(
            Message(
                "{street} does not mark {office_code} in {term}",
                street=street.name,
                office_code=office_code,
                term=page.term.name,
            )
        )
    return Marking(caller, page, office)


def unit_of(
    period: str, unit_code: OfficeCode, street: OwnStreet, session: Writing, at: Here
) -> tuple[Term, str]:
    """Refuses MalformedTerm, NoSuchPeriod, NoSuchUnit."""
    term = at.term(period)
    facts = compute.behind(session, term, at.now, street.code)
    known = units.on_form(units.units(session, street.code), facts)
    if unit_code not in {unit.code for unit in known}:
        raise NoSuchUnit(Message("no unit {unit_code}", unit_code=unit_code))
    return term, unit_code


def department(city: City, code: str) -> OfficeEntry:
    """Refuses NoSuchDepartment."""
    office = city.offices.get(code)
    if office is None or office.kind not in KINDS:
        raise NoSuchDepartment(Message("no department {code}", code=code))
    return office


def department_for(caller: Caller, city: City, code: str) -> OfficeEntry:
    """A department whose marks the caller may read: its own people, its district, and the city's
    auditor, evaluator and supervisor. Refuses NoSuchDepartment."""
    office = department(city, code)
    own = caller.role in HANDLERS and caller.office_code == code
    of_district = caller.role is Role.DISTRICT and office.district_code == caller.office_code
    if not (own or of_district or caller.role in OPENERS):
        raise NoSuchDepartment(Message("no department {code}", code=code))
    return office


@dataclass(frozen=True)
class Subject:
    """A caller, a department and a term of the path."""

    caller: Caller
    office: OfficeEntry
    term: Term


def appealing(period: str, office_code: OfficeCode, caller: Department, at: Here) -> Subject:
    """A department's own people. Refuses NoSuchDepartment, MalformedTerm, NoSuchPeriod."""
    office = department(at.city, office_code)
    if caller.office_code != office_code:
        raise NoSuchDepartment(Message("no department {code}", code=office_code))
    return Subject(caller, office, at.term(period))


def deciding(period: str, office_code: OfficeCode, caller: District, at: Here) -> Subject:
    return Subject(caller, department(at.city, office_code), at.term(period))


def entering(period: str, code: OfficeCode, caller: Evaluator, at: Here) -> Subject:
    return Subject(caller, department(at.city, code), at.term(period))


Markings = Annotated[Marking, Depends(marking)]
UnitOf = Annotated[tuple[Term, str], Depends(unit_of)]
Appealing = Annotated[Subject, Depends(appealing)]
Deciding = Annotated[Subject, Depends(deciding)]
Entering = Annotated[Subject, Depends(entering)]

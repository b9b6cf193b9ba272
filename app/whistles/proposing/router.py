"""Before a whistle, over HTTP: whom to call, what speaks against it, where none was blown."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app import codes
from app.access.gate import allow
from app.access.roles import CITY, HANDLERS, Caller, Role
from app.city import AtCity, City, NoSuchOffice
from app.kit.clock import Now
from app.kit.db import Reading
from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.web.route import Route
from app.kit.web.wire import Form, OfficeCode
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.suggest.schemas import Words
from app.tickets.texts import Category
from app.whistles.http import Looking, Seen
from app.whistles.life.loop import WhistleKind
from app.whistles.proposing import service
from app.whistles.proposing.schemas import MissingWhistlesView, ProposalView, WarningsView
from app.whistles.proposing.service import Asked
from app.whistles.views import view
from app.whistles.views.scope import READERS, NoSuchWhistle

router = APIRouter(prefix="/v1/whistles", tags=["whistles"], route_class=Route)

Asker = Annotated[Caller, Depends(allow(HANDLERS | {Role.DISTRICT}))]


class AreaUnnamed(Invalid):
    title = "Name a district or a street"


class Question(Form):
    """`street` is the caller's own where it is left out; a district names it."""

    kind: WhistleKind
    category: Category | None = None
    text: Words | None = None
    street: OfficeCode | None = None


def street_of(city: City, caller: Caller, code: str | None) -> OfficeEntry:
    """The street asked about. Refuses (NoSuchOffice) every other than the caller's own, or than one
    of his district."""
    street = city.offices.get(code or caller.office_code or "")
    of_district = caller.role is Role.DISTRICT and street and street.district_code
    own = (of_district or (street and street.code)) == caller.office_code
    if street is None or street.kind not in STREET_KINDS or not own:
        detail = Message(
            "no street {code!r} is yours to ask about", code=code or caller.office_code
        )
        raise NoSuchOffice(detail, errors=[{"pointer": "/query/street", "detail": detail}])
    return street


@router.get("/proposal")
def propose_offices(
    caller: Asker,
    session: Reading,
    city: AtCity,
    now: Now,
    question: Annotated[Question, Query()],
) -> ProposalView:
    """点单: whom a street calls for a matter, each office with its grounds and its people."""
    street = street_of(city, caller, question.street)
    asked = Asked(street, question.kind, question.category, question.text or "")
    return service.proposal(session, city, asked, now)


class Area(Form):
    """A district or one of its streets; a caller with an office has his own."""

    district_code: codes.District = None
    street: codes.Street = None


def streets_of(city: City, caller: Caller, area: Area) -> list[OfficeEntry]:
    """The streets that the caller asks about and may know of. Refuses (AreaUnnamed) a caller of the
    city who names none."""
    if caller.role in CITY and area == Area():
        errors = [
            {"pointer": "/query/district_code", "detail": Message("name a district or a street")}
        ]
        raise AreaUnnamed(Message("district_code or street is needed"), errors=errors)
    wanted = (area.district_code, area.street)
    return [
        office
        for office in city.offices.values()
        if office.kind in STREET_KINDS
        and caller.office_code in (None, office.code, office.district_code)
        and all(code in (None, office.code, office.district_code) for code in wanted)
    ]


@router.get("/missing")
def list_missing(
    caller: Annotated[Caller, Depends(allow(READERS))],
    session: Reading,
    city: AtCity,
    now: Now,
    area: Annotated[Area, Query()],
) -> MissingWhistlesView:
    """知情不报: where streets should have whistled and did not, the most tickets first (D.14.7)."""
    codes.check(city, area)
    items = service.not_blown(session, city, streets_of(city, caller, area), now)
    return MissingWhistlesView(items=items)


@router.get("/{number}/warnings")
def show_warnings(looking: Looking, whistle: Seen) -> WarningsView:
    """What speaks against a whistle, for the chief who is to blow or to confirm it (D.14.1); whom
    it summons has no such view."""
    if looking.caller.office_code not in (None, whistle.street_code, whistle.district_code):
        raise NoSuchWhistle(Message("no whistle {number}", number=whistle.number))
    shown = view.view_of(looking, whistle)
    items = service.against(looking.session, looking.city, shown, looking.now)
    return WarningsView(items=items)

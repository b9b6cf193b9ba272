"""Proposals, warnings and missing whistles as they are shown."""

from typing import Annotated

from pydantic import BeforeValidator

from app.duties.centres import ForceKind
from app.duties.warnings import WarningCode
from app.kit.messages import for_reader
from app.kit.web.wire import At, View
from app.whistles.life.loop import WhistleKind
from app.whistles.proposing.rule import Alike, Source
from app.whistles.views.schemas import WhistleView


class GroundView(View):
    """`subject`: the catalogue's rule or category, or the duty; `called` of `whistles` settled ones
    had the office summoned; `on_duty`: its people on duty in the street's centre."""

    source: Source
    subject: str | None
    basis: str | None
    called: int
    whistles: int
    on_duty: int


class CallableView(View):
    """A person of the office in the street's centre, telephone masked."""

    member_id: int
    name: str
    phone: str
    duty: str
    kind: ForceKind
    on_duty: bool


class ProposedView(View):
    office_code: str
    office_name: str
    required: bool
    because: list[GroundView]
    people: list[CallableView]


class WarningView(View):
    """`subject`: the duty, group of powers, rule or category behind it."""

    code: WarningCode
    detail: Annotated[str, BeforeValidator(for_reader)]
    office_code: str | None
    subject: str | None
    basis: str | None


class ProposalView(View):
    """Whom to call, the strongest first. `suggested`: the category is read from the words; `past`
    settled whistles of this kind were looked at, `alike` by category or else by street."""

    kind: WhistleKind
    street_code: str
    category: str | None
    suggested: bool
    past: int
    alike: Alike
    at: At
    items: list[ProposedView]


class BlownView(WhistleView):
    """A new whistle, with what speaks against it, for the street to think over."""

    warnings: list[WarningView]


class WarningsView(View):
    items: list[WarningView]


class MissingView(View):
    """Assessed tickets on one matter at one place that stayed unresolved without a whistle, though
    a department has a duty in it: a signal to the district, no score."""

    street_code: str
    street_name: str
    category: str
    category_name: str
    place: str
    office_codes: list[str]
    ticket_numbers: list[str]
    first_at: At
    last_at: At


class MissingWhistlesView(View):
    items: list[MissingView]

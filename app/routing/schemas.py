"""Routing on the wire: question, route, and memory of a place."""

from datetime import date
from typing import Annotated, Any, Self

from msgspec import to_builtins
from pydantic import Field, field_validator, model_validator
from pydantic import StringConstraints as Text

from app.kit.messages import Message, shape
from app.kit.web.position import Position
from app.kit.web.wire import Form, Keepable, OfficeCode, View
from app.routing.decision import DecisionKind

MOST_CHARACTERS = 10_000

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Place = Annotated[str, Text(max_length=MOST_CHARACTERS), Keepable]
CATEGORY = shape(r"^[0-9]{2,6}$", "is no category's code of two to six digits")
TICKET = shape(r"^[A-Z]{2}[0-9]{15}$", "is no ticket's number such as BJ202611200000001")
CategoryCode = Annotated[
    str,
    Text(pattern=CATEGORY),
]


class PlaceQuestion(Position):
    """A place to be routed; `lon` and `lat` are degrees, both or none, of its `datum`."""

    text: Place
    district_code: OfficeCode | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    category: CategoryCode | None = None


class RouteQuestion(PlaceQuestion):
    """`title` and `content` serve the catalogue's keywords only."""

    title: Annotated[str, Text(max_length=200), Keepable] = ""
    content: Annotated[str, Text(max_length=20_000), Keepable] = ""


class SpanView(View):
    start: int
    end: int
    text: str
    kind: str
    office_code: str
    score: float


class CandidateView(View):
    office_code: str
    office_name: str
    confidence: float
    district_name: str


class ReasonView(View):
    """A reason or a question: a part is a name, several names, or another reason."""

    code: str
    parts: dict[str, Any]

    @field_validator("parts", mode="before")
    @classmethod
    def _plain(cls, parts: object) -> object:
        return to_builtins(parts)


class UnderstoodView(View):
    """The place in the caller's own characters, the names in it that are known, and the rest."""

    place: str
    names: list[str]
    unknown: list[str]


class RouteView(View):
    """The same object that a ticket stores in `route`."""

    decision: DecisionKind
    office_code: str | None
    office_name: str | None
    confidence: float
    method: str
    reason: str
    evidence: list[SpanView]
    candidates: list[CandidateView]
    district_code: str | None
    community_code: str | None
    street_code: str | None
    joint_office_codes: list[str]
    informed_office_codes: list[str]
    catalogue_rule: str | None
    queue: str | None
    gazetteer: str
    ranker: str
    policy: str
    memory: str
    names: str = ""
    explained: ReasonView | None
    understood: UnderstoodView
    ask: ReasonView | None


class Forgotten(Form):
    """What is to be forgotten: the place of a text, or what a ticket alone has taught."""

    text: Place | None = None
    ticket_number: (
        Annotated[
            str,
            Text(pattern=TICKET),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.text is None) is (self.ticket_number is None):
            raise ValueError(Message("text or ticket_number, one of them"))
        return self


class TallyView(View):
    """Confirmed cases of one place in one street."""

    office_code: str
    office_name: str
    count: int
    first_on: date
    last_on: date


class RememberedView(View):
    """A place in memory; with `clear`, requests are routed by it."""

    place: str
    district_code: str
    clear: bool
    streets: list[TallyView]


class MemoryView(View):
    """The memory of the place of a text, in every district with a place of that name."""

    places: list[RememberedView]
    known: int
    """Places in the whole memory."""

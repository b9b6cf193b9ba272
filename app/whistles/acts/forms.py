"""Forms of acts on whistles and summonses: the body of each."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator
from pydantic import StringConstraints as Text

from app.kit.messages import Message, shape
from app.kit.web.position import Position
from app.kit.web.wire import (
    Clean,
    Flag,
    Form,
    Line,
    OfficeCode,
    OneLine,
    Points,
    Prose,
    Shown,
    Told,
)
from app.tickets.acts.forms import Reason
from app.tickets.texts import AddressText, Lat, Lon, Number
from app.whistles.life.loop import Finding, WhistleKind, WhistleLevel, WhistleOrigin

MOST_SUMMONSES = 60
"""什刹海 called twenty-three departments."""
MOST_ACTIONS = 20
MOST_TICKETS = 100

Matter = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=2_000), Shown, Clean]
Document = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=100), Shown, OneLine]
ActionNumber = Annotated[int, Field(ge=1, strict=True)]
REPORT_CODE = shape(r"^[A-Za-z0-9-]{6,64}$", "is no code of 6 to 64 letters and digits")
CodeText = Annotated[
    str,
    Text(
        strip_whitespace=True,
        pattern=REPORT_CODE,
    ),
]


def each_once(numbers: list[int]) -> list[int]:
    """Raises ValueError on a number that is named twice."""
    if len(set(numbers)) < len(numbers):
        raise ValueError(Message("an action is named twice"))
    return numbers


class Spot(Position):
    """`lon` and `lat` are degrees of WGS-84, both or none."""

    text: AddressText
    lon: Lon | None = None
    lat: Lat | None = None


class NewSummons(Form):
    """`actions`: each a thing that is asked of the office. `through_centre`: of those whom it has
    posted to the street's enforcement centre."""

    office_code: OfficeCode
    required: Flag = True
    through_centre: Flag = False
    actions: Annotated[list[Line], Field(min_length=1, max_length=MOST_ACTIONS)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.actions)) < len(self.actions):
            raise ValueError(Message("an action is named twice"))
        return self


class Composition(Form):
    summonses: Annotated[list[NewSummons], Field(min_length=1, max_length=MOST_SUMMONSES)]

    @model_validator(mode="after")
    def _each_office_once(self) -> Self:
        codes = [summons.office_code for summons in self.summonses]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(Message("summoned twice: {twice}", twice=twice))
        return self


class NewWhistle(Composition):
    """`meeting_point` is the place itself where it is left out; `meet_at` of a planned action."""

    kind: WhistleKind
    level: WhistleLevel | None = None
    matter: Matter
    why: Matter
    place: Spot
    meeting_point: Spot | None = None
    meet_at: Told | None = None
    origin: WhistleOrigin
    ticket_numbers: Annotated[list[Number], Field(max_length=MOST_TICKETS)] = []
    in_progress: Flag = False
    draft: Flag = False


class LeadProposal(Form):
    """`street_code`: the street that is to lead."""

    street_code: OfficeCode
    text: Prose


class ReportIn(Position):
    """`lon` and `lat`, or the street's one-time `code`."""

    person: Line
    duty: Line
    lon: Lon | None = None
    lat: Lat | None = None
    code: CodeText | None = None

    @model_validator(mode="after")
    def _has_a_proof(self) -> Self:
        if self.code is None and self.lon is None:
            raise ValueError(
                Message("a report-in has a position (lon and lat) or the street's code")
            )
        return self


class Result(Form):
    """`action`: its words, or its number from 1."""

    action: Line | ActionNumber
    result: Matter
    document: Document | None = None


class Results(Form):
    results: Annotated[list[Result], Field(min_length=1, max_length=MOST_ACTIONS)]


class HandOver(Form):
    """`actions`: their numbers at the office that gives them up."""

    to_office_code: OfficeCode
    actions: Annotated[
        list[ActionNumber], Field(min_length=1, max_length=MOST_ACTIONS), AfterValidator(each_once)
    ]
    text: Prose


class InterimRelease(Form):
    text: Prose
    next_at: Told


class SummonsGround(StrEnum):
    NOT_MY_DUTY = "not_my_duty"
    NOT_MY_AREA = "not_my_area"
    NOT_MY_POWER = "not_my_power"


class SummonsObjection(Form):
    ground: SummonsGround
    text: Prose


class Verification(Form):
    """`evidence`: photographs or records of what the street saw, by name or number.
    `hazard_removed`, of an emergency alone: verifying it says so, where it is left out."""

    text: Prose
    evidence: Annotated[list[Line], Field(min_length=1, max_length=MOST_ACTIONS)]
    hazard_removed: Flag | None = None

    @field_validator("evidence", mode="before")
    @classmethod
    def _of_one_piece(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


class Liaison(Form):
    """Of the city with a central office."""

    office_code: OfficeCode
    person: Line


class Coordination(Form):
    """`lead_office_code`: a summoned department; `new_date_at`: until when it is now to be done."""

    lead_office_code: OfficeCode
    new_date_at: Told
    text: Prose
    liaison: Liaison | None = None


class OfficeStatement(Form):
    office_code: OfficeCode
    text: Prose


class FalseRuling(Form):
    """`statements`: of the street and of at least one office that it summoned; where the department
    was the wrong one, of each that is. `hazard_plausible` of an emergency where nothing was
    there: whether the danger could be believed in at the time."""

    finding: Finding
    text: Prose
    statements: Annotated[list[OfficeStatement], Field(min_length=1, max_length=MOST_SUMMONSES)]
    hazard_plausible: Flag | None = None

    @model_validator(mode="after")
    def _each_office_once(self) -> Self:
        codes = [statement.office_code for statement in self.statements]
        if len(set(codes)) < len(codes):
            raise ValueError(Message("an office has one statement"))
        return self


class AppealDecision(Form):
    uphold: Flag
    text: Prose


class ObjectionRuling(Form):
    uphold: Flag
    text: Prose


class WhistleSupervision(Reason):
    answer_due_at: Told


class RefusalRuling(Form):
    """`answer_due_at`: until when an office that refused owes an answer."""

    refused: Flag
    text: Prose
    answer_due_at: Told | None = None

    @model_validator(mode="after")
    def _supervises(self) -> Self:
        if self.refused is (self.answer_due_at is None):
            raise ValueError(Message("with a refusal, and with none else, goes an answer_due_at"))
        return self


class NewEvaluation(Form):
    """The chief's points: `effect` 实效, `attitude` 作风法治; `rough`: 简单粗暴执法."""

    effect: Points
    attitude: Points
    text: Prose | None = None
    rough: Flag = False

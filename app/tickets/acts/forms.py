"""Forms of acts: the body of each."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from app.kit.messages import Message, worded
from app.kit.web.position import Position
from app.kit.web.wire import Flag, Form, Line, OfficeCode, Prose, Told
from app.offices.catalogue import Urgency
from app.tickets.life.contacts import Method
from app.tickets.life.holds import About, HoldReason, SupervisionLevel
from app.tickets.life.objections import Ground, Ruling
from app.tickets.lines import LineNumber
from app.tickets.texts import AddressText, Category, Lat, Lon, Name, Number, Phone, ReasonCode

OWN = "12345"


class Whereabouts(Position):
    """`lon` and `lat` are degrees, both or none, of WGS-84 or what `datum` says."""

    district_code: OfficeCode | None = None
    lon: Lon | None = None
    lat: Lat | None = None


class NewAddress(Whereabouts):
    text: AddressText


class Nothing(Form):
    """The empty body of an action without words."""


class Words(Form):
    text: Prose


@worded
class EmergencyService(StrEnum):
    POLICE = "110"
    FIRE = "119"
    AMBULANCE = "120"
    TRAFFIC = "122"


class Transfer(Words):
    service: EmergencyService


class HandOn(Words):
    """`service`: the line that was told, an emergency service's or another hotline's."""

    service: LineNumber

    @field_validator("service")
    @classmethod
    def _is_another_line(cls, service: str) -> str:
        if service == OWN:
            raise ValueError(Message("{own} is this hotline itself", own=OWN))
        return service


@worded
class DeclineReason(StrEnum):
    NA_LEGAL_ROUTE = "na_legal_route"
    NA_UNLAWFUL = "na_unlawful"
    NA_SECRET = "na_secret"
    NA_OUT_OF_AREA = "na_out_of_area"
    NA_MALICIOUS = "na_malicious"


class Decline(Words):
    """`text` is the answer given to the citizen."""

    reason_code: DeclineReason


class CorrectedCitizen(Form):
    """Only the members that are named change; null takes a value away."""

    name: Name | None = None
    phone: Phone | None = None
    callback_phone: Phone | None = None
    anonymous: Flag = False

    @property
    def named(self) -> dict[str, Any]:
        return self.model_dump(include=self.model_fields_set)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(Message("name what is corrected"))
        return self


class Correction(Form):
    """What was taken down wrong; a member that is null or left out stays as it is."""

    citizen: CorrectedCitizen | None = None
    title: Line | None = None
    category: Category | None = None
    address: NewAddress | None = None
    occurred_at: Told | None = None
    reason: Prose

    @property
    def named(self) -> list[str]:
        return [name for name in CORRECTABLE if getattr(self, name) is not None]

    @model_validator(mode="after")
    def _corrects_something(self) -> Self:
        if not self.named:
            raise ValueError(
                Message("name what is corrected: {correctable}", correctable=list(CORRECTABLE))
            )
        return self


CORRECTABLE = ("citizen", "title", "category", "address", "occurred_at")


class Add(Form):
    text: Prose | None = None
    address: Annotated[NewAddress | None, Field(validate_default=True)] = None

    @field_validator("address")
    @classmethod
    def _something_is_added(
        cls, address: NewAddress | None, info: ValidationInfo
    ) -> NewAddress | None:
        if address is None and info.data.get("text", "") is None:
            raise ValueError(Message("required where there is no text"))
        return address


class NewDispatch(Form):
    office_code: OfficeCode
    joint_office_codes: Annotated[list[OfficeCode], Field(max_length=20)] = []
    reason: Prose


class NewContact(Form):
    method: Method
    reached: Flag
    note: Prose | None = None
    evidence: Prose | None = None

    @field_validator("method")
    @classmethod
    def _a_relay_is_its_own_act(cls, method: Method) -> Method:
        if method is Method.RELAY:
            raise ValueError(Message("a text is passed on by the action relay"))
        return method


class NewRelay(Words):
    """The office's text to the citizen; or, with `done`, the hotline's about passing it on."""

    done: Flag | None = None


class CitizenFeedback(Form):
    """The office's answer to the citizen; `at` is the office's time, the event has the server's."""

    method: Method
    person: Name | None = None
    at: Told | None = None


class Publication(Form):
    """The public answer at a public source; `at` is the office's time."""

    where: Line
    at: Told


class NewReply(Words):
    measures: Prose | None = None
    citizen_feedback: CitizenFeedback | None = None
    published: Publication | None = None


class FeedBack(Words):
    """A joint office's own answer."""

    measures: Prose | None = None


class Review(Form):
    """A returned reply needs a text that names the missing points."""

    approve: Flag
    text: Annotated[Prose | None, Field(validate_default=True)] = None

    @field_validator("text")
    @classmethod
    def _a_return_has_its_reason(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is None and info.data.get("approve") is False:
            raise ValueError(Message("say what is missing"))
        return text


class Withdrawal(Form):
    evidence: Prose


class NewObjection(Words):
    ground: Ground
    evidence: Prose | None = None
    proposed_office_code: OfficeCode | None = None


class NewRuling(Words):
    decision: Ruling
    office_code: OfficeCode | None = None
    parent_number: Number | None = None


class Conclusion(Words):
    """The result of a 会商."""

    lead_office_code: OfficeCode
    joint_office_codes: Annotated[list[OfficeCode], Field(max_length=20)] = []


class NewExtension(Form):
    reason_code: ReasonCode
    plan: Prose
    due_at: Told


class Decision(Form):
    approve: Flag
    text: Prose


class Milestone(Form):
    at: Told
    text: Prose


class NewHold(Form):
    reason_code: HoldReason
    plan: Prose
    review_at: Told
    milestones: Annotated[list[Milestone], Field(max_length=50)] = []


class Resumption(Words):
    done: Flag


class Grading(Form):
    urgency: Urgency
    reason: Prose


class NewSupervision(Form):
    """`to_office_code`: of the level `street`, the joint office that is asked."""

    level: SupervisionLevel
    reason: Prose
    answer_due_at: Told
    to_office_code: OfficeCode | None = None


class NewAdvice(Words):
    to_office_code: OfficeCode
    about: About
    answer_due_at: Told


class AdviceAnswer(Words):
    """`advice_seq` is the event of the advice; without it the oldest that waits is answered."""

    advice_seq: Annotated[int | None, Field(ge=1, le=2**31 - 1, strict=True)] = None


class Merging(Form):
    parent_number: Number


class Reason(Form):
    reason: Prose

"""The form of a new request, and what the operator decides with it (RULEBOOK D.3)."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic import StringConstraints as Text
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticKnownError

from app.kit.messages import Message, shape, worded
from app.kit.web.wire import Flag, Form, Line, OneLine, Prose, Shown, Told
from app.offices.catalogue import Urgency
from app.tickets.acts.dispatching.dispatch import ENQUIRIES
from app.tickets.acts.forms import DeclineReason, EmergencyService, Whereabouts
from app.tickets.life.lifecycle import Channel, TicketType
from app.tickets.lines import LineNumber
from app.tickets.texts import AddressText, Category, ExternalId, Name, Phone

Language = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=35), Shown, OneLine]
"""A tag or a name: `en`, `维吾尔语`."""

WEB_ADDRESS = shape(r"^https?://[^\s]+$", "is no web address")
Url = Annotated[
    str,
    Text(
        strip_whitespace=True,
        max_length=2_000,
        pattern=WEB_ADDRESS,
    ),
]


class Sparse(Form):
    """A member that may be left out may be null or an empty text, too."""

    never_blank: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        may_be_blank = may_be_blank_of(cls)
        return {
            name: value
            for name, value in body.items()
            if name not in may_be_blank or value not in (None, "")
        }


@cache
def may_be_blank_of(form: type[Sparse]) -> frozenset[str]:
    """The members that may be left out, but for those that are never blank."""
    fields = form.model_fields.items()
    return frozenset(name for name, field in fields if not field.is_required()) - form.never_blank


@worded
class Outcome(StrEnum):
    """The operator's decision on a request, while the citizen is on the line."""

    ACCEPT = "accept"
    ANSWER = "answer"
    TRANSFER = "transfer"
    DECLINE = "decline"
    HOLD = "hold"


MEMBERS: dict[Outcome, frozenset[str]] = {
    Outcome.ACCEPT: frozenset(),
    Outcome.ANSWER: frozenset({"text"}),
    Outcome.TRANSFER: frozenset({"service", "text"}),
    Outcome.DECLINE: frozenset({"reason_code", "text"}),
    Outcome.HOLD: frozenset(),
}
"""The members that each outcome has, all of them required."""

PLACELESS = frozenset({Outcome.TRANSFER, Outcome.DECLINE})


class Acceptance(Sparse):
    """`text` is the answer given to the citizen, or the words to the emergency service."""

    outcome: Outcome
    text: Annotated[Prose | None, Field(validate_default=True)] = None
    service: Annotated[EmergencyService | None, Field(validate_default=True)] = None
    reason_code: Annotated[DeclineReason | None, Field(validate_default=True)] = None

    @field_validator("text", "service", "reason_code")
    @classmethod
    def _goes_with_its_outcome(cls, value: Any, info: ValidationInfo) -> Any:
        outcome = info.data.get("outcome")
        if outcome is None:
            return value
        is_member = info.field_name in MEMBERS[outcome]
        if is_member and value is None:
            raise ValueError(Message("required with the outcome {outcome}", outcome=outcome))
        if not is_member and value is not None:
            raise ValueError(Message("does not go with the outcome {outcome}", outcome=outcome))
        return value


ACCEPTED = Acceptance(outcome=Outcome.ACCEPT)


class Source(Sparse):
    """Where a problem was published: in a paper, a broadcast, a post."""

    outlet: Line | None = None
    title: Line | None = None
    url: Url | None = None
    published_at: Told | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(Message("a source has an outlet, a title, a url or a time"))
        return self


class Place(Sparse, Whereabouts):
    text: AddressText | None = None


NOWHERE = Place()
"""Of a request without an address."""


class NewCitizen(Sparse):
    """Who can be called back only at another number is known by that one."""

    name: Name | None = None
    phone: Phone | None = None
    callback_phone: Phone | None = None
    language: Language | None = None
    callback_after: Told | None = None
    anonymous: Flag = False
    confidential: Flag = False

    @property
    def telephone(self) -> str | None:
        return self.phone or self.callback_phone


class NewTicket(Sparse):
    channel: Channel
    type: TicketType
    category: Category | None = None
    title: Line
    content: Prose
    urgency: Urgency | None = None
    acceptance: Acceptance = ACCEPTED
    address: Annotated[Place, Field(validate_default=True)] = NOWHERE
    citizen: NewCitizen = NewCitizen()
    external_id: ExternalId | None = None
    occurred_at: Told | None = None
    line: LineNumber | None = None
    source: Source | None = None

    @field_validator("acceptance")
    @classmethod
    def _only_an_enquiry_is_answered(
        cls, acceptance: Acceptance, info: ValidationInfo
    ) -> Acceptance:
        kind = info.data.get("type")
        if acceptance.outcome is Outcome.ANSWER and kind and kind not in ENQUIRIES:
            why = Message(
                "only a consult or a praise is answered on the spot, not a {type}", type=kind
            )
            fault = PydanticCustomError("ours", "{reason}", {"reason": why})
            raise at("outcome", fault)
        return acceptance

    @field_validator("address")
    @classmethod
    def _is_said(cls, address: Place, info: ValidationInfo) -> Place:
        if address.text is None and is_placed(info.data):
            raise PydanticKnownError("missing") if address is NOWHERE else at("text")
        return address


def is_placed(request: Mapping[str, Any]) -> bool:
    """Whether a request must say where it is: no enquiry, nor one that ends with the call; nor one
    whose type or acceptance is refused already."""
    if not {"type", "acceptance"} <= request.keys():
        return False
    ends = request["acceptance"].outcome in PLACELESS
    return request["type"] not in ENQUIRIES and not ends


def at(member: str, fault: str | PydanticCustomError = "missing") -> ValidationError:
    """A fault of one member, raised by the validator of the whole."""
    details = InitErrorDetails(type=fault, loc=(member,), input=None)
    return ValidationError.from_exception_data("request", [details])

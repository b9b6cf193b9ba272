"""Callbacks as they cross the wire."""

from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from app.callbacks.answers import Answers, Contacted, ExclusionCode, Reach, Resolved, Satisfied
from app.kit.messages import Message
from app.kit.web.wire import At, Flag, Form, Prose, View
from app.tickets.acts.forms import Words
from app.tickets.life.lifecycle import Status
from app.tickets.life.sources import Verified
from app.tickets.views.schemas import TicketView

A = TypeVar("A")


def of_a_call(reach: Reach) -> Reach:
    if reach is Reach.VERIFIED:
        raise ValueError(Message("is said by a verification, not by a callback"))
    return reach


CALLS = [reach.value for reach in Reach if reach is not Reach.VERIFIED]
Called = Annotated[
    Reach, AfterValidator(of_a_call), WithJsonSchema({"type": "string", "enum": CALLS})
]


class Answered(Form):
    """The three answers stand or fall together: all when the citizen was reached, else none."""

    reach: Called
    contacted: Annotated[Contacted | None, Field(validate_default=True)] = None
    resolved: Annotated[Resolved | None, Field(validate_default=True)] = None
    satisfied: Annotated[Satisfied | None, Field(validate_default=True)] = None

    @field_validator("contacted", "resolved", "satisfied")
    @classmethod
    def _belongs_to_reached(cls, answer: A, info: ValidationInfo) -> A:
        reach = info.data.get("reach")
        if reach is Reach.REACHED and answer is None:
            raise ValueError(Message("required of a citizen who was reached"))
        if reach not in (None, Reach.REACHED) and answer is not None:
            raise ValueError(Message("not given where reach is {reach}", reach=reach))
        return answer

    @property
    def answers(self) -> Answers:
        return Answers(self.reach, self.contacted, self.resolved, self.satisfied)


class NewCallback(Answered):
    reasonable: Flag | None = None
    reason: Prose | None = None
    recording: Prose | None = None


SEEN = [resolved.value for resolved in Resolved if resolved is not Resolved.NO_ANSWER]


def seen(resolved: Resolved) -> Resolved:
    if resolved is Resolved.NO_ANSWER:
        raise ValueError(
            Message("a verification sees whether it is resolved: {seen}", seen=list(SEEN))
        )
    return resolved


class Verdict(Form):
    """The result of a case without a citizen (RULEBOOK D.9.1)."""

    method: Verified
    resolved: Annotated[
        Resolved, AfterValidator(seen), WithJsonSchema({"type": "string", "enum": SEEN})
    ]


class NewVerification(Words, Verdict):
    """As the city's desk saw it: `text` tells what was seen, `evidence` where that is kept."""

    evidence: Prose


class NewExclusion(Words):
    """A request to leave an assessed ticket out of the rates (RULEBOOK D.10)."""

    code: ExclusionCode
    evidence: Prose | None = None


class ExclusionView(View):
    """A request with its review, flag and decision; null while that is still awaited."""

    ticket_number: str
    office_code: str
    district_code: str | None
    code: ExclusionCode
    asked_at: At
    reviewed: bool | None
    reviewed_at: At | None
    flagged: bool | None
    flagged_at: At | None
    approved: bool | None
    decided_at: At | None


class NewCorrection(Answered):
    """The answers of the recording; `text` tells how it was heard again."""

    text: Prose


class CorrectionView(View):
    reach: Reach
    contacted: Contacted | None
    resolved: Resolved | None
    satisfied: Satisfied | None
    corrected_at: At


class CallbackView(View):
    id: int
    ticket_number: str
    at: At
    attempt: int
    reach: Reach
    contacted: Contacted | None
    resolved: Resolved | None
    satisfied: Satisfied | None
    reasonable: bool | None
    method: Verified | None
    """Of a verification, whose `reach` is `verified`; null for a call."""
    final: bool
    disputed_at: At | None
    """The instant of the office's request for a second hearing."""
    correction: CorrectionView | None
    """The answers that count instead; the record above stays as written."""
    status_now: Status
    """The ticket's status now."""


class QueuedView(TicketView):
    callback_due_at: At | None
    attempts: int
    no_citizen: bool
    """Nobody can be called: its result is verified."""
    callable_now: bool

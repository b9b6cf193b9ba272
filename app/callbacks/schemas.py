"""Callbacks as they cross the wire."""

from typing import Annotated, TypeVar

from pydantic import Field, ValidationInfo, field_validator

from app.callbacks.answers import Answers, Contacted, Reach, Resolved, Satisfied
from app.kit.wire import At, Flag, Form, Prose, View
from app.tickets.lifecycle import Status
from app.tickets.schemas import TicketView

A = TypeVar("A")


class Answered(Form):
    """The three answers stand or fall together: all when the citizen was reached, else none."""

    reach: Reach
    contacted: Annotated[Contacted | None, Field(validate_default=True)] = None
    resolved: Annotated[Resolved | None, Field(validate_default=True)] = None
    satisfied: Annotated[Satisfied | None, Field(validate_default=True)] = None

    @field_validator("contacted", "resolved", "satisfied")
    @classmethod
    def _belongs_to_reached(cls, answer: A, info: ValidationInfo) -> A:
        reach = info.data.get("reach")
        if reach is Reach.REACHED and answer is None:
            raise ValueError("required of a citizen who was reached")
        if reach not in (None, Reach.REACHED) and answer is not None:
            raise ValueError(f"not given where reach is {reach}")
        return answer

    @property
    def answers(self) -> Answers:
        return Answers(self.reach, self.contacted, self.resolved, self.satisfied)


class NewCallback(Answered):
    reasonable: Flag | None = None
    reason: Prose | None = None
    recording: Prose | None = None


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
    final: bool
    status_now: Status
    """What the ticket is now."""


class QueuedView(TicketView):
    callback_due_at: At | None
    attempts: int
    callable_now: bool

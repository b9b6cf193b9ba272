"""Callbacks as they cross the wire."""

from typing import Self

from pydantic import model_validator

from app.callbacks.answers import Answers, Contacted, Reach, Resolved, Satisfied
from app.kit.wire import At, Form, Prose, View
from app.tickets.lifecycle import Status
from app.tickets.schemas import TicketView


class NewCallback(Form):
    """The three answers stand or fall together: all when the citizen was reached, else none."""

    reach: Reach
    contacted: Contacted | None = None
    resolved: Resolved | None = None
    satisfied: Satisfied | None = None
    reasonable: bool | None = None
    reason: Prose | None = None
    recording: Prose | None = None

    @model_validator(mode="after")
    def _answers_belong_to_reached(self) -> Self:
        given = [self.contacted, self.resolved, self.satisfied]
        if self.reach is Reach.REACHED and None in given:
            raise ValueError("reached: contacted, resolved and satisfied are all required")
        if self.reach is not Reach.REACHED and any(given):
            raise ValueError(f"{self.reach}: contacted, resolved and satisfied are not given")
        return self

    @property
    def answers(self) -> Answers:
        return Answers(self.reach, self.contacted, self.resolved, self.satisfied)


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

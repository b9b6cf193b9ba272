"""Acceptance: what a request becomes with the call itself, before any dispatch (RULEBOOK D.3)."""

from collections.abc import Mapping
from typing import Any

from app.kit.messages import Message, template
from app.offices.catalogue import Urgency
from app.routing.decision import DecisionKind
from app.tickets.acts.dispatching.dispatch import ENQUIRIES, outcome
from app.tickets.acts.hotline import GRAVE
from app.tickets.event_data import Declined, EventData, Transferred
from app.tickets.intake.forms import Acceptance, NewTicket, Outcome
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action, Status

GRAVE_BY_SUPERVISOR = template(
    "/acceptance/reason_code {code}: only a supervisor says so: take it down with the outcome hold"
)

ENDS: Mapping[Outcome, tuple[Action, Status]] = {
    Outcome.ANSWER: (Action.ANSWER, Status.ANSWERED),
    Outcome.TRANSFER: (Action.TRANSFER, Status.TRANSFERRED),
    Outcome.DECLINE: (Action.DECLINE, Status.NOT_ACCEPTED),
}
"""Outcomes that end the ticket at once: the act that follows its receipt, and where it leads."""


def check(acceptance: Acceptance) -> None:
    """T4: refuses (NotYourPart) what a supervisor alone declines; he does so with one on hold."""
    if acceptance.reason_code in GRAVE:
        raise NotYourPart(Message(GRAVE_BY_SUPERVISOR, code=acceptance.reason_code))


def is_ended(new: NewTicket) -> bool:
    return new.acceptance.outcome in ENDS


def status_of(new: NewTicket, decision: DecisionKind, urgency: Urgency) -> Status:
    """An enquiry, and whatever the operator holds, stays with him for as long as a person may
    take."""
    if is_ended(new):
        return ENDS[new.acceptance.outcome][1]
    waits = new.type in ENQUIRIES or new.acceptance.outcome is Outcome.HOLD
    return Status.RECEIVED if waits else outcome(decision, urgency)


def data_of(acceptance: Acceptance) -> EventData | None:
    """The data of the act that ends the ticket."""
    if acceptance.service:
        return Transferred(service=acceptance.service)
    return Declined(reason_code=acceptance.reason_code) if acceptance.reason_code else None


def words_of(acceptance: Acceptance) -> dict[str, Any]:
    return {"text": acceptance.text}

"""Supervision 督办: an office is told to answer by a date."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.kit.errors import Invalid
from app.tickets.acts.change import Change
from app.tickets.acts.forms import NewSupervision
from app.tickets.acts.urgency import allow
from app.tickets.event_data import Supervised
from app.tickets.life.holds import SupervisionLevel
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import Part
from app.tickets.proceedings import Supervision


class AnswerTimePast(Invalid):
    title = "An answer is asked for by a time to come"


def supervise(change: Change, said: NewSupervision) -> None:
    """督办: an answer is asked for; the status stays."""
    ticket = change.ticket
    ticket.supervised = True
    ticket.answer_due_at = min(ticket.answer_due_at or said.answer_due_at, said.answer_due_at)
    assert change.caller is not None  # no supervision falls due by itself
    change.session.add(
        Supervision(
            ticket_number=ticket.number,
            seq=ticket.version + 1,
            level=said.level,
            issuer=change.caller.id,
            issued_at=change.now,
            answer_due_at=said.answer_due_at,
        )
    )
    data = Supervised(level=said.level, answer_due_at=said.answer_due_at)
    change.record(Action.SUPERVISE, ticket.status, data=data, words={"reason": said.reason})


def check_supervision(change: Change, said: NewSupervision) -> None:
    """Refuses NotYourPart and AnswerTimePast."""
    if said.level is SupervisionLevel.CITY:
        allow(Part.SUPERVISOR in change.parts, "a district supervises at its own level")
    if said.answer_due_at <= change.now:
        fault = {"pointer": "/answer_due_at", "detail": "must lie ahead"}
        raise AnswerTimePast(errors=[fault])


def answer_supervision(change: Change) -> None:
    """The lead office's next note answers what is open."""
    for one in unanswered(change):
        one.answered_at, one.answer_seq = change.now, change.ticket.version + 1
    change.ticket.supervised, change.ticket.answer_due_at = False, None


def pass_over(change: Change, due_at: datetime) -> SupervisionLevel:
    """Nobody answered by then: the next one asked for is awaited. Whose level was not answered."""
    asked = unanswered(change)
    later = (one.answer_due_at for one in asked if one.answer_due_at > due_at)
    change.ticket.answer_due_at = min(later, default=None)
    levels = {one.level for one in asked if one.answer_due_at == due_at}
    return SupervisionLevel.CITY if SupervisionLevel.CITY in levels else SupervisionLevel.DISTRICT


def unanswered(change: Change) -> Sequence[Supervision]:
    query = select(Supervision).where(
        Supervision.ticket_number == change.ticket.number, Supervision.answered_at.is_(None)
    )
    return change.session.scalars(query).all()

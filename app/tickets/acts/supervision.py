"""Supervision 督办: an office is told to answer by a date."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.kit.errors import Invalid
from app.tickets.acts.change import Change
from app.tickets.acts.forms import NewSupervision
from app.tickets.acts.urgency import allow
from app.tickets.event_data import Supervised
from app.tickets.life import alarms
from app.tickets.life.alarms import Alarm, Ring
from app.tickets.life.holds import SupervisionLevel
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers
from app.tickets.proceedings import Supervision


class AnswerTimePast(Invalid):
    title = "An answer is asked for by a time to come"


def supervise(change: Change, body: NewSupervision) -> None:
    """督办: an answer is asked for; the status stays."""
    ticket = change.ticket
    ticket.supervised = True
    ticket.answer_due_at = min(ticket.answer_due_at or body.answer_due_at, body.answer_due_at)
    assert change.caller is not None  # no supervision falls due by itself
    change.session.add(
        Supervision(
            ticket_number=ticket.number,
            seq=ticket.version + 1,
            level=body.level,
            issuer=change.caller.id,
            issued_at=change.now,
            answer_due_at=body.answer_due_at,
        )
    )
    data = Supervised(level=body.level, answer_due_at=body.answer_due_at)
    change.record(Action.SUPERVISE, ticket.status, data=data, words={"reason": body.reason})


LONGEST = timedelta(days=366)


def check_supervision(change: Change, body: NewSupervision) -> None:
    """Refuses NotYourPart and AnswerTimePast."""
    if body.level is SupervisionLevel.CITY:
        allow(Part.SUPERVISOR in change.parts, "a district supervises at its own level")
    if not change.now < body.answer_due_at <= change.now + LONGEST:
        fault = {"pointer": "/answer_due_at", "detail": "must lie ahead, within a year"}
        raise AnswerTimePast(errors=[fault])


def answer_supervision(change: Change) -> None:
    """The lead office's next note answers all open supervisions."""
    ticket = change.ticket
    for supervision in unanswered(change):
        supervision.answered_at, supervision.answer_seq = change.now, ticket.version + 1
    ticket.supervised, ticket.answer_due_at = False, None
    ticket.warned = alarms.lasting(ticket.warned, {Alarm.UNANSWERED})


def pass_over(change: Change, due_at: datetime) -> tuple[Ring, SupervisionLevel]:
    """Await the next answer after a missed one; the alarm, and the highest level of the missed
    ones."""
    supervisions = unanswered(change)
    later = (row.answer_due_at for row in supervisions if row.answer_due_at > due_at)
    change.ticket.answer_due_at = min(later, default=None)
    levels = {row.level for row in supervisions if row.answer_due_at == due_at}
    level = max(levels, key=tuple(SupervisionLevel).index)
    return alarms.missed(Timers.of(change.ticket), due_at, level is SupervisionLevel.CITY), level


def unanswered(change: Change) -> Sequence[Supervision]:
    query = select(Supervision).where(
        Supervision.ticket_number == change.ticket.number, Supervision.answered_at.is_(None)
    )
    return change.session.scalars(query).all()

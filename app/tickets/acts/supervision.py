"""Supervision 督办: an office is told to answer by a date."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import UNSET
from sqlalchemy import select

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.tickets.acts.change import Change
from app.tickets.acts.forms import NewSupervision
from app.tickets.acts.urgency import allow
from app.tickets.event_data import Supervised, SupervisionsAnswered
from app.tickets.life import alarms
from app.tickets.life.alarms import Alarm, Ring
from app.tickets.life.holds import SupervisionLevel
from app.tickets.life.lifecycle import Action, DispatchRole
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers
from app.tickets.proceedings import Supervision

ANSWERERS = frozenset({Part.LEAD, Part.HELPER})
"""Whose notes answer a supervision."""


class AnswerTimePast(Invalid):
    title = "An answer is asked for by a time to come"


class NotJoint(Invalid):
    title = "That office is not asked by this supervision"


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
            office_code=body.to_office_code,
            issuer=change.caller.id,
            issued_at=change.now,
            answer_due_at=body.answer_due_at,
            waits_until=body.answer_due_at if body.to_office_code else None,
        )
    )
    asked = body.to_office_code or UNSET
    data = Supervised(level=body.level, answer_due_at=body.answer_due_at, office_code=asked)
    change.record(Action.SUPERVISE, ticket.status, data=data, words={"reason": body.reason})


LONGEST = timedelta(days=366)


def check_supervision(change: Change, body: NewSupervision) -> None:
    """Refuses NotYourPart, AnswerTimePast and NotJoint."""
    parts, why = SUPERVISORS[body.level]
    allow(bool(parts & change.parts), why)
    check_answer_time(change, body.answer_due_at)
    helpers = {d.office_code for d in change.dispatches if d.role is DispatchRole.JOINT}
    of_street = body.level is SupervisionLevel.STREET
    if of_street and body.to_office_code not in helpers:
        raise not_joint(Message("name an office that is joint on this ticket"), sorted(helpers))
    if not of_street and body.to_office_code is not None:
        raise not_joint(Message("the lead office answers: only a street names another"), [])


SUPERVISORS = {
    SupervisionLevel.STREET: (
        {Part.COORDINATOR},
        Message("the chief of the street that leads asks so"),
    ),
    SupervisionLevel.DISTRICT: (
        {Part.DISTRICT, Part.SUPERVISOR},
        Message("a street asks at its own level"),
    ),
    SupervisionLevel.CITY: ({Part.SUPERVISOR}, Message("a district supervises at its own level")),
}
"""Who supervises at each level."""


def check_answer_time(change: Change, answer_due_at: datetime) -> None:
    if not change.now < answer_due_at <= change.now + LONGEST:
        fault = {"pointer": "/answer_due_at", "detail": Message("must lie ahead, within a year")}
        raise AnswerTimePast(errors=[fault])


def not_joint(detail: Message, joint: list[str]) -> NotJoint:
    fault = {"pointer": "/to_office_code", "detail": detail}
    return NotJoint(detail, errors=[fault], joint_office_codes=joint)


def answer_supervision(change: Change) -> SupervisionsAnswered | None:
    """An office's next note or answer answers what is asked of it: of the lead all that names no
    other office. The data of its event."""
    if not change.ticket.supervised:
        return None
    if not change.parts & ANSWERERS:
        return SupervisionsAnswered(supervision_seqs=[])
    assert change.caller is not None  # no answer falls due by itself
    own = None if Part.LEAD in change.parts else change.caller.office_code
    every = unanswered(change)
    mine = [supervision for supervision in every if supervision.office_code == own]
    if mine:
        settle(change, mine, [supervision for supervision in every if supervision not in mine])
    return SupervisionsAnswered(supervision_seqs=sorted(supervision.seq for supervision in mine))


def settle(change: Change, mine: list[Supervision], others: list[Supervision]) -> None:
    """Mark the answered ones, and await the others."""
    ticket = change.ticket
    for supervision in mine:
        supervision.answered_at, supervision.answer_seq = change.now, ticket.version + 1
        supervision.waits_until = None
    left = [supervision.answer_due_at for supervision in others]
    ticket.supervised = bool(left)
    ticket.answer_due_at = min((at for at in left if at >= change.now), default=None)
    if all(at >= change.now for at in left):
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

"""Advice 建议: a street's chief advises its district or an office of the city, and is answered.

One of the four powers of a street (RULEBOOK D.2); a record, and never part of a score.
"""

from datetime import datetime

from sqlalchemy import select

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.offices.directory import OfficeEntry, OfficeKind
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch
from app.tickets.acts.forms import AdviceAnswer, NewAdvice
from app.tickets.acts.supervision import check_answer_time
from app.tickets.event_data import AdviceAnswered, Advised
from app.tickets.life import alarms
from app.tickets.life.alarms import Alarm, Ring
from app.tickets.life.lifecycle import Action, IllegalMove
from app.tickets.proceedings import Advice

OF_THE_CITY = frozenset({OfficeKind.CITY_DEPT, OfficeKind.CITY_CENTRE})


class NotAdvised(Invalid):
    title = "A street advises its own district or an office of the city"


def advise(change: Change, body: NewAdvice) -> None:
    """The addressee has the ticket from now on, as an informed office, until he has answered."""
    caller, ticket = change.caller, change.ticket
    assert caller is not None  # no advice falls due by itself
    assert caller.office_code is not None  # a street's chief
    change.session.add(
        Advice(
            ticket_number=ticket.number,
            seq=ticket.version + 1,
            about=body.about,
            from_office=caller.office_code,
            office_code=body.to_office_code,
            given_at=change.now,
            answer_due_at=body.answer_due_at,
            waits_until=body.answer_due_at,
        )
    )
    ticket.advised = [*ticket.advised, body.to_office_code]
    ticket.advice_due_at = min(ticket.advice_due_at or body.answer_due_at, body.answer_due_at)
    dispatch.inform(change, body.to_office_code)
    data = Advised(
        to_office_code=body.to_office_code, about=body.about, answer_due_at=body.answer_due_at
    )
    change.record(Action.ADVISE, ticket.status, data=data, words={"text": body.text})


def check_advice(change: Change, body: NewAdvice) -> None:
    """Refuses NoSuchOffice, NotAdvised and AnswerTimePast."""
    office = change.city.office(body.to_office_code, "/to_office_code", change.now)
    if not is_above(change, office):
        detail = Message("{name} is neither", name=office.name)
        raise NotAdvised(detail, errors=[{"pointer": "/to_office_code", "detail": detail}])
    check_answer_time(change, body.answer_due_at)


def is_above(change: Change, office: OfficeEntry) -> bool:
    """Whether it is the street's own district, or an office of the city."""
    if office.kind is OfficeKind.DISTRICT_CENTRE:
        own = change.city.offices.get(change.caller.office_code or "") if change.caller else None
        return own is not None and office.code == own.district_code
    return office.kind in OF_THE_CITY


def answer(change: Change, body: AdviceAnswer) -> None:
    """The addressee answers: the advice that is named, or the oldest that waits for him."""
    caller, ticket = change.caller, change.ticket
    assert caller is not None  # no answer falls due by itself
    assert caller.office_code is not None  # it was advised
    waiting = select(Advice).where(
        Advice.ticket_number == ticket.number,
        Advice.office_code == caller.office_code,
        Advice.answered_at.is_(None),
    )
    if body.advice_seq is not None:
        waiting = waiting.where(Advice.seq == body.advice_seq)
    advice = change.session.scalars(waiting.order_by(Advice.seq)).first()
    if advice is None:
        raise IllegalMove(
            Message("no advice {advice_seq} waits for your answer", advice_seq=body.advice_seq)
        )
    advice.answered_at, advice.answer_seq = change.now, ticket.version + 1
    advice.waits_until = None
    await_answers(change, change.now)
    owing = list(ticket.advised)
    owing.remove(caller.office_code)
    ticket.advised = owing
    data = AdviceAnswered(advice_seq=advice.seq)
    change.record(Action.ANSWER_ADVICE, ticket.status, data=data, words={"text": body.text})


def pass_over(change: Change, due_at: datetime) -> Ring:
    """The alarm of a missed answer; the next one is awaited."""
    await_answers(change, due_at)
    return alarms.unadvised(due_at)


def await_answers(change: Change, after: datetime) -> None:
    """The next answer is that which is due first after an instant; the alarm ends when none is
    missed any more."""
    ticket = change.ticket
    change.session.flush()
    owed = select(Advice.answer_due_at).where(
        Advice.ticket_number == ticket.number, Advice.answered_at.is_(None)
    )
    limits = change.session.scalars(owed).all()
    ticket.advice_due_at = min((at for at in limits if at > after), default=None)
    if all(at > after for at in limits):
        ticket.warned = alarms.lasting(ticket.warned, {Alarm.UNANSWERED_ADVICE})

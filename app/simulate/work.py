"""The offices: they sign for a ticket, reach the citizen and reply; the reply is reviewed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.access.roles import Role
from app.simulate.life import HOUR, Life, Step, desk
from app.simulate.requests import drawn
from app.tickets.acts import contact as contacting
from app.tickets.acts import handling, hotline
from app.tickets.acts import relay as relaying
from app.tickets.acts.forms import (
    CitizenFeedback,
    NewContact,
    NewRelay,
    NewReply,
    Nothing,
    Publication,
    Reason,
    Review,
    Words,
)
from app.tickets.life.contacts import Method
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.sources import PUBLIC

METHODS = {Method.CALL: 85, Method.VISIT: 10, Method.MESSAGE: 5}

# Response is 97 to 100 % in every source [B.4, B43]; the other shares are plausible, and ours.
FORGOTTEN = 0.004
NEVER_CONTACTED = 0.003
CONTACTED_LATE = 0.009
REACHED = 0.9
NEVER_REPLIED = 0.008
PASSED_IN_SILENCE = 0.35
SENT_BACK = 0.06
READ_BY_THE_HEAD = 0.3
"""The head of an office is informed of every dispatch [B8]; so many heads tick them off here."""

NUMBER_ASKED_FOR = 0.02
NOTED = 0.03


def sign(life: Life) -> Step | None:
    """T9; a forgotten ticket shows in the citizen's callback, a day after the limit."""
    if life.likely(FORGOTTEN):
        return None
    ticket, policy = life.ticket, life.change.policy
    at = life.at_pace(life.now, policy.limits[ticket.urgency].acknowledge, 1.3, 4.5)
    return Step(at, life.handler(), Action.ACKNOWLEDGE, handling.acknowledge, Nothing())


def contact(life: Life) -> Step | None:
    """T14: the office reaches the citizen, mostly at once and in time; else again after the gap."""
    if life.likely(NEVER_CONTACTED):
        return None
    return contact_at(life, next_try(life))


def next_try(life: Life) -> datetime:
    ticket, policy = life.head.ticket, life.change.policy
    limit = policy.limits[ticket.urgency].contact
    gap = policy.contact.gap[ticket.urgency]
    if life.tries:
        return life.now + gap + life.asked.chance.random() * gap
    if life.likely(CONTACTED_LATE):
        return life.now + limit + life.asked.chance.random() * limit
    return life.after(limit / 2)


def contact_at(life: Life, at: datetime) -> Step:
    life.tries += 1
    if is_hidden(life):
        text = NewRelay(text="请说明具体情况，以便核实。")
        return Step(at, life.handler(), Action.RELAY, relaying.relay, text)
    nobody = life.asked.new.citizen.telephone is None
    method = Method.VISIT if nobody else drawn(life.asked.chance, METHODS)
    body = NewContact(method=method, reached=life.likely(REACHED))
    return Step(at, life.handler(), Action.CONTACT, contacting.contact, body)


def is_hidden(life: Life) -> bool:
    """No office knows its citizen, and tells him through the hotline."""
    return life.ticket.secret and not life.ticket.no_citizen


def pass_on(life: Life, body: NewRelay) -> Iterator[Step]:
    """D.6.4: the hotline tells the citizen what the office asks."""
    if body.done is None:
        done = NewRelay(text="已转告来电人。", done=life.likely(REACHED))
        yield Step(life.after(HOUR), desk(Role.CALLBACK), Action.RELAY, relaying.relay, done)


def meanwhile(life: Life) -> Iterator[Step]:
    """D.8, D.5-10: an objecting office keeps the duty of contact; few remember it."""
    if life.likely(0.3):
        yield contact_at(life, life.after(life.change.policy.contact.gap[life.ticket.urgency]))


def reply(life: Life) -> Step | None:
    """T15, T21: mostly well within the limit; some offices are late, and a few never reply. While a
    whistle is open nobody replies (D.14.8)."""
    ticket, policy = life.ticket, life.change.policy
    if life.head.ticket.whistles or life.likely(NEVER_REPLIED):
        return None
    started = ticket.dispatched_at if ticket.status is Status.IN_PROGRESS else life.now
    start = started or life.now
    limit = ticket.due_at - start if ticket.due_at else policy.limits[ticket.urgency].result
    at = life.at_pace(start, limit, 2.2, 3.6)
    if at < life.now + life.left() / 20:
        at = life.at_pace(life.now, life.left(), 1.5, 4)  # planned late
    body = NewReply(text="已到现场核实并处理，向来电人反馈办理情况。", **feedback(life, at))
    return Step(at, life.handler(), Action.REPLY, handling.reply, body, check=handling.check_reply)


def feedback(life: Life, at: datetime) -> dict[str, Any]:
    """双反馈 to the citizen, through the hotline where he is hidden; a public source is answered
    there, a superior by the reply itself (D.9.1)."""
    ticket = life.ticket
    if ticket.no_citizen:
        public = ticket.channel in PUBLIC
        return {"published": Publication(where="官方账号", at=at)} if public else {}
    method = Method.RELAY if is_hidden(life) else drawn(life.asked.chance, METHODS)
    return {"citizen_feedback": CitizenFeedback(method=method)}


def review(life: Life) -> Step | None:
    """T16, T17: most replies pass, some are sent back, and many pass in silence."""
    ticket, policy = life.ticket, life.change.policy
    if life.likely(PASSED_IN_SILENCE):
        return None
    back = life.likely(SENT_BACK) and ticket.returns < policy.reply.max_returns
    body = Review(approve=not back, text="请补充办理情况。" if back else None)
    who = life.district(ticket.district_code)
    return Step(life.after(policy.reply.auto_pass), who, Action.REVIEW, hotline.review, body)


def read(life: Life) -> Iterator[Step]:
    """签阅."""
    if life.likely(READ_BY_THE_HEAD):
        chief = life.handler(Role.CHIEF)
        yield Step(life.after(life.left() / 3), chief, Action.READ, handling.read, Nothing())


def reveal(life: Life) -> Iterator[Step]:
    """The caller's number is masked: an office gives a reason to see it."""
    if life.seldom(NUMBER_ASKED_FOR):
        limit = life.change.policy.limits[life.ticket.urgency].contact
        body = Reason(reason="联系诉求人。")
        yield Step(life.after(limit / 4), life.handler(), Action.REVEAL, hotline.reveal, body)


def note(life: Life) -> Iterator[Step]:
    if life.seldom(NOTED):
        body = Words(text="已现场查看，正在协调。")
        yield Step(life.after(life.left()), life.handler(), Action.NOTE, handling.note, body)


def confirm(life: Life) -> Step | None:
    """T20: a supervisor's word on a demand marked unreasonable in the callback."""
    if life.likely(0.3):
        return None
    body = Review(approve=life.likely(0.6), text="已听录音核实。")
    at = life.after(life.change.policy.reply.auto_pass * 0.8)
    return Step(at, desk(Role.SUPERVISOR), Action.REVIEW, hotline.review, body)

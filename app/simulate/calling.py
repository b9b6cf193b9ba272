"""The callback desk: the time of a call, and the citizen's answers."""

from datetime import datetime, timedelta

from app.access.roles import Role
from app.callbacks import service as callbacks
from app.callbacks import verifications
from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.callbacks.conduct import DISCONTENT
from app.callbacks.schemas import NewCallback, NewVerification
from app.kit.workdays import ONE_DAY, clock_of, day_of, midnight
from app.simulate.life import HOUR, Life, Step, desk
from app.simulate.requests import drawn
from app.simulate.work import confirm
from app.tickets.life.lifecycle import Action
from app.tickets.life.sources import Verified

REACHES = {Reach.REACHED: 865, Reach.UNREACHED: 110, Reach.REFUSED: 20, Reach.WRONG_NUMBER: 5}
REACHES_AGAIN = {Reach.REACHED: 45, Reach.UNREACHED: 50, Reach.REFUSED: 5}
RESOLVED = 0.72
"""Of citizens reached: 74.36 % in October 2019, 53.09 % in its January [B.4]."""

UNRESOLVED = {Resolved.UNRESOLVED: 70, Resolved.PARTLY: 25, Resolved.NO_ANSWER: 5}
PLEASED = {
    Satisfied.VERY: 34,
    Satisfied.SATISFIED: 46,
    Satisfied.BASIC: 14,
    Satisfied.DISSATISFIED: 4,
    Satisfied.VERY_DISSATISFIED: 1,
    Satisfied.NO_ANSWER: 1,
}
DISPLEASED = {
    Satisfied.VERY: 2,
    Satisfied.SATISFIED: 14,
    Satisfied.BASIC: 40,
    Satisfied.DISSATISFIED: 30,
    Satisfied.VERY_DISSATISFIED: 11,
    Satisfied.NO_ANSWER: 3,
}
"""So that about 84 in 100 are satisfied: 64.61 % to 87.26 % over 2019 [B.4]."""

SERVED = {Contacted.YES: 970, Contacted.UNSURE: 24, Contacted.NO: 6}
LEFT_ALONE = {Contacted.YES: 15, Contacted.UNSURE: 25, Contacted.NO: 60}
METHODS = {
    Verified.SITE: 60,
    Verified.PHOTO: 20,
    Verified.PUBLICATION: 15,
    Verified.DOCUMENT: 5,
}
UNREASONABLE = 0.03


def call_back(life: Life) -> Step | None:
    """The desk's next attempt, in calling hours; or a supervisor's word on a doubt.

    None where this citizen of a group was called already.
    """
    policy, ticket = life.change.policy, life.ticket
    if ticket.doubted:
        return confirm(life)
    if ticket.callback_due_at is None:
        return None
    life.calls += 1
    at = life.now + policy.callback.gap if life.calls > 1 else life.now
    at += policy.callback.start[ticket.urgency] * life.asked.chance.betavariate(1.5, 5)
    if ticket.no_citizen:
        who, seen = desk(Role.CALLBACK), verification(life)
        return Step(at, who, Action.VERIFICATION, verifications.verify, seen)
    who, body = desk(Role.CALLBACK), answers(life)
    return Step(in_hours(life, at), who, Action.CALLBACK, callbacks.record, body)


def in_hours(life: Life, at: datetime) -> datetime:
    """The instant itself within calling hours, else some time in the next morning."""
    window = life.change.policy.callback.window
    if window.opens <= clock_of(at) < window.closes:
        return at
    day = day_of(at) + (ONE_DAY if clock_of(at) >= window.closes else 0 * ONE_DAY)
    opens = midnight(day) + timedelta(hours=window.opens.hour, minutes=window.opens.minute)
    return opens + life.asked.chance.random() * 3 * HOUR


def verification(life: Life) -> NewVerification:
    """D.9.1: the desk sees for itself, and always has an answer."""
    resolved = outcome(life)
    if resolved is Resolved.NO_ANSWER:
        resolved = Resolved.UNRESOLVED
    method = drawn(life.asked.chance, METHODS)
    return NewVerification(method=method, resolved=resolved, text="已核验。", evidence="核验照片")


def answers(life: Life) -> NewCallback:
    chance, ticket = life.asked.chance, life.ticket
    reaches = REACHES_AGAIN if life.calls > 1 else REACHES
    reach = Reach.ANONYMOUS if ticket.anonymous else drawn(chance, reaches)
    if reach is not Reach.REACHED:
        return NewCallback(reach=reach)
    resolved = outcome(life)
    satisfied = drawn(chance, PLEASED if resolved is Resolved.RESOLVED else DISPLEASED)
    asks = resolved is Resolved.UNRESOLVED or satisfied in DISCONTENT
    return NewCallback(
        reach=reach,
        contacted=drawn(chance, SERVED if ticket.contacted_at else LEFT_ALONE),
        resolved=resolved,
        satisfied=satisfied,
        reasonable=False if asks and life.seldom(UNREASONABLE) else None,
    )


def outcome(life: Life) -> Resolved:
    """Resolved by the lead office's skill; seldom without a reply."""
    ticket = life.head.ticket
    skill = life.city.quality(ticket.office_code or "").skill
    served = RESOLVED + skill if ticket.replied_at else 0.2
    return Resolved.RESOLVED if life.likely(served) else drawn(life.asked.chance, UNRESOLVED)

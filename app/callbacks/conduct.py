"""The conduct of callbacks: calling hours, the final attempt, and the ticket's next status."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from app.callbacks.answers import Answers, Reach, Resolved, Satisfied
from app.kit.workdays import clock_of
from app.policy.documents import Policy
from app.tickets.life.lifecycle import Status

PLEASED = frozenset({Satisfied.VERY, Satisfied.SATISFIED, Satisfied.BASIC})
DISCONTENT = frozenset({Satisfied.DISSATISFIED, Satisfied.VERY_DISSATISFIED})


class Attempts(NamedTuple):
    """The instants of the attempts in this cycle, and from when on the citizen may be called."""

    since: datetime
    at: Sequence[datetime] = ()


def callable_now(policy: Policy, attempts: Attempts, now: datetime) -> bool:
    """Within calling hours, not before the time that the citizen has named, and long enough after
    the last attempt (RULEBOOK D.9)."""
    rule = policy.callback
    if now < attempts.since:
        return False
    rested = not attempts.at or now - max(attempts.at) >= rule.gap
    return rested and rule.window.opens <= clock_of(now) <= rule.window.closes


def is_final(policy: Policy, answers: Answers, attempts: Attempts, now: datetime) -> bool:
    """Every reach but "unreached" is final, and that is as the last attempt, or past the time."""
    if answers.reach is not Reach.UNREACHED:
        return True
    rule = policy.callback
    return len(attempts.at) + 1 >= rule.attempts or now - attempts.since > rule.within


def content(answers: Answers) -> bool:
    """Resolved and satisfied: such a ticket stays counted (RULEBOOK D.10). Of a verified case
    nobody says more than that it is resolved."""
    pleased = answers.satisfied in PLEASED or answers.reach is Reach.VERIFIED
    return answers.resolved is Resolved.RESOLVED and pleased


def asks_rework(policy: Policy, answers: Answers, reworks: int) -> bool:
    """T20: unresolved or dissatisfied, and not yet reworked as often as may be."""
    discontent = answers.resolved is Resolved.UNRESOLVED or answers.satisfied in DISCONTENT
    return discontent and reworks < policy.rework.max


class Verdict(NamedTuple):
    status: Status
    doubted: bool = False


def verdict(asked: bool, reasonable: bool | None) -> Verdict:
    """T19, T20: closed, or reworked; a supervisor decides on a demand called unreasonable."""
    if not asked:
        return Verdict(Status.CLOSED)
    if reasonable is False:
        return Verdict(Status.AWAITING_CALLBACK, doubted=True)
    return Verdict(Status.REWORK)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a group: a rework for one citizen is a rework for all (D.11)."""
    given = frozenset(verdicts)
    weightiest = (Verdict(Status.REWORK), Verdict(Status.AWAITING_CALLBACK, doubted=True))
    return next((verdict for verdict in weightiest if verdict in given), Verdict(Status.CLOSED))

"""The clocks of a whistle: level, limits to accept, arrive and finish, times to object and rule
(RULEBOOK D.14.2 to D.14.4). An instant equal to its limit is in time (D.21-9)."""

from dataclasses import dataclass
from datetime import datetime

from app.policy.documents import Policy
from app.policy.whistles import Planned, Urgent, Whistle
from app.whistles.life.loop import WhistleKind, WhistleLevel


@dataclass(frozen=True, slots=True)
class Call:
    """A whistle, as far as its clocks depend on it."""

    kind: WhistleKind
    level: WhistleLevel
    in_progress: bool = False
    meet_at: datetime | None = None


def default_level(kind: WhistleKind, in_progress: bool) -> WhistleLevel:
    """The level of a kind where the blower names none: kind and level are two things."""
    if kind is WhistleKind.EMERGENCY:
        return WhistleLevel.W1
    if kind is WhistleKind.ENFORCEMENT:
        return WhistleLevel.W1 if in_progress else WhistleLevel.W2
    return WhistleLevel.W3


def limits_of(policy: Policy, level: WhistleLevel) -> Urgent:
    limits: Urgent = getattr(policy.whistle, level.upper())
    return limits


def accept_due(policy: Policy, level: WhistleLevel, sent_at: datetime) -> datetime:
    return sent_at + limits_of(policy, level).accept


def arrive_due(policy: Policy, call: Call, sent_at: datetime) -> datetime:
    """The appointed time, or the kind's limit at this level; what is going on is never later than
    `enforcement_immediate`. Who is called after the appointed time has the kind's limit."""
    if call.meet_at is not None and call.meet_at >= sent_at:
        return call.meet_at
    limit = limits_of(policy, call.level).arrive[call.kind]
    if call.in_progress and call.kind is WhistleKind.ENFORCEMENT:
        limit = min(limit, policy.whistle.enforcement_immediate)
    return sent_at + limit


def finish_due(policy: Policy, call: Call, blown_at: datetime) -> datetime | None:
    """The plan date; none at W1, which is finished on the spot."""
    limits = limits_of(policy, call.level)
    if not isinstance(limits, Planned):
        return None
    return (call.meet_at or blown_at) + limits.finish


def earliest_meeting(rules: Whistle, now: datetime) -> datetime:
    return now + rules.earliest_meeting


def confirm_due(policy: Policy, blown_at: datetime) -> datetime:
    return blown_at + policy.whistle.confirm


def object_until(policy: Policy, level: WhistleLevel, sent_at: datetime) -> datetime:
    """Of W2 and W3: a share of the accept limit; at W1 an office arrives first."""
    accept = limits_of(policy, level).accept
    share = policy.whistle.objection_share
    return sent_at + accept * share.numerator / share.denominator


def rule_due(policy: Policy, level: WhistleLevel, objected_at: datetime) -> datetime:
    decide = policy.whistle.objection_decide
    return objected_at + (decide.W3 if level is WhistleLevel.W3 else decide.W2)


def peer_due(policy: Policy, blown_at: datetime) -> datetime:
    """D.14.6: until then both streets agree, or the city takes over."""
    return blown_at + policy.whistle.peer_agree


def is_on_time(arrived_at: datetime | None, due_at: datetime | None) -> bool | None:
    """H3; None before the arrival."""
    if arrived_at is None or due_at is None:
        return None
    return arrived_at <= due_at

"""The life of a whistle and of each summons: statuses, and the moves of each action (RULEBOOK
D.14.4, H1 to H11).

MOVES and SUMMONS_MOVES are the whole of it; parts.py has who acts, guards.py the other conditions.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar

from app.kit.errors import Conflict
from app.kit.messages import Message, worded


@worded
class WhistleKind(StrEnum):
    ENFORCEMENT = "enforcement"
    EMERGENCY = "emergency"
    KEY_WORK = "key_work"
    BEYOND_DUTY = "beyond_duty"
    APPEAL = "appeal"


@worded
class WhistleLevel(StrEnum):
    W1 = "w1"
    W2 = "w2"
    W3 = "w3"


@worded
class WhistleOrigin(StrEnum):
    """Where the matter was seen: by a ticket, a street chief or grid member, a community, the
    street itself, a signal."""

    TICKET = "ticket"
    PATROL = "patrol"
    COMMUNITY = "community"
    STREET = "street"
    SIGNAL = "signal"


@worded
class WhistleStatus(StrEnum):
    DRAFT = "draft"
    BLOWN = "blown"
    ASSEMBLING = "assembling"
    IN_ACTION = "in_action"
    FED_BACK = "fed_back"
    VERIFYING = "verifying"
    SETTLED = "settled"
    EVALUATED = "evaluated"
    RETURNED = "returned"
    ESCALATED = "escalated"
    CANCELLED = "cancelled"
    FALSE = "false"


@worded
class SummonsStatus(StrEnum):
    DRAFT = "draft"
    """Of a draft: its office knows nothing yet."""
    SENT = "sent"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    WORKING = "working"
    FED_BACK = "fed_back"
    RELEASED = "released"
    OBJECTED = "objected"
    WITHDRAWN_BY_RULING = "withdrawn_by_ruling"
    ABSENT = "absent"


class SummonsKind(StrEnum):
    """A department, station, enterprise or central unit; or the other street (D.14.6)."""

    DEPARTMENT = "department"
    PEER = "peer"


@worded
class Tier(StrEnum):
    """Who coordinates: the ladder of D.14.5."""

    STREET = "street"
    DISTRICT = "district"
    CITY = "city"
    CENTRAL = "central"


@worded
class Finding(StrEnum):
    """空哨: nothing was there; 乱吹哨: outside the kinds, or the street's own; the wrong department
    (D.14.7)."""

    EMPTY = "empty"
    RECKLESS = "reckless"
    WRONG_DEPARTMENT = "wrong_department"


@worded
class WhistleAction(StrEnum):
    DRAFT = "draft"
    BLOW = "blow"
    COMPOSE = "compose"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    START = "start"
    JOIN = "join"
    PROPOSE_LEAD = "propose-lead"
    """Of two streets one asks that the other lead, or that it lead itself."""
    AGREE_LEAD = "agree-lead"
    DECLINE_LEAD = "decline-lead"
    ISSUE_CODE = "issue-code"
    ACCEPT = "accept"
    REPORT_IN = "report-in"
    FEED_BACK = "feed-back"
    LEAVE = "leave"
    RELEASE = "release"
    HAND_OVER = "hand-over"
    """An action is offered to another summoned office."""
    CONSENT = "consent"
    DECLINE = "decline"
    INTERIM_RELEASE = "interim-release"
    OBJECT = "object"
    RULE_OBJECTION = "rule-objection"
    VERIFY = "verify"
    SETTLE = "settle"
    SEND_BACK = "send-back"
    ESCALATE = "escalate"
    RULE_FALSE = "rule-false"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide-appeal"
    COORDINATE = "coordinate"
    WAIVE = "waive"
    EVALUATE = "evaluate"
    APPEAL_EVALUATION = "appeal-evaluation"
    DECIDE_EVALUATION = "decide-evaluation"
    REPORT_REFUSAL = "report-refusal"
    """拒不履行: the street tells the district of an office that does not do its part."""
    RULE_REFUSAL = "rule-refusal"
    SUPERVISE = "supervise"
    ANSWER = "answer"
    THANK = "thank"
    """Of an office that helps and is not marked: a unit in the area 驻区单位."""
    READ_SIGNAL = "read-signal"
    """The district has seen the signal of too many false whistles."""
    # a campaign 专项行动
    ORGANISE = "organise"
    """Command and teams are named, or named anew."""
    LOG = "log"
    CORRECT_LOG = "correct-log"
    MEET = "meet"
    NOTIFY = "notify"
    CONCLUDE = "conclude"
    # what happens by itself; due changes, when nobody acted in time
    TOO_MANY_FALSE = "too-many-false"
    """With this one the street has blown too many false whistles in a period."""
    LAPSE = "lapse"
    """Nobody confirmed it in time: it stays valid, and flagged."""
    ABSENT = "absent"
    MISS = "miss"
    """The appointment of an interim release passed."""
    UNANSWERED = "unanswered"
    """A supervision 督办 was not answered in time: the district is told."""
    CLOSE = "close"
    """The time to evaluate it passed: the record stands alone where the chief said nothing."""


S, P, A = WhistleStatus, SummonsStatus, WhistleAction

OF_SUMMONS = frozenset(
    {
        A.ACCEPT,
        A.REPORT_IN,
        A.FEED_BACK,
        A.LEAVE,
        A.RELEASE,
        A.HAND_OVER,
        A.CONSENT,
        A.DECLINE,
        A.INTERIM_RELEASE,
        A.OBJECT,
        A.RULE_OBJECTION,
        A.WAIVE,
    }
)
"""Actions on one summons; all others are on the whistle."""

OF_RECORD = frozenset({A.EVALUATE, A.APPEAL_EVALUATION, A.DECIDE_EVALUATION})
"""Actions on one department's record of a settled whistle."""

OF_OFFICE = OF_RECORD | {A.REPORT_REFUSAL, A.RULE_REFUSAL, A.SUPERVISE, A.ANSWER, A.THANK}
"""Actions about one summoned office that leave the status of its summons."""

OF_TEAM = frozenset({A.LOG, A.CORRECT_LOG})
"""Actions of one team of a campaign: every day, so the other offices are not told."""

OF_STREETS = frozenset({A.PROPOSE_LEAD, A.DECLINE_LEAD, A.TOO_MANY_FALSE, A.READ_SIGNAL})
"""Between the streets and their districts: the summoned offices are not told. They are told what
two streets agree on."""

OF_CAMPAIGN = OF_TEAM | {A.ORGANISE, A.MEET, A.NOTIFY, A.CONCLUDE}

BY_ITSELF = frozenset({A.LAPSE, A.ABSENT, A.MISS, A.CLOSE, A.UNANSWERED, A.TOO_MANY_FALSE})

TERMINAL = frozenset({S.EVALUATED, S.CANCELLED, S.FALSE})
UNDER_WAY = frozenset({S.BLOWN, S.ASSEMBLING, S.IN_ACTION, S.RETURNED, S.ESCALATED})
"""Its summoned offices come and work."""
UNSETTLED = UNDER_WAY | {S.FED_BACK, S.VERIFYING}
BLOWN = frozenset(S) - {S.DRAFT}
VALID = BLOWN - {S.CANCELLED, S.FALSE}
"""The chief stands for it, however soon it was settled."""
PROGRESS = (S.BLOWN, S.ASSEMBLING, S.IN_ACTION, S.FED_BACK)
"""What follows from its summonses (H6)."""
LATER = (S.VERIFYING, S.RETURNED, S.ESCALATED)

ON_SITE = frozenset({P.ARRIVED, P.WORKING, P.FED_BACK})
AWAITED = frozenset({P.SENT, P.ACCEPTED})
OVER = frozenset({P.RELEASED, P.WITHDRAWN_BY_RULING})
ANSWERED = frozenset({P.FED_BACK, P.RELEASED})

T = TypeVar("T", bound=StrEnum)
Moves = Mapping[tuple[T, WhistleAction], tuple[T, ...]]


def staying(
    action: WhistleAction, statuses: Iterable[T]
) -> dict[tuple[T, WhistleAction], tuple[T, ...]]:
    return {(status, action): (status,) for status in statuses}


def ending(
    action: WhistleAction, statuses: Iterable[T], end: T
) -> dict[tuple[T, WhistleAction], tuple[T, ...]]:
    return {(status, action): (end,) for status in statuses}


def following(
    actions: Iterable[WhistleAction], statuses: Iterable[WhistleStatus]
) -> dict[tuple[WhistleStatus, WhistleAction], tuple[WhistleStatus, ...]]:
    """The same, or what follows from the summonses."""
    return {
        (status, action): tuple(dict.fromkeys((status, *PROGRESS)))
        for status in statuses
        for action in actions
    }


MOVES: Moves[WhistleStatus] = {
    # H1: blown, confirmed by the chief, composed; taken back before anybody has come
    (S.DRAFT, A.DRAFT): (S.DRAFT,),
    (S.DRAFT, A.BLOW): (S.BLOWN,),
    **staying(A.CONFIRM, VALID),
    **staying(A.LAPSE, VALID),
    (S.DRAFT, A.COMPOSE): (S.DRAFT,),
    **following([A.COMPOSE], UNDER_WAY | {S.FED_BACK}),
    **ending(A.CANCEL, (S.DRAFT, S.BLOWN, S.ESCALATED), S.CANCELLED),
    # D.14.6: the other street; the initiator leads unless both agree otherwise
    **staying(A.JOIN, UNSETTLED),
    **staying(A.PROPOSE_LEAD, UNSETTLED),
    **staying(A.AGREE_LEAD, UNSETTLED),
    **staying(A.DECLINE_LEAD, UNSETTLED),
    # H2 to H6: what its summoned offices do, and what follows for the whistle
    **staying(A.ISSUE_CODE, UNSETTLED),
    **staying(A.ACCEPT, UNDER_WAY | {S.FED_BACK}),
    **following(
        [
            *(A.REPORT_IN, A.FEED_BACK, A.OBJECT, A.RULE_OBJECTION),
            *(A.CONSENT, A.INTERIM_RELEASE, A.WAIVE),
        ],
        UNDER_WAY | {S.FED_BACK},
    ),
    **staying(A.HAND_OVER, UNDER_WAY | {S.FED_BACK}),
    **staying(A.DECLINE, UNSETTLED),
    (S.VERIFYING, A.RULE_OBJECTION): (S.VERIFYING,),
    **ending(A.START, (S.BLOWN, S.ASSEMBLING, S.RETURNED, S.ESCALATED), S.IN_ACTION),
    **staying(A.LEAVE, BLOWN),
    # D.15 拒不履行: told by the street, looked into by the district
    **staying(A.REPORT_REFUSAL, UNSETTLED),
    **staying(A.RULE_REFUSAL, UNSETTLED | {S.SETTLED, S.EVALUATED}),
    # D.2 督办 of whom it summoned, and the answer that is owed
    **staying(A.SUPERVISE, UNSETTLED),
    **staying(A.ANSWER, UNSETTLED | {S.SETTLED, S.EVALUATED}),
    **staying(A.UNANSWERED, UNSETTLED | {S.SETTLED, S.EVALUATED}),
    **staying(A.RELEASE, UNSETTLED),
    **staying(A.ABSENT, UNSETTLED),
    **staying(A.MISS, UNSETTLED),
    # D.14.4: a campaign is organised, keeps its days and ends with a summary
    **staying(A.ORGANISE, UNDER_WAY | {S.DRAFT, S.FED_BACK}),
    **staying(A.LOG, UNDER_WAY | {S.FED_BACK}),
    **staying(A.MEET, UNDER_WAY | {S.FED_BACK}),
    **staying(A.NOTIFY, UNDER_WAY | {S.FED_BACK}),
    **staying(A.CONCLUDE, UNDER_WAY | {S.FED_BACK}),
    **staying(A.CORRECT_LOG, UNSETTLED),
    # H7, H8: verified by the street, settled by the district, or sent back
    **ending(A.VERIFY, (S.FED_BACK, S.RETURNED, S.ESCALATED, S.VERIFYING), S.VERIFYING),
    (S.VERIFYING, A.SETTLE): (S.SETTLED,),
    (S.VERIFYING, A.SEND_BACK): (S.RETURNED,),
    # H9: each department is evaluated; the last one ends it, or the time to do so
    (S.SETTLED, A.EVALUATE): (S.SETTLED, S.EVALUATED),
    (S.SETTLED, A.CLOSE): (S.EVALUATED,),
    **staying(A.THANK, (S.SETTLED, S.EVALUATED)),
    **staying(A.APPEAL_EVALUATION, (S.SETTLED, S.EVALUATED)),
    **staying(A.DECIDE_EVALUATION, (S.SETTLED, S.EVALUATED)),
    # H10, H11
    **ending(A.ESCALATE, UNSETTLED, S.ESCALATED),
    **following([A.COORDINATE], UNDER_WAY | {S.FED_BACK, S.VERIFYING}),
    **{
        (status, A.RULE_FALSE): tuple(dict.fromkeys((S.FALSE, status, *PROGRESS)))
        for status in UNSETTLED | {S.SETTLED}
    },
    # the days to rule outlast the chief's evaluation of what was settled
    (S.EVALUATED, A.RULE_FALSE): (S.FALSE, S.EVALUATED),
    (S.FALSE, A.APPEAL): (S.FALSE,),
    (S.FALSE, A.TOO_MANY_FALSE): (S.FALSE,),
    **staying(A.READ_SIGNAL, VALID | {S.FALSE}),
    (S.FALSE, A.DECIDE_APPEAL): (S.FALSE, S.SETTLED, S.EVALUATED, *PROGRESS, *LATER),
}

SUMMONS_MOVES: Moves[SummonsStatus] = {
    (P.DRAFT, A.BLOW): (P.SENT,),
    # H2
    (P.SENT, A.ACCEPT): (P.ACCEPTED,),
    (P.SENT, A.JOIN): (P.ACCEPTED,),
    # H3: an absence stays on record when its office comes late; who left may come back
    **ending(A.REPORT_IN, AWAITED | {P.ABSENT}, P.ARRIVED),
    **staying(A.REPORT_IN, ON_SITE),
    **ending(A.ABSENT, AWAITED, P.ABSENT),
    # H4
    (P.ARRIVED, A.START): (P.WORKING,),
    **ending(A.FEED_BACK, (P.ARRIVED, P.WORKING), P.FED_BACK),
    # 事不完、人不撤: leaving ends nothing
    **staying(A.LEAVE, ON_SITE | {P.OBJECTED, P.RELEASED, P.WITHDRAWN_BY_RULING}),
    **ending(A.INTERIM_RELEASE, (P.ARRIVED, P.WORKING), P.WORKING),
    (P.WORKING, A.MISS): (P.WORKING,),
    # H5: verified done, or handed over to another office with its consent
    (P.FED_BACK, A.RELEASE): (P.RELEASED,),
    (P.FED_BACK, A.HAND_OVER): (P.FED_BACK,),
    **staying(A.CONSENT, AWAITED | {P.ARRIVED, P.WORKING}),
    (P.FED_BACK, A.CONSENT): (P.WORKING,),
    **staying(A.DECLINE, frozenset(P) - {P.DRAFT, P.RELEASED, P.WITHDRAWN_BY_RULING}),
    # an objection 异议, and its ruling
    **ending(A.OBJECT, (P.SENT, P.ACCEPTED, P.ARRIVED, P.WORKING), P.OBJECTED),
    (P.OBJECTED, A.RULE_OBJECTION): (P.WITHDRAWN_BY_RULING, P.SENT, P.ARRIVED),
    # H8: work goes on; who was released stays so
    (P.FED_BACK, A.SEND_BACK): (P.WORKING,),
    # D.14.7: the wrong department is let go, and the whistle goes on
    **ending(A.RULE_FALSE, frozenset(P) - {P.DRAFT, P.WITHDRAWN_BY_RULING}, P.WITHDRAWN_BY_RULING),
    # D.14.5: it goes on without an office that has not come or does not answer; its record stays
    **staying(A.WAIVE, AWAITED | {P.ABSENT, P.OBJECTED, P.ARRIVED, P.WORKING}),
}


class IllegalWhistleMove(Conflict):
    title = "This whistle does not allow that action now"


def move(moves: Moves[T], status: T, action: WhistleAction, to: T | None = None) -> T:
    """The new status. Refuses (IllegalWhistleMove) a move outside the table."""
    outcomes = moves.get((status, action), ())
    if to is None and len(outcomes) == 1:
        return outcomes[0]
    if to is None or to not in outcomes:
        raise IllegalWhistleMove(
            Message("cannot {action} what is {status}", action=action, status=status)
        )
    return to


class Called(NamedTuple):
    """A summons, as far as the whistle's own status follows from it."""

    status: SummonsStatus
    required: bool
    has_arrived: bool
    waived: bool = False


def progress(summonses: Iterable[Called], started: bool) -> WhistleStatus:
    """H6: the whistle's status by its departments' summonses, without the other street's.

    The required ones decide; where none is required, all that were neither withdrawn nor waived.
    Where none is left, nothing is left to feed back.
    """
    valid = [each for each in summonses if each.status is not P.WITHDRAWN_BY_RULING]
    required = [each for each in valid if each.required]
    deciding = required or [each for each in valid if not each.waived]
    if all(each.status in ANSWERED for each in deciding):
        return S.FED_BACK
    if started or all(each.has_arrived for each in deciding):
        return S.IN_ACTION
    return S.ASSEMBLING if any(each.has_arrived for each in valid) else S.BLOWN

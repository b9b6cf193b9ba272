"""The words of a whistle's life and of each summons: kinds, levels, statuses and actions, and which
of them belong together (RULEBOOK D.14.4); moves.py has the moves."""

from enum import StrEnum

from app.kit.messages import worded


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

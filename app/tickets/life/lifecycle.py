"""The life of a ticket: its statuses, and the moves of each action (RULEBOOK D.6.1, D.6.2).

MOVES is the whole of it; parts.py has the roles of each action, guards.py its other conditions.
"""

from collections.abc import Iterable
from enum import StrEnum

from app.kit.errors import Conflict
from app.kit.messages import Message, template, worded


@worded
class TicketType(StrEnum):
    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGEST = "suggest"
    PRAISE = "praise"


@worded
class Channel(StrEnum):
    PHONE = "phone"
    WECHAT = "wechat"
    APP = "app"
    WEB = "web"
    WEIBO = "weibo"
    MEDIA = "media"
    OPINION = "opinion"
    P110 = "p110"
    SUPERIOR = "superior"
    PATROL = "patrol"


@worded
class DispatchRole(StrEnum):
    LEAD = "lead"
    JOINT = "joint"
    INFORMED = "informed"


@worded
class Status(StrEnum):
    RECEIVED = "received"
    NEED_INFO = "need_info"
    TO_DISPATCH = "to_dispatch"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    OBJECTED = "objected"
    CONSULTING = "consulting"
    REPLIED = "replied"
    AWAITING_CALLBACK = "awaiting_callback"
    REWORK = "rework"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    NOT_ACCEPTED = "not_accepted"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    VOID = "void"


@worded
class Action(StrEnum):
    RECEIVE = "receive"
    ROUTE = "route"
    ANSWER = "answer"
    TRANSFER = "transfer"
    HAND_ON = "hand-on"
    DECLINE = "decline"
    ASK = "ask"
    ADD = "add"
    DISPATCH = "dispatch"
    RETURN = "return"
    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    CONTACT = "contact"
    RELAY = "relay"
    NOTE = "note"
    REPLY = "reply"
    REVIEW = "review"
    CALLBACK = "callback"
    VERIFICATION = "verification"
    WITHDRAW = "withdraw"
    VOID = "void"
    REVEAL = "reveal"
    CONCEAL = "conceal"
    ERASE = "erase"
    """Its citizen, words and files, of one that is over."""
    IMPORT = "import"
    """Taken in as an older system finished it."""
    GRADE = "grade"
    OBJECT = "object"
    RULE_OBJECTION = "rule-objection"
    CONCLUDE = "conclude"
    REQUEST_EXTENSION = "request-extension"
    DECIDE_EXTENSION = "decide-extension"
    REQUEST_HOLD = "request-hold"
    DECIDE_HOLD = "decide-hold"
    RESUME = "resume"
    URGE = "urge"
    FEED_BACK = "feed-back"
    SUPERVISE = "supervise"
    ADVISE = "advise"
    ANSWER_ADVICE = "answer-advice"
    WHISTLE = "whistle"
    WHISTLE_OVER = "whistle-over"
    MERGE = "merge"
    UNMERGE = "unmerge"
    ADOPT = "adopt"
    LET_GO = "let_go"
    REQUEST_EXCLUSION = "request-exclusion"
    REVIEW_EXCLUSION = "review-exclusion"
    DECIDE_EXCLUSION = "decide-exclusion"
    DISPUTE = "dispute"
    CORRECT = "correct"
    """A request whose facts were taken down wrong; in old events also HEAR_AGAIN."""
    HEAR_AGAIN = "hear_again"
    ATTACH = "attach"
    # due changes: they happen by themselves, when nobody acted in time
    WARN = "warn"
    ESCALATE = "escalate"
    ALARM = "alarm"
    CONSULT = "consult"
    REJECT_OBJECTION = "reject_objection"
    REFUSE_EXTENSION = "refuse_extension"
    VOID_EXTENSION = "void_extension"
    END_HOLD = "end_hold"
    PASS_ON = "pass_on"
    EXPIRE = "expire"
    PASS_REVIEW = "pass_review"
    FORCE_CALLBACK = "force_callback"
    SEND_TO_REWORK = "send_to_rework"
    SKIP_CALLBACK = "skip_callback"


S, A = Status, Action

BY_ITSELF = frozenset(
    {
        A.ROUTE,
        A.WARN,
        A.ESCALATE,
        A.ALARM,
        A.CONSULT,
        A.REJECT_OBJECTION,
        A.REFUSE_EXTENSION,
        A.VOID_EXTENSION,
        A.END_HOLD,
        A.PASS_ON,
        A.EXPIRE,
        A.PASS_REVIEW,
        A.FORCE_CALLBACK,
        A.SEND_TO_REWORK,
        A.SKIP_CALLBACK,
    }
)
"""The system's own, even where a person's act leads to it at once."""

TERMINAL = frozenset(
    {S.CLOSED, S.ANSWERED, S.TRANSFERRED, S.NOT_ACCEPTED, S.MERGED, S.WITHDRAWN, S.VOID}
)
OPEN = frozenset(S) - TERMINAL
IN_OFFICE = frozenset(
    {S.DISPATCHED, S.ACKNOWLEDGED, S.IN_PROGRESS, S.OBJECTED, S.CONSULTING, S.REWORK}
)
"""A lead office has it and its clock runs."""

AT_WORK = frozenset({S.ACKNOWLEDGED, S.IN_PROGRESS, S.REWORK})
BETWEEN_OFFICES = frozenset({S.TO_DISPATCH, S.NEED_INFO})
"""Nobody leads it; an office that had it before keeps the duty of contact (D.5-10)."""

AT_A_DESK = frozenset({S.RECEIVED}) | BETWEEN_OFFICES
"""With the city's operators and dispatchers, or in a district's queue."""

Moves = dict[tuple[Status, Action], tuple[Status, ...]]


def staying(action: Action, statuses: Iterable[Status]) -> Moves:
    return {(status, action): (status,) for status in statuses}


def ending(action: Action, statuses: Iterable[Status], end: Status) -> Moves:
    return {(status, action): (end,) for status in statuses}


MOVES: Moves = {
    # T2, T3, T4: answered, handed to an emergency service, or not accepted
    **ending(A.ANSWER, AT_A_DESK, S.ANSWERED),
    **ending(A.TRANSFER, AT_A_DESK | {S.DISPATCHED, S.ACKNOWLEDGED}, S.TRANSFERRED),
    **ending(A.DECLINE, AT_A_DESK | {S.DISPATCHED}, S.NOT_ACCEPTED),
    # T3b: a service is told beside the office, as often as needed
    **staying(A.HAND_ON, OPEN),
    # T5: something must be asked first; what nobody answers goes to the dispatcher
    **ending(A.ASK, AT_A_DESK, S.NEED_INFO),
    **staying(A.ADD, OPEN),
    (S.NEED_INFO, A.ADD): (S.RECEIVED,),
    # D.7.1: what was taken down wrong, and the way to the right office
    **staying(A.CORRECT, OPEN),
    **ending(A.ROUTE, (S.NEED_INFO, S.DISPATCHED, S.ACKNOWLEDGED), S.DISPATCHED),
    (S.NEED_INFO, A.PASS_ON): (S.TO_DISPATCH,),
    (S.NEED_INFO, A.EXPIRE): (S.NOT_ACCEPTED,),
    # T6, T7, T7b, T5b: to an office, first by the system, later by a dispatcher
    (S.RECEIVED, A.ROUTE): (S.DISPATCHED, S.TO_DISPATCH, S.NEED_INFO),
    (S.TO_DISPATCH, A.ROUTE): (S.DISPATCHED,),
    **ending(A.DISPATCH, BETWEEN_OFFICES | {S.DISPATCHED, S.ACKNOWLEDGED}, S.DISPATCHED),
    # D.5 6b: a district gives back what is another district's
    (S.TO_DISPATCH, A.RETURN): (S.TO_DISPATCH,),
    # T9, T14, T15, T21: the office works
    (S.DISPATCHED, A.ACKNOWLEDGE): (S.ACKNOWLEDGED,),
    **staying(A.CONTACT, IN_OFFICE | BETWEEN_OFFICES),
    (S.ACKNOWLEDGED, A.CONTACT): (S.ACKNOWLEDGED, S.IN_PROGRESS),
    # D.6.4: of a secret ticket the office asks and tells through the hotline
    **staying(A.RELAY, OPEN | {S.MERGED}),
    (S.ACKNOWLEDGED, A.RELAY): (S.ACKNOWLEDGED, S.IN_PROGRESS),
    **ending(A.REPLY, (S.IN_PROGRESS, S.REWORK), S.REPLIED),
    # T18: a reply after the forced callback is attached, the status stays
    (S.AWAITING_CALLBACK, A.REPLY): (S.AWAITING_CALLBACK,),
    # T16, T17: the reply is reviewed; silence passes it
    (S.REPLIED, A.REVIEW): (S.AWAITING_CALLBACK, S.IN_PROGRESS),
    (S.REPLIED, A.PASS_REVIEW): (S.AWAITING_CALLBACK,),
    # T18: an office cannot avoid assessment by not replying
    **ending(A.FORCE_CALLBACK, IN_OFFICE, S.AWAITING_CALLBACK),
    # T19, T20: the citizen's answers decide; "unreasonable" waits for a supervisor's word
    (S.AWAITING_CALLBACK, A.CALLBACK): (S.AWAITING_CALLBACK, S.CLOSED, S.REWORK),
    # D.9.1: a case without a citizen is verified instead
    (S.AWAITING_CALLBACK, A.VERIFICATION): (S.AWAITING_CALLBACK, S.CLOSED, S.REWORK),
    (S.AWAITING_CALLBACK, A.REVIEW): (S.CLOSED, S.REWORK),
    (S.AWAITING_CALLBACK, A.SEND_TO_REWORK): (S.REWORK,),
    (S.AWAITING_CALLBACK, A.SKIP_CALLBACK): (S.CLOSED,),
    # T8: into a group, whose parent takes the member in; out of it before the callback (D.11)
    **ending(
        A.MERGE,
        (S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED, S.ACKNOWLEDGED, S.IN_PROGRESS),
        S.MERGED,
    ),
    **staying(A.ADOPT, OPEN),
    (S.MERGED, A.UNMERGE): (S.DISPATCHED, S.TO_DISPATCH),
    **staying(A.LET_GO, OPEN),
    # each member's citizen is contacted by the parent's office, and called back (D.11)
    (S.MERGED, A.CONTACT): (S.MERGED,),
    (S.MERGED, A.CALLBACK): (S.MERGED,),
    (S.MERGED, A.VERIFICATION): (S.MERGED,),
    # T10–T13: an objection, its ruling, and the consultation whose result is final (D.8)
    **ending(A.OBJECT, (S.DISPATCHED, S.ACKNOWLEDGED), S.OBJECTED),
    (S.OBJECTED, A.RULE_OBJECTION): (
        S.DISPATCHED,
        S.ACKNOWLEDGED,
        S.MERGED,
        S.NOT_ACCEPTED,
        S.TO_DISPATCH,
        S.CONSULTING,
    ),
    (S.OBJECTED, A.CONSULT): (S.CONSULTING,),
    (S.OBJECTED, A.REJECT_OBJECTION): (S.ACKNOWLEDGED,),
    (S.CONSULTING, A.CONCLUDE): (S.DISPATCHED,),
    # T22, T23: a matter that takes months (D.12); while on hold, a renewal
    **staying(A.REQUEST_HOLD, (S.IN_PROGRESS, S.REWORK, S.ON_HOLD)),
    (S.IN_PROGRESS, A.DECIDE_HOLD): (S.IN_PROGRESS, S.ON_HOLD),
    (S.REWORK, A.DECIDE_HOLD): (S.REWORK, S.ON_HOLD),
    (S.ON_HOLD, A.DECIDE_HOLD): (S.ON_HOLD,),
    (S.ON_HOLD, A.RESUME): (S.IN_PROGRESS, S.AWAITING_CALLBACK),
    (S.ON_HOLD, A.END_HOLD): (S.IN_PROGRESS,),
    # D.6.5: time asked for, while the clock runs
    **staying(A.REQUEST_EXTENSION, AT_WORK),
    **staying(A.DECIDE_EXTENSION, AT_WORK),
    **staying(A.REFUSE_EXTENSION, AT_WORK),
    **staying(A.VOID_EXTENSION, IN_OFFICE),
    # T24, T25
    **ending(A.WITHDRAW, OPEN - {S.AWAITING_CALLBACK}, S.WITHDRAWN),
    **ending(A.VOID, (S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED), S.VOID),
    # D.10, D.9: later decisions on an assessed ticket change its count, never its status
    **staying(A.REQUEST_EXCLUSION, S),
    **staying(A.REVIEW_EXCLUSION, S),
    **staying(A.DECIDE_EXCLUSION, S),
    **staying(A.DISPUTE, S),
    **staying(A.HEAR_AGAIN, S),
    **staying(A.ATTACH, OPEN | {S.CLOSED, S.MERGED}),
    # D.4, D.7, D.6.3: urgency, urging, supervision, warnings
    **staying(A.GRADE, OPEN),
    **staying(A.URGE, OPEN),
    **staying(A.SUPERVISE, OPEN),
    # a joint office's own answer, a street's advice 建议 and the answer owed to it (D.2)
    **staying(A.FEED_BACK, IN_OFFICE | {S.REPLIED, S.AWAITING_CALLBACK}),
    **staying(A.ADVISE, OPEN),
    **staying(A.ANSWER_ADVICE, S),
    # D.14.8: a whistle is blown for it, and has let its required offices go
    **staying(A.WHISTLE, OPEN | {S.MERGED}),
    **staying(A.WHISTLE_OVER, S),
    **staying(A.WARN, OPEN),
    **staying(A.ESCALATE, OPEN),
    **staying(A.ALARM, S),
    # on the record only
    **staying(A.NOTE, OPEN),
    **staying(A.READ, IN_OFFICE | {S.REPLIED, S.AWAITING_CALLBACK}),
    **staying(A.REVEAL, S),
    # D.16: secret from now on
    **staying(A.CONCEAL, S),
    # D.16: nothing of a person is left
    **staying(A.ERASE, TERMINAL),
}


CANNOT = template("cannot {action} a ticket that is {status}")


class IllegalMove(Conflict):
    title = "This ticket does not allow that action now"


def move(status: Status, action: Action, to: Status | None = None) -> Status:
    """The new status. Refuses (IllegalMove) a move outside MOVES."""
    outcomes = MOVES.get((status, action), ())
    if to is None and len(outcomes) == 1:
        return outcomes[0]
    if to is None or to not in outcomes:
        raise IllegalMove(Message(CANNOT, action=action, status=status))
    return to

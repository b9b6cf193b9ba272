"""A ticket's life: what it can be, what can be done to it, and who may (RULEBOOK D.6.1, D.6.2).

Two tables hold all of it: MOVES says what each action makes of each status, WHO says whose part it
is. Objection, consulting, extension, hold, merge, exclusion, urge and supervise (T8, T10–T13, T22,
T23) will add rows to both; their statuses are named already, since they are words of the contract.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.kit.errors import Conflict, Forbidden
from app.offices.catalogue import Urgency


class TicketType(StrEnum):
    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGEST = "suggest"
    PRAISE = "praise"


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


class DispatchRole(StrEnum):
    LEAD = "lead"
    JOINT = "joint"
    INFORMED = "informed"


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


class Action(StrEnum):
    RECEIVE = "receive"
    ROUTE = "route"
    ANSWER = "answer"
    TRANSFER = "transfer"
    DECLINE = "decline"
    ASK = "ask"
    ADD = "add"
    DISPATCH = "dispatch"
    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    CONTACT = "contact"
    NOTE = "note"
    REPLY = "reply"
    REVIEW = "review"
    CALLBACK = "callback"
    WITHDRAW = "withdraw"
    VOID = "void"
    REVEAL = "reveal"
    IMPORT = "import"
    """Taken in as an older system finished it."""
    # what falls due by itself, when nobody acted in time
    EXPIRE = "expire"
    PASS_REVIEW = "pass_review"
    FORCE_CALLBACK = "force_callback"
    SEND_TO_REWORK = "send_to_rework"


S, A = Status, Action

TERMINAL = frozenset(
    {S.CLOSED, S.ANSWERED, S.TRANSFERRED, S.NOT_ACCEPTED, S.MERGED, S.WITHDRAWN, S.VOID}
)
OPEN = frozenset(S) - TERMINAL
IN_OFFICE = frozenset(
    {S.DISPATCHED, S.ACKNOWLEDGED, S.IN_PROGRESS, S.OBJECTED, S.CONSULTING, S.REWORK}
)
"""A lead office has it and its clock runs."""

Moves = dict[tuple[Status, Action], tuple[Status, ...]]


def staying(action: Action, statuses: Iterable[Status]) -> Moves:
    return {(status, action): (status,) for status in statuses}


def ending(action: Action, statuses: Iterable[Status], end: Status) -> Moves:
    return {(status, action): (end,) for status in statuses}


MOVES: Moves = {
    # T2, T3, T4: answered, handed to an emergency service, or not accepted
    (S.RECEIVED, A.ANSWER): (S.ANSWERED,),
    (S.RECEIVED, A.TRANSFER): (S.TRANSFERRED,),
    **ending(A.DECLINE, (S.RECEIVED, S.TO_DISPATCH), S.NOT_ACCEPTED),
    # T5: something must be asked first
    **ending(A.ASK, (S.RECEIVED, S.TO_DISPATCH), S.NEED_INFO),
    (S.NEED_INFO, A.ADD): (S.RECEIVED,),
    (S.NEED_INFO, A.EXPIRE): (S.NOT_ACCEPTED,),
    # T6, T7, T7b: to an office, by the system or by a dispatcher
    (S.RECEIVED, A.ROUTE): (S.DISPATCHED, S.TO_DISPATCH, S.NEED_INFO),
    **ending(A.DISPATCH, (S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED, S.ACKNOWLEDGED), S.DISPATCHED),
    # T9, T14, T15, T21: the office works
    (S.DISPATCHED, A.ACKNOWLEDGE): (S.ACKNOWLEDGED,),
    **staying(A.CONTACT, (S.DISPATCHED, S.OBJECTED, S.CONSULTING, S.IN_PROGRESS, S.REWORK)),
    (S.ACKNOWLEDGED, A.CONTACT): (S.ACKNOWLEDGED, S.IN_PROGRESS),
    **ending(A.REPLY, (S.IN_PROGRESS, S.REWORK), S.REPLIED),
    # T18: a reply after the forced callback is attached, the status stays
    (S.AWAITING_CALLBACK, A.REPLY): (S.AWAITING_CALLBACK,),
    # T16, T17: the reply is reviewed; silence passes it
    (S.REPLIED, A.REVIEW): (S.AWAITING_CALLBACK, S.IN_PROGRESS),
    (S.REPLIED, A.PASS_REVIEW): (S.AWAITING_CALLBACK,),
    # T18: an office cannot avoid assessment by not replying
    **ending(A.FORCE_CALLBACK, IN_OFFICE, S.AWAITING_CALLBACK),
    # T19, T20: what the citizen said decides; "unreasonable" waits for a supervisor's word
    (S.AWAITING_CALLBACK, A.CALLBACK): (S.AWAITING_CALLBACK, S.CLOSED, S.REWORK),
    (S.AWAITING_CALLBACK, A.REVIEW): (S.CLOSED, S.REWORK),
    (S.AWAITING_CALLBACK, A.SEND_TO_REWORK): (S.REWORK,),
    # T24, T25
    **ending(A.WITHDRAW, OPEN - {S.AWAITING_CALLBACK}, S.WITHDRAWN),
    **ending(A.VOID, (S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED), S.VOID),
    # on the record only
    **staying(A.NOTE, OPEN),
    **staying(A.READ, IN_OFFICE | {S.REPLIED, S.AWAITING_CALLBACK}),
    **staying(A.REVEAL, S),
}


class Part(StrEnum):
    """Whose part an action is: a desk of the city, or an office by its tie to the ticket."""

    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    CALLBACK = "callback"
    SUPERVISOR = "supervisor"
    PANEL = "panel"
    LEAD = "lead"  # handler or chief of the lead office
    JOINT = "joint"  # handler or chief of a joint or informed office
    CHIEF = "chief"  # chief of any office the ticket was dispatched to
    QUEUE = "queue"  # the district in whose queue it lies (D.5 R4)
    DISTRICT = "district"  # the district it lies in


P = Part

WHO: dict[Action, frozenset[Part]] = {
    A.ANSWER: frozenset({P.OPERATOR}),
    A.TRANSFER: frozenset({P.OPERATOR}),
    A.DECLINE: frozenset({P.OPERATOR, P.SUPERVISOR}),
    A.ASK: frozenset({P.OPERATOR}),
    A.ADD: frozenset({P.OPERATOR}),
    A.DISPATCH: frozenset({P.DISPATCHER, P.QUEUE, P.DISTRICT}),
    A.READ: frozenset({P.CHIEF}),
    A.ACKNOWLEDGE: frozenset({P.LEAD}),
    A.CONTACT: frozenset({P.LEAD}),
    A.NOTE: frozenset(P) - {P.CHIEF, P.QUEUE},
    A.REPLY: frozenset({P.LEAD}),
    A.REVIEW: frozenset({P.DISTRICT, P.SUPERVISOR}),
    A.CALLBACK: frozenset({P.CALLBACK}),
    A.WITHDRAW: frozenset({P.OPERATOR}),
    A.VOID: frozenset({P.SUPERVISOR}),
    A.REVEAL: frozenset({P.OPERATOR, P.CALLBACK, P.SUPERVISOR, P.LEAD}),
}
"""Actions not named here are the system's own."""


class IllegalMove(Conflict):
    title = "This ticket does not allow that action now"


class NotYourPart(Forbidden):
    title = "That is another's part in this ticket"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a ticket decides what may be done to it, beside its status."""

    status: Status
    type: TicketType
    urgency: Urgency
    contacted: bool = False
    doubted: bool = False
    """The callback called the demand unreasonable, and a supervisor has not yet said."""
    secret: bool = False
    """A report or a confidential ticket: no office learns who called (D.16)."""
    forced: bool = False
    """The citizen is called without a reply; one may still be attached."""


def move(status: Status, action: Action, to: Status | None = None) -> Status:
    """What a ticket becomes. Refuses (IllegalMove) whatever MOVES does not list."""
    outcomes = MOVES.get((status, action), ())
    if to is None and len(outcomes) == 1:
        return outcomes[0]
    if to is None or to not in outcomes:
        raise IllegalMove(f"cannot {action} a ticket that is {status}")
    return to


def hindrance(ticket: Standing, action: Action, parts: frozenset[Part]) -> str | None:
    """Why an action that the status would allow is not allowed after all, or None."""
    check = GUARDS.get(action)
    return check(ticket, parts) if check else None


def needs_enquiry(ticket: Standing, parts: frozenset[Part]) -> str | None:
    if ticket.type in (TicketType.CONSULT, TicketType.PRAISE):
        return None
    return f"only a consult or a praise is answered on the spot, not a {ticket.type}"


def needs_own_queue(ticket: Standing, parts: frozenset[Part]) -> str | None:
    """T7 for R4: a district dispatches what lies in its queue; T7b: before the first contact."""
    if ticket.status is S.TO_DISPATCH and not parts & {P.DISPATCHER, P.QUEUE}:
        return "it lies in the city dispatcher's queue"
    if ticket.status is S.RECEIVED and P.DISPATCHER not in parts:
        return "the operator has it"
    if ticket.contacted:
        return "the office has contacted the citizen already"
    return None


def needs_urgent(ticket: Standing, parts: frozenset[Part]) -> str | None:
    if ticket.status is S.DISPATCHED and ticket.urgency is not Urgency.L1:
        return "acknowledge it first; only an L1 is contacted before"
    return None


def needs_review(ticket: Standing, parts: frozenset[Part]) -> str | None:
    if ticket.status is S.REPLIED or (ticket.doubted and P.SUPERVISOR in parts):
        return None
    return "no callback waits for a supervisor's word"


def needs_late_reply(ticket: Standing, parts: frozenset[Part]) -> str | None:
    if ticket.status is S.AWAITING_CALLBACK and not ticket.forced:
        return "it was replied to already"
    return None


def needs_openness(ticket: Standing, parts: frozenset[Part]) -> str | None:
    if P.LEAD not in parts:
        return None
    if ticket.secret:
        return "who called is not shown to an office: a report, or confidential"
    return "it is finished" if ticket.status in TERMINAL else None


def needs_no_doubt(ticket: Standing, parts: frozenset[Part]) -> str | None:
    if ticket.doubted:
        return "a supervisor is to say whether the demand is reasonable"
    return None


GUARDS = {
    A.ANSWER: needs_enquiry,
    A.DISPATCH: needs_own_queue,
    A.CONTACT: needs_urgent,
    A.REVIEW: needs_review,
    A.REPLY: needs_late_reply,
    A.REVEAL: needs_openness,
    A.CALLBACK: needs_no_doubt,
}


def allowed(ticket: Standing, parts: frozenset[Part]) -> tuple[Action, ...]:
    """The actions that someone with these parts may take now."""
    return tuple(
        action
        for action in Action
        if parts & WHO.get(action, frozenset())
        and (ticket.status, action) in MOVES
        and hindrance(ticket, action, parts) is None
    )


def check(ticket: Standing, action: Action, parts: frozenset[Part]) -> None:
    """Refuses (IllegalMove) an action that the ticket, as it stands, does not allow."""
    found = hindrance(ticket, action, parts)
    if (ticket.status, action) not in MOVES or found:
        raise IllegalMove(
            f"cannot {action} a ticket that is {ticket.status}" + (f": {found}" if found else ""),
            status_now=ticket.status,
            allowed=list(allowed(ticket, parts)),
        )

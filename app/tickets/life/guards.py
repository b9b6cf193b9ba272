"""Guards: conditions of an action beside the status and the caller's part (RULEBOOK D.6.2)."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, lru_cache

from app.kit.errors import Forbidden
from app.kit.messages import Message, template
from app.offices.catalogue import Urgency
from app.tickets.life.lifecycle import (
    BETWEEN_OFFICES,
    CANNOT,
    IN_OFFICE,
    MOVES,
    TERMINAL,
    Action,
    IllegalMove,
    Status,
    TicketType,
)
from app.tickets.life.parts import WHO, Part

A, P, S = Action, Part, Status


class NotYourPart(Forbidden):
    title = "That is another's part in this ticket"


class NobodyToCall(IllegalMove):
    title = "Nobody can be called back here: its result is verified"


class CitizenToCall(IllegalMove):
    title = "Its citizen is called back, not its result verified"


class ObjectionLate(IllegalMove):
    title = "The time to object has passed"


class ObjectionRepeated(IllegalMove):
    title = "This office has objected to this ticket before"


class ObjectionLocked(IllegalMove):
    title = "A consultation has settled who handles it"


class ExtensionLate(IllegalMove):
    title = "More time is asked for before the due time"


class ExtensionSpent(IllegalMove):
    title = "The ticket was extended as often as may be"


class WhistleOpen(IllegalMove):
    title = "A whistle blown for this ticket has not let a required office go"


class TicketFull(IllegalMove):
    title = "As much was told of this ticket as may be"


class NotExtendable(IllegalMove):
    title = "Tickets of this urgency are not extended"


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts that decide which actions are allowed: of one ticket, for one office, at one
    instant. The first ones are columns of the ticket, by the same names."""

    status: Status
    type: TicketType
    urgency: Urgency
    doubted: bool = False
    """The callback called the demand unreasonable, and no supervisor has decided yet."""
    secret: bool = False
    """A report or a confidential ticket: no office sees the citizen's name (D.16)."""
    no_citizen: bool = False
    """Nobody can be called: its result is verified (D.9.1)."""
    forced: bool = False
    """The callback came due without a reply; a later reply is only attached."""
    objection_locked: bool = False
    asks_extension: Part | None = None
    """The part that decides the open request."""
    asks_hold: Part | None = None
    relay_asked: bool = False
    """A text of the office waits to be passed on to the citizen."""
    head: Status | None = None
    """The status of its group's parent."""
    contacted: bool = False
    no_call_due: bool = False
    """Its citizen was called already, or its group does not await the callback yet."""
    verifiable: bool = False
    """Its result may be verified: it has a source, or no citizen."""
    owes_advice: bool = False
    """The office owes an answer to an advice."""
    group: bool = False
    """Other tickets are merged into it."""
    assessed: bool = False
    past_due: bool = False
    objection_over: bool = False
    """The window of RULEBOOK D.8 has passed since the dispatch."""
    objected: bool = False
    """The caller's office has objected before."""
    objection_inside: bool = False
    """Both offices lie in one district, which therefore rules."""
    objection_mine: bool = False
    """The caller's office is that district."""
    objection_silent: bool = False
    """The district has not ruled in time; the city's dispatcher may."""
    extendable: bool = False
    extended: bool = False
    full: bool = False
    """It has as many events as policy lets acts write that move nothing."""
    erased: bool = False
    """Its citizen, words and files are no more (D.16)."""
    kept_by: tuple[str, ...] = ()
    """Whistles of which a required summons is open, where policy lets the reply wait for them."""


NAMES = tuple(field.name for field in fields(Standing))

Guard = Callable[[Standing, frozenset[Part]], IllegalMove | None]


def refuse(when: bool, why: str, **parts: object) -> IllegalMove | None:
    return IllegalMove(Message(why, **parts)) if when else None


def needs_enquiry(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    enquiry = ticket.type in (TicketType.CONSULT, TicketType.PRAISE)
    why = template("only a consult or a praise is answered on the spot, not a {type}")
    return refuse(not enquiry, why, type=ticket.type)


def needs_own_queue(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """T7 for R4: a district dispatches from its own queue; T7b: before the first contact."""
    at_a_desk = ticket.status in BETWEEN_OFFICES
    if at_a_desk and not parts & {P.DISPATCHER, P.QUEUE}:
        return IllegalMove(Message("it lies in the city dispatcher's queue"))
    if not at_a_desk and ticket.objection_locked:
        return ObjectionLocked(Message("its 会商 named who handles it, finally"))
    return refuse(ticket.contacted, template("the office has contacted the citizen already"))


def needs_queue(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return refuse(P.QUEUE not in parts, template("it does not lie in your queue"))


def needs_callable(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """The city's desks call back whom they asked (D.5 R5); all other contact is an office's."""
    if parts & {P.OPERATOR, P.DISPATCHER}:
        return refuse(ticket.status is not S.NEED_INFO, template("its office contacts the citizen"))
    if ticket.secret and not ticket.no_citizen:
        return IllegalMove(
            Message("who called is not shown to an office: it asks and tells by relay")
        )
    return needs_urgent(ticket, parts)


def needs_relay(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """D.6.4: the office asks, by the rules of a contact; the hotline passes on what is asked."""
    if parts & {P.OPERATOR, P.CALLBACK}:
        return refuse(not ticket.relay_asked, template("no text waits to be passed on"))
    if (ticket.status, A.CONTACT) not in MOVES:
        return IllegalMove()
    if not ticket.secret or ticket.no_citizen:
        return IllegalMove(
            Message("only the citizen of a report or a confidential ticket is told so")
        )
    return needs_urgent(ticket, parts)


def needs_urgent(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """An interim office does not wait for the new lead's signature. A member's citizen is contacted
    until his callback, and while the office works on the group's matter."""
    if ticket.status is S.MERGED:
        return None if ticket.head in IN_OFFICE else needs_no_callback(ticket, parts)
    early = ticket.status is S.DISPATCHED and ticket.urgency is not Urgency.L1
    why = template("acknowledge it first; only an L1 is contacted before")
    return refuse(early and P.INTERIM not in parts, why)


def needs_review(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    reviewable = ticket.status is S.REPLIED or (ticket.doubted and P.SUPERVISOR in parts)
    return refuse(not reviewable, template("no callback waits for a supervisor's word"))


def needs_no_whistle(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """T15: no reply while a required summons is open; none after the forced callback, either."""
    if ticket.kept_by:
        return WhistleOpen(
            Message("open: {kept_by}", kept_by=list(ticket.kept_by)), whistles=list(ticket.kept_by)
        )
    awaiting = ticket.status is S.AWAITING_CALLBACK
    return refuse(awaiting and not ticket.forced, template("it was replied to already"))


def needs_openness(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    city = bool(parts & {P.OPERATOR, P.CALLBACK, P.SUPERVISOR})
    if not city and ticket.secret:
        return IllegalMove(
            Message("who called is not shown to an office: a report, or confidential")
        )
    finished = (ticket.head or ticket.status) in TERMINAL
    return refuse(not city and finished, template("it is finished"))


def needs_no_secrecy(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return refuse(ticket.secret, template("no office sees its citizen already"))


def needs_call(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    if ticket.no_citizen:
        return NobodyToCall(Message("it has no citizen: record a verification (RULEBOOK D.9.1)"))
    return needs_result_due(ticket, parts)


def needs_no_citizen(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """D.9.1: instead of a callback, and as often as one."""
    if not ticket.verifiable:
        return CitizenToCall(Message("it has a citizen: record a callback (RULEBOOK D.9, D.9.1)"))
    return needs_result_due(ticket, parts)


def needs_result_due(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    if ticket.doubted:
        return IllegalMove(Message("a supervisor is to say whether the demand is reasonable"))
    return refuse(ticket.no_call_due, template("its citizen is not to be called now"))


def needs_right_to_object(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """D.8: once for each office, in its window, before it has begun, and not after 会商.

    An L1 is made safe first and objected to then (先处置后异议).
    """
    if ticket.objection_locked:
        return ObjectionLocked(Message("its 会商 named who handles it, finally"))
    if ticket.objected:
        return ObjectionRepeated(Message("one objection for each office"))
    if ticket.contacted and ticket.urgency is not Urgency.L1:
        return ObjectionLate(Message("the office has begun: it has contacted the citizen"))
    return ObjectionLate(Message("the window has passed")) if ticket.objection_over else None


def needs_right_to_rule(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """D.8: inside a district its centre rules; else, or after its silence, the dispatcher."""
    if P.SUPERVISOR in parts or (P.DISTRICT in parts and ticket.objection_mine):
        return None
    city = not ticket.objection_inside or ticket.objection_silent
    decider = P.DISPATCHER if city else P.DISTRICT
    return refuse(
        decider not in parts or not city, template("it is decided by: {decider}"), decider=decider
    )


def needs_time_to_ask(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """D.6.5: L3 and L4, once, before the due time."""
    if not ticket.extendable:
        return NotExtendable(Message("an {urgency} is not extended", urgency=ticket.urgency))
    if ticket.extended or ticket.asks_extension:
        return ExtensionSpent(Message("it was asked for before"))
    return ExtensionLate(Message("the due time has passed")) if ticket.past_due else None


def needs_extension_asked(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return needs_decider(ticket.asks_extension, parts, template("no extension is asked for"))


def needs_hold_asked(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return needs_decider(ticket.asks_hold, parts, template("no hold is asked for"))


def needs_decider(decider: Part | None, parts: frozenset[Part], why: str) -> IllegalMove | None:
    if decider is None:
        return IllegalMove(Message(why))
    return refuse(decider not in parts, template("it is decided by: {decider}"), decider=decider)


def needs_no_hold_asked(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return refuse(ticket.asks_hold is not None, template("a hold is asked for already"))


def needs_to_be_alone(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """D.11: neither a parent of others nor counted already becomes a member."""
    return needs_no_members(ticket, parts) or needs_no_callback(ticket, parts)


def needs_no_members(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """The members' matter goes on: a supervisor takes them out of the group first."""
    return refuse(ticket.group, template("other citizens' tickets are merged into it"))


def needs_no_callback(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return refuse(ticket.assessed, template("its citizen was called back already"))


def needs_transferable(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """T3: the operator, or the dispatcher once an office has it."""
    return needs_no_members(ticket, parts) or needs_untouched(ticket, P.DISPATCHER, parts)


def needs_declinable(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """T4: the city's desks, or a supervisor once an office has it."""
    return needs_no_members(ticket, parts) or needs_untouched(ticket, P.SUPERVISOR, parts)


def needs_untouched(ticket: Standing, taker: Part, parts: frozenset[Part]) -> IllegalMove | None:
    """From an office it is taken by one part only, before the office has begun."""
    if ticket.status not in IN_OFFICE:
        return None
    if taker not in parts:
        return IllegalMove(Message("an office has it; that is done by: {taker}", taker=taker))
    return refuse(ticket.contacted, template("the office has contacted the citizen already"))


def needs_lone_enquiry(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return needs_enquiry(ticket, parts) or needs_no_members(ticket, parts)


def needs_advice(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return refuse(not ticket.owes_advice, template("no advice waits for your answer"))


def needs_room(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """What moves nothing is not repeated without end; who calls again is never refused (D.7)."""
    return TicketFull() if ticket.full else None


def needs_its_words(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """D.16: once, and in a group only when the whole group is over."""
    if ticket.head is not None and ticket.head not in TERMINAL:
        return refuse(True, template("the group of this ticket is not over yet"))
    return refuse(ticket.erased, template("this ticket was erased already"))


def needs_room_to_relay(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    return needs_relay(ticket, parts) or needs_room(ticket, parts)


def needs_room_to_contact(ticket: Standing, parts: frozenset[Part]) -> IllegalMove | None:
    """A contact that begins the work is taken."""
    begins = ticket.status is S.ACKNOWLEDGED
    return needs_callable(ticket, parts) or (None if begins else needs_room(ticket, parts))


GUARDS: dict[Action, Guard] = {
    A.NOTE: needs_room,
    A.READ: needs_room,
    A.ADVISE: needs_room,
    A.SUPERVISE: needs_room,
    A.ANSWER_ADVICE: needs_advice,
    A.ANSWER: needs_lone_enquiry,
    A.TRANSFER: needs_transferable,
    A.DECLINE: needs_declinable,
    A.CORRECT: needs_no_callback,
    A.DISPATCH: needs_own_queue,
    A.RETURN: needs_queue,
    A.CONTACT: needs_room_to_contact,
    A.RELAY: needs_room_to_relay,
    A.REVIEW: needs_review,
    A.REPLY: needs_no_whistle,
    A.REVEAL: needs_openness,
    A.CONCEAL: needs_no_secrecy,
    A.ERASE: needs_its_words,
    A.CALLBACK: needs_call,
    A.VERIFICATION: needs_no_citizen,
    A.OBJECT: needs_right_to_object,
    A.RULE_OBJECTION: needs_right_to_rule,
    A.REQUEST_EXTENSION: needs_time_to_ask,
    A.DECIDE_EXTENSION: needs_extension_asked,
    A.REQUEST_HOLD: needs_no_hold_asked,
    A.DECIDE_HOLD: needs_hold_asked,
    A.MERGE: needs_to_be_alone,
    A.UNMERGE: needs_no_callback,
    A.WITHDRAW: needs_no_members,
    A.VOID: needs_no_members,
}


def hindrance(ticket: Standing, action: Action, parts: frozenset[Part]) -> IllegalMove | None:
    """The refusal of an action that is not allowed now, or None."""
    if (ticket.status, action) not in MOVES:
        return IllegalMove()
    guard = GUARDS.get(action)
    return guard(ticket, parts) if guard else None


@lru_cache(maxsize=10_000)
def allowed(ticket: Standing, parts: frozenset[Part]) -> tuple[Action, ...]:
    """The actions allowed now to a caller with these parts."""
    return tuple(
        action
        for action, guard in thinkable(ticket.status, parts)
        if guard is None or guard(ticket, parts) is None
    )


@cache
def thinkable(status: Status, parts: frozenset[Part]) -> tuple[tuple[Action, Guard | None], ...]:
    """The actions of a status and of these parts, each with its guard."""
    return tuple(
        (action, GUARDS.get(action))
        for action in Action
        if (status, action) in MOVES and parts & WHO.get(action, frozenset())
    )


def check(ticket: Standing, action: Action, parts: frozenset[Part]) -> None:
    """Refuses (IllegalMove, or a kind of it) an action that the ticket does not allow now."""
    refusal = hindrance(ticket, action, parts)
    if refusal:
        why = Message(CANNOT, action=action, status=ticket.status)
        if refusal.detail != Message(refusal.title):
            why = Message("{what}: {why}", what=why, why=refusal.detail)
        may = list(allowed(ticket, parts))
        raise type(refusal)(why, status_now=ticket.status, allowed=may, **refusal.facts)

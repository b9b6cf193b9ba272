"""Handling: the effects of each action on a ticket, beside its move in MOVES (RULEBOOK D.6.2).

Each function takes a checked `Change` and the request's body.
"""

from msgspec import UNSET

from app.kit.errors import Invalid
from app.routing.decision import Decision, DecisionKind
from app.tickets import citizens, times
from app.tickets.acts import whereabouts
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch as dispatching
from app.tickets.acts.dispatching import teaching
from app.tickets.acts.forms import (
    Add,
    Decline,
    DeclineReason,
    FeedBack,
    HandOn,
    NewDispatch,
    NewReply,
    Nothing,
    Reason,
    Review,
    Transfer,
    Withdrawal,
    Words,
)
from app.tickets.acts.supervision import answer_supervision
from app.tickets.event_data import (
    Declined,
    EndReason,
    Placed,
    Replied,
    Returned,
    Reviewed,
    Transferred,
    Withdrawn,
)
from app.tickets.life import contacts
from app.tickets.life.contacts import Method
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import AT_A_DESK, Action, IllegalMove, Status
from app.tickets.life.parts import Part
from app.tickets.life.sources import PUBLIC
from app.tickets.models import Request

ANSWERERS = frozenset({Part.LEAD, Part.HELPER})
"""Whose notes answer a supervision."""

GRAVE = frozenset({DeclineReason.NA_UNLAWFUL, DeclineReason.NA_MALICIOUS})


class NobodyToAnswer(Invalid):
    title = "Nobody is answered in that way here"


class FeedbackMissing(Invalid):
    title = "A reply answers the citizen and the hotline"


def answer(change: Change, body: Words) -> None:
    """T2: an enquiry or a praise, answered on the spot."""
    change.record(Action.ANSWER, words={"text": body.text})


def transfer(change: Change, body: Transfer) -> None:
    """T3: to 110, 119, 120 or 122, at once; an office that has it is released."""
    dispatching.end(change, EndReason.TRANSFERRED)
    data = Transferred(service=body.service)
    change.record(Action.TRANSFER, data=data, words={"text": body.text})


def hand_on(change: Change, body: HandOn) -> None:
    """T3b 并行转办: a service is told, too; status and clock stay."""
    ticket = change.ticket
    ticket.handed_on_at = ticket.handed_on_at or change.now
    data = Transferred(service=body.service)
    change.record(Action.HAND_ON, ticket.status, data=data, words={"text": body.text})


def decline(change: Change, body: Decline) -> None:
    """T4: not accepted; an office that has it is released."""
    dispatching.end(change, EndReason.NOT_ACCEPTED)
    data = Declined(reason_code=body.reason_code)
    change.record(Action.DECLINE, data=data, words={"text": body.text})


def ask(change: Change, body: Words) -> None:
    """T5: the caller must tell more before an office can be found. His time runs from the last
    question."""
    change.record(Action.ASK, words={"text": body.text})
    change.ticket.queue, change.ticket.asked_at = None, change.now
    change.set_timers()


def give_back(change: Change, body: Words) -> None:
    """D.5 6b: a district returns another district's request to the city's dispatcher."""
    ticket, queue = change.ticket, change.ticket.queue
    assert queue is not None  # the guard of RETURN
    ticket.queue = None
    change.record(Action.RETURN, data=Returned(queue=queue), words={"text": body.text})


def add(change: Change, body: Add) -> None:
    """T5, then T6 or T7: the citizen adds information, and what has no office yet is routed again.
    Refuses (IllegalMove) the address of a ticket that an office has: that is corrected."""
    ticket, request = change.ticket, change.session.get_one(Request, change.ticket.number)
    if body.text:
        request.content = f"{request.content}\n{body.text}"
    words = {"text": body.text, "address": body.address and body.address.text}
    if ticket.status not in AT_A_DESK:
        if body.address:
            raise IllegalMove("an office has it: its address is corrected, not added")
        data = Placed(**dispatching.place(ticket))
        change.record(Action.ADD, ticket.status, data=data, words=words)
        return
    before, decision = ticket.status, whereabouts.find(change, request, body)
    if decision:
        ticket.queue = decision.queue
    change.record(Action.ADD, data=Placed(**dispatching.place(ticket)), words=words)
    if decision and is_routed(change, body, before, decision):
        dispatching.route(change, decision)


def is_routed(change: Change, body: Add, before: Status, decision: Decision) -> bool:
    """An enquiry waits for its answer; what a dispatcher has leaves him for an office only; what
    the operator holds is held until he learns the address."""
    if before is Status.TO_DISPATCH:
        return decision.decision is DecisionKind.DISPATCH
    is_told = before is Status.NEED_INFO or body.address is not None
    return is_told and change.ticket.type not in dispatching.ENQUIRIES


def dispatch(change: Change, body: NewDispatch) -> None:
    """T7, T7b: a person names the lead office; the former offices are released."""
    former_lead = change.ticket.office_code
    dispatching.by_person(change, body.office_code, body.joint_office_codes)
    teaching.correct(change, former_lead, body.office_code)
    change.record(Action.DISPATCH, data=dispatching.given(change), words={"reason": body.reason})


def read(change: Change, body: Nothing) -> None:
    """签阅: the head of an office has read it."""
    for dispatch in change.dispatches:
        if change.caller and dispatch.office_code == change.caller.office_code:
            dispatch.read_at = dispatch.read_at or change.now
    change.record(Action.READ)


def acknowledge(change: Change, body: Nothing) -> None:
    """T9, and T14 if the citizen was contacted before. The first signature stays."""
    ticket, lead = change.ticket, change.lead
    ticket.acknowledged_at = ticket.acknowledged_at or change.now
    if lead:
        lead.acknowledged_at = ticket.acknowledged_at
    change.record(Action.ACKNOWLEDGE)
    ticket.interim_office = None
    dispatching.begin_if_contacted(change)


def feed_back(change: Change, body: FeedBack) -> None:
    """A joint office's own answer, which the lead sees; it changes no status and no score."""
    caller, ticket = change.caller, change.ticket
    assert caller is not None  # no answer falls due by itself
    own = next(d for d in change.dispatches if d.office_code == caller.office_code)
    own.answered_at = own.answered_at or change.now
    own.answer_seq = ticket.version + 1
    if ticket.supervised:
        answer_supervision(change)
    words = {"text": body.text, "measures": body.measures}
    change.record(Action.FEED_BACK, ticket.status, words=words)


def note(change: Change, body: Words) -> None:
    if change.ticket.supervised and change.parts & ANSWERERS:
        answer_supervision(change)
    change.record(Action.NOTE, change.ticket.status, words={"text": body.text})


def reply(change: Change, body: NewReply) -> None:
    """T15, T21 双反馈; after a forced callback it is attached only (T18)."""
    ticket, feedback = change.ticket, body.citizen_feedback
    if ticket.replied_at is None and ticket.office_code:
        teaching.confirm(change, ticket.office_code)
        teaching.confirm_category(change)
    ticket.replied_at = ticket.replied_at or change.now
    after = (
        Status.AWAITING_CALLBACK if ticket.status is Status.AWAITING_CALLBACK else Status.REPLIED
    )
    ticket.reply_seq = ticket.version + 1
    change.record(
        Action.REPLY,
        after,
        data=replied(body),
        words={
            "text": body.text,
            "measures": body.measures,
            "person": feedback.person if feedback else None,
            "published": body.published.where if body.published else None,
        },
    )
    if after is Status.REPLIED and change.policy.reply.review == "none":
        change.record(Action.PASS_REVIEW)


def replied(body: NewReply) -> Replied | None:
    feedback, published = body.citizen_feedback, body.published
    answer = feedback or published
    if answer is None:
        return None
    return Replied(
        method=feedback.method if feedback else UNSET,
        claimed_at=answer.at,
        published=True if published else UNSET,
    )


def excused(change: Change) -> bool:
    """Whether the record shows that the citizen could not be answered."""
    if change.ticket.anonymous or change.ticket.no_citizen:
        return True
    contacts_made = change.contacts()
    if change.ticket.secret:
        return bool(contacts_made)
    reached = any(contact.reached for contact in contacts_made)
    return not reached and contacts.tried(change.policy, change.ticket.urgency, contacts_made)


def review(change: Change, body: Review) -> None:
    """T16, T17 on a reply; T19, T20 where a callback called the demand unreasonable."""
    to = doubt(change, body) if change.ticket.doubted else verdict(change, body)
    data = Reviewed(approve=body.approve)
    if not body.approve:
        change.ticket.return_seq = change.ticket.version + 1
    change.record(Action.REVIEW, to, data=data, words={"text": body.text})


def verdict(change: Change, body: Review) -> Status:
    ticket, most = change.ticket, change.policy.reply.max_returns
    if body.approve:
        return Status.AWAITING_CALLBACK
    if ticket.returns >= most:
        raise IllegalMove(f"a reply is returned at most {most} times")
    ticket.returns += 1
    return Status.IN_PROGRESS


def doubt(change: Change, body: Review) -> Status:
    """A supervisor confirms that the demand is unreasonable, or sends the ticket to rework."""
    change.ticket.doubted = False
    if body.approve:
        return Status.CLOSED
    dispatching.rework(change, change.now)
    return Status.REWORK


def withdraw(change: Change, body: Withdrawal) -> None:
    """T24: the citizen takes it back; `evidence` is the recording's reference."""
    change.record(
        Action.WITHDRAW,
        data=Withdrawn(after_contact=change.ticket.contacted_at is not None),
        words={"evidence": body.evidence},
    )


def void(change: Change, body: Reason) -> None:
    """T25: entered by mistake."""
    teaching.take_back(change)
    teaching.forget_category(change)
    change.record(Action.VOID, words={"reason": body.reason})


def reveal(change: Change, body: Reason) -> None:
    """Show the citizen's name and number once, on the record (RULEBOOK D.16)."""
    change.record(Action.REVEAL, change.ticket.status, words={"reason": body.reason})


def conceal(change: Change, body: Reason) -> None:
    """D.16: the citizen asks for secrecy afterwards; no office sees his name and number again."""
    citizens.citizen(change.session, change.ticket.number).confidential = True
    change.ticket.secret = True
    change.record(Action.CONCEAL, change.ticket.status, words={"reason": body.reason})


def check_decline(change: Change, body: Decline) -> None:
    """Only a supervisor declines a request as unlawful or malicious (RULEBOOK D.3)."""
    if body.reason_code in GRAVE and Part.SUPERVISOR not in change.parts:
        raise NotYourPart(f"{body.reason_code} is said by a supervisor only")


def check_add(change: Change, body: Add) -> None:
    if body.address:
        change.city.check_district(body.address.district_code)


def check_dispatch(change: Change, body: NewDispatch) -> None:
    """A district moves tickets within itself; across its border the city does (T7b)."""
    offices = (body.office_code, *body.joint_office_codes)
    dispatching.check_offices(change, body.office_code, body.joint_office_codes)
    if Part.DISPATCHER not in change.parts:
        dispatching.check_inside(change, change.ticket.office_code, *offices)


def check_reply(change: Change, body: NewReply) -> None:
    """双反馈: the citizen is answered too, or a public source, unless the record says why not (T15,
    D.9.1)."""
    if body.citizen_feedback:
        times.check("/citizen_feedback/at", body.citizen_feedback.at, change.now)
        check_method(change, body.citizen_feedback.method)
    check_published(change, body)
    if body.citizen_feedback is None and body.published is None and not excused(change):
        raise FeedbackMissing(
            "tell how the citizen was answered; only after enough failed attempts, or where the"
            " citizen is anonymous, may it be left out",
            errors=[{"pointer": "/citizen_feedback", "detail": "required"}],
        )


def check_method(change: Change, method: Method) -> None:
    """D.6.4: the citizen of a secret ticket is answered through the hotline, no other one is."""
    if change.ticket.no_citizen:
        return  # refused elsewhere
    if (method is Method.RELAY) is not change.ticket.secret:
        detail = "relay, for who called is not shown" if change.ticket.secret else "not relay"
        fault = {"pointer": "/citizen_feedback/method", "detail": detail}
        raise FeedbackMissing(f"/citizen_feedback/method: {detail}", errors=[fault])


def check_published(change: Change, body: NewReply) -> None:
    """D.9.1: a public source is answered publicly; without a citizen that is the only answer."""
    ticket, published = change.ticket, body.published
    public = ticket.channel in PUBLIC
    if published and not public:
        raise not_so("/published", f"the channel {ticket.channel} has no public source")
    if body.citizen_feedback and ticket.no_citizen and not ticket.members:
        raise not_so("/citizen_feedback", "it has no citizen who could be answered")
    if published:
        times.check("/published/at", published.at, change.now)
    elif public and ticket.no_citizen and not body.citizen_feedback:
        raise FeedbackMissing(
            "tell where and when the answer was published: its source is public, and it has no"
            " citizen (RULEBOOK D.9.1)",
            errors=[{"pointer": "/published", "detail": "required"}],
        )


def not_so(pointer: str, why: str) -> NobodyToAnswer:
    fault = {"pointer": pointer, "detail": why}
    return NobodyToAnswer(f"{why} (RULEBOOK D.9.1)", errors=[fault])

"""Handling: the acts of a ticket's offices and their effects, beside each move in MOVES (RULEBOOK
D.6.2).

Each function takes a checked `Change` and the request's body.
"""

from msgspec import UNSET

from app.kit.errors import Invalid
from app.kit.messages import Message, template
from app.tickets import times
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch as dispatching
from app.tickets.acts.dispatching import teaching
from app.tickets.acts.forms import (
    FeedBack,
    NewReply,
    Nothing,
    Words,
)
from app.tickets.acts.supervision import answer_supervision
from app.tickets.event_data import (
    Replied,
)
from app.tickets.life import contacts
from app.tickets.life.contacts import Method
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.sources import PUBLIC


class NobodyToAnswer(Invalid):
    title = "Nobody is answered in that way here"


class FeedbackMissing(Invalid):
    title = "A reply answers the citizen and the hotline"


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
    data = answer_supervision(change)
    words = {"text": body.text, "measures": body.measures}
    change.record(Action.FEED_BACK, ticket.status, data=data, words=words)


def note(change: Change, body: Words) -> None:
    data = answer_supervision(change)
    change.record(Action.NOTE, change.ticket.status, data=data, words={"text": body.text})


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


def check_reply(change: Change, body: NewReply) -> None:
    """双反馈: the citizen is answered too, or a public source, unless the record says why not (T15,
    D.9.1)."""
    if body.citizen_feedback:
        times.check("/citizen_feedback/at", body.citizen_feedback.at, change.now)
        check_method(change, body.citizen_feedback.method)
    check_published(change, body)
    if body.citizen_feedback is None and body.published is None and not excused(change):
        raise FeedbackMissing(
            Message(TELL_HOW),
            errors=[{"pointer": "/citizen_feedback", "detail": Message("required")}],
        )


BY_RELAY = template("relay, for who called is not shown")
NOT_BY_RELAY = template("not relay")
TELL_HOW = template(
    "tell how the citizen was answered; only after enough failed attempts, or where the citizen is"
    " anonymous, may it be left out"
)
TELL_WHERE = template(
    "tell where and when the answer was published: its source is public, and it has no citizen"
    " (RULEBOOK D.9.1)"
)


def check_method(change: Change, method: Method) -> None:
    """D.6.4: the citizen of a secret ticket is answered through the hotline, no other one is."""
    if change.ticket.no_citizen:
        return  # refused elsewhere
    if (method is Method.RELAY) is not change.ticket.secret:
        detail = Message(BY_RELAY if change.ticket.secret else NOT_BY_RELAY)
        fault = {"pointer": "/citizen_feedback/method", "detail": detail}
        raise FeedbackMissing(
            Message("/citizen_feedback/method: {detail}", detail=detail), errors=[fault]
        )


def check_published(change: Change, body: NewReply) -> None:
    """D.9.1: a public source is answered publicly; without a citizen that is the only answer."""
    ticket, published = change.ticket, body.published
    public = ticket.channel in PUBLIC
    if published and not public:
        raise not_so(
            "/published",
            Message("the channel {channel} has no public source", channel=ticket.channel),
        )
    if body.citizen_feedback and ticket.no_citizen and not ticket.members:
        raise not_so("/citizen_feedback", Message("it has no citizen who could be answered"))
    if published:
        times.check("/published/at", published.at, change.now)
    elif public and ticket.no_citizen and not body.citizen_feedback:
        raise FeedbackMissing(
            Message(TELL_WHERE),
            errors=[{"pointer": "/published", "detail": Message("required")}],
        )


def not_so(pointer: str, why: Message) -> NobodyToAnswer:
    fault = {"pointer": pointer, "detail": why}
    return NobodyToAnswer(Message("{why} (RULEBOOK D.9.1)", why=why), errors=[fault])

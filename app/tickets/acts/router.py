"""Actions on a ticket over HTTP: one path each, named as the action (RULEBOOK D.6.2)."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.kit.web.idempotency import NotHere
from app.kit.web.route import Route
from app.tickets import citizens
from app.tickets.acts import (
    advice,
    contact,
    correcting,
    extension,
    handling,
    hold,
    hotline,
    objection,
    relay,
    supervision,
    urgency,
    urging,
)
from app.tickets.acts.acting import Act, taking
from app.tickets.acts.forms import (
    Add,
    AdviceAnswer,
    Conclusion,
    Correction,
    Decision,
    Decline,
    FeedBack,
    Grading,
    HandOn,
    Merging,
    NewAdvice,
    NewContact,
    NewDispatch,
    NewExtension,
    NewHold,
    NewObjection,
    NewRelay,
    NewReply,
    NewRuling,
    NewSupervision,
    Nothing,
    Reason,
    Resumption,
    Review,
    Transfer,
    Withdrawal,
    Words,
)
from app.tickets.acts.merging import merge
from app.tickets.disclosure import NO_STORE
from app.tickets.life.lifecycle import Action
from app.tickets.views.schemas import Contacted, TicketView

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)


@router.post("/{number}/answer", response_model=TicketView)
def answer_ticket(act: Annotated[Act, taking(Action.ANSWER)], body: Words) -> Response:
    """T2: the operator answers an enquiry on the spot."""
    return act(hotline.answer, body)


@router.post("/{number}/transfer", response_model=TicketView)
def transfer_ticket(act: Annotated[Act, taking(Action.TRANSFER)], body: Transfer) -> Response:
    """T3: to 110, 119, 120 or 122, at once."""
    return act(hotline.transfer, body)


@router.post("/{number}/hand-on", response_model=TicketView)
def hand_on_ticket(act: Annotated[Act, taking(Action.HAND_ON)], body: HandOn) -> Response:
    """T3b 并行转办: an emergency service or another line is told, and the clock runs on."""
    return act(hotline.hand_on, body)


@router.post("/{number}/return", response_model=TicketView)
def return_ticket(act: Annotated[Act, taking(Action.RETURN)], body: Words) -> Response:
    """D.5 6b: a district gives another district's request back from its queue."""
    return act(hotline.give_back, body)


@router.post("/{number}/decline", response_model=TicketView)
def decline_ticket(act: Annotated[Act, taking(Action.DECLINE)], body: Decline) -> Response:
    """T4: not accepted, for a named reason, with the answer given to the citizen."""
    return act(hotline.decline, body, hotline.check_decline)


@router.post("/{number}/ask", response_model=TicketView)
def ask_citizen(act: Annotated[Act, taking(Action.ASK)], body: Words) -> Response:
    """T5: the citizen must tell more before an office can be found."""
    return act(hotline.ask, body)


@router.post("/{number}/add", response_model=TicketView)
def add_to_ticket(act: Annotated[Act, taking(Action.ADD)], body: Add) -> Response:
    """T5: the citizen adds information; the ticket is routed again."""
    return act(hotline.add, body, hotline.check_add)


@router.post("/{number}/correct", response_model=TicketView)
def correct_ticket(act: Annotated[Act, taking(Action.CORRECT)], body: Correction) -> Response:
    """D.7.1: what was taken down wrong, until the citizen was called back."""
    return act(correcting.correct, body, correcting.check_correction)


@router.post("/{number}/dispatch", response_model=TicketView)
def dispatch_ticket(act: Annotated[Act, taking(Action.DISPATCH)], body: NewDispatch) -> Response:
    """T7, T7b: a person names the office; also redispatches, before the first contact."""
    return act(hotline.dispatch, body, hotline.check_dispatch)


@router.post("/{number}/read", response_model=TicketView)
def mark_read(act: Annotated[Act, taking(Action.READ)], body: Nothing) -> Response:
    """签阅: the head of the office has read it."""
    return act(handling.read, body)


@router.post("/{number}/acknowledge", response_model=TicketView)
def acknowledge_ticket(act: Annotated[Act, taking(Action.ACKNOWLEDGE)], body: Nothing) -> Response:
    """T9: the lead office signs for the ticket (签收)."""
    return act(handling.acknowledge, body)


@router.post("/{number}/contact", response_model=TicketView)
def record_contact(act: Annotated[Act, taking(Action.CONTACT)], body: NewContact) -> Response:
    """T14: the office reached the citizen, or tried to; the server's clock says when."""
    return act(contact.contact, body)


@router.post("/{number}/relay", response_model=TicketView)
def relay_to_citizen(act: Annotated[Act, taking(Action.RELAY)], body: NewRelay) -> Response:
    """D.6.4: the office of a secret ticket asks or tells its citizen through the hotline, and the
    hotline says whether the text was passed on (`done`)."""
    return act(relay.relay, body, relay.check_relay)


@router.post("/{number}/note", response_model=TicketView)
def add_note(act: Annotated[Act, taking(Action.NOTE)], body: Words) -> Response:
    """A note on the record; the ticket stays as it is."""
    return act(handling.note, body)


@router.post("/{number}/reply", response_model=TicketView)
def reply_to_ticket(act: Annotated[Act, taking(Action.REPLY)], body: NewReply) -> Response:
    """T15, T21: the result, to the hotline and to the citizen (双反馈)."""
    return act(handling.reply, body, handling.check_reply)


@router.post("/{number}/review", response_model=TicketView)
def review_reply(act: Annotated[Act, taking(Action.REVIEW)], body: Review) -> Response:
    """T16, T17: the district or a supervisor passes a reply or sends it back.

    Where a callback called the demand unreasonable, a supervisor confirms it (closed) or not
    (rework).
    """
    return act(hotline.review, body)


@router.post("/{number}/grade", response_model=TicketView)
def grade_ticket(act: Annotated[Act, taking(Action.GRADE)], body: Grading) -> Response:
    """D.4: another urgency, and the limits that go with it."""
    return act(urgency.grade, body, urgency.check_grading)


@router.post("/{number}/object", response_model=TicketView)
def object_to_ticket(act: Annotated[Act, taking(Action.OBJECT)], body: NewObjection) -> Response:
    """T10: the lead office says that the ticket is another's (派单异议); the clock runs on."""
    return act(objection.object_to, body, objection.check_objection)


@router.post("/{number}/rule-objection", response_model=TicketView)
def rule_objection(act: Annotated[Act, taking(Action.RULE_OBJECTION)], body: NewRuling) -> Response:
    """T11–T13: a district inside itself, else the city's dispatcher, rules."""
    return act(objection.rule, body, objection.check_ruling, body.parent_number)


@router.post("/{number}/conclude", response_model=TicketView)
def conclude_consulting(act: Annotated[Act, taking(Action.CONCLUDE)], body: Conclusion) -> Response:
    """T13: the result of 会商, which is final."""
    return act(objection.conclude, body, objection.check_conclusion)


@router.post("/{number}/request-extension", response_model=TicketView)
def request_extension(
    act: Annotated[Act, taking(Action.REQUEST_EXTENSION)], body: NewExtension
) -> Response:
    """D.6.5: more time, asked for once and before the due time."""
    return act(extension.request, body, extension.check_until)


@router.post("/{number}/decide-extension", response_model=TicketView)
def decide_extension(
    act: Annotated[Act, taking(Action.DECIDE_EXTENSION)], body: Decision
) -> Response:
    """D.6.5: granted or not; granted, the citizen must be told before the old due time."""
    return act(extension.decide, body)


@router.post("/{number}/request-hold", response_model=TicketView)
def request_hold(act: Annotated[Act, taking(Action.REQUEST_HOLD)], body: NewHold) -> Response:
    """T22 挂账: a matter of months, with its plan; on a hold, its renewal."""
    return act(hold.request, body, hold.check_review)


@router.post("/{number}/decide-hold", response_model=TicketView)
def decide_hold(act: Annotated[Act, taking(Action.DECIDE_HOLD)], body: Decision) -> Response:
    """T22: the district's word, then the supervisor's."""
    return act(hold.decide, body)


@router.post("/{number}/resume", response_model=TicketView)
def resume_ticket(act: Annotated[Act, taking(Action.RESUME)], body: Resumption) -> Response:
    """T23 销账: done, or back to work."""
    return act(hold.resume, body)


@router.post("/{number}/urge", response_model=TicketView)
def urge_ticket(act: Annotated[Act, taking(Action.URGE)], body: Words) -> Response:
    """D.7 催办: the citizen asks again."""
    return act(urging.urge, body)


@router.post("/{number}/supervise", response_model=TicketView)
def supervise_ticket(
    act: Annotated[Act, taking(Action.SUPERVISE)], body: NewSupervision
) -> Response:
    """D.6.3 督办: an answer is asked for by a time."""
    return act(supervision.supervise, body, supervision.check_supervision)


@router.post("/{number}/feed-back", response_model=TicketView)
def feed_back(act: Annotated[Act, taking(Action.FEED_BACK)], body: FeedBack) -> Response:
    """A joint office's own answer, which the lead office sees."""
    return act(handling.feed_back, body)


@router.post("/{number}/advise", response_model=TicketView)
def advise(act: Annotated[Act, taking(Action.ADVISE)], body: NewAdvice) -> Response:
    """D.2 建议: the chief of the street that leads advises its district or a city's office."""
    return act(advice.advise, body, advice.check_advice)


@router.post("/{number}/answer-advice", response_model=TicketView)
def answer_advice(
    act: Annotated[Act, taking(Action.ANSWER_ADVICE)], body: AdviceAnswer
) -> Response:
    """The answer that is owed to a street's advice."""
    return act(advice.answer, body)


@router.post("/{number}/merge", response_model=TicketView)
def merge_ticket(act: Annotated[Act, taking(Action.MERGE)], body: Merging) -> Response:
    """T8, D.11: into the group of another citizen's ticket on the same matter."""
    return act(merge.merge, body, merge.check_merging, body.parent_number)


@router.post("/{number}/unmerge", response_model=TicketView)
def unmerge_ticket(act: Annotated[Act, taking(Action.UNMERGE)], body: Reason) -> Response:
    """D.11: out of its group again, before the citizen is called back."""
    return act(merge.unmerge, body)


@router.post("/{number}/withdraw", response_model=TicketView)
def withdraw_ticket(act: Annotated[Act, taking(Action.WITHDRAW)], body: Withdrawal) -> Response:
    """T24: the citizen takes it back; `evidence` refers to the recording."""
    return act(hotline.withdraw, body)


@router.post("/{number}/void", response_model=TicketView)
def void_ticket(act: Annotated[Act, taking(Action.VOID)], body: Reason) -> Response:
    """T25: entered by mistake."""
    return act(hotline.void, body)


@router.post("/{number}/conceal", response_model=TicketView)
def conceal_citizen(act: Annotated[Act, taking(Action.CONCEAL)], body: Reason) -> Response:
    """D.16: confidential from now on, in whatever status."""
    return act(hotline.conceal, body)


@router.post("/{number}/reveal", response_model_exclude_defaults=True)
def reveal_citizen(
    act: Annotated[Act, taking(Action.REVEAL)], body: Reason, no_key: NotHere
) -> Contacted:
    """The citizen's name and number in the clear, with a reason; takes no Idempotency-Key."""
    act.doing.response.headers.update(NO_STORE)
    number = act.take(hotline.reveal, body)
    doing = act.doing
    known = citizens.person(doing.city.cipher, citizens.citizen(doing.session, number))
    other_phone = known.callback_phone or ""
    return Contacted(name=known.name, phone=known.phone, callback_phone=other_phone)

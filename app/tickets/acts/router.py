"""Actions on a ticket over HTTP: one path each, named as the action (RULEBOOK D.6.2)."""

from typing import Annotated

from fastapi import APIRouter

from app.kit.idempotency import NotHere
from app.kit.route import Route
from app.tickets import citizens
from app.tickets.acts import (
    contact,
    extension,
    handling,
    hold,
    merge,
    objection,
    supervision,
    urgency,
    urging,
)
from app.tickets.acts.acting import Act, taking
from app.tickets.acts.forms import (
    Add,
    Conclusion,
    Decision,
    Decline,
    Grading,
    Merging,
    NewContact,
    NewDispatch,
    NewExtension,
    NewHold,
    NewObjection,
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
from app.tickets.life.lifecycle import Action
from app.tickets.views.schemas import Contacted, TicketView

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)


@router.post("/{number}/answer")
def answer_ticket(act: Annotated[Act, taking(Action.ANSWER)], said: Words) -> TicketView:
    """T2: the operator answers an enquiry on the spot."""
    return act(handling.answer, said)


@router.post("/{number}/transfer")
def transfer_ticket(act: Annotated[Act, taking(Action.TRANSFER)], said: Transfer) -> TicketView:
    """T3: to 110, 119, 120 or 122, at once."""
    return act(handling.transfer, said)


@router.post("/{number}/decline")
def decline_ticket(act: Annotated[Act, taking(Action.DECLINE)], said: Decline) -> TicketView:
    """T4: not accepted, for a named reason, with what the citizen was told."""
    return act(handling.decline, said, handling.check_decline)


@router.post("/{number}/ask")
def ask_citizen(act: Annotated[Act, taking(Action.ASK)], said: Words) -> TicketView:
    """T5: the citizen must tell more before an office can be found."""
    return act(handling.ask, said)


@router.post("/{number}/add")
def add_to_ticket(act: Annotated[Act, taking(Action.ADD)], said: Add) -> TicketView:
    """T5: what the citizen told in addition; the ticket is routed again."""
    return act(handling.add, said, handling.check_add)


@router.post("/{number}/dispatch")
def dispatch_ticket(act: Annotated[Act, taking(Action.DISPATCH)], said: NewDispatch) -> TicketView:
    """T7, T7b: a person names the office; also redispatches, before the first contact."""
    return act(handling.dispatch, said, handling.check_dispatch)


@router.post("/{number}/read")
def mark_read(act: Annotated[Act, taking(Action.READ)], said: Nothing) -> TicketView:
    """签阅: the head of the office has read it."""
    return act(handling.read, said)


@router.post("/{number}/acknowledge")
def acknowledge_ticket(
    act: Annotated[Act, taking(Action.ACKNOWLEDGE)], said: Nothing
) -> TicketView:
    """T9: the lead office signs for the ticket (签收)."""
    return act(handling.acknowledge, said)


@router.post("/{number}/contact")
def record_contact(act: Annotated[Act, taking(Action.CONTACT)], said: NewContact) -> TicketView:
    """T14: the office reached the citizen, or tried to; the server's clock says when."""
    return act(contact.contact, said)


@router.post("/{number}/note")
def add_note(act: Annotated[Act, taking(Action.NOTE)], said: Words) -> TicketView:
    """A note on the record; the ticket stays as it is."""
    return act(handling.note, said)


@router.post("/{number}/reply")
def reply_to_ticket(act: Annotated[Act, taking(Action.REPLY)], said: NewReply) -> TicketView:
    """T15, T21: the result, to the hotline and to the citizen (双反馈)."""
    return act(handling.reply, said, handling.check_reply)


@router.post("/{number}/review")
def review_reply(act: Annotated[Act, taking(Action.REVIEW)], said: Review) -> TicketView:
    """T16, T17: the district or a supervisor passes a reply or sends it back.

    Where a callback called the demand unreasonable, a supervisor confirms it (closed) or not
    (rework).
    """
    return act(handling.review, said)


@router.post("/{number}/grade")
def grade_ticket(act: Annotated[Act, taking(Action.GRADE)], said: Grading) -> TicketView:
    """D.4: another urgency, and the limits that go with it."""
    return act(urgency.grade, said, urgency.check_grading)


@router.post("/{number}/object")
def object_to_ticket(act: Annotated[Act, taking(Action.OBJECT)], said: NewObjection) -> TicketView:
    """T10: the lead office says that the ticket is another's (派单异议); the clock runs on."""
    return act(objection.object_to, said, objection.check_objection)


@router.post("/{number}/rule-objection")
def rule_objection(
    act: Annotated[Act, taking(Action.RULE_OBJECTION)], said: NewRuling
) -> TicketView:
    """T11–T13: a district inside itself, else the city's dispatcher, rules."""
    return act(objection.rule, said, objection.check_ruling, said.parent_number)


@router.post("/{number}/conclude")
def conclude_consulting(
    act: Annotated[Act, taking(Action.CONCLUDE)], said: Conclusion
) -> TicketView:
    """T13: the result of 会商, which is final."""
    return act(objection.conclude, said, objection.check_conclusion)


@router.post("/{number}/request-extension")
def request_extension(
    act: Annotated[Act, taking(Action.REQUEST_EXTENSION)], said: NewExtension
) -> TicketView:
    """D.6.5: more time, asked for once and before the due time."""
    return act(extension.request, said, extension.check_until)


@router.post("/{number}/decide-extension")
def decide_extension(
    act: Annotated[Act, taking(Action.DECIDE_EXTENSION)], said: Decision
) -> TicketView:
    """D.6.5: granted or not; granted, the citizen must be told before the old due time."""
    return act(extension.decide, said)


@router.post("/{number}/request-hold")
def request_hold(act: Annotated[Act, taking(Action.REQUEST_HOLD)], said: NewHold) -> TicketView:
    """T22 挂账: a matter of months, with its plan; on a hold, its renewal."""
    return act(hold.request, said, hold.check_review)


@router.post("/{number}/decide-hold")
def decide_hold(act: Annotated[Act, taking(Action.DECIDE_HOLD)], said: Decision) -> TicketView:
    """T22: the district's word, then the supervisor's."""
    return act(hold.decide, said)


@router.post("/{number}/resume")
def resume_ticket(act: Annotated[Act, taking(Action.RESUME)], said: Resumption) -> TicketView:
    """T23 销账: done, or back to work."""
    return act(hold.resume, said)


@router.post("/{number}/urge")
def urge_ticket(act: Annotated[Act, taking(Action.URGE)], said: Words) -> TicketView:
    """D.7 催办: the citizen asks again."""
    return act(urging.urge, said)


@router.post("/{number}/supervise")
def supervise_ticket(
    act: Annotated[Act, taking(Action.SUPERVISE)], said: NewSupervision
) -> TicketView:
    """D.6.3 督办: an answer is asked for by a time."""
    return act(supervision.supervise, said, supervision.check_supervision)


@router.post("/{number}/merge")
def merge_ticket(act: Annotated[Act, taking(Action.MERGE)], said: Merging) -> TicketView:
    """T8, D.11: into the group of another citizen's ticket on the same matter."""
    return act(merge.merge, said, merge.check_merging, said.parent_number)


@router.post("/{number}/unmerge")
def unmerge_ticket(act: Annotated[Act, taking(Action.UNMERGE)], said: Reason) -> TicketView:
    """D.11: out of its group again, before the citizen is called back."""
    return act(merge.unmerge, said)


@router.post("/{number}/withdraw")
def withdraw_ticket(act: Annotated[Act, taking(Action.WITHDRAW)], said: Withdrawal) -> TicketView:
    """T24: the citizen takes it back; `evidence` refers to the recording."""
    return act(handling.withdraw, said)


@router.post("/{number}/void")
def void_ticket(act: Annotated[Act, taking(Action.VOID)], said: Reason) -> TicketView:
    """T25: entered by mistake."""
    return act(handling.void, said)


@router.post("/{number}/reveal")
def reveal_citizen(
    act: Annotated[Act, taking(Action.REVEAL)], said: Reason, no_key: NotHere
) -> Contacted:
    """Who called, in the clear, for a reason that is logged; takes no Idempotency-Key."""
    act.doing.response.headers["Cache-Control"] = "no-store"
    number = act.take(handling.reveal, said)
    return Contacted.model_validate(citizens.citizen(act.doing.session, number))

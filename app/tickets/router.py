"""Tickets over HTTP: in, seen, and acted upon."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from app.access.gate import Operator, allow
from app.access.roles import OFFICE_BOUND, Role
from app.kit.clock import Now
from app.kit.db import AllSessions, Reading, Writing
from app.kit.etag import tagged
from app.kit.idempotency import NotHere
from app.kit.paging import Page
from app.kit.route import Route
from app.tickets import (
    actions,
    attention,
    batch,
    export,
    extending,
    groups,
    holds,
    intake,
    lists,
    merging,
    objecting,
    service,
    view,
)
from app.tickets.calls import Acting, Changing, Looking, Seen
from app.tickets.desk import AtDesk
from app.tickets.schemas import (
    Add,
    Conclusion,
    Contacted,
    Decision,
    Decline,
    EventView,
    Grading,
    Listing,
    MemberView,
    MergeProposal,
    Merging,
    NewContact,
    NewDispatch,
    NewExtension,
    NewHold,
    NewObjection,
    NewReply,
    NewRuling,
    NewSupervision,
    NewTicket,
    Nothing,
    Paging,
    Reason,
    Resumption,
    Review,
    TicketView,
    Transfer,
    UrgedView,
    Withdrawal,
    Words,
)


class Ndjson(Response):
    media_type = "application/x-ndjson"


router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)
inbox_router = APIRouter(prefix="/v1/inbox", tags=["inbox"], route_class=Route)
merges_router = APIRouter(prefix="/v1/merges", tags=["merges"], route_class=Route)


@router.post("", status_code=201, responses={200: {"model": UrgedView}})
def receive_ticket(caller: Operator, new: NewTicket, doing: Changing) -> UrgedView | TicketView:
    """Take a request in and dispatch it at once to the office that answers for its address.

    200, and nothing new is made, when the same citizen's ticket on the same matter and place is
    still open: that one is urged (D.11).
    """

    def receive() -> str:
        arrival = intake.arrive(doing.desk, new, doing.now)
        [taken] = intake.take(doing.session, doing.desk, caller, [arrival], doing.now)
        doing.response.status_code = taken.status
        return taken.number

    number = doing.once(receive, 201)
    doing.response.headers["Location"] = f"{router.prefix}/{number}"
    return shown(doing.show(caller, number), doing.response.status_code)


def shown(ticket: TicketView, status: int | None) -> TicketView:
    """Whether it is new, or the same citizen's open one, which then says so."""
    return UrgedView(**ticket.model_dump(by_alias=False)) if status == HTTPStatus.OK else ticket


@router.post("/batch", response_class=Ndjson)
async def receive_batch(
    request: Request, caller: Operator, session: Writing, desk: AtDesk, now: Now
) -> Ndjson:
    """Up to 1,000 requests, one a line; each stands alone and is answered by its line.

    A line may carry its own `idempotency_key`.
    """
    brought = batch.Batch(session, desk, caller, request.app.state.secret, now)
    lines = await batch.read(request.stream())
    return Ndjson(await run_in_threadpool(brought.receive, lines))


@router.get("", response_model=Page[TicketView])
def list_tickets(
    request: Request,
    looking: Looking,
    listing: Annotated[Listing, Query()],
    sessions: AllSessions,
) -> Response | Page[TicketView]:
    """The tickets you may see, newest first; with `updated_after`, in order of change.

    `Accept: text/csv` or `application/x-ndjson` streams all of them, without pages.
    """
    return export.negotiated(
        request,
        page=lambda: lists.page(looking, listing),
        all_of_them=lambda: lists.stream(sessions, looking, listing),
    )


@router.get("/{number}", response_model=TicketView)
def show_ticket(
    request: Request, looking: Looking, ticket: Seen, response: Response
) -> Response | TicketView:
    """One ticket, with what you may do to it now (`allowed`)."""
    return tagged(request, response, ticket.version, view.one(looking, ticket))


@router.get("/{number}/members")
def show_members(looking: Looking, ticket: Seen) -> list[MemberView]:
    """Whoever was merged into it, oldest first: to be contacted and called back one by one."""
    return groups.members(looking, ticket)


@router.get("/{number}/events")
def show_history(ticket: Seen, session: Reading) -> list[EventView]:
    """Everything that happened to a ticket, oldest first."""
    return [view.event(*row) for row in service.history(session, ticket.number)]


@router.post("/{number}/answer")
def answer_ticket(act: Acting, said: Words) -> TicketView:
    """T2: the operator answers an enquiry on the spot."""
    return act(actions.answer, said)


@router.post("/{number}/transfer")
def transfer_ticket(act: Acting, said: Transfer) -> TicketView:
    """T3: to 110, 119, 120 or 122, at once."""
    return act(actions.transfer, said)


@router.post("/{number}/decline")
def decline_ticket(act: Acting, said: Decline) -> TicketView:
    """T4: not accepted, for a named reason, with what the citizen was told."""
    return act(actions.decline, said)


@router.post("/{number}/ask")
def ask_citizen(act: Acting, said: Words) -> TicketView:
    """T5: the citizen must tell more before an office can be found."""
    return act(actions.ask, said)


@router.post("/{number}/add")
def add_to_ticket(act: Acting, said: Add) -> TicketView:
    """T5: what the citizen told in addition; the ticket is routed again."""
    return act(actions.add, said)


@router.post("/{number}/dispatch")
def dispatch_ticket(act: Acting, said: NewDispatch) -> TicketView:
    """T7, T7b: a person names the office; also redispatches, before the first contact."""
    return act(actions.dispatch, said)


@router.post("/{number}/read")
def mark_read(act: Acting, said: Nothing) -> TicketView:
    """签阅: the head of the office has read it."""
    return act(actions.read, said)


@router.post("/{number}/acknowledge")
def acknowledge_ticket(act: Acting, said: Nothing) -> TicketView:
    """T9: the lead office signs for the ticket (签收)."""
    return act(actions.acknowledge, said)


@router.post("/{number}/contact")
def record_contact(act: Acting, said: NewContact) -> TicketView:
    """T14: the office reached the citizen, or tried to; the server's clock says when."""
    return act(actions.contact, said)


@router.post("/{number}/note")
def add_note(act: Acting, said: Words) -> TicketView:
    """A note on the record; the ticket stays as it is."""
    return act(actions.note, said)


@router.post("/{number}/reply")
def reply_to_ticket(act: Acting, said: NewReply) -> TicketView:
    """T15, T21: the result, to the hotline and to the citizen (双反馈)."""
    return act(actions.reply, said)


@router.post("/{number}/review")
def review_reply(act: Acting, said: Review) -> TicketView:
    """T16, T17: the district or a supervisor passes a reply or sends it back.

    Where a callback called the demand unreasonable, a supervisor confirms it (closed) or not
    (rework).
    """
    return act(actions.review, said)


@router.post("/{number}/grade")
def grade_ticket(act: Acting, said: Grading) -> TicketView:
    """D.4: another urgency, and the limits that go with it."""
    return act(attention.grade, said)


@router.post("/{number}/object")
def object_to_ticket(act: Acting, said: NewObjection) -> TicketView:
    """T10: the lead office says that the ticket is another's (派单异议); the clock runs on."""
    return act(objecting.object_to, said)


@router.post("/{number}/rule-objection")
def rule_objection(act: Acting, said: NewRuling) -> TicketView:
    """T11–T13: a district inside itself, else the city's dispatcher, rules."""
    return act(objecting.rule, said, said.parent_number)


@router.post("/{number}/conclude")
def conclude_consulting(act: Acting, said: Conclusion) -> TicketView:
    """T13: the result of 会商, which is final."""
    return act(objecting.conclude, said)


@router.post("/{number}/request-extension")
def request_extension(act: Acting, said: NewExtension) -> TicketView:
    """D.6.5: more time, asked for once and before the due time."""
    return act(extending.request, said)


@router.post("/{number}/decide-extension")
def decide_extension(act: Acting, said: Decision) -> TicketView:
    """D.6.5: granted or not; granted, the citizen must be told before the old due time."""
    return act(extending.decide, said)


@router.post("/{number}/request-hold")
def request_hold(act: Acting, said: NewHold) -> TicketView:
    """T22 挂账: a matter of months, with its plan; on a hold, its renewal."""
    return act(holds.request, said)


@router.post("/{number}/decide-hold")
def decide_hold(act: Acting, said: Decision) -> TicketView:
    """T22: the district's word, then the supervisor's."""
    return act(holds.decide, said)


@router.post("/{number}/resume")
def resume_ticket(act: Acting, said: Resumption) -> TicketView:
    """T23 销账: done, or back to work."""
    return act(holds.resume, said)


@router.post("/{number}/urge")
def urge_ticket(act: Acting, said: Words) -> TicketView:
    """D.7 催办: the citizen asks again."""
    return act(attention.urge, said)


@router.post("/{number}/supervise")
def supervise_ticket(act: Acting, said: NewSupervision) -> TicketView:
    """D.6.3 督办: an answer is asked for by a time."""
    return act(attention.supervise, said)


@router.post("/{number}/merge")
def merge_ticket(act: Acting, said: Merging) -> TicketView:
    """T8, D.11: into the group of another citizen's ticket on the same matter."""
    return act(merging.merge, said, said.parent_number)


@router.post("/{number}/unmerge")
def unmerge_ticket(act: Acting, said: Reason) -> TicketView:
    """D.11: out of its group again, before the citizen is called back."""
    return act(merging.unmerge, said)


@router.post("/{number}/withdraw")
def withdraw_ticket(act: Acting, said: Withdrawal) -> TicketView:
    """T24: the citizen takes it back; `evidence` refers to the recording."""
    return act(actions.withdraw, said)


@router.post("/{number}/void")
def void_ticket(act: Acting, said: Reason) -> TicketView:
    """T25: entered by mistake."""
    return act(actions.void, said)


@router.post("/{number}/reveal")
def reveal_citizen(act: Acting, said: Reason, no_key: NotHere) -> Contacted:
    """Who called, in the clear, for a reason that is logged; takes no Idempotency-Key."""
    act.doing.response.headers["Cache-Control"] = "no-store"
    number = act.change(actions.reveal, said)
    return Contacted.model_validate(service.citizen(act.doing.session, number))


@merges_router.get("/proposals", dependencies=[Depends(allow({Role.DISPATCHER}))])
def propose_merges(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[MergeProposal]:
    """D.11: what another citizen has told before, on the same matter and place: to be confirmed by
    `merge`. Oldest first; a page may be shorter than `limit` and yet have a next one."""
    return groups.proposals(looking, paging)


@inbox_router.get("", response_model=Page[TicketView], dependencies=[Depends(allow(OFFICE_BOUND))])
def read_inbox(
    request: Request, looking: Looking, paging: Annotated[Paging, Query()], response: Response
) -> Response | Page[TicketView]:
    """What waits for this office, earliest due first; 304 while nothing in the page changed."""
    page = lists.inbox(looking, paging)
    return tagged(request, response, export.digest(page), page)

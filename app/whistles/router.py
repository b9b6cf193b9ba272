"""Whistles over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.access.exports import AtExports
from app.access.gate import allow
from app.access.roles import HANDLERS, Caller
from app.kit.instants import recording
from app.kit.web.etag import OF_CALLER, tagged
from app.kit.web.idempotency import NotHere
from app.kit.web.paging import Page
from app.kit.web.route import Route
from app.tickets.acts.acting import Changing
from app.tickets.acts.forms import Decision, Nothing, Reason, Words
from app.tickets.disclosure import NO_STORE
from app.whistles.acts import blowing, codes, evaluating, handing, leading, objecting, reporting
from app.whistles.acts.acting import WhistleAct, on_summons, on_whistle, show
from app.whistles.acts.forms import (
    Composition,
    HandOver,
    InterimRelease,
    LeadProposal,
    NewEvaluation,
    NewWhistle,
    ObjectionRuling,
    ReportIn,
    Results,
    SummonsObjection,
)
from app.whistles.http import Looking, Seen
from app.whistles.life.loop import WhistleAction
from app.whistles.proposing import service as proposing
from app.whistles.proposing.schemas import BlownView
from app.whistles.sign_in import pages
from app.whistles.views import export, lists, view
from app.whistles.views.lists import WhistleListing
from app.whistles.views.schemas import SignInCodeView, WhistleEventView, WhistleView

A = WhistleAction

router = APIRouter(prefix="/v1/whistles", tags=["whistles"], route_class=Route)

Blower = Annotated[Caller, Depends(allow(HANDLERS))]


@router.post("", status_code=201)
def blow_whistle(caller: Blower, doing: Changing, body: NewWhistle) -> BlownView:
    """D.14.3: a street calls departments to a place; or drafts it for its chief to blow."""

    def write() -> str:
        now = recording(doing.session, doing.clock)
        change = blowing.write(doing.session, doing.city, caller, body, now)
        doing.session.flush()
        return change.whistle.number

    number = doing.once(write, status=201)
    doing.response.headers["Location"] = f"/v1/whistles/{number}"
    shown = show(doing, caller, number)
    warnings = proposing.against(doing.session, doing.city, shown, doing.clock())
    return BlownView(**dict(shown), warnings=warnings)


@router.get("", response_model=Page[WhistleView])
def list_whistles(
    request: Request,
    looking: Looking,
    listing: Annotated[WhistleListing, Query()],
    exports: AtExports,
) -> Response:
    """The whistles that you may see, newest first; `Accept: text/csv` or `application/x-ndjson`
    streams all of them, without pages."""
    return export.answer(request, exports, looking, listing)


@router.get("/{number}", response_model=WhistleView)
def show_whistle(request: Request, response: Response, looking: Looking, whistle: Seen) -> object:
    """One whistle with its summonses, and what you may do to each now (`allowed`)."""
    response.headers.update(OF_CALLER)
    return tagged(request, response, whistle.version, view.view_of(looking, whistle))


@router.get("/{number}/events")
def show_whistle_history(looking: Looking, whistle: Seen) -> list[WhistleEventView]:
    """Everything that happened to a whistle, oldest first."""
    return lists.history(looking, whistle)


@router.post("/{number}/blow")
def blow_draft(act: Annotated[WhistleAct, on_whistle(A.BLOW)], body: Nothing) -> WhistleView:
    """H1: a draft is blown."""
    return act(blowing.blow, body)


@router.post("/{number}/compose")
def compose_whistle(
    act: Annotated[WhistleAct, on_whistle(A.COMPOSE)], body: Composition
) -> WhistleView:
    """组合哨: more offices are summoned."""
    return act(blowing.compose, body)


@router.post("/{number}/confirm")
def confirm_whistle(
    act: Annotated[WhistleAct, on_whistle(A.CONFIRM)], body: Nothing
) -> WhistleView:
    """D.14.3: the chief stands for what another has blown."""
    return act(blowing.confirm, body)


@router.post("/{number}/cancel")
def cancel_whistle(act: Annotated[WhistleAct, on_whistle(A.CANCEL)], body: Reason) -> WhistleView:
    """Taken back before anybody has come."""
    return act(blowing.cancel, body)


@router.post("/{number}/start")
def start_action(act: Annotated[WhistleAct, on_whistle(A.START)], body: Nothing) -> WhistleView:
    """H6: the street begins without those who are still to come."""
    return act(blowing.start, body)


@router.post("/{number}/join")
def join_whistle(act: Annotated[WhistleAct, on_whistle(A.JOIN)], body: Nothing) -> WhistleView:
    """D.14.6: the other street takes part."""
    return act(blowing.join, body)


@router.post("/{number}/propose-lead")
def propose_lead(
    act: Annotated[WhistleAct, on_whistle(A.PROPOSE_LEAD)], body: LeadProposal
) -> WhistleView:
    """D.14.6: of two streets one offers the lead, or asks for it."""
    return act(leading.propose, body, leading.check)


@router.post("/{number}/agree-lead")
def agree_to_lead(act: Annotated[WhistleAct, on_whistle(A.AGREE_LEAD)], body: Words) -> WhistleView:
    """D.14.6: the other street agrees; the proposed one conducts from now on."""
    return act(leading.agree, body)


@router.post("/{number}/decline-lead")
def decline_lead(
    act: Annotated[WhistleAct, on_whistle(A.DECLINE_LEAD)], body: Words
) -> WhistleView:
    """The other street does not agree; or the proposal is taken back."""
    return act(leading.decline, body)


@router.post("/{number}/codes", status_code=201)
def issue_code(
    request: Request,
    act: Annotated[WhistleAct, on_whistle(A.ISSUE_CODE)],
    body: Nothing,
    no: NotHere,
) -> SignInCodeView:
    """H3: a one-time code that the street shows, with the page on which people report in."""
    code, expires_at = act.step.take(act.doing, lambda change, _: codes.issue(change))
    act.doing.response.headers.update(NO_STORE)
    reached_by = request.app.state.settings.public_url or str(request.base_url)
    return pages.code_view(reached_by, code, expires_at)


@router.post("/{number}/summonses/{office_code}/accept")
def accept_summons(act: Annotated[WhistleAct, on_summons(A.ACCEPT)], body: Nothing) -> WhistleView:
    """H2: the office has the call."""
    return act.on_summons(reporting.accept, body)


@router.post("/{number}/summonses/{office_code}/report-in")
def report_in(act: Annotated[WhistleAct, on_summons(A.REPORT_IN)], body: ReportIn) -> WhistleView:
    """H3 报到: on the spot, proved by position or by the street's one-time code."""
    return act.on_summons(reporting.report_in, body, reporting.check_report)


@router.post("/{number}/summonses/{office_code}/feed-back")
def feed_back_actions(
    act: Annotated[WhistleAct, on_summons(A.FEED_BACK)], body: Results
) -> WhistleView:
    """H4: a result for each action, in an enforcement with its legal document."""
    return act.on_summons(reporting.feed_back, body, reporting.check_results)


@router.post("/{number}/summonses/{office_code}/leave")
def leave_place(act: Annotated[WhistleAct, on_summons(A.LEAVE)], body: Reason) -> WhistleView:
    """Recorded, never refused; before the release a violation 事不完、人不撤."""
    return act.on_summons(reporting.leave, body)


@router.post("/{number}/summonses/{office_code}/release")
def release_office(act: Annotated[WhistleAct, on_summons(A.RELEASE)], body: Words) -> WhistleView:
    """H5: the street alone lets go, with what it saw of the office's actions."""
    return act.on_summons(reporting.release, body)


@router.post("/{number}/summonses/{office_code}/hand-over")
def hand_over_actions(
    act: Annotated[WhistleAct, on_summons(A.HAND_OVER)], body: HandOver
) -> WhistleView:
    """H5: the street asks another summoned office to take actions over."""
    return act.on_summons(handing.offer, body, handing.check)


@router.post("/{number}/summonses/{office_code}/consent")
def take_actions_over(
    act: Annotated[WhistleAct, on_summons(A.CONSENT)], body: Words
) -> WhistleView:
    """H5: the office that was asked takes them over, and owes their results."""
    return act.on_summons(handing.consent, body)


@router.post("/{number}/summonses/{office_code}/decline")
def decline_actions(act: Annotated[WhistleAct, on_summons(A.DECLINE)], body: Words) -> WhistleView:
    """It does not take them over; or the street takes its offer back."""
    return act.on_summons(handing.decline, body)


@router.post("/{number}/summonses/{office_code}/interim-release")
def release_until(
    act: Annotated[WhistleAct, on_summons(A.INTERIM_RELEASE)], body: InterimRelease
) -> WhistleView:
    """Until the next appointed time, of what takes longer than a day."""
    return act.on_summons(reporting.interim_release, body, reporting.check_appointment)


@router.post("/{number}/summonses/{office_code}/object")
def object_to_summons(
    act: Annotated[WhistleAct, on_summons(A.OBJECT)], body: SummonsObjection
) -> WhistleView:
    """The office says that it is not its duty; at W1 it arrives first."""
    return act.on_summons(objecting.object_to, body)


@router.post("/{number}/summonses/{office_code}/rule-objection")
def rule_on_objection(
    act: Annotated[WhistleAct, on_summons(A.RULE_OBJECTION)], body: ObjectionRuling
) -> WhistleView:
    """The district's word: withdrawn, or sent anew."""
    return act.on_summons(objecting.rule, body)


@router.post("/{number}/evaluations/{office_code}")
def evaluate_office(
    act: Annotated[WhistleAct, on_summons(A.EVALUATE)], body: NewEvaluation
) -> WhistleView:
    """H9: the chief's points in a department's record, once, within three working days."""
    return act.on_summons(evaluating.evaluate, body, evaluating.check)


@router.post("/{number}/evaluations/{office_code}/appeal")
def appeal_against_evaluation(
    act: Annotated[WhistleAct, on_summons(A.APPEAL_EVALUATION)], body: Words
) -> WhistleView:
    """D.15: the department appeals against the chief's points."""
    return act.on_summons(evaluating.appeal, body)


@router.post("/{number}/evaluations/{office_code}/appeal/decision")
def decide_on_evaluation(
    act: Annotated[WhistleAct, on_summons(A.DECIDE_EVALUATION)], body: Decision
) -> WhistleView:
    """D.15: the district decides; approved, the record stands alone."""
    return act.on_summons(evaluating.decide, body)

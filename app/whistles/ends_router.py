"""Whistles over HTTP: how they end, rise and are found false (RULEBOOK D.14.4 H7, H8, H10, H11)."""

from typing import Annotated

from fastapi import APIRouter

from app.kit.web.route import Route
from app.tickets.acts.forms import Reason, Words
from app.whistles.acts import escalating, false_signals, ruling, settling, supervising
from app.whistles.acts.acting import WhistleAct, on_summons, on_whistle
from app.whistles.acts.forms import (
    AppealDecision,
    Coordination,
    FalseRuling,
    RefusalRuling,
    Verification,
    WhistleSupervision,
)
from app.whistles.life.loop import WhistleAction
from app.whistles.views.schemas import WhistleView

A = WhistleAction

router = APIRouter(prefix="/v1/whistles", tags=["whistles"], route_class=Route)


@router.post("/{number}/verify")
def verify_whistle(
    act: Annotated[WhistleAct, on_whistle(A.VERIFY)], body: Verification
) -> WhistleView:
    """H7: the street has looked on the spot."""
    return act(settling.verify, body, settling.check)


@router.post("/{number}/settle")
def settle_whistle(act: Annotated[WhistleAct, on_whistle(A.SETTLE)], body: Words) -> WhistleView:
    """H7 核实结项: the district has checked, and every required office is released."""
    return act(settling.settle, body)


@router.post("/{number}/send-back")
def send_back_whistle(
    act: Annotated[WhistleAct, on_whistle(A.SEND_BACK)], body: Reason
) -> WhistleView:
    """H8: the verification failed; the second time it is raised."""
    return act(settling.send_back, body)


@router.post("/{number}/escalate")
def escalate_whistle(
    act: Annotated[WhistleAct, on_whistle(A.ESCALATE)], body: Reason
) -> WhistleView:
    """H10: one tier up, where power or owner is above."""
    return act(escalating.escalate, body)


@router.post("/{number}/coordinate")
def coordinate_whistle(
    act: Annotated[WhistleAct, on_whistle(A.COORDINATE)], body: Coordination
) -> WhistleView:
    """D.14.5: who took over names a lead department and a new date."""
    return act(escalating.coordinate, body, escalating.check_coordination)


@router.post("/{number}/rule-false")
def rule_whistle_false(
    act: Annotated[WhistleAct, on_whistle(A.RULE_FALSE)], body: FalseRuling
) -> WhistleView:
    """H11: nothing was there, outside the kinds, or the wrong department."""
    return act(ruling.rule_false, body, ruling.check_ruling)


@router.post("/{number}/appeal")
def appeal_ruling(act: Annotated[WhistleAct, on_whistle(A.APPEAL)], body: Words) -> WhistleView:
    """D.14.7: once, to the city."""
    return act(ruling.appeal, body)


@router.post("/{number}/read-signal")
def read_signal(act: Annotated[WhistleAct, on_whistle(A.READ_SIGNAL)], body: Words) -> WhistleView:
    """D.14.7: the district's leader has seen that a street blows too many false whistles."""
    return act(false_signals.read, body)


@router.post("/{number}/decide-appeal")
def decide_on_appeal(
    act: Annotated[WhistleAct, on_whistle(A.DECIDE_APPEAL)], body: AppealDecision
) -> WhistleView:
    """D.14.7: the city's word on a ruling."""
    return act(ruling.decide_appeal, body)


@router.post("/{number}/summonses/{office_code}/waive")
def waive_summons(act: Annotated[WhistleAct, on_summons(A.WAIVE)], body: Words) -> WhistleView:
    """The whistle goes on without an office that has not come."""
    return act.on_summons(escalating.waive, body)


@router.post("/{number}/summonses/{office_code}/report-refusal")
def report_refusal(
    act: Annotated[WhistleAct, on_summons(A.REPORT_REFUSAL)], body: Words
) -> WhistleView:
    """D.15 拒不履行: the street tells the district of an office that does not do its part."""
    return act.on_summons(supervising.report_refusal, body)


@router.post("/{number}/summonses/{office_code}/rule-refusal")
def rule_on_refusal(
    act: Annotated[WhistleAct, on_summons(A.RULE_REFUSAL)], body: RefusalRuling
) -> WhistleView:
    """The district has looked into it; an office that refused owes an answer."""
    return act.on_summons(supervising.rule_refusal, body, supervising.check)


@router.post("/{number}/summonses/{office_code}/thank")
def thank_office(act: Annotated[WhistleAct, on_summons(A.THANK)], body: Words) -> WhistleView:
    """D.14.4: a unit of the area 驻区单位 that helped is thanked, not marked."""
    return act.on_summons(settling.thank, body)


@router.post("/{number}/summonses/{office_code}/supervise")
def supervise_office(
    act: Annotated[WhistleAct, on_summons(A.SUPERVISE)], body: WhistleSupervision
) -> WhistleView:
    """D.2 督办: the summoned office owes the street an answer."""
    return act.on_summons(supervising.supervise, body, supervising.check)


@router.post("/{number}/summonses/{office_code}/answer")
def answer_supervision(
    act: Annotated[WhistleAct, on_summons(A.ANSWER)], body: Words
) -> WhistleView:
    """The answer to a supervision; after silence the district has been told."""
    return act.on_summons(supervising.answer, body)

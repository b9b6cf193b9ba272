"""Whistles as they are shown."""

from typing import Annotated, Any

from pydantic import Field

from app.kit.web.wire import At, View
from app.tickets.views.schemas import OfficeBrief
from app.whistles.evaluation.schemas import EvaluationView
from app.whistles.life.loop import (
    Finding,
    SummonsKind,
    SummonsStatus,
    Tier,
    WhistleAction,
    WhistleKind,
    WhistleLevel,
    WhistleOrigin,
    WhistleStatus,
)


class SpotView(View):
    text: str
    lon: float | None
    lat: float | None


class ActionItemView(View):
    """What is asked of an office, and what came of it."""

    seq: int
    action: str
    result: str | None
    document: str | None
    fed_back_at: At | None
    verified_at: At | None
    handed_to: str | None
    """The office that took it over, with its consent."""
    handed_at: At | None
    taken_from: str | None


class AttendanceView(View):
    """Who came, when and by which proof; null names were erased."""

    person: str | None
    duty: str | None
    came_at: At
    left_at: At | None
    distance_m: int | None
    by_code: bool


class SummonsView(View):
    """`on_time` is of the first arrival; `allowed`, what you may do to this summons now."""

    office_code: str
    office_name: str
    kind: SummonsKind
    required: bool
    through_centre: bool
    """Its people posted to the street's centre are called, and come through the centre."""
    status: SummonsStatus
    sent_at: At | None
    accept_due_at: At | None
    arrive_due_at: At | None
    object_until: At | None
    accepted_at: At | None
    arrived_at: At | None
    on_time: bool | None
    absent: bool
    left_at: At | None
    early_leave: bool
    next_at: At | None
    missed: int
    fed_back_at: At | None
    released_at: At | None
    withdrawn_at: At | None
    waived_at: At | None
    objected_at: At | None
    objection_due_at: At | None
    objection_ground: str | None
    refusal_at: At | None
    refused: bool | None
    """The district's ruling on a refusal 拒不履行."""
    refusal_ruled_at: At | None
    offered_from: str | None
    """The office whose actions this one is asked to take over."""
    offered_actions: list[int] | None
    offered_at: At | None
    offer_due_at: At | None
    thanked_at: At | None
    supervised_at: At | None
    answer_due_at: At | None
    verified_at: At | None
    actions: list[ActionItemView]
    attendance: list[AttendanceView]
    allowed: list[WhistleAction]


class WhistleView(View):
    number: str
    status: WhistleStatus
    version: int
    kind: WhistleKind
    level: WhistleLevel
    origin: WhistleOrigin
    in_progress: bool
    matter: str
    why: str
    place: SpotView
    meeting_point: SpotView
    meet_at: At | None
    street: OfficeBrief
    district_code: str
    conductor: OfficeBrief
    proposed_lead: str | None
    """The street that is to conduct it, if `lead_asked` agrees."""
    lead_asked: str | None
    lead_proposed_at: At | None
    lead_answer_due_at: At | None
    tier: Tier
    created_at: At
    updated_at: At
    blown_at: At | None
    confirm_due_at: At | None
    confirmed_at: At | None
    unconfirmed: bool
    finish_due_at: At | None
    mark_due_at: At | None
    decide_due_at: At | None
    started_at: At | None
    fed_back_at: At | None
    verified_at: At | None
    settled_at: At | None
    ended_at: At | None
    returns: int
    new_date_at: At | None
    campaign_at: At | None
    campaign_until: At | None
    concluded_at: At | None
    lead_office_code: str | None
    rule_until: At | None
    finding: Finding | None
    signal_at: At | None
    """With this one the street has blown too many false ones in their period."""
    signal_read_at: At | None
    appeal_until: At | None
    appealed_at: At | None
    appeal_decided_at: At | None
    policy: str
    summonses: list[SummonsView]
    tickets: list[str]
    evaluations: list[EvaluationView]
    """One for each department, once it is settled."""
    allowed: list[WhistleAction]


class WhistleEventView(View):
    seq: int
    at: At
    due_at: At | None
    actor: str
    actor_label: str | None
    role: str | None
    office_code: str | None
    action: WhistleAction
    from_: Annotated[WhistleStatus | None, Field(serialization_alias="from")]
    to: WhistleStatus
    data: dict[str, Any]


class SignInCodeView(View):
    """Shown once. `qr` is an SVG of `url`, the page on which people report in."""

    code: str
    url: str
    qr: str
    expires_at: At

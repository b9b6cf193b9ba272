"""Event data of whistles: the members that each action's event has, with their types.

As in tickets/event_data.py: codes, numbers and times; words stand beside.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.whistles.life.ladder import Trigger
from app.whistles.life.loop import (
    Finding,
    SummonsKind,
    SummonsStatus,
    Tier,
    WhistleAction,
    WhistleKind,
    WhistleLevel,
    WhistleOrigin,
)


class WhistleData(msgspec.Struct, frozen=True, kw_only=True):
    """The data of a whistle's event; a member that is unset is left out."""


class Moved(WhistleData, frozen=True, kw_only=True):
    """Of an event of one summons: its office and its new status."""

    office_code: str
    summons: SummonsStatus


class Sent(WhistleData, frozen=True, kw_only=True):
    """A summons with its limits; of a draft there are none. `through_centre`: those are called whom
    the office has posted to the street's centre. `evaluated_by`: the other street, of a
    department of its district."""

    kind: SummonsKind
    required: bool
    actions: int
    accept_due_at: datetime | None = None
    arrive_due_at: datetime | None = None
    evaluated_by: str | None = None
    through_centre: bool | UnsetType = UNSET


class Written(WhistleData, frozen=True, kw_only=True):
    """A whistle with its summonses, by office."""

    kind: WhistleKind
    level: WhistleLevel
    origin: WhistleOrigin
    in_progress: bool
    policy: str
    conductor: str
    meet_at: datetime | None
    tickets: list[str]
    summonses: dict[str, Sent]


class Blown(WhistleData, frozen=True, kw_only=True):
    """`confirm_due_at`: set where another than the chief blew."""

    finish_due_at: datetime | None
    confirm_due_at: datetime | None
    summonses: dict[str, Sent]


class BlownAtOnce(Written, frozen=True, kw_only=True):
    finish_due_at: datetime | None
    confirm_due_at: datetime | None


class Composed(WhistleData, frozen=True, kw_only=True):
    summonses: dict[str, Sent]


class LeadProposed(WhistleData, frozen=True, kw_only=True):
    """`street_code`: the street that is to lead; `asked`: the one that is to answer by
    `answer_due_at`."""

    street_code: str
    asked: str
    answer_due_at: datetime


class LeadAnswered(WhistleData, frozen=True, kw_only=True):
    """`street_code`: the street that leads from now on, or does not."""

    street_code: str


class CodeIssued(WhistleData, frozen=True, kw_only=True):
    expires_at: datetime


class ReportedIn(Moved, frozen=True, kw_only=True):
    """`distance_m` is from the meeting point; `by_code`, with the street's code; `member_id`, of
    the roster of the street's centre."""

    distance_m: int | None
    by_code: bool
    member_id: int | UnsetType = UNSET


class Left(Moved, frozen=True, kw_only=True):
    """`early`: before the release, and without an interim one."""

    early: bool


class Appointed(Moved, frozen=True, kw_only=True):
    next_at: datetime


class HandedOver(Moved, frozen=True, kw_only=True):
    """`actions`: their numbers at the office that gives them up; until `offer_due_at`
    `to_office_code` is to answer."""

    to_office_code: str
    actions: list[int]
    offer_due_at: datetime


class TakenOver(Moved, frozen=True, kw_only=True):
    """`actions`: their numbers at `from_office_code`; `taken`: those that they have here.
    `required`: whether the whistle waits for this office from now on."""

    from_office_code: str
    actions: list[int]
    taken: list[int]
    required: bool


class OfferDeclined(Moved, frozen=True, kw_only=True):
    """By the office that was asked, or taken back by the street."""

    from_office_code: str
    actions: list[int]


class WhistleObjected(Moved, frozen=True, kw_only=True):
    ground: str
    rule_due_at: datetime


class WhistleRuled(Moved, frozen=True, kw_only=True):
    """`accept_due_at`, `arrive_due_at`: the limits of a summons that is sent again."""

    uphold: bool
    accept_due_at: datetime | UnsetType | None = UNSET
    arrive_due_at: datetime | UnsetType | None = UNSET


class Verified(WhistleData, frozen=True, kw_only=True):
    """`street_code`: the street that saw it; `evidence`, how many photographs or records;
    `hazard_removed`, of an emergency."""

    street_code: str
    evidence: int
    hazard_removed: bool | UnsetType = UNSET


class Settled(WhistleData, frozen=True, kw_only=True):
    rule_until: datetime


class SentBack(WhistleData, frozen=True, kw_only=True):
    """`returns`: with this one."""

    returns: int
    office_codes: list[str]


class WhistleSupervised(Moved, frozen=True, kw_only=True):
    answer_due_at: datetime


class SupervisionAnswered(Moved, frozen=True, kw_only=True):
    late: bool


class RefusalRuled(Moved, frozen=True, kw_only=True):
    """`answer_due_at`: of the supervision that comes with a refusal."""

    refused: bool
    answer_due_at: datetime | UnsetType = UNSET


class WhistleEvaluated(Moved, frozen=True, kw_only=True):
    """The chief's points, exact; `rough`: 简单粗暴执法."""

    effect: str
    attitude: str
    rough: bool


class EvaluationDecided(Moved, frozen=True, kw_only=True):
    approve: bool


class Raised(WhistleData, frozen=True, kw_only=True):
    """`owner`: an office, or a desk of the city; `office_code`: whose summons was the
    cause."""

    from_tier: Tier
    to_tier: Tier
    trigger: Trigger
    owner: str
    office_code: str | UnsetType = UNSET


class Coordinated(WhistleData, frozen=True, kw_only=True):
    """`liaison`: the central office that the city speaks with."""

    lead_office_code: str
    new_date_at: datetime
    liaison: str | UnsetType = UNSET


class FoundFalse(WhistleData, frozen=True, kw_only=True):
    """`heard`: the offices whose statements are in its words; `withdrawn`: their summonses, of the
    wrong department."""

    finding: Finding
    heard: list[str]
    withdrawn: list[str]
    appeal_until: datetime | UnsetType = UNSET


class FalseSignal(WhistleData, frozen=True, kw_only=True):
    """Of the street's whistles in the period: the false ones, and all."""

    period: str
    false_whistles: int
    whistles: int


class AppealDecided(WhistleData, frozen=True, kw_only=True):
    """`summonses`: those that had not come, with their new limits."""

    uphold: bool
    summonses: dict[str, Sent] | UnsetType = UNSET


class Organised(WhistleData, frozen=True, kw_only=True):
    """`head` and `command`: the offices of who commands; `liaisons` and `members`: of each team its
    liaison's office, and how many it has; `until`: the campaign's plan date, where it has its own;
    `finish_due_at`: that of the whistle from now on."""

    head: str
    command: list[str]
    liaisons: list[str]
    members: list[int]
    until: datetime | None
    finish_due_at: datetime | None


class Logged(WhistleData, frozen=True, kw_only=True):
    """A team's day: how many were present, and its figures by name, exact."""

    team: int
    day: date
    present: int
    figures: dict[str, str]


class Met(WhistleData, frozen=True, kw_only=True):
    """`offices`: of who met; `resolutions`: how many."""

    held_at: datetime
    offices: list[str]
    resolutions: int


class Concluded(WhistleData, frozen=True, kw_only=True):
    """The days that were logged, and the sums of their figures."""

    days: int
    figures: dict[str, str]


A = WhistleAction

DATA: dict[WhistleAction, type[WhistleData]] = {
    A.DRAFT: Written,
    A.BLOW: BlownAtOnce,
    A.COMPOSE: Composed,
    A.CONFIRM: WhistleData,
    A.CANCEL: WhistleData,
    A.START: WhistleData,
    A.JOIN: Moved,
    A.PROPOSE_LEAD: LeadProposed,
    A.AGREE_LEAD: LeadAnswered,
    A.DECLINE_LEAD: LeadAnswered,
    A.ISSUE_CODE: CodeIssued,
    A.ACCEPT: Moved,
    A.REPORT_IN: ReportedIn,
    A.FEED_BACK: Moved,
    A.LEAVE: Left,
    A.RELEASE: Moved,
    A.HAND_OVER: HandedOver,
    A.CONSENT: TakenOver,
    A.DECLINE: OfferDeclined,
    A.INTERIM_RELEASE: Appointed,
    A.OBJECT: WhistleObjected,
    A.RULE_OBJECTION: WhistleRuled,
    A.REPORT_REFUSAL: Moved,
    A.RULE_REFUSAL: RefusalRuled,
    A.SUPERVISE: WhistleSupervised,
    A.ANSWER: SupervisionAnswered,
    A.THANK: Moved,
    A.UNANSWERED: Moved,
    A.EVALUATE: WhistleEvaluated,
    A.APPEAL_EVALUATION: Moved,
    A.DECIDE_EVALUATION: EvaluationDecided,
    A.ORGANISE: Organised,
    A.LOG: Logged,
    A.CORRECT_LOG: Logged,
    A.MEET: Met,
    A.NOTIFY: WhistleData,
    A.CONCLUDE: Concluded,
    A.CLOSE: WhistleData,
    A.LAPSE: WhistleData,
    A.ABSENT: Moved,
    A.MISS: Moved,
    A.VERIFY: Verified,
    A.SETTLE: Settled,
    A.SEND_BACK: SentBack,
    A.ESCALATE: Raised,
    A.COORDINATE: Coordinated,
    A.WAIVE: Moved,
    A.RULE_FALSE: FoundFalse,
    A.TOO_MANY_FALSE: FalseSignal,
    A.READ_SIGNAL: WhistleData,
    A.APPEAL: WhistleData,
    A.DECIDE_APPEAL: AppealDecided,
}
"""By action; a draft that is blown later has `Blown`, without what its draft said."""


def as_json(data: WhistleData | None) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(data) if data else {}
    return built


def of_event(action: WhistleAction, data: Mapping[str, Any]) -> WhistleData:
    """Read back. Raises msgspec.ValidationError where it is not as its action says."""
    kind = Blown if action is A.BLOW and "origin" not in data else DATA[action]
    return msgspec.convert(dict(data), kind)

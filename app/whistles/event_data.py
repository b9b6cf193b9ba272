"""Event data of whistles: the members that each action's event has, with their types.

As in tickets/event_data.py: codes, numbers and times; words stand beside.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.whistles.life.loop import (
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
    """A summons with its limits; of a draft there are none."""

    kind: SummonsKind
    required: bool
    actions: int
    accept_due_at: datetime | None = None
    arrive_due_at: datetime | None = None


class Written(WhistleData, frozen=True, kw_only=True):
    """A whistle with its summonses, by office."""

    kind: WhistleKind
    level: WhistleLevel
    origin: WhistleOrigin
    in_progress: bool
    policy: str
    meet_at: datetime | None
    tickets: list[str]
    summonses: dict[str, Sent]


class Blown(WhistleData, frozen=True, kw_only=True):
    """`confirm_due_at`: set where another than the chief blew."""

    finish_due_at: datetime | None
    confirm_due_at: datetime | None
    conductor: str
    summonses: dict[str, Sent]


class BlownAtOnce(Written, frozen=True, kw_only=True):
    finish_due_at: datetime | None
    confirm_due_at: datetime | None
    conductor: str


class Composed(WhistleData, frozen=True, kw_only=True):
    summonses: dict[str, Sent]


class CodeIssued(WhistleData, frozen=True, kw_only=True):
    expires_at: datetime


class ReportedIn(Moved, frozen=True, kw_only=True):
    """`distance_m` is from the meeting point; `by_code`, with the street's code."""

    distance_m: int | None
    by_code: bool


class Left(Moved, frozen=True, kw_only=True):
    """`early`: before the release, and without an interim one."""

    early: bool


class Appointed(Moved, frozen=True, kw_only=True):
    next_at: datetime


class WhistleObjected(Moved, frozen=True, kw_only=True):
    ground: str
    rule_due_at: datetime


class WhistleRuled(Moved, frozen=True, kw_only=True):
    """`accept_due_at`, `arrive_due_at`: the limits of a summons that is sent again."""

    uphold: bool
    accept_due_at: datetime | UnsetType | None = UNSET
    arrive_due_at: datetime | UnsetType | None = UNSET


class WhistleEvaluated(Moved, frozen=True, kw_only=True):
    """The chief's points, exact; `rough`: 简单粗暴执法."""

    effect: str
    attitude: str
    rough: bool


class EvaluationDecided(Moved, frozen=True, kw_only=True):
    approve: bool


class Raised(WhistleData, frozen=True, kw_only=True):
    from_tier: Tier
    to_tier: Tier


A = WhistleAction

DATA: dict[WhistleAction, type[WhistleData]] = {
    A.DRAFT: Written,
    A.BLOW: BlownAtOnce,
    A.COMPOSE: Composed,
    A.CONFIRM: WhistleData,
    A.CANCEL: WhistleData,
    A.START: WhistleData,
    A.JOIN: Moved,
    A.ISSUE_CODE: CodeIssued,
    A.ACCEPT: Moved,
    A.REPORT_IN: ReportedIn,
    A.FEED_BACK: Moved,
    A.LEAVE: Left,
    A.RELEASE: Moved,
    A.INTERIM_RELEASE: Appointed,
    A.OBJECT: WhistleObjected,
    A.RULE_OBJECTION: WhistleRuled,
    A.EVALUATE: WhistleEvaluated,
    A.APPEAL_EVALUATION: Moved,
    A.DECIDE_EVALUATION: EvaluationDecided,
    A.CLOSE: WhistleData,
    A.LAPSE: WhistleData,
    A.ABSENT: Moved,
    A.MISS: Moved,
}
"""By action; a draft that is blown later has `Blown`, without what its draft said."""


def as_json(data: WhistleData | None) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(data) if data else {}
    return built


def of_event(action: WhistleAction, data: Mapping[str, Any]) -> WhistleData:
    """Read back. Raises msgspec.ValidationError where it is not as its action says."""
    kind = Blown if action is A.BLOW and "origin" not in data else DATA[action]
    return msgspec.convert(dict(data), kind)

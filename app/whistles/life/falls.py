"""Falls of a whistle: what changes by itself, and when (RULEBOOK D.14.3 to D.14.5).

A limit that is equal to now has not passed. Each falls once: it takes away its own condition.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.whistles.life.ladder import BY_ITSELF_FROM
from app.whistles.life.loop import (
    AWAITED,
    UNSETTLED,
    VALID,
    SummonsKind,
    SummonsStatus,
    Tier,
    WhistleAction,
    WhistleStatus,
)
from app.whistles.life.moves import MOVES


class WhistleFall(NamedTuple):
    """A due change: of the whistle, or of one office's summons."""

    at: datetime
    action: WhistleAction
    office_code: str | None = None


@dataclass(frozen=True, slots=True)
class WhistleTimers:
    """`confirm_due_at` is null once confirmed or flagged, `escalate_at` once it has passed."""

    status: WhistleStatus
    tier: Tier
    confirm_due_at: datetime | None
    escalate_at: datetime | None
    mark_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SummonsTimers:
    office_code: str
    kind: SummonsKind
    status: SummonsStatus
    arrive_due_at: datetime | None
    next_at: datetime | None
    escalate_at: datetime | None
    answer_due_at: datetime | None = None


def falls(whistle: WhistleTimers, summonses: Iterable[SummonsTimers]) -> Iterator[WhistleFall]:
    """All that is to come, in no order."""
    if whistle.status is WhistleStatus.SETTLED and whistle.mark_due_at:
        yield WhistleFall(whistle.mark_due_at, WhistleAction.CLOSE)
    summonses = list(summonses)
    yield from of_answers(whistle, summonses)
    if whistle.status in VALID and whistle.confirm_due_at:
        yield WhistleFall(whistle.confirm_due_at, WhistleAction.LAPSE)
    if whistle.status not in UNSETTLED:
        return
    yield from of_ladder(whistle, summonses)
    may_come = (whistle.status, WhistleAction.REPORT_IN) in MOVES
    for summons in summonses:
        if summons.kind is SummonsKind.DEPARTMENT and may_come:
            yield from of_summons(summons)


def of_answers(whistle: WhistleTimers, summonses: Iterable[SummonsTimers]) -> Iterator[WhistleFall]:
    """D.2: silence is told to the district, once."""
    if (whistle.status, WhistleAction.UNANSWERED) in MOVES:
        for summons in summonses:
            if summons.answer_due_at:
                at, code = summons.answer_due_at, summons.office_code
                yield WhistleFall(at, WhistleAction.UNANSWERED, code)


def of_ladder(whistle: WhistleTimers, summonses: Iterable[SummonsTimers]) -> Iterator[WhistleFall]:
    """D.14.5: what raises it, unless somebody acts before."""
    if whistle.tier not in BY_ITSELF_FROM:
        return
    if whistle.escalate_at:
        yield WhistleFall(whistle.escalate_at, WhistleAction.ESCALATE)
    for summons in summonses:
        if summons.escalate_at:
            yield WhistleFall(summons.escalate_at, WhistleAction.ESCALATE, summons.office_code)


def of_summons(summons: SummonsTimers) -> Iterator[WhistleFall]:
    if summons.status in AWAITED and summons.arrive_due_at:
        yield WhistleFall(summons.arrive_due_at, WhistleAction.ABSENT, summons.office_code)
    if summons.status is SummonsStatus.WORKING and summons.next_at:
        yield WhistleFall(summons.next_at, WhistleAction.MISS, summons.office_code)


def next_fall(whistle: WhistleTimers, summonses: Iterable[SummonsTimers]) -> WhistleFall | None:
    """The earliest one."""
    return min(falls(whistle, summonses), default=None, key=order)


def due_now(
    whistle: WhistleTimers, summonses: Iterable[SummonsTimers], now: datetime
) -> WhistleFall | None:
    """The earliest one that has passed."""
    fall = next_fall(whistle, summonses)
    return fall if fall and fall.at < now else None


def order(fall: WhistleFall) -> tuple[datetime, str, str]:
    return fall.at, fall.action, fall.office_code or ""

"""Secondary KPIs: counts of work → rates beside the ranking, in exact fractions (RULEBOOK D.20).

Dashboards show them; no composite contains them. KPIs of the call side (15-second answers, 24-hour
connections) are missing: calls are not on our record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from operator import add

from app.rankings.rates import NOTHING, Counts, Exact, Rate

MICROSECONDS = 60_000_000


class Cut(StrEnum):
    """The groups of a period's work."""

    OFFICE = "office"
    DISTRICT = "district"
    CATEGORY = "category"
    CHANNEL = "channel"
    QIYOU_WUXING = "qiyou_wuxing"


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts that add up: the ranking's `counts`, and the work on tickets beside them."""

    counts: Counts = NOTHING
    dispatched: int = 0
    """Dispatches to a lead office in the period; each dispatch counts."""
    to_acknowledge: int = 0
    """Of these, not taken back, and the time to acknowledge is over."""
    acknowledged: int = 0
    objections: int = 0
    ruled: int = 0
    """Objections upheld or rejected; an objection in 会商 is neither."""
    upheld: int = 0
    rejected: int = 0
    due: int = 0
    """Results due in the period, with extension and without time on hold."""
    on_time: int = 0
    called: int = 0
    """Tickets with their first final callback in the period, counted or not."""
    reworked: int = 0
    closed: int = 0
    closed_at_once: int = 0
    """Without rework, without a returned reply, and without a repetition within `repeat.days`."""
    received: int = 0
    """Accepted requests, each citizen's own."""
    repeated: int = 0
    sent: int = 0
    """Of the received requests: the dispatched ones, the ones dispatched by the system alone, and
    their waiting time in all, in microseconds."""
    sent_by_itself: int = 0
    waited: Exact = 0
    open: int = 0
    """Tickets led by an office now, and of these the ones on hold."""
    on_hold: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*map(add, astuple(self), astuple(other)))


NAMES = tuple(field.name for field in fields(Figures))
NO_WORK = Figures()


def astuple(figures: Figures) -> tuple[object, ...]:
    return tuple(getattr(figures, name) for name in NAMES)


def rate(numerator: Exact, denominator: int) -> Rate:
    return Rate(Fraction(numerator), denominator)


KPIS: Mapping[str, Callable[[Figures], Rate]] = {
    "response": lambda f: rate(f.counts.responded, f.counts.assessed),
    "resolution": lambda f: rate(f.counts.resolved, f.counts.resolution_answers),
    "satisfaction": lambda f: rate(f.counts.satisfied, f.counts.satisfaction_answers),
    "acknowledge_rate": lambda f: rate(f.acknowledged, f.to_acknowledge),  # 及时签收率
    "on_time_rate": lambda f: rate(f.on_time, f.due),  # 按时办结率
    "first_time_rate": lambda f: rate(f.closed_at_once, f.closed),  # 一次办结率
    "objection_rate": lambda f: rate(f.objections, f.dispatched),  # 异议率
    "objection_uphold_rate": lambda f: rate(f.upheld, f.ruled),  # 异议成立率
    "objection_reject_rate": lambda f: rate(f.rejected, f.ruled),
    "dispatch_accuracy": lambda f: rate(f.dispatched - f.upheld, f.dispatched),  # 派单准确率
    "reach_rate": lambda f: rate(f.counts.reached, f.counts.assessed),  # 回访率
    "overdue_rate": lambda f: rate(f.counts.late, f.counts.assessed),  # 超期率
    "rework_rate": lambda f: rate(f.reworked, f.called),  # 重办率
    "hold_rate": lambda f: rate(f.on_hold, f.open),  # 挂账率
    "exclusion_rate": lambda f: rate(
        f.counts.excluded, f.counts.excluded + f.counts.assessed
    ),  # 剔除率
    "repeat_rate": lambda f: rate(f.repeated, f.received),  # 重复诉求率
    "automatic_share": lambda f: rate(f.sent_by_itself, f.sent),
}


def waited_minutes(figures: Figures) -> Rate:
    """From receipt to the first dispatch: minutes in all, and the number of tickets."""
    return rate(Fraction(figures.waited) / MICROSECONDS, figures.sent)


def mean(total: Rate) -> Fraction | None:
    return Fraction(total.numerator, total.denominator) if total.denominator else None

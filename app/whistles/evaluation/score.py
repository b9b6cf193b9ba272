"""The record of a whistle for one department: 100 points in exact fractions (RULEBOOK D.15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from app.kit.decimals import mean
from app.kit.workdays import add_workdays, times
from app.offices.directory import OfficeKind
from app.policy.whistles import Evaluation

MARKED_KINDS = frozenset(
    {
        OfficeKind.DISTRICT_DEPT,
        OfficeKind.BRANCH,
        OfficeKind.CITY_DEPT,
        OfficeKind.ENTERPRISE,
    }
)
"""Streets, the other street and central offices are thanked, not marked."""


class RecordStatus(StrEnum):
    OPEN = "open"
    """The chief may still mark it."""
    SUBMITTED = "submitted"
    MISSED = "missed"
    """Nobody marked it in time: the record alone counts."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """One department's summons of a settled whistle, as it was lived."""

    urgent: bool
    """Level W1."""
    called_at: datetime
    arrive_due_at: datetime
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    """Its last leave, if it did not come back."""
    left_early: bool = False
    """It has left before it was released."""
    fed_back_at: datetime | None = None
    finish_at: datetime | None = None
    """The plan date; a W1 has none."""
    returned: int = 0
    """How often the whistle's verification failed."""


@dataclass(frozen=True, slots=True)
class Items:
    """Points; `effect` and `attitude` are the chief's, None where he gave none."""

    arrive: Fraction
    stay: Fraction
    feedback: Fraction
    settled: Fraction
    effect: Fraction | None = None
    attitude: Fraction | None = None

    @property
    def objective(self) -> Fraction:
        return self.arrive + self.stay + self.feedback + self.settled


@dataclass(frozen=True, slots=True)
class Chief:
    """The chief's points; set aside, the record stands alone."""

    effect: Fraction
    attitude: Fraction
    set_aside: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """The chief's points, if he gave any, and the last instant at which he may."""

    chief: Chief | None
    until: datetime


def items(attendance: Attendance, rules: Evaluation, chief: Chief | None = None) -> Items:
    points = rules.record
    given = chief if chief and not chief.set_aside else None
    return Items(
        arrive=Fraction(arrival(attendance, rules)),
        stay=Fraction(points.stay if stayed(attendance) else 0),
        feedback=Fraction(points.feedback if fed_back_in_time(attendance) else 0),
        settled=Fraction(0 if attendance.returned else points.settled),
        effect=given.effect if given else None,
        attitude=given.attitude if given else None,
    )


def arrival(attendance: Attendance, rules: Evaluation) -> int:
    """In full on time, some within `late_factor` times the limit, later or absent none."""
    arrived_at = attendance.arrived_at
    if arrived_at is None:
        return 0
    if arrived_at <= attendance.arrive_due_at:
        return rules.record.arrive
    limit = attendance.arrive_due_at - attendance.called_at
    late_until = attendance.called_at + times(limit, rules.late_factor)
    return rules.late_arrival if arrived_at <= late_until else 0


def stayed(attendance: Attendance) -> bool:
    return attendance.arrived_at is not None and not attendance.left_early


def fed_back_in_time(attendance: Attendance) -> bool:
    """By the plan date; a W1 before it left, or without leaving."""
    fed_back_at = attendance.fed_back_at
    until = attendance.left_at if attendance.urgent else attendance.finish_at
    return fed_back_at is not None and (until is None or fed_back_at <= until)


def total(items: Items, rules: Evaluation) -> Fraction:
    """Of 100; without the chief's points the record stands for all of them."""
    if items.effect is None or items.attitude is None:
        return items.objective * (rules.objective + rules.subjective) / rules.objective
    return items.objective + items.effect + items.attitude


def mark_until(since: datetime, rules: Evaluation) -> datetime:
    """The last instant at which the chief may mark the record of what was settled then."""
    return add_workdays(since, rules.submit)


def status(marks: Marks, now: datetime) -> RecordStatus:
    if marks.chief:
        return RecordStatus.SUBMITTED
    return RecordStatus.MISSED if now > marks.until else RecordStatus.OPEN


def proposed(totals: Iterable[Fraction]) -> Fraction | None:
    """A street's proposed mark of a department: the mean of its whistles' totals."""
    return mean(totals)


@dataclass(frozen=True, slots=True)
class Record:
    """A settled whistle's record of one department; `total` is None while the chief may mark."""

    whistle_number: str
    street_code: str
    office_code: str
    settled_at: datetime
    status: RecordStatus
    items: Items
    total: Fraction | None


Key = tuple[str, str, str, datetime]
"""Whistle, street, department, and the instant of the settlement."""


def record(
    key: Key, attendance: Attendance, marks: Marks, rules: Evaluation, at: datetime
) -> Record:
    """The record as of an instant."""
    points = items(attendance, rules, marks.chief)
    stands = status(marks, at)
    return Record(
        *key, stands, points, None if stands is RecordStatus.OPEN else total(points, rules)
    )

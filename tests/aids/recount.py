"""A recount of counts, scores and ranks, written from the RULEBOOK (D.10, D.11, D.13) alone.

Nothing of the product is imported here: the numbers are those of Beijing's first policy, the cases
are lines of `POST /v1/imports/cases`, and every step is as slow and plain as the rule's own text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

Case = Mapping[str, Any]

BEIJING = timezone(timedelta(hours=8))
CONTACT = {
    "L1": timedelta(minutes=30),
    "L2": timedelta(hours=2),
    "L3": timedelta(hours=24),
    "L4": timedelta(hours=24),
}
RESULT = {
    "L1": timedelta(hours=2),
    "L2": timedelta(hours=24),
    "L3": timedelta(days=7),
    "L4": timedelta(days=15),
}
GAP = {
    "L1": timedelta(minutes=5),
    "L2": timedelta(minutes=30),
    "L3": timedelta(hours=1),
    "L4": timedelta(hours=1),
}
ASSESSED_TYPES = ("help", "complaint", "report", "suggest")


@dataclass
class Row:
    """What an office's row must show; fractions are exact, C is None unless it is ranked."""

    assessed: int = 0
    response: Fraction = Fraction(0)
    resolution: Fraction = Fraction(0)
    resolution_of: int = 0
    satisfaction: Fraction = Fraction(0)
    satisfaction_of: int = 0
    excluded: int = 0
    not_assessed: int = 0
    overdue: int = 0
    composite: Fraction | None = None
    rank: int | None = None
    units: list[str] = field(default_factory=list)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def period_of(at: datetime) -> str:
    """From the 19th of a month to before the 19th of the next, named by the latter."""
    local = at.astimezone(BEIJING)
    year, month = local.year, local.month
    if local.day >= 19:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return f"{year:04}-{month:02}"


def contact_ok(case: Case) -> bool:
    due = instant(case["dispatched_at"]) + CONTACT[case["urgency"]]
    timely = [contact for contact in case["contacts"] if instant(contact["at"]) <= due]
    if "verification" in case:
        return on_the_spot_or_published(timely)
    for contact in timely:
        if contact["reached"]:
            return True
    attempts = 0
    last = None
    for at in sorted(instant(contact["at"]) for contact in timely):
        if last is None or at - last >= GAP[case["urgency"]]:
            attempts += 1
            last = at
    return attempts >= 3


def on_the_spot_or_published(timely: list[Case]) -> bool:
    """D.9.1: nobody could be called, so somebody went there, or a message stands at the source."""
    for contact in timely:
        if contact["method"] == "visit":
            return True
        if contact["method"] == "message" and contact["reached"]:
            return True
    return False


def left_out_by_itself(case: Case) -> bool:
    if case["type"] not in ASSESSED_TYPES or case["channel"] == "patrol":
        return True
    return "verification" not in case and case["callback"]["reach"] == "anonymous"


def counts(case: Case) -> bool:
    return not case.get("excluded") and not left_out_by_itself(case)


def response(case: Case) -> int:
    if "verification" in case:
        return int(contact_ok(case))
    return int(contact_ok(case) and case["callback"].get("contacted") != "no")


def says_resolved(case: Case) -> int | None:
    if "verification" in case:
        return int(case["verification"]["resolved"] == "resolved")
    answer = case["callback"].get("resolved")
    if case["callback"]["reach"] != "reached" or answer == "no_answer":
        return None
    return int(answer == "resolved")


def says_satisfied(case: Case) -> int | None:
    if "verification" in case:
        return None
    answer = case["callback"].get("satisfied")
    if case["callback"]["reach"] != "reached" or answer == "no_answer":
        return None
    return int(answer in ("very", "satisfied", "basic"))


def is_late(case: Case) -> bool:
    due = instant(case["dispatched_at"]) + RESULT[case["urgency"]]
    return (instant(case["replied_at"]) if case.get("replied_at") else called_back_at(case)) > due


def called_back_at(case: Case) -> datetime:
    """When its result became final: the callback, or the verification in its place (D.9.1)."""
    return instant((case["verification"] if "verification" in case else case["callback"])["at"])


def recount(cases: Iterable[Case], period: str) -> dict[str, Row]:
    """The rows of every lead office with a case in the period. Cases are in order of number."""
    everything = list(cases)
    rows: dict[str, Row] = {}
    for case in everything:
        if period_of(called_back_at(case)) == period and not counts(case):
            add_left_out(rows.setdefault(case["office_code"], Row()), case)
    for unit in units(everything):
        last = last_assessed(unit)
        if period_of(called_back_at(last)) == period:
            add_unit(rows.setdefault(last["office_code"], Row()), unit)
    for row in rows.values():
        row.composite = composite(row)
    place(rows)
    return rows


def add_left_out(row: Row, case: Case) -> None:
    if case.get("excluded"):
        row.excluded += 1
    else:
        row.not_assessed += 1


def last_assessed(unit: list[Case]) -> Case:
    last = unit[0]
    for member in unit:
        if called_back_at(member) >= called_back_at(last):
            last = member
    return last


def units(cases: list[Case]) -> list[list[Case]]:
    groups: dict[str, list[Case]] = {}
    for case in cases:
        if counts(case):
            group = case.get("merge_group")
            key = f"group {group}" if group else f"single {case['external_id']}"
            groups.setdefault(key, []).append(case)
    return list(groups.values())


def add_unit(row: Row, unit: list[Case]) -> None:
    row.assessed += 1
    row.response += min(response(case) for case in unit)
    row.overdue += max(int(is_late(case)) for case in unit)
    row.units.append(unit[0]["external_id"])
    resolved = [value for value in map(says_resolved, unit) if value is not None]
    if resolved:
        row.resolution_of += 1
        row.resolution += Fraction(sum(resolved), len(resolved))
    satisfied = [value for value in map(says_satisfied, unit) if value is not None]
    if satisfied:
        row.satisfaction_of += 1
        row.satisfaction += Fraction(sum(satisfied), len(satisfied))


def composite(row: Row) -> Fraction | None:
    if row.assessed == 0 or row.resolution_of == 0 or row.satisfaction_of == 0:
        return None
    return (
        Fraction(30, 100) * 100 * row.response / row.assessed
        + Fraction(35, 100) * 100 * row.resolution / row.resolution_of
        + Fraction(35, 100) * 100 * row.satisfaction / row.satisfaction_of
    )


def place(rows: dict[str, Row]) -> None:
    for row in rows.values():
        mine = row.composite
        if mine is not None:
            better = [r for r in rows.values() if r.composite is not None and r.composite > mine]
            row.rank = 1 + len(better)

"""Warnings of a whistle: what the street may do alone, and whom it has not called (D.14.1).

They never refuse a whistle; who blows it has read them. In an emergency only the missing department
is told, for an emergency blown in good faith is never false.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.duties.duty_list import DutyList, DutyShare
from app.kit.messages import Message
from app.offices.catalogue import Catalogue, Duty, Mark, TargetKind
from app.offices.directory import OfficeEntry
from app.policy.whistles import WhistleKind

FEWEST = 2


class WarningCode(StrEnum):
    OWN_DUTY = "own_duty"
    """The street bears this duty, and needs no department for it."""
    POWER_HELD = "power_held"
    """The street has had the summoned department's powers in this matter since they came down."""
    POSTED_MEMBER = "posted_member"
    """One department is called, and it has a posted member in the street's centre."""
    OTHER_DEPARTMENT = "other_department"
    """The catalogue names a department for this matter that is not called."""
    FEW_DEPARTMENTS = "few_departments"
    """Comprehensive enforcement takes two departments or more (H1)."""


@dataclass(frozen=True, slots=True)
class ScopeWarning:
    """`subject` is the duty, group of powers, rule of the catalogue or category behind it."""

    code: WarningCode
    detail: Message
    office_code: str | None = None
    subject: str | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a whistle is blown for; `text` are its words, by which a rule of the catalogue fits."""

    kind: WhistleKind
    street: OfficeEntry
    category: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """The offices that are summoned, and those with a posted member in the street's centre."""

    summoned: Set[str]
    posted: Set[str] = frozenset()


def warnings(
    duties: DutyList, catalogue: Catalogue, matter: Matter, called: Called, on: date
) -> tuple[ScopeWarning, ...]:
    """The warnings of a whistle, in the order of their codes. Refuses (NoSuchCategory) an unknown
    category. Without a category nothing is known of duties and powers."""
    planned = matter.kind != "emergency"
    by_category = matter.category is not None
    duty = catalogue.find(matter.category, matter.text, matter.street.code, on)
    rules = (
        (planned and by_category, own_duty(duties, catalogue, matter, duty, on)),
        (planned and by_category, powers_held(duties, matter, called, on)),
        (planned, posted_member(called)),
        (by_category, other_department(matter, duty, called)),
        (matter.kind == "enforcement", few_departments(called)),
    )
    return tuple(warning for applies, given in rules if applies for warning in given)


def own_duty(
    duties: DutyList, catalogue: Catalogue, matter: Matter, duty: Duty, on: date
) -> Iterator[ScopeWarning]:
    category = matter.category or ""
    entry = catalogue.category(category)
    needs_others = Mark.WHISTLE in entry.marks or duty.joint
    if needs_others or duty.target_kind is not TargetKind.STREET:
        return
    for item in duties.items_of(category, on):
        alone = item.share is DutyShare.BEAR and not item.joint
        if alone and matter.street.kind in item.offices:
            yield ScopeWarning(
                WarningCode.OWN_DUTY,
                Message("{item} is the street's own duty and names no department", item=item.name),
                subject=item.code,
                basis=item.basis,
            )


def powers_held(
    duties: DutyList, matter: Matter, called: Called, on: date
) -> Iterator[ScopeWarning]:
    district = matter.street.district_code or ""
    for group in duties.powers_of(matter.category or "", on):
        former = group.former.replace("*", district)
        if former in called.summoned:
            yield ScopeWarning(
                WarningCode.POWER_HELD,
                Message(
                    "powers of {group} are exercised by the street in its own name",
                    group=group.name,
                ),
                former,
                group.code,
                group.basis,
            )


def posted_member(called: Called) -> Iterator[ScopeWarning]:
    if len(called.summoned) == 1 and called.summoned <= called.posted:
        [office_code] = called.summoned
        detail = Message("a member of this office is posted to the street's centre")
        yield ScopeWarning(WarningCode.POSTED_MEMBER, detail, office_code)


def other_department(matter: Matter, duty: Duty, called: Called) -> Iterator[ScopeWarning]:
    lead = duty.lead_code(matter.street.district_code)
    if lead and lead != matter.street.district_code and lead not in called.summoned:
        yield ScopeWarning(
            WarningCode.OTHER_DEPARTMENT,
            Message("the catalogue names this office for the matter, and it is not summoned"),
            lead,
            duty.rule_id or matter.category,
        )


def few_departments(called: Called) -> Iterator[ScopeWarning]:
    if len(called.summoned) < FEWEST:
        detail = Message("comprehensive enforcement should name two departments or more")
        yield ScopeWarning(WarningCode.FEW_DEPARTMENTS, detail)

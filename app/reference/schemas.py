"""Categories, rules of the catalogue and policies, as consoles read them."""

from datetime import date
from typing import Any

from app.kit.web.wire import At, View
from app.offices.catalogue import Goal, Mark, Season, TargetKind, Urgency


class DutyView(View):
    """In `target` and `joint`, `*` stands for the district of the ticket; an empty `target` is the
    street of the place."""

    target_kind: TargetKind
    target: str
    joint: list[str]
    department_duty: bool


class CategoryView(DutyView):
    code: str
    name: str
    level: int
    parent_code: str | None
    urgency: Urgency
    industry_office: str
    goals: list[Goal]
    season: Season | None
    marks: list[Mark]


class CategoriesView(View):
    items: list[CategoryView]


class RuleView(DutyView):
    """`effective_from` is the first day, `effective_to` the first day no longer."""

    id: str
    category: str
    subjects: list[str]
    keywords: list[str]
    area: str
    priority: int
    effective_from: date
    effective_to: date | None
    basis: str


class CatalogueView(View):
    as_of: date
    items: list[RuleView]


class PolicyBrief(View):
    """In force from `effective_from` up to, without, `effective_to`; null is unbounded."""

    name: str
    sha256: str
    effective_from: At
    effective_to: At | None
    in_force: bool


class PoliciesView(View):
    items: list[PolicyBrief]


class PolicyView(PolicyBrief):
    document: dict[str, Any]
    """Its keys and values as its text has them, and those of later keys that it does not name; a
    number with a point is a text, so that no digit is lost."""

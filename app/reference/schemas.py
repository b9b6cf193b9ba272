"""Categories, rules of the catalogue and policies, as consoles read them."""

from datetime import date
from typing import Any

from app.duties.duty_list import DutyShare, MappedBy
from app.kit.web.wire import At, View
from app.offices.catalogue import Goal, Mark, Season, TargetKind, Urgency
from app.offices.directory import OfficeKind


class LeadView(View):
    """In `target` and `joint`, `*` stands for the district of the ticket; an empty `target` is the
    street of the place."""

    target_kind: TargetKind
    target: str
    joint: list[str]
    department_duty: bool


class CategoryView(LeadView):
    code: str
    name: str
    level: int
    parent_code: str | None
    urgency: Urgency
    industry_office: str
    goals: list[Goal]
    season: Season | None
    marks: list[Mark]
    board: str | None
    duties: list[str]
    powers: list[str]


class CategoriesView(View):
    items: list[CategoryView]


class RuleView(LeadView):
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


class BoardView(View):
    """A board of the duty list; `named` is the number of its items that are at hand."""

    code: str
    name: str
    categories: list[str]
    named: int


class DutyView(View):
    """A duty of streets, of townships, or of both. `share` is null where no source tells it, a day
    where it is not known; in `joint`, `*` stands for the street's district."""

    code: str
    board: str
    name: str
    share: DutyShare | None
    offices: list[OfficeKind]
    joint: list[str]
    categories: list[str]
    effective_from: date | None
    effective_to: date | None
    basis: str


class PowerView(View):
    """Powers of enforcement that came down from the department `former`."""

    code: str
    name: str
    former: str
    number: int
    categories: list[str]
    effective_from: date | None
    effective_to: date | None
    basis: str


class ListView(View):
    """A list as a whole. `listed` is the number of its items, `named` of those at hand; `mapped_by`
    tells whose word the categories are."""

    as_of: date
    name: str
    complete: bool
    listed: int
    named: int
    mapped_by: MappedBy
    basis: str


class DutyListView(ListView):
    """`percentages`: of all items, by share; the items are those asked for, in order of code."""

    percentages: dict[DutyShare, int]
    boards: list[BoardView]
    items: list[DutyView]


class PowersView(ListView):
    items: list[PowerView]


class OfficeDutiesView(View):
    """A street's or township's own view. `unshared` are duties whose share no source tells;
    `missing` is the number of items of its list that are not at hand, null where there is no list
    of its kind."""

    office_code: str
    office_name: str
    as_of: date
    complete: bool
    missing: int | None
    bear: list[DutyView]
    organise: list[DutyView]
    assist: list[DutyView]
    unshared: list[DutyView]
    powers: list[PowerView]

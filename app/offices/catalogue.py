"""The category tree and the dispatch catalogue (派单目录): the office responsible for each matter.

RULEBOOK D.5 R1 and D.18. A duty names offices by code, in which `*` stands for the district of the
ticket: `*-market` is that district's market regulator, `*` alone its centre. No code at all means
the street given by routing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from app.kit.errors import Invalid
from app.kit.messages import Message, worded
from app.kit.workdays import in_force

DISTRICT = "*"
DIGITS = 2  # of a code for each level of the tree


class Urgency(StrEnum):
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"


@worded
class TargetKind(StrEnum):
    STREET = "street"
    DISTRICT_DEPT = "district_dept"
    CITY_DEPT = "city_dept"
    ENTERPRISE = "enterprise"
    DISTRICT_CENTRE = "district_centre"


@worded
class Goal(StrEnum):
    """七有五性: the goods of a good city (RULEBOOK D.17)."""

    QY1 = "QY1"  # 幼有所育
    QY2 = "QY2"  # 学有所教
    QY3 = "QY3"  # 劳有所得
    QY4 = "QY4"  # 病有所医
    QY5 = "QY5"  # 老有所养
    QY6 = "QY6"  # 住有所居
    QY7 = "QY7"  # 弱有所扶
    WX1 = "WX1"  # 便利性
    WX2 = "WX2"  # 宜居性
    WX3 = "WX3"  # 多样性
    WX4 = "WX4"  # 公正性
    WX5 = "WX5"  # 安全性


@worded
class Season(StrEnum):
    """The season in which a category rises every year (RULEBOOK D.17 `SEASON`)."""

    HEATING = "heating"
    FLOOD = "flood"
    ENROLMENT = "enrolment"
    WAGES = "wages"


@worded
class Mark(StrEnum):
    """Marks of some categories (D.18)."""

    SURGE = "surge"  # rises with a storm
    WHISTLE = "whistle"  # often needs several departments
    RESCUE = "rescue"  # 119 must be told as well
    AMBULANCE = "ambulance"  # 120 must be told as well


SERVICES = {Mark.RESCUE: "119", Mark.AMBULANCE: "120"}
"""The emergency service of each mark that names one (RULEBOOK D.3, hand-on)."""


TARGETS = {
    TargetKind.STREET: re.compile(""),
    TargetKind.DISTRICT_DEPT: re.compile(r"\*-[a-z-]+"),
    TargetKind.CITY_DEPT: re.compile("city-[a-z-]+"),
    TargetKind.ENTERPRISE: re.compile("ent-[a-z-]+"),
    TargetKind.DISTRICT_CENTRE: re.compile(r"\*"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """The lead office and the joint ones. `rule_id` is None for a category's default."""

    target_kind: TargetKind = TargetKind.STREET
    target: str = ""
    joint: tuple[str, ...] = ()
    department_duty: bool = False
    rule_id: str | None = field(default=None, compare=False)

    def lead_code(self, district_code: str | None) -> str | None:
        """The lead office; None where a street leads, or where the district is not known."""
        return in_district(self.target, district_code)

    def joint_codes(self, district_code: str | None) -> tuple[str, ...]:
        """The joint offices; without the district only those that need none."""
        codes = (in_district(code, district_code) for code in self.joint)
        return tuple(code for code in codes if code)

    @property
    def needs_district(self) -> bool:
        return DISTRICT in self.target

    @property
    def informs_street(self) -> bool:
        """A street may be informed of a department's duty, never lead it (D.5 R1)."""
        return self.department_duty


TO_THE_STREET = Duty()
"""No category or no rule: 诉求直派."""


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """A class of matters; any of the three levels may stand on a ticket."""

    code: str
    name: str
    urgency: Urgency
    duty: Duty
    industry_office: str
    goals: tuple[Goal, ...] = ()
    season: Season | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def level(self) -> int:
        return len(self.code) // DIGITS

    @property
    def parent_code(self) -> str | None:
        return self.code[:-DIGITS] or None

    @property
    def tell(self) -> tuple[str, ...]:
        """The services that must be told as well: `("119",)`, or none."""
        return tuple(SERVICES[mark] for mark in self.marks if mark in SERVICES)


@dataclass(frozen=True, slots=True)
class CatalogueRule:
    """A rule that matches a ticket outranks the category's default.

    `category` includes all categories below it, `area` (a district, a street or nothing) likewise.
    If there are `subjects` (persons or things) or `keywords`, the text must contain one of each.
    """

    id: str
    category: str
    duty: Duty
    subjects: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    area: str = ""
    priority: int = 0
    effective_from: date = date.min
    effective_to: date | None = None
    basis: str = ""

    @property
    def precedence(self) -> tuple[int, int, bool, bool, int, date]:
        """Most specific (category, area, subject, keyword), then priority, then newest: D.5 R1."""
        narrow = (len(self.category), len(self.area), bool(self.subjects), bool(self.keywords))
        return (*narrow, self.priority, self.effective_from)

    def matches(self, text: str, area: str, on: date) -> bool:
        return (
            in_force(self.effective_from, self.effective_to, on)
            and area.startswith(self.area)
            and says(text, self.subjects)
            and says(text, self.keywords)
        )


class NoSuchCategory(Invalid):
    title = "The category tree has no such code"


class BadCatalogue(Invalid):
    title = "The catalogue breaks a rule"


class ConflictingRules(BadCatalogue):
    title = "Two rules of the catalogue answer the same ticket differently"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Made by `compile_catalogue`, which refuses ambiguous rules."""

    categories: Mapping[str, CategoryEntry]
    rules: Mapping[str, tuple[CatalogueRule, ...]]
    """By category, in order of precedence."""

    def category(self, code: str) -> CategoryEntry:
        try:
            return self.categories[code]
        except KeyError:
            fault = {"pointer": "/category", "detail": Message("no category {code!r}", code=code)}
            raise NoSuchCategory(errors=[fault]) from None

    def urgency(self, code: str | None) -> Urgency:
        """The default of the category; without one L3."""
        return Urgency.L3 if code is None else self.category(code).urgency

    def tell(self, code: str | None) -> tuple[str, ...]:
        """The services that must be told of a matter of this category (D.3, hand-on)."""
        return () if code is None else self.category(code).tell

    def find(self, code: str | None, text: str, area: str | None, on: date) -> Duty:
        """The duty for a matter with this `text` in `area` (street or district) on a day."""
        if code is None:
            return TO_THE_STREET
        entry = self.category(code)
        for length in range(len(code), 0, -DIGITS):
            for rule in self.rules.get(code[:length], ()):
                if rule.matches(text, area or "", on):
                    return replace(rule.duty, rule_id=rule.id)
        return entry.duty


def compile_catalogue(
    categories: Iterable[CategoryEntry], rules: Iterable[CatalogueRule]
) -> Catalogue:
    """Refuses (BadCatalogue, ConflictingRules) malformed or contradicting entries."""
    tree = {entry.code: entry for entry in categories}
    for entry in tree.values():
        check_duty(f"category {entry.code}", entry.duty)
        check_services(entry)
    by_category: dict[str, list[CatalogueRule]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: (rule.precedence, rule.id), reverse=True):
        check_rule(tree, rule)
        by_category[rule.category].append(rule)
    for ranked in by_category.values():
        check_conflicts(ranked)
    return Catalogue(tree, {code: tuple(ranked) for code, ranked in by_category.items()})


def check_duty(where: str, duty: Duty) -> None:
    if not TARGETS[duty.target_kind].fullmatch(duty.target):
        raise BadCatalogue(
            Message(
                "{where}: {target!r} is no {target_kind}",
                where=where,
                target=duty.target,
                target_kind=duty.target_kind,
            )
        )
    if duty.department_duty and duty.target_kind is TargetKind.STREET:
        raise BadCatalogue(
            Message("{where}: a department's duty may not go to a street", where=where)
        )


def check_services(entry: CategoryEntry) -> None:
    """Only what is L1 by itself is told to 119 or 120 by its category."""
    if entry.tell and entry.urgency is not Urgency.L1:
        marks = "|".join(mark for mark in entry.marks if mark in SERVICES)
        raise BadCatalogue(
            Message(
                "category {code}: {marks} belongs to an L1 category only",
                code=entry.code,
                marks=marks,
            )
        )


def check_rule(tree: Mapping[str, CategoryEntry], rule: CatalogueRule) -> None:
    where = f"rule {rule.id}"
    check_duty(where, rule.duty)
    if rule.category not in tree:
        raise BadCatalogue(
            Message("{where}: no category {category!r}", where=where, category=rule.category)
        )
    if rule.effective_to is not None and rule.effective_to <= rule.effective_from:
        raise BadCatalogue(Message("{where}: ends before it begins", where=where))
    if rule.duty.target_kind is TargetKind.STREET:
        check_street(tree, rule)


def check_street(tree: Mapping[str, CategoryEntry], rule: CatalogueRule) -> None:
    """应由职能部门办理的诉求事项不得分派给基层: no rule may do so either."""
    for entry in tree.values():
        if entry.duty.department_duty and entry.code.startswith(rule.category):
            raise BadCatalogue(
                Message("rule {id}: {code} is a department's duty", id=rule.id, code=entry.code)
            )


def check_conflicts(rules: Iterable[CatalogueRule]) -> None:
    """Two rules of equal precedence may both match a text: they must have the same duty."""
    for rule, other in pairwise(sorted(rules, key=lambda rule: (rule.precedence, rule.area))):
        same_place = rule.precedence == other.precedence and rule.area == other.area
        if same_place and rule.duty != other.duty:
            ids = sorted((rule.id, other.id))
            raise ConflictingRules(
                Message("rules {ids} and {ids_2} contradict each other", ids=ids[0], ids_2=ids[1]),
                rules=ids,
            )


def says(text: str, words: tuple[str, ...]) -> bool:
    return not words or any(word in text for word in words)


def in_district(code: str, district_code: str | None) -> str | None:
    """The office meant by a duty's code in a district; None where the code means none."""
    if DISTRICT not in code:
        return code or None
    return code.replace(DISTRICT, district_code) if district_code else None

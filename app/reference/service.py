"""Categories, rules and policies looked up in the city that is held in memory."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain

from app.duties.duty_list import DutyList
from app.kit.errors import NotFound
from app.kit.messages import Message
from app.kit.workdays import in_force
from app.offices.catalogue import Catalogue, CatalogueRule, CategoryEntry
from app.policy.documents import Policies, whole
from app.reference.schemas import (
    CatalogueView,
    CategoriesView,
    CategoryView,
    PoliciesView,
    PolicyBrief,
    PolicyView,
    RuleView,
)


class NoSuchPolicy(NotFound):
    title = "There is no such policy"


def categories(catalogue: Catalogue, duties: DutyList, on: date) -> CategoriesView:
    """The whole tree, in order of code (D.18), with the duties and powers of a day."""
    entries = sorted(catalogue.categories.values(), key=lambda entry: entry.code)
    return CategoriesView(items=[category(entry, duties, on) for entry in entries])


def category(entry: CategoryEntry, duties: DutyList, on: date) -> CategoryView:
    board = duties.board(entry.code)
    return CategoryView(
        code=entry.code,
        name=entry.name,
        level=entry.level,
        parent_code=entry.parent_code,
        urgency=entry.urgency,
        target_kind=entry.duty.target_kind,
        target=entry.duty.target,
        joint=list(entry.duty.joint),
        department_duty=entry.duty.department_duty,
        industry_office=entry.industry_office,
        goals=list(entry.goals),
        season=entry.season,
        marks=list(entry.marks),
        board=board.code if board else None,
        duties=[item.code for item in duties.items_of(entry.code, on)],
        powers=[group.code for group in duties.powers_of(entry.code, on)],
    )


def rules(catalogue: Catalogue, on: date) -> CatalogueView:
    """The rules of a day by category, within a category the first that is tried first (D.5 R1)."""
    ranked = chain.from_iterable(catalogue.rules[code] for code in sorted(catalogue.rules))
    valid = [rule for rule in ranked if in_force(rule.effective_from, rule.effective_to, on)]
    return CatalogueView(as_of=on, items=[rule_view(rule) for rule in valid])


def rule_view(rule: CatalogueRule) -> RuleView:
    return RuleView(
        id=rule.id,
        category=rule.category,
        subjects=list(rule.subjects),
        keywords=list(rule.keywords),
        area=rule.area,
        target_kind=rule.duty.target_kind,
        target=rule.duty.target,
        joint=list(rule.duty.joint),
        department_duty=rule.duty.department_duty,
        priority=rule.priority,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        basis=rule.basis,
    )


def policies(known: Policies, now: datetime) -> PoliciesView:
    """Every document, the earliest first."""
    return PoliciesView(items=list(briefs(known, now)))


def briefs(known: Policies, now: datetime) -> Iterator[PolicyBrief]:
    later = [policy.effective_from for policy in known.documents[1:]]
    for policy, ends in zip(known.documents, [*later, None], strict=True):
        yield PolicyBrief(
            name=policy.name,
            sha256=policy.sha256,
            effective_from=policy.effective_from,
            effective_to=ends,
            in_force=policy is known.at(now),
        )


def policy(known: Policies, name: str, now: datetime) -> PolicyView:
    """One document whole. Refuses (NoSuchPolicy) an unknown name."""
    for document, brief in zip(known.documents, briefs(known, now), strict=True):
        if document.name == name:
            written = whole(document.name, document.text)
            return PolicyView(**brief.model_dump(), document=written)
    raise NoSuchPolicy(Message("there is no policy {name!r}", name=name))

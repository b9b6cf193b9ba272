"""Departments' performance computed from the record, as it stood at an instant (RULEBOOK D.15)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import chain

from sqlalchemy.orm import Session

from app.evaluations import books, performance
from app.evaluations.events import Entries, Key, entries
from app.evaluations.marks import Standing, standing
from app.evaluations.performance import Performance, PerformanceStatus
from app.evaluations.roster import Offices, line_of, ranked
from app.evaluations.schemas import PerformanceRow, PerformanceView
from app.evaluations.terms import Span, Term, last_day
from app.kit.decimals import two_decimals
from app.offices.directory import OfficeEntry
from app.policy.documents import Policy
from app.rankings import registry
from app.rankings.ranks import Grade, grade
from app.whistles.evaluation.records import of_term
from app.whistles.evaluation.score import Record, proposed

EXCELLENT: Grade = "excellent"
VETOED: Grade = "good"
"""The best grade that is left to a department that a street vetoed."""


@dataclass(frozen=True, slots=True)
class Behind:
    """All that a term's numbers come from, as recorded by `at`."""

    term: Term
    at: datetime
    entries: Entries
    records: Mapping[Key, Sequence[Record]]
    """By street and department."""

    @property
    def keys(self) -> set[Key]:
        """Every pair of a street and a department with a mark or a record."""
        return self.entries.marks.keys() | self.records.keys()

    @property
    def all_records(self) -> Iterator[Record]:
        return chain.from_iterable(self.records.values())

    def proposed(self, key: Key) -> Fraction | None:
        totals = (record.total for record in self.records.get(key, ()))
        return proposed(total for total in totals if total is not None)

    def standing(self, key: Key) -> Standing:
        entry = self.entries.marks.get(key)
        opinion = entry.opinion if entry else None
        return standing(opinion, self.proposed(key), self.term.over(self.at))


def behind(session: Session, term: Term, at: datetime, street: str | None = None) -> Behind:
    """Of every street, or of one."""
    return Behind(
        term,
        at,
        entries(books.acts(session, term.name, street, at)),
        by_pair(of_term(session, term.policies, term.starts_at, term.ends_at, at, street)),
    )


def by_pair(records: Iterable[Record]) -> dict[Key, list[Record]]:
    pairs: dict[Key, list[Record]] = defaultdict(list)
    for record in records:
        pairs[record.street_code, record.office_code].append(record)
    return dict(pairs)


def performances(facts: Behind, offices: Offices) -> dict[str, Performance]:
    """Each department's in a term, by code."""
    marks: dict[str, dict[str, Fraction]] = defaultdict(dict)
    vetoes: dict[str, int] = defaultdict(int)
    for street, office in facts.keys:
        stands = facts.standing((street, office))
        if stands.mark is not None:
            marks[office][street] = stands.mark
        entry = facts.entries.marks.get((street, office))
        vetoes[office] += bool(entry and entry.opinion.vetoes)
    others = facts.entries.others
    concerned = marks.keys() | vetoes.keys() | others.keys()
    rules = facts.term.policy.evaluation
    return {
        office.code: performance.performance(
            marks[office.code], others.get(office.code), rules, vetoes[office.code]
        )
        for office in ranked(offices, concerned, last_day(facts.term))
    }


def of_span(every: Sequence[Behind], offices: Offices, is_term: bool) -> dict[str, Performance]:
    """Of a term, or of a year as the mean of its terms."""
    terms = [performances(facts, offices) for facts in every]
    if is_term:
        return terms[0]
    codes = set[str]().union(*terms)
    return {code: performance.year(term[code] for term in terms if code in term) for code in codes}


def view(session: Session, span: Span, at: datetime) -> PerformanceView:
    """The whole of a term or a year, hashed."""
    return shown(span, [behind(session, term, at) for term in span.terms], session, at)


def shown(span: Span, every: Sequence[Behind], session: Session, at: datetime) -> PerformanceView:
    offices = registry.known(session, at).offices
    known = of_span(every, offices, span.is_term)
    policy = span.terms[0].policy
    lines = {code: line_of(offices[code]) for code in known}
    places = performance.places(known, lines)
    rows = [
        row(offices[code], places.get(code), known[code], policy)
        for code in in_order(known, lines, places)
    ]
    view = PerformanceView(
        period=span.name,
        sealed=False,
        policy=policy.name,
        weight=str(policy.evaluation.weight),
        rows=rows,
    )
    return view.hashed()


def in_order(
    codes: Collection[str], lines: Mapping[str, str], places: Mapping[str, int]
) -> list[str]:
    """By line, then by place, then by code; unranked departments come last in their line."""
    last = len(places) + 1
    return sorted(codes, key=lambda code: (lines[code], places.get(code, last), code))


def row(
    office: OfficeEntry, place: int | None, known: Performance, policy: Policy
) -> PerformanceRow:
    return PerformanceRow(
        office_code=office.code,
        office_name=office.name,
        district_code=office.district_code,
        line=line_of(office),
        status=known.status,
        rank=place,
        streets=len(known.streets),
        evaluation=two_decimals(known.evaluation),
        evaluation_exact=exact(known.evaluation),
        other=two_decimals(known.other),
        other_exact=exact(known.other),
        performance=two_decimals(known.value),
        performance_exact=exact(known.value),
        vetoes=known.vetoes,
        grade=graded(known, policy),
    )


def graded(known: Performance, policy: Policy) -> Grade | None:
    """否决: a vetoed department is not 优秀, whatever its points."""
    if known.status is not PerformanceStatus.RANKED:
        return None
    reached = grade(known.value, policy.publish)
    return VETOED if reached == EXCELLENT and known.vetoes else reached


def exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)

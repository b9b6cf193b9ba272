"""Every number opened: the tickets that a row's counts are made of, each with its exact part."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func

from app.access.roles import HANDLERS, Caller, Role
from app.callbacks.models import Assessment, Correction, Exclusion
from app.callbacks.outcome import FIRST_TALLY, OUTCOME, OUTCOMES, Outcome, code, mask
from app.kit.errors import NotFound
from app.kit.messages import Message, for_reader
from app.kit.web.paging import Page, read_cursor, write_cursor
from app.offices.directory import OfficeEntry
from app.rankings import compute
from app.rankings.counting import assessments
from app.rankings.counting.assessments import bit
from app.rankings.counting.merged import Member, counts_in, last_of, unit_counts, units
from app.rankings.counting.outcomes import outcome_of
from app.rankings.counting.record import Record
from app.rankings.leagues import League, Roster
from app.rankings.rates import Counts, Exact, count, responded
from app.rankings.schemas import CountedQuery, CountedView, Part, RateName
from app.rankings.service import Asked, NotInLeague, own_league

FACT = Assessment.__table__.c
READERS = frozenset({Role.AUDITOR, Role.EVALUATOR, Role.SUPERVISOR, Role.DISTRICT}) | HANDLERS

Facts = sa.Select[*tuple[Any, ...]]
Value = Callable[[Counts], Exact]
VALUES: dict[tuple[RateName, Part], Value] = {
    (RateName.RESPONSE, Part.NUMERATOR): lambda counts: counts.responded,
    (RateName.RESPONSE, Part.DENOMINATOR): lambda counts: counts.assessed,
    (RateName.RESOLUTION, Part.NUMERATOR): lambda counts: counts.resolved,
    (RateName.RESOLUTION, Part.DENOMINATOR): lambda counts: counts.resolution_answers,
    (RateName.SATISFACTION, Part.NUMERATOR): lambda counts: counts.satisfied,
    (RateName.SATISFACTION, Part.DENOMINATOR): lambda counts: counts.satisfaction_answers,
}


class NotYours(NotFound):
    title = "There is no such row for you to open"


def check_reader(caller: Caller, offices: Mapping[str, OfficeEntry], code: str) -> None:
    """The city's controllers open all, a district its own, an office itself. Refuses NotYours."""
    office = offices.get(code)
    district = office.district_code if office else None
    own = {Role.DISTRICT: district}.get(caller.role, code)
    if caller.office_code is not None and caller.office_code != own:
        raise NotYours(Message("no row of {code} here", code=code))


def page(
    asked: Asked, caller: Caller, name: str, code: str, query: CountedQuery
) -> Page[CountedView]:
    """The tickets behind one count of a row, in order of number, each with its value.

    The values sum up to the published count. Refuses NotYours, NotInLeague, NoSuchPeriod.
    """
    check_reader(caller, asked.city.offices, code)
    record = asked.record(name, query.as_of)
    league = query.league or own_league(asked.offices(query.as_of), code)
    row = opened(record, compute.league_of(record, league), league, code)
    after = read_cursor(query.cursor, str)[0] if query.cursor else ""
    views = sorted(
        chain(row.single(query, after), row.together(query, after)), key=lambda item: item.number
    )
    items = views[: query.limit]
    return Page(
        items=items, next=write_cursor(items[-1].number) if len(items) < len(views) else None
    )


def opened(record: Record, members: Roster, league: League, code: str) -> "Row":
    if code not in members.offices:
        raise NotInLeague(
            Message("office {code} has no row among the {league}", code=code, league=league)
        )
    by = members.plan.assessed_by
    owners = frozenset(owner for owner, row in members.rows[by].items() if row == code)
    return Row(record, by, owners)


@dataclass(frozen=True, slots=True)
class Row:
    """Whose tickets count in a row: `owners` are values of the assessment's column `by`."""

    record: Record
    by: str
    owners: frozenset[str]

    def single(self, query: CountedQuery, after: str) -> Iterator[CountedView]:
        """One more than a page of the tickets that stand for themselves; all the corrected ones."""
        if query.counts is Part.EXCLUDED:
            yield from self.excluded(query, after)
            return
        for fact in self.record.session.scalars(self.as_recorded(query, after)):
            yield shown(self.record, query, fact, outcome_of(fact, fact))
        alone = self.counting(after).add_columns(Correction)
        for fact, heard in self.record.session.execute(alone.join(Correction, self.record.heard())):
            item = shown(self.record, query, fact, outcome_of(fact, heard))
            if item.value != "0":
                yield item

    def as_recorded(self, query: CountedQuery, after: str) -> Facts:
        score, value = self.record.period.policy.score, VALUES[query.rate, query.counts]
        counting = [o for o in OUTCOMES if value(count(o, score))]
        codes = mask(OUTCOME, {code(OUTCOME, outcome) for outcome in counting})
        tally = func.ascii(func.right(FACT.office_tally, 1)) - FIRST_TALLY
        reheard = sa.exists().where(self.record.heard()).correlate(Assessment)
        return self.counting(after).where(bit(codes, tally) == 1, ~reheard).limit(query.limit + 1)

    def counting(self, after: str) -> Facts:
        """Tickets that count, in no group."""
        kinds = assessments.admitted_kinds(self.record.period.policy.assess)
        return (
            self.mine(after)
            .where(Assessment.merge_group.is_(None), bit(kinds, FACT.kind) == 1)
            .where(~self.record.excluded(self.record.period.starts_at))
        )

    def mine(self, after: str) -> Facts:
        return (
            self.record.assessments(Assessment)
            .where(FACT[self.by].in_(self.owners), Assessment.ticket_number > after)
            .order_by(Assessment.ticket_number)
        )

    def excluded(self, query: CountedQuery, after: str) -> Iterator[CountedView]:
        wanted = (
            self.mine(after)
            .add_columns(Exclusion.code)
            .join(Exclusion, Exclusion.ticket_number == Assessment.ticket_number)
        )
        known = tuple(self.record.known(Exclusion.recorded_at))
        for fact, ground in self.record.session.execute(
            wanted.where(*known).limit(query.limit + 1)
        ):
            yield CountedView(
                number=fact.ticket_number,
                assessed_at=fact.assessed_at,
                value="1",
                reason=for_reader(Message("excluded on the ground {ground}", ground=ground)),
            )

    def together(self, query: CountedQuery, after: str) -> Iterator[CountedView]:
        """Members of merged groups, each with its part of the one unit that they are."""
        if query.counts is Part.EXCLUDED:
            return
        period, closed = self.record.period, self.record.closed()
        for unit in units(tuple(assessments.members(self.record, self.by)), period):
            if last_of(unit).owner in self.owners and counts_in(unit, period, closed):
                yield from (item for item in self.parts(unit, query) if item.number > after)

    def parts(self, unit: list[Member], query: CountedQuery) -> Iterator[CountedView]:
        score, value = self.record.period.policy.score, VALUES[query.rate, query.counts]
        whole = Fraction(value(unit_counts(unit, score)))
        having = [member for member in unit if speaks(member.outcome, query.rate)]
        shares = [Fraction(value(count(member.outcome, score))) for member in having]
        if query.rate is RateName.RESPONSE or not sum(shares):
            shares = [Fraction(1)] * len(having)
        for member, part in zip(having, shares, strict=True):
            if whole * part:
                yield CountedView(
                    number=member.number,
                    assessed_at=member.assessed_at,
                    value=str(whole * part / sum(shares)),
                    reason=for_reader(one_of(unit, REASONS[query.rate](member.outcome))),
                )


def shown(record: Record, query: CountedQuery, fact: Assessment, outcome: Outcome) -> CountedView:
    value = VALUES[query.rate, query.counts](count(outcome, record.period.policy.score))
    return CountedView(
        number=fact.ticket_number,
        assessed_at=fact.assessed_at,
        value=str(value),
        reason=for_reader(REASONS[query.rate](outcome)),
    )


def one_of(unit: list[Member], reason: Message) -> Message:
    return Message(
        "{reason}; one of {number} merged tickets that count once",
        reason=reason,
        number=len(unit),
    )


def speaks(outcome: Outcome, rate: RateName) -> bool:
    """Whether a member has a say in its group's value."""
    if rate is RateName.RESPONSE:
        return True
    answers = {RateName.RESOLUTION: outcome.resolved, RateName.SATISFACTION: outcome.satisfied}
    return outcome.reach in ("reached", "verified") and answers[rate] not in (None, "no_answer")


WHEN_VERIFIED = {
    True: Message("on the spot, or answered at the source, in time"),
    False: Message("neither on the spot nor answered at the source in time"),
}


def why_responded(outcome: Outcome) -> Message:
    if outcome.reach == "verified":
        return WHEN_VERIFIED[outcome.contact_ok]
    if responded(outcome):
        return Message("contacted in time")
    if outcome.contact_ok:
        return Message("the citizen says that nobody called")
    return Message("not contacted in time")


def why_resolved(outcome: Outcome) -> Message:
    who = Message("the verification") if outcome.reach == "verified" else Message("the citizen")
    return Message("{who} says: {resolved}", who=who, resolved=outcome.resolved)


def why_satisfied(outcome: Outcome) -> Message:
    return Message("the citizen is: {satisfied}", satisfied=outcome.satisfied)


REASONS: dict[RateName, Callable[[Outcome], Message]] = {
    RateName.RESPONSE: why_responded,
    RateName.RESOLUTION: why_resolved,
    RateName.SATISFACTION: why_satisfied,
}

"""Evaluations: the chief's points in each record of a whistle, and at the period's end the street's
mark of each department that it whistled for (RULEBOOK D.15).

The record proposes the mark; most chiefs confirm it. The shares are plausible, and ours.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from random import Random

from app.access.roles import Caller, Role
from app.evaluations import acts as marking
from app.evaluations import terms, units
from app.evaluations.acts import Act
from app.evaluations.schemas import (
    AppealDecision,
    MarkItems,
    NewAppeal,
    NewMark,
    NewOther,
    NewUnitMark,
    NewVeto,
)
from app.evaluations.terms import Term
from app.kit.errors import Conflict
from app.simulate.life import DAY, Task, desk
from app.simulate.whistle_life import Deed, WhistleLife, person, words
from app.tickets.acts.forms import Decision
from app.whistles.acts import evaluating as records
from app.whistles.acts.forms import NewEvaluation
from app.whistles.evaluation.records import of_whistles
from app.whistles.evaluation.score import Record
from app.whistles.life.loop import SummonsStatus, WhistleAction

A = WhistleAction

COMMUNITIES = 5
POINTS_GIVEN = 0.88
APPEALED = 0.05
DECIDED = 0.9
APPROVED = 0.4
CONFIRMED = 0.6
CHANGED = 0.25
VETOED = 0.1
"""Of period marks; the others stay undecided, and the proposed mark stands."""


def settled(life: WhistleLife, before: str | None, now: datetime) -> Iterator[Task]:
    """H9, and what the period's end asks about each department on record."""
    number, term = life.whistle.number, terms.at(now, life.known.periods)
    known = of_whistles(life.session, life.known.policies, [number], now)
    yield from inside(life, term)
    for record in known.get(number, ()):
        yield from points(life, record, now)
        yield from mark(life, term, record)


def points(life: WhistleLife, record: Record, now: datetime) -> Iterator[Task]:
    code = record.office_code
    if not life.likely(POINTS_GIVEN) or not takes_part(life, record.street_code):
        return
    body = NewEvaluation(
        effect=Decimal(life.chance.randint(5, 15)),
        attitude=Decimal(life.chance.randint(5, 15)),
        text="现场评价。",
    )
    gives = (records.evaluate, body, code, records.check)
    at = life.within(now, (life.whistle.mark_due_at or now) - now)
    yield life.later(at, Deed(A.EVALUATE, life.chief_of(record.street_code), *gives))
    if life.seldom(APPEALED):
        says = (records.appeal, words("评分与记录不符。"), code)
        yield life.later(at + DAY, Deed(A.APPEAL_EVALUATION, life.office(code), *says))
        if life.likely(DECIDED):
            decision = Decision(approve=life.likely(APPROVED), text="已复核。")
            decides = (records.decide, decision, code)
            yield life.later(at + 3 * DAY, Deed(A.DECIDE_EVALUATION, life.district(), *decides))


def takes_part(life: WhistleLife, street: str) -> bool:
    """The street that blew, or another one that has joined."""
    joined = {s.office_code for s in life.summonses() if s.status is SummonsStatus.ACCEPTED}
    return street in joined | {life.whistle.street_code}


def mark(life: WhistleLife, term: Term, record: Record) -> Iterator[Task]:
    """Each street and department has one mark, whatever the number of whistles: the second whistle
    asks for the same again, which changes nothing."""
    street, code = record.street_code, record.office_code
    chance = Random(f"{term.name}/{street}/{code}")
    word, appeals = chance.random(), chance.random() < APPEALED
    at = term.ends_at + term.policy.evaluation.deadline * chance.random()
    if word < CONFIRMED:
        body = NewMark(confirm=True)
    elif word < CONFIRMED + CHANGED:
        veto = NewVeto(text="多次推诿，群众反映强烈。") if chance.random() < VETOED else None
        body = NewMark(items=items(term, chance), reason="结合日常协作情况。", veto=veto)
    else:
        return
    chief = life.chief_of(street)
    yield doing(life, term, chief, at, lambda act: marking.mark(act, street, code, body))
    if appeals:
        yield from appeal(life, term, record)
    yield other(life, term, code)


def inside(life: WhistleLife, term: Term) -> Iterator[Task]:
    """The chief marks some communities of the street, too; each once, as above."""
    street = life.whistle.street_code
    known = [unit.code for unit in units.units(life.session, street)][:COMMUNITIES]
    for code in known:
        chance = Random(f"{term.name}/{code}")
        body = NewUnitMark(items=items(term, chance))
        at = term.ends_at + term.policy.evaluation.deadline * chance.random()
        yield doing(life, term, life.chief(), at, unit_mark(street, code, body))


def unit_mark(street: str, code: str, body: NewUnitMark) -> Callable[[Act], object]:
    return lambda act: marking.mark_unit(act, street, code, body)


def items(term: Term, chance: Random) -> MarkItems:
    """Each from 60 to 100 % of its points."""
    rules = term.policy.evaluation.marks
    names = MarkItems.model_fields
    return MarkItems(**{name: share(getattr(rules, name), chance) for name in names})


def share(most: int, chance: Random) -> Decimal:
    return Decimal(most * chance.randint(60, 100)) / 100


def appeal(life: WhistleLife, term: Term, record: Record) -> Iterator[Task]:
    """The department's, after the deadline; the street's district decides."""
    street, code = record.street_code, record.office_code
    district = life.known.offices[street].district_code or ""
    body = NewAppeal(street_code=street, text="申请复核评价。")
    decision = AppealDecision(street_code=street, approve=False, text="维持。")
    at = term.deadline_at + DAY
    office, centre = life.office(code), person(Role.DISTRICT, district, district)
    yield doing(life, term, office, at, lambda act: marking.appeal(act, code, district, body))
    yield doing(life, term, centre, at + 2 * DAY, lambda act: marking.decide(act, code, decision))


def other(life: WhistleLife, term: Term, code: str) -> Task:
    """The rest of a department's performance, from elsewhere."""
    chance = Random(f"{term.name}/{code}")
    body = NewOther(other=Decimal(chance.randint(700, 980)) / 10)
    evaluator = desk(Role.EVALUATOR)
    at = term.decide_until + DAY * chance.random()
    return doing(life, term, evaluator, at, lambda act: marking.enter(act, code, body))


def doing(
    life: WhistleLife, term: Term, who: Caller, at: datetime, act: Callable[[Act], object]
) -> Task:
    def do(now: datetime) -> Iterator[Task]:
        with suppress(Conflict):  # who comes too late is refused, as in life
            act(Act(life.session, who, term, lambda: now))
        return iter(())

    return Task(at, do)

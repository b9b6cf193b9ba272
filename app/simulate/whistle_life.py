"""The life of a whistle in the imagined city: its people act by the services, each at its time."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller, Role
from app.city import City
from app.kit.clock import Clock
from app.kit.errors import Conflict
from app.kit.ready import Ready
from app.simulate.life import ACTOR, SWEEP, Task, desk
from app.tickets.acts.forms import Nothing, Words
from app.tickets.views.scope import NUMBER
from app.whistles.acts import codes, due, locking, reporting
from app.whistles.acts.acting import Step
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import ReportIn
from app.whistles.life.ladder import CITY_DESK, owner
from app.whistles.life.loop import WhistleAction
from app.whistles.models import Summons, Whistle

A = WhistleAction

MOST = 0.15
"""The most that an eventful city raises a rare chance to: most whistles stay plain."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What an act needs of its surroundings."""

    session: Session
    city: City
    clock: Clock


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person does to a whistle, or to the summons of an office."""

    action: WhistleAction
    who: Caller
    do: Callable[..., None]
    body: Any = field(default_factory=Nothing)
    office_code: str | None = None
    check: Callable[..., None] | None = None


@dataclass(eq=False)
class WhistleLife:
    """A whistle with the memory of its people."""

    session: Session
    known: City
    whistle: Whistle
    chance: Random
    eventful: float
    plan: Callable[["WhistleLife", str, str | None, str, datetime], Iterator[Task]]
    """What a new status asks of people: of a summons by its office, of the whistle itself by ""."""

    seen: dict[str, str] = field(default_factory=dict)
    """The statuses last planned for."""

    fall_at: datetime | None = None
    """The due time last planned for."""

    never: set[str] = field(default_factory=set)
    """Offices that will not come."""

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def seldom(self, share: float) -> bool:
        """The same for rare things, more likely in an eventful city."""
        return self.likely(min(share * self.eventful, MOST))

    def within(self, now: datetime, span: timedelta) -> datetime:
        """Some time in a span, rather early than late."""
        return now + span * self.chance.betavariate(1.5, 4)

    def chief(self) -> Caller:
        return self.street(Role.CHIEF)

    def chief_of(self, street: str) -> Caller:
        """Of a street that takes part."""
        return person(Role.CHIEF, street, self.known.offices[street].district_code)

    def street(self, role: Role = Role.HANDLER) -> Caller:
        return person(role, self.whistle.street_code, self.whistle.district_code)

    def district(self) -> Caller:
        code = self.whistle.district_code
        return person(Role.DISTRICT, code, code)

    def coordinator(self) -> Caller:
        """Who took over: the district, or the city's supervisor."""
        coordinates = owner(self.whistle.tier, self.whistle.street_code, self.whistle.district_code)
        return desk(Role.SUPERVISOR) if coordinates == CITY_DESK else self.district()

    def office(self, code: str) -> Caller:
        return person(Role.HANDLER, code, self.known.offices[code].district_code)

    def summonses(self) -> list[Summons]:
        return locking.summonses_of(self.session, self.whistle.number)

    def later(self, at: datetime, *deeds: Deed) -> Task:
        """Deeds at a time to come, one after the other."""

        def do(now: datetime) -> Iterator[Task]:
            for deed in deeds:
                self.act(deed, now)
            yield from self.go_on(now)

        return Task(at, do)

    def act(self, deed: Deed, now: datetime) -> None:
        """By the service, with the checks of HTTP. Who comes too late is refused, as in life."""

        def further(change: WhistleChange, of: Summons | None) -> None:
            if deed.check:
                deed.check(*subject(change, of), deed.body)

        step = Step(deed.action, deed.who, self.whistle.number, deed.office_code)
        with suppress(Conflict):
            step.take(
                self.bench(now),
                lambda change, of: deed.do(*subject(change, of), deed.body),
                further,
            )

    def bench(self, now: datetime) -> Bench:
        return Bench(self.session, self.known, lambda: now)

    def arrival(self, at: datetime, code: str) -> Task:
        """An office reports in with the code that the street shows."""

        def do(now: datetime) -> Iterator[Task]:
            try:
                shown = Step(A.ISSUE_CODE, self.street(), self.whistle.number)
                text, _ = shown.take(self.bench(now), lambda change, _: codes.issue(change))
            except Conflict:
                return
            body = ReportIn(person="值班人员", duty="执法", code=text)
            came = (reporting.report_in, body, code, reporting.check_report)
            self.act(Deed(A.REPORT_IN, self.office(code), *came), now)
            yield from self.go_on(now)

        return Task(at, do)

    def fall(self, now: datetime) -> Iterator[Task]:
        """What falls due, as the sweep applies it."""
        if self.fall_at is None or now != self.fall_at + SWEEP:
            return
        self.fall_at = None
        change = WhistleChange(self.session, self.known, self.whistle, self.summonses(), now)
        due.apply_due(change)
        yield from self.go_on(now)

    def go_on(self, now: datetime) -> Iterator[Task]:
        """Plan what each new status asks for, and the next due change."""
        for key, status in self.statuses().items():
            before = self.seen.get(key)
            if before != status:
                self.seen[key] = status
                yield from self.plan(self, key, before, status, now)
        if self.whistle.next_due_at != self.fall_at:
            self.fall_at = self.whistle.next_due_at
            if self.fall_at:
                yield Task(self.fall_at + SWEEP, self.fall)

    def statuses(self) -> dict[str, str]:
        """The whistle's first."""
        own = {"": str(self.whistle.status)}
        self.session.flush()
        rows = STATUSES.rows(self.session.connection(), number=self.whistle.number)
        return own | {row.office_code: row.status for row in rows}


STATUSES = Ready(
    select(Summons.office_code, Summons.status)
    .where(Summons.whistle_number == NUMBER)
    .order_by(Summons.office_code)
)


def subject(change: WhistleChange, of: Summons | None) -> tuple[Any, ...]:
    return (change,) if of is None else (change, of)


def person(role: Role, code: str, district: str | None) -> Caller:
    return Caller(f"{ACTOR} {role}", role, code, district)


def words(text: str) -> Words:
    return Words(text=text)

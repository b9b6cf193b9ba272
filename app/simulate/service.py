"""Living the imagined city: whatever is due next is done next, by the services of the real one.

All of it is one transaction. So a broken run leaves nothing, and a service on the same database,
whose clock is far ahead of the imagined one, sees the past only when it is over.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller, Role
from app.kit.errors import Conflict, Invalid
from app.kit.workdays import midnight
from app.offices import service as offices
from app.simulate.city import City
from app.simulate.lives import ACTOR, Life, Step, plan
from app.simulate.requests import Asked, ask, season
from app.tickets import actions, falls, intake, service
from app.tickets.change import Change
from app.tickets.desk import Desk
from app.tickets.lifecycle import TERMINAL, Action
from app.tickets.models import Ticket

WINDOW = timedelta(hours=6)
"""Requests of so long are written together, before what else is done in that time."""

ON_RECORD = frozenset({Action.CONTACT, Action.CALLBACK})
"""What counts the earlier ones of its kind."""

SWEEP = timedelta(seconds=5)
OPERATOR = Caller(ACTOR, Role.OPERATOR)

Lived = Callable[[int], object]


class NotThePast(Invalid):
    title = "Only a past can be simulated"


class Inhabited(Conflict):
    title = "There are tickets of that time already"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many requests come in from the day `start` up to, without, the day `end`."""

    start: date
    end: date
    cases: int
    seed: int
    among_others: bool = False
    """Also where there are tickets of that time already."""


def simulate(session: Session, desk: Desk, wanted: Plan, now: datetime, lived: Lived) -> int:
    """Fill the past, and let it live on until now; `lived` is told how many lives have ended.

    The number of tickets. The same seed gives the same city, but for the tickets' numbers, as far
    as `now` lets it live. Refuses NotThePast and Inhabited.
    """
    check(session, wanted, now)
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    city = City(offices.gazetteer(session), wanted.start, wanted.seed)
    asked = ask(city, desk.catalogue, season(city, wanted.start, wanted.end), wanted.cases)
    with session.no_autoflush:
        World(session, desk, city, lived).live(asked, now)
    return len(asked)


def check(session: Session, wanted: Plan, now: datetime) -> None:
    if wanted.start >= wanted.end:
        raise NotThePast(f"{wanted.end} is not after {wanted.start}")
    if midnight(wanted.end) > now:
        raise NotThePast(f"{wanted.end} lies in the future")
    since = select(Ticket).where(Ticket.received_at >= midnight(wanted.start))
    if not wanted.among_others and session.scalar(select(since.exists())):
        raise Inhabited(
            f"there are tickets received after {wanted.start}; say --among-others to add to them"
        )


@dataclass
class World:
    session: Session
    desk: Desk
    city: City
    lived: Lived
    due: list[tuple[datetime, int, Life, Step | None]] = field(default_factory=list)
    """A heap: when, whose life it is, and what is done; None: what falls due by itself."""

    def live(self, asked: Sequence[Asked], until: datetime) -> None:
        waiting = list(reversed(asked))
        while (start := self.next(waiting)) and start <= until:
            end = min(start + WINDOW, until)
            self.arrive(list(popped(waiting, end)))
            self.work(end)
        self.lived(len(waiting) + len(self.due))

    def next(self, waiting: Sequence[Asked]) -> datetime | None:
        return min(
            [one.at for one in waiting[-1:]] + [one[0] for one in self.due[:1]], default=None
        )

    def arrive(self, asked: Sequence[Asked]) -> None:
        """Received together, each at its own time."""
        if not asked:
            return
        arrivals = [intake.arrive(self.desk, one.new, one.at) for one in asked]
        numbers = intake.receive(self.session, OPERATOR, arrivals)
        changes = service.changes(self.session, self.desk, numbers, asked[-1].at)
        for one, number in zip(asked, numbers, strict=True):
            change = changes[number]
            change.now = one.at
            self.go_on(Life(one, change, self.city))

    def work(self, end: datetime) -> None:
        """Whatever is due by then, in order of time.

        It is written all together, but for what a later contact or callback must find on record.
        """
        unwritten: set[int] = set()
        while self.due and self.due[0][0] <= end:
            at, seq, life, step = heappop(self.due)
            life.change.now = at
            if step and step.action in ON_RECORD:
                if seq in unwritten:
                    self.session.flush()
                    unwritten.clear()
                unwritten.add(seq)
            take(life.change, step) if step else falls.apply_due(life.change)
            self.go_on(life)
        self.session.flush()

    def go_on(self, life: Life) -> None:
        """What a person is going to do, or what falls due before; without either it is over."""
        ticket = life.ticket
        step = plan(life) if ticket.status not in TERMINAL else None
        fall = ticket.next_due_at
        if step and (fall is None or step.at <= fall):
            heappush(self.due, (step.at, life.asked.seq, life, step))
        elif fall:
            heappush(self.due, (fall + SWEEP, life.asked.seq, life, None))
        else:
            self.lived(1)


def popped(waiting: list[Asked], end: datetime) -> Iterator[Asked]:
    while waiting and waiting[-1].at <= end:
        yield waiting.pop()


def take(change: Change, step: Step) -> None:
    """The same checks as over HTTP."""
    service.take_up(change, step.who)
    service.check_part(change, step.action)
    actions.check_words(change, step.action, step.said)
    service.check_state(change, step.action, None)
    step.perform(change, step.said)

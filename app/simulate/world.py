"""The imagined city's clock: whatever is due next is done next, by the services of the real one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from http import HTTPStatus
from itertools import count
from typing import NamedTuple
from weakref import WeakValueDictionary

from sqlalchemy.orm import Session

from app.access.roles import Role
from app.city import City
from app.simulate.city import LivedCity
from app.simulate.life import Call, Life, Step, Where, desk
from app.simulate.plans import ASIDES, AT_FIRST, FOLLOWS, MAIN
from app.simulate.requests import Asked
from app.tickets.acts import due as falls
from app.tickets.acts import locking
from app.tickets.intake import receive
from app.tickets.intake.arrival import arrive
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import WHO

WINDOW = timedelta(hours=6)
"""Requests of so long are written together, before what else is done in that time."""

ON_RECORD = frozenset(
    {
        Action.CONTACT,
        Action.CALLBACK,
        Action.NOTE,
        Action.ATTACH,
        Action.SUPERVISE,
        Action.REQUEST_EXTENSION,
        Action.DECIDE_EXTENSION,
        Action.REQUEST_HOLD,
        Action.DECIDE_HOLD,
        Action.RESUME,
        Action.DISPUTE,
        Action.CORRECT,
        Action.REQUEST_EXCLUSION,
        Action.REVIEW_EXCLUSION,
        Action.DECIDE_EXCLUSION,
    }
)
"""What asks the database for what was done before, or is asked for later."""

SWEEP = timedelta(seconds=5)
OPERATOR = desk(Role.OPERATOR)

Lived = Callable[[int], object]


class Due(NamedTuple):
    """Something of a life that is due; `order` tells what was thought of first."""

    at: datetime
    order: int
    life: Life
    what: Step | Call | None
    """None: whatever falls due by itself."""

    turn: Where | None
    """Of a ticket's next step: the turn in which it was thought of, and out of which it is void."""


@dataclass
class World:
    session: Session
    known: City
    city: LivedCity
    lived: Lived
    due: list[Due] = field(default_factory=list)
    """A heap."""

    order: Iterator[int] = field(default_factory=count)
    lives: WeakValueDictionary[str, Life] = field(default_factory=WeakValueDictionary)
    """By their tickets' numbers."""

    first: dict[int, Life] = field(default_factory=dict)
    """Of each gathering."""

    unwritten: set[Life] = field(default_factory=set)
    """Of whom something may not be in the database yet that a later step asks for."""

    born: int = 0
    ended: int = 0

    def live(self, asked: Sequence[Asked], until: datetime) -> int:
        """The number of tickets."""
        waiting = list(reversed(asked))
        while (start := self.next(waiting)) and start <= until:
            end = min(start + WINDOW, until)
            self.arrive(list(popped(waiting, end)))
            self.work(end)
        self.lived(len(asked) - self.ended)
        return self.born

    def next(self, waiting: Sequence[Asked]) -> datetime | None:
        return min([o.at for o in waiting[-1:]] + [d.at for d in self.due[:1]], default=None)

    def arrive(self, asked: Sequence[Asked]) -> None:
        """Received together, each at its own time. Nobody of them has called before, so that no
        double is searched for, and no lock of theirs is held to the end of it all."""
        if asked:
            arrivals = [arrive(self.known, one.new, one.at) for one in asked]
            self.begin(asked, receive.receive(self.session, [OPERATOR] * len(arrivals), arrivals))

    def begin(self, asked: Sequence[Asked], numbers: Sequence[str]) -> None:
        changes = locking.changes(self.session, self.known, numbers, asked[-1].at)
        self.born += len(asked)
        for one, number in zip(asked, numbers, strict=True):
            change = changes[number]
            change.now = one.at
            kin = self.first.get(one.gathering) if one.gathering is not None else None
            life = self.lives[number] = Life(one, change, self.city, kin)
            if one.gathering is not None:
                self.first.setdefault(one.gathering, life)
            self.plan(life, [thing for aside in AT_FIRST for thing in aside(life)])
            self.go_on(life)

    def call(self, call: Call) -> None:
        """Who calls again urges what is open of his, or begins anew (D.11, T26)."""
        self.write()
        arrival = arrive(self.known, call.asked.new, call.at)
        [taken] = receive.take(self.session, self.known, OPERATOR, [arrival], lambda: call.at)
        if taken.status is HTTPStatus.CREATED:
            self.begin([call.asked], [taken.number])
            return
        urged = self.lives.get(taken.number)
        if urged:
            urged.change.now = call.at
            urged.change.dispatches = locking.active(self.session, taken.number)
            self.follow(urged, Action.URGE, None)
            self.tend(urged)

    def work(self, end: datetime) -> None:
        """Whatever is due by then, in order of time, and written all together where that can be."""
        while self.due and self.due[0].at <= end:
            due = heappop(self.due)
            due.life.pending -= 1
            self.do(due)
            self.tend(due.life)
        self.write()

    def do(self, due: Due) -> None:
        at, life, what = due.at, due.life, due.what
        if isinstance(what, Call):
            self.call(what)
        elif what is None:
            self.fall(life, at)
        elif due.turn in (None, life.turn):
            self.take(life, what, due.turn)

    def fall(self, life: Life, at: datetime) -> None:
        if life.fall_at is not None and at == life.fall_at + SWEEP:
            self.write(life)
            life.fall_at = None
            life.wake(at)
            life.change.caller = None
            falls.apply_due(life.change)

    def take(self, life: Life, step: Step, turn: Where | None) -> None:
        """What is no longer allowed is let be, but for a ticket's next step, which must be."""
        if step.action in ON_RECORD or life.grouped or life.is_due(step.at):
            self.write(life)
        life.wake(step.at)
        locking.take_up(life.change, step.who)
        if turn == life.turn or (turn is None and life.lets(step)):
            self.perform(life, step)
            if turn is not None:
                life.planned = None
            self.follow(life, step.action, step.said)

    def perform(self, life: Life, step: Step) -> None:
        """With the same checks as over HTTP; written at once where it asks the database itself."""
        check(life, step)
        with nullcontext() if life.grouped else self.session.no_autoflush:
            step.perform(life.change, step.said)
        if step.action in ON_RECORD:
            self.unwritten.add(life)
        if life.grouped:
            self.write()

    def write(self, life: Life | None = None) -> None:
        """What was done; for one life only if there is something of it, or of its group."""
        if life is None or life.grouped or life in self.unwritten:
            self.session.flush()
            self.unwritten.clear()

    def follow(self, life: Life, action: Action, said: object) -> None:
        for follow in FOLLOWS.get(action, ()):
            self.plan(life, follow(life, said))

    def tend(self, life: Life) -> None:
        """All that may have changed with it, from now on."""
        for one in life.family:
            one.change.now = max(one.now, life.now)
            self.go_on(one)

    def go_on(self, life: Life) -> None:
        """What is done next, what else may be, and what falls due; without all that it is over."""
        if life.was != life.where:
            life.was, life.tries, life.calls = life.where, 0, 0
            for aside in ASIDES.get(life.ticket.status, ()):
                self.plan(life, aside(life))
        if life.planned != life.turn:
            self.plan_next(life)
        if life.ticket.next_due_at != life.fall_at:
            self.await_fall(life)
        if not life.pending and not life.over:
            self.end(life)

    def end(self, life: Life) -> None:
        """Told of the first ticket of each matter, so that there are as many as requests."""
        life.over = True
        if life.asked.call == 1:
            self.ended += 1
            self.lived(1)

    def plan_next(self, life: Life) -> None:
        life.planned = life.turn
        main = MAIN.get(life.ticket.status)
        step = main(life) if main else None
        if step:
            self.push(step.at, life, step, life.turn)

    def await_fall(self, life: Life) -> None:
        life.fall_at = life.ticket.next_due_at
        if life.fall_at:
            self.push(life.fall_at + SWEEP, life, None)

    def plan(self, life: Life, things: Iterable[Step | Call]) -> None:
        for thing in things:
            self.push(thing.at, life, thing)

    def push(
        self, at: datetime, life: Life, what: Step | Call | None, turn: Where | None = None
    ) -> None:
        life.pending += 1
        heappush(self.due, Due(at, next(self.order), life, what, turn))


def popped(waiting: list[Asked], end: datetime) -> Iterator[Asked]:
    while waiting and waiting[-1].at <= end:
        yield waiting.pop()


def check(life: Life, step: Step) -> None:
    """Actions of an assessed ticket check their own."""
    if step.action in WHO:
        locking.check_part(life.change, step.action)
        if step.check:
            step.check(life.change, step.said)
        locking.check_state(life.change, step.action, None)

"""The imagined city's clock: takes the next due step, by the services of the real city."""

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
from app.simulate.life import SWEEP, Call, Life, Step, Task, Where, desk
from app.simulate.plans import ASIDES, AT_FIRST, FOLLOWS, MAIN
from app.simulate.requests import Asked
from app.tickets.acts import due as falls
from app.tickets.acts import locking
from app.tickets.intake import receive
from app.tickets.intake.arrival import arrive
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import WHO

WINDOW = timedelta(hours=6)
"""Requests of this window are written together, before its other steps."""

ON_RECORD = frozenset(
    {
        Action.CONTACT,
        Action.RELAY,
        Action.CALLBACK,
        Action.VERIFICATION,
        Action.NOTE,
        Action.ATTACH,
        Action.SUPERVISE,
        Action.GRADE,
        Action.REQUEST_EXTENSION,
        Action.DECIDE_EXTENSION,
        Action.REQUEST_HOLD,
        Action.DECIDE_HOLD,
        Action.RESUME,
        Action.DISPUTE,
        Action.HEAR_AGAIN,
        Action.REQUEST_EXCLUSION,
        Action.REVIEW_EXCLUSION,
        Action.DECIDE_EXCLUSION,
    }
)
"""Actions that query earlier rows, or write rows that later actions query."""

OPERATOR = desk(Role.OPERATOR)

Lived = Callable[[int], object]


class Due(NamedTuple):
    """A due step of a life; of equal times the lower `order` comes first."""

    at: datetime
    order: int
    life: Life
    what: Step | Call | Task | None
    """None: a due time of the ticket."""

    turn: Where | None
    """Of a ticket's next step: the turn in which it was planned; in another turn it is void."""


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
    """By ticket number."""

    first: dict[int, Life] = field(default_factory=dict)
    """The first life of each gathering, by its number."""

    unwritten: set[Life] = field(default_factory=set)
    """Lives with changes that may not be in the database yet, though a later step queries them."""

    born: int = 0
    ended: int = 0

    def live(self, asked: Sequence[Asked], until: datetime) -> int:
        """Live the requests until an instant; the number of tickets."""
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
        """Receive requests together, each at its own time. These citizens have not called before:
        no doubles are searched for, and no locks of callers are held to the end."""
        if asked:
            arrivals = [arrive(self.known, request.new, request.at) for request in asked]
            callers = [OPERATOR] * len(arrivals)
            self.begin(asked, receive.receive(self.session, self.known, callers, arrivals))

    def begin(self, asked: Sequence[Asked], numbers: Sequence[str]) -> None:
        changes = locking.changes(self.session, self.known, numbers, asked[-1].at)
        self.born += len(asked)
        for request, number in zip(asked, numbers, strict=True):
            change = changes[number]
            change.now = request.at
            change.ticket.imagined = True
            kin = self.first.get(request.gathering) if request.gathering is not None else None
            life = self.lives[number] = Life(request, change, self.city, kin)
            if request.gathering is not None:
                self.first.setdefault(request.gathering, life)
            self.plan(life, [thing for aside in AT_FIRST for thing in aside(life)])
            self.go_on(life)

    def call(self, call: Call) -> None:
        """A citizen calls again: his open ticket is urged, or a new one begins (D.11, T26)."""
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
        """Take all steps due by `end` in order of time, and write them together if possible."""
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
        elif isinstance(what, Task):
            self.beside(life, what)
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

    def beside(self, life: Life, task: Task) -> None:
        """Do what is beside the ticket, and may change it."""
        self.write()
        life.wake(task.at)
        life.change.caller = None
        falls.apply_due(life.change)
        self.plan(life, task.do(task.at))

    def take(self, life: Life, step: Step, turn: Where | None) -> None:
        """Take a step, except an aside that is no longer allowed; a ticket's next step must be."""
        if step.action in ON_RECORD or life.grouped or life.is_due(step.at):
            self.write(life)
        life.wake(step.at)
        locking.take_up(life.change, step.who)
        if turn == life.turn or (turn is None and life.lets(step)):
            self.perform(life, step)
            if turn is not None:
                life.planned = None
            self.follow(life, step.action, step.body)

    def perform(self, life: Life, step: Step) -> None:
        """Perform a step with the checks of HTTP; a group's is written at once."""
        check(life, step)
        with nullcontext() if life.grouped else self.session.no_autoflush:
            step.perform(life.change, step.body)
        if step.action in ON_RECORD:
            self.unwritten.add(life)
        if life.grouped:
            self.write()

    def write(self, life: Life | None = None) -> None:
        """Write the changes; of a single life only if it or its group has any."""
        if life is None or life.grouped or life in self.unwritten:
            self.session.flush()
            self.unwritten.clear()

    def follow(self, life: Life, action: Action, body: object) -> None:
        for follow in FOLLOWS.get(action, ()):
            self.plan(life, follow(life, body))

    def tend(self, life: Life) -> None:
        """Go on with all lives that may have changed."""
        for relative in life.family:
            relative.change.now = max(relative.now, life.now)
            self.go_on(relative)

    def go_on(self, life: Life) -> None:
        """Plan the asides, the next step and the next due time; without any, the life is over."""
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
        """End a life; only the first ticket of each request counts as `lived`."""
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

    def plan(self, life: Life, things: Iterable[Step | Call | Task]) -> None:
        for thing in things:
            self.push(thing.at, life, thing)

    def push(
        self,
        at: datetime,
        life: Life,
        what: Step | Call | Task | None,
        turn: Where | None = None,
    ) -> None:
        life.pending += 1
        heappush(self.due, Due(at, next(self.order), life, what, turn))


def popped(waiting: list[Asked], end: datetime) -> Iterator[Asked]:
    while waiting and waiting[-1].at <= end:
        yield waiting.pop()


def check(life: Life, step: Step) -> None:
    """The checks of HTTP; actions of an assessed ticket have their own."""
    if step.action in WHO:
        locking.check_part(life.change, step.action)
        if step.check:
            step.check(life.change, step.body)
        locking.check_state(life.change, step.action, None)

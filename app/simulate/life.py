"""The life of a ticket in the imagined city, and the next steps of its people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.access.roles import Caller, Role
from app.callbacks.schemas import NewCallback
from app.city import district_of
from app.kit.web.wire import Form
from app.simulate.city import LivedCity
from app.simulate.requests import Asked
from app.tickets.acts import due
from app.tickets.acts.change import Change
from app.tickets.life.guards import hindrance
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.parts import WHO
from app.tickets.models import Ticket

ACTOR = "simulate"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SWEEP = timedelta(seconds=5)
"""What falls due is applied so much later."""

MOST = 0.4
"""The most that an eventful city raises a rare chance to: most lives stay plain."""

SLOW = 1.7
"""A hard matter takes its office so many times as long."""

Where = tuple[object, ...]


def always() -> bool:
    return True


class Step(NamedTuple):
    """A planned action of a person."""

    at: datetime
    who: Caller
    action: Action
    perform: Callable[[Change, Any], object]
    body: Form
    still: Callable[[], bool] = always
    """A further condition at that time, beside those of every ticket."""
    check: Callable[[Change, Any], None] | None = None
    """The check before the action, as over HTTP."""


class Call(NamedTuple):
    """The citizen calls again about the same matter; intake decides about the call."""

    at: datetime
    asked: Asked


class Task(NamedTuple):
    """Something beside the tickets' own steps; when it is done it says what follows."""

    at: datetime
    do: Callable[[datetime], "Iterator[Step | Call | Task]"]


Main = Callable[["Life"], Step | None]
"""The ticket's next step, by the person who has it now."""

Aside = Callable[["Life"], Iterator[Step | Call | Task]]
"""Other steps meanwhile, taken only if the ticket still allows them then."""

Follow = Callable[["Life", Any], Iterator[Step | Call | Task]]
"""Steps of other people that follow an action, by its body."""


@dataclass(eq=False)
class Life:
    """The life of a ticket, with the memory of its people."""

    asked: Asked
    change: Change
    city: LivedCity
    kin: "Life | None" = None
    """The first call about the same flood or outage: this ticket may join its group."""

    kindred: list["Life"] = field(default_factory=list)
    """The later calls about the same flood or outage."""

    slow: bool = False
    """A hard matter: its office needs more time."""

    enquiries: int = 0
    """Questions to the citizen about the place."""

    tries: int = 0
    """The office's attempts to reach the citizen in this status."""

    calls: int = 0
    """Callbacks in this status."""

    first_callback: NewCallback | None = None
    """The citizen's answers in the first callback."""

    # kept by the world
    was: Where | None = None
    planned: Where | None = None
    """The turn in which the next step was planned."""

    fall_at: datetime | None = None
    """The due time last planned for."""

    pending: int = 0
    over: bool = False

    def __post_init__(self) -> None:
        if self.kin:
            self.kin.kindred.append(self)
            self.change.others[self.kin.ticket.number] = self.kin.change

    @property
    def ticket(self) -> Ticket:
        return self.change.ticket

    @property
    def now(self) -> datetime:
        return self.change.now

    @property
    def merged(self) -> bool:
        return self.ticket.merged_into is not None

    @property
    def grouped(self) -> bool:
        """Whether it is in a group, or may join one."""
        return bool(self.kin or self.kindred)

    @property
    def head(self) -> "Life":
        """The life with its clock and office: its group's parent, or itself."""
        return self.kin if self.kin and self.merged else self

    @property
    def family(self) -> list["Life"]:
        """All lives that may change with this one; the group's parent first."""
        first = self.kin or self
        return [first, *first.kindred]

    @property
    def where(self) -> Where:
        """Changes with the office, the status, and a new round of the same status."""
        ticket = self.ticket
        own = (ticket.status, ticket.since, ticket.dispatches, ticket.secret)
        return (*own, *self.head.where) if self.merged else own

    @property
    def turn(self) -> Where:
        """Changes whenever the next step must be planned anew."""
        whistles = len(self.head.ticket.whistles)
        return (*self.where, self.ticket.due_at, self.ticket.review_at, whistles)

    def is_due(self, at: datetime) -> bool:
        next_due_at = self.ticket.next_due_at
        return next_due_at is not None and next_due_at < at

    def wake(self, at: datetime) -> None:
        """Set the time, also for the group that it is in or may join."""
        self.change.now = at
        if self.kin:
            kin = self.kin.change
            kin.now, kin.caller = at, None
            due.apply_due(kin)
        if self.merged:
            self.change.dispatches = self.head.change.dispatches

    def likely(self, chance: float) -> bool:
        return self.asked.chance.random() < chance

    def seldom(self, chance: float) -> bool:
        """The same for rare things, more likely in an eventful city."""
        return self.likely(min(chance * self.city.eventful, MOST))

    def after(self, span: timedelta, early: float = 1.5, late: float = 4.0) -> datetime:
        """Some time within a span, rather early than late (a beta distribution)."""
        return self.now + span * self.asked.chance.betavariate(early, late)

    def at_pace(self, start: datetime, span: timedelta, early: float, late: float) -> datetime:
        """The same at the lead office's pace, which may miss the limit; not before now."""
        pace = self.city.quality(self.head.ticket.office_code or "").pace
        pace *= SLOW if self.slow else 1
        at = start + span * (self.asked.chance.betavariate(early, late) * pace)
        return max(at, self.now + MINUTE)

    def left(self) -> timedelta:
        """The rest of the time limit."""
        due_at = self.ticket.due_at
        return max(due_at - self.now, MINUTE) if due_at else 7 * DAY

    def handler(self, role: Role = Role.HANDLER) -> Caller:
        """A person of the lead office."""
        code = self.head.ticket.office_code or ""
        return Caller(f"{ACTOR} {role}", role, code, district_of(self.change.city, code))

    def district(self, code: str | None) -> Caller:
        """A district's centre; a supervisor where there is no district."""
        if code is None:
            return desk(Role.SUPERVISOR)
        return Caller(f"{ACTOR} {Role.DISTRICT}", Role.DISTRICT, code, code)

    def is_open(self, *statuses: Status) -> Callable[[], bool]:
        return lambda: self.ticket.status in statuses

    def lets(self, step: Step) -> bool:
        """Whether the caller may take the step now, by the parts set before; some actions of an
        assessed ticket check that by themselves."""
        change, who = self.change, WHO.get(step.action)
        if who is None:
            return step.still()
        mine = change.parts & who and not hindrance(change.standing, step.action, change.parts)
        return bool(mine) and step.still()


def desk(role: Role) -> Caller:
    """A person of the city."""
    return Caller(f"{ACTOR} {role}", role)

"""One ticket's way through the imagined city, and what someone is going to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.access.roles import Caller, Role
from app.callbacks.schemas import NewCallback
from app.city import district_of
from app.kit.wire import Form
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
MOST = 0.4
"""However eventful the city is, most lives stay plain."""

SLOW = 1.7
"""How much longer a hard matter takes its office."""

Where = tuple[object, ...]


def always() -> bool:
    return True


class Step(NamedTuple):
    """Something that someone is going to do."""

    at: datetime
    who: Caller
    action: Action
    perform: Callable[[Change, Any], object]
    said: Form
    still: Callable[[], bool] = always
    """What must hold when the time has come, beside what every ticket asks for."""
    check: Callable[[Change, Any], None] | None = None
    """What is looked at before it, as over HTTP."""


class Call(NamedTuple):
    """The citizen calls again about the same matter; intake says what comes of it."""

    at: datetime
    asked: Asked


Main = Callable[["Life"], Step | None]
"""What a ticket waits for: the next step of whoever has it now."""

Aside = Callable[["Life"], Iterator[Step | Call]]
"""What else may come meanwhile; done only if the ticket still allows it then."""

Follow = Callable[["Life", Any], Iterator[Step | Call]]
"""What somebody else does about what was just said."""


@dataclass(eq=False)
class Life:
    """One ticket's way through the city, with what its people remember."""

    asked: Asked
    change: Change
    city: LivedCity
    kin: "Life | None" = None
    """The first call about the same flood or outage, whose group this one may join."""

    kindred: list["Life"] = field(default_factory=list)
    """The later calls about it."""

    slow: bool = False
    """A hard matter: its office needs more time than for others."""

    enquiries: int = 0
    """How often the citizen was asked for the place."""

    tries: int = 0
    """How often the office has tried to reach him, since it came into its status."""

    calls: int = 0
    """How often he was called back, since then."""

    told: NewCallback | None = None
    """What he said when he was first called back."""

    # what the world keeps of it
    was: Where | None = None
    planned: Where | None = None
    """The turn in which its next step was thought of."""

    fall_at: datetime | None = None
    """When it was last seen to fall due."""

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
        """Whether it is in a group, or may come to be in one."""
        return bool(self.kin or self.kindred)

    @property
    def head(self) -> "Life":
        """Whose clock and office it has: its group's parent, or itself."""
        return self.kin if self.kin and self.merged else self

    @property
    def family(self) -> list["Life"]:
        """All that may change when this one does; the group's parent first."""
        first = self.kin or self
        return [first, *first.kindred]

    @property
    def where(self) -> Where:
        """Differs whenever it comes to somebody else, or to something else to do."""
        ticket = self.ticket
        own = (ticket.status, ticket.since, ticket.dispatches)
        return (*own, *self.head.where) if self.merged else own

    @property
    def turn(self) -> Where:
        """Differs whenever what is done next must be thought over."""
        return (*self.where, self.ticket.due_at, self.ticket.review_at)

    def is_due(self, at: datetime) -> bool:
        next_due_at = self.ticket.next_due_at
        return next_due_at is not None and next_due_at < at

    def wake(self, at: datetime) -> None:
        """It is so late now; likewise for the group that it is in, or may join."""
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
        """The same for what is rare, in a city that may be more eventful than ours."""
        return self.likely(min(chance * self.city.eventful, MOST))

    def after(self, span: timedelta, early: float = 1.5, late: float = 4.0) -> datetime:
        """Some time within a span, rather early than late (a beta distribution)."""
        return self.now + span * self.asked.chance.betavariate(early, late)

    def at_pace(self, start: datetime, span: timedelta, early: float, late: float) -> datetime:
        """The same at the lead office's pace, which may be too slow for it; not before now."""
        pace = self.city.quality(self.head.ticket.office_code or "").pace
        pace *= SLOW if self.slow else 1
        at = start + span * (self.asked.chance.betavariate(early, late) * pace)
        return max(at, self.now + MINUTE)

    def left(self) -> timedelta:
        """What is left of the time limit."""
        due_at = self.ticket.due_at
        return max(due_at - self.now, MINUTE) if due_at else 7 * DAY

    def handler(self, role: Role = Role.HANDLER) -> Caller:
        """Someone of the lead office."""
        code = self.head.ticket.office_code or ""
        return Caller(f"{ACTOR} {role}", role, code, district_of(self.change.city, code))

    def district(self, code: str | None) -> Caller:
        """A district's centre; a supervisor where no district has a say."""
        if code is None:
            return desk(Role.SUPERVISOR)
        return Caller(f"{ACTOR} {Role.DISTRICT}", Role.DISTRICT, code, code)

    def is_open(self, *statuses: Status) -> Callable[[], bool]:
        return lambda: self.ticket.status in statuses

    def lets(self, step: Step) -> bool:
        """Whether someone may do it now, to whom his part was given; some actions of an assessed
        ticket check that by themselves."""
        change, who = self.change, WHO.get(step.action)
        if who is None:
            return step.still()
        mine = change.parts & who and not hindrance(change.standing, step.action, change.parts)
        return bool(mine) and step.still()


def desk(role: Role) -> Caller:
    """Someone of the city."""
    return Caller(f"{ACTOR} {role}", role)

"""Events of a book: typed data, links, and what the events of a term leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from app.evaluations.marks import Opinion, Word
from app.evaluations.models import EvaluationEvent, Step
from app.kit.db import Json
from app.tickets.life.links import ENCODER, canonical

FORMAT = 1
MEMBERS = (
    "term",
    "owner_code",
    "seq",
    "at",
    "actor",
    "role",
    "office_code",
    "action",
    "subject_code",
    "data",
    "words_hash",
)
"""Of an event, in order: what its link is over."""


@lru_cache(maxsize=10_000)
def exact(text: str) -> Fraction:
    """Few points are given, each many times."""
    return Fraction(text)


class Marked(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of `mark` and `mark-unit`: items as exact numbers."""

    word: Word
    items: dict[str, str] | None = None
    veto: bool = False

    @property
    def opinion(self) -> Opinion:
        points = (self.items or {}).items()
        items = {name: exact(value) for name, value in points} or None
        return Opinion(self.word, items, self.veto)


class Appealed(msgspec.Struct, frozen=True):
    """Of `appeal`."""


class Decided(msgspec.Struct, frozen=True):
    """Of `decide`."""

    approve: bool


class Entered(msgspec.Struct, frozen=True):
    """Of `enter`: the rest of a department's performance, exact."""

    other: str


EventData = Marked | Appealed | Decided | Entered
DATA: Mapping[Step, type[EventData]] = {
    Step.MARK: Marked,
    Step.MARK_UNIT: Marked,
    Step.APPEAL: Appealed,
    Step.DECIDE: Decided,
    Step.ENTER: Entered,
}


def link(former: bytes, event: Mapping[str, Any]) -> bytes:
    members = [canonical(event.get(name)) for name in MEMBERS]
    return sha256(ENCODER.encode([FORMAT, former.hex(), *members])).digest()


def follows(former: bytes, event: EvaluationEvent) -> bool:
    """Whether an event is the one that was linked after the former."""
    return event.link == link(former, {name: getattr(event, name) for name in MEMBERS})


class Act(NamedTuple):
    """An event as far as marks depend on it."""

    owner_code: str
    subject_code: str
    seq: int
    at: datetime
    actor: str
    action: Step
    data: Json


def data_of(event: Act) -> EventData:
    """Refuses (msgspec.ValidationError) an event without what its action must tell."""
    return msgspec.convert(event.data, DATA[event.action])


@dataclass(slots=True)
class Appeal:
    seq: int
    at: datetime
    actor: str
    approved: bool | None = None
    """None while the district has not decided."""
    decision_seq: int | None = None
    decided_at: datetime | None = None


@dataclass(slots=True)
class Entry:
    """A street's last word on a department or a unit, and the appeal against it."""

    opinion: Opinion
    seq: int
    at: datetime
    actor: str
    appeal: Appeal | None = None


Key = tuple[str, str]
"""The book's owner, and the department or unit."""


@dataclass(slots=True)
class Entries:
    """A term as its events so far leave it."""

    marks: dict[Key, Entry] = field(default_factory=dict)
    units: dict[Key, Entry] = field(default_factory=dict)
    others: dict[str, Fraction] = field(default_factory=dict)

    def take(self, event: Act) -> None:
        key, data = (event.owner_code, event.subject_code), data_of(event)
        match data:
            case Marked():
                marks = self.units if event.action is Step.MARK_UNIT else self.marks
                marks[key] = Entry(data.opinion, event.seq, event.at, event.actor)
            case Appealed():
                self.marks[key].appeal = Appeal(event.seq, event.at, event.actor)
            case Decided():
                self.decide(self.marks[key], event, data.approve)
            case Entered():
                self.others[event.subject_code] = exact(data.other)

    def decide(self, entry: Entry, event: Act, approve: bool) -> None:
        assert entry.appeal is not None  # decided after it was made
        entry.appeal.approved = approve
        entry.appeal.decision_seq, entry.appeal.decided_at = event.seq, event.at
        entry.opinion = replace(entry.opinion, set_aside=approve)


def entries(events: Iterable[Act]) -> Entries:
    """Of events in the order of each book."""
    left = Entries()
    for event in events:
        left.take(event)
    return left

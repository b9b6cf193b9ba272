"""Later decisions about an assessment against its ticket's events: its exclusion (RULEBOOK D.10)
and the second hearing of its recording (D.9).

Both are rows of their own. Each row is backed by an event of its very instant, and each such event
has its row.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.callbacks.models import Correction, Exclusion
from app.seals.rederive.assessments import Called, Happened, History
from app.tickets.event_data import ExclusionAsked, ExclusionJudged, HeardAgain, Imported, name, read
from app.tickets.life.lifecycle import Action

HEARD_AGAIN = (
    HeardAgain.callback_id,
    HeardAgain.reach,
    HeardAgain.contacted,
    HeardAgain.resolved,
    HeardAgain.satisfied,
)


HEARINGS = frozenset({Action.HEAR_AGAIN, Action.CORRECT})
"""Old events of a second hearing have the action of a request's correction."""


class Excluded(NamedTuple):
    code: str
    decided_at: datetime
    recorded_at: datetime


class Heard(NamedTuple):
    callback_id: int
    reach: str
    contacted: str | None
    resolved: str | None
    satisfied: str | None
    corrected_at: datetime
    recorded_at: datetime


COLUMNS: list[sa.ColumnElement[Any]] = [
    *(Exclusion.__table__.c[name] for name in Excluded._fields),
    *(Correction.__table__.c[name] for name in Heard._fields),
]


class Decided(NamedTuple):
    """The rows as they stand now."""

    excluded: Excluded | None
    heard: Heard | None

    @classmethod
    def read(cls, values: Sequence[Any]) -> "Decided":
        """Of COLUMNS; a row that is not there is all null."""
        excluded, heard = values[: len(Excluded._fields)], values[len(Excluded._fields) :]
        return cls(
            None if excluded[0] is None else Excluded(*excluded),
            None if heard[0] is None else Heard(*heard),
        )

    @property
    def recorded_at(self) -> datetime | None:
        """The last of them."""
        return max((row.recorded_at for row in self if row), default=None)

    def is_backed(self, own: History, call: Called) -> bool:
        """Whether the events agree. Raises LookupError for an event without its usual members."""
        excluded = decision(own.events) or came(own, call, self.excluded)
        return self == (excluded, hearing(own.events))


def decision(events: Sequence[Happened]) -> Excluded | None:
    """The exclusion that an office requested and the evaluator approved. Raises LookupError for an
    approval without a request."""
    asked = None
    for event in events:
        if event.action is Action.REQUEST_EXCLUSION:
            asked = read(event.data, ExclusionAsked.code)
        if event.action is Action.DECIDE_EXCLUSION and read(event.data, ExclusionJudged.approve):
            if read(event.data, ExclusionJudged.code) != asked:
                raise LookupError("nobody asked for that")
            return Excluded(asked, event.at, event.at)
    return None


def came(own: History, call: Called, excluded: Excluded | None) -> Excluded | None:
    """That an imported case had been excluded by the older system. Older imports do
    not say whether and why; then the exclusion on record stands, if it came with the case."""
    begun = own.begun
    if begun is None or begun.action is not Action.IMPORT:
        return None
    code = begun.data.get(name(Imported.excluded), excluded and excluded.code)
    return Excluded(code, call.at, begun.at) if code else None


def hearing(events: Sequence[Happened]) -> Heard | None:
    """The answers on the recording, where they differ from the record."""
    for event in events:
        if event.action in HEARINGS and event.data.get(name(HeardAgain.differs)):
            values = [read(event.data, member) for member in HEARD_AGAIN]
            return Heard._make([*values, event.at, event.at])
    return None

"""Timers: the columns that a ticket's clock depends on, and its due changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct

from app.offices.catalogue import Urgency
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.parts import Part

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


class Timers(Struct, frozen=True):
    """The columns that a ticket's clock depends on; `since` is the beginning of its status."""

    status: Status
    urgency: Urgency
    since: datetime
    due_at: datetime | None = None
    doubted: bool = False
    members: int = 0
    called: bool = False
    callback_due_at: datetime | None = None
    no_citizen: bool = False
    forced: bool = False
    replied_at: datetime | None = None
    dispatched_at: datetime | None = None
    asks_extension: Part | None = None
    asks_hold: Part | None = None
    extended_from: datetime | None = None
    review_at: datetime | None = None
    answer_due_at: datetime | None = None
    warned: Sequence[str] = ()
    office_code: str | None = None
    queue: str | None = None
    district_code: str | None = None
    objection_district: str | None = None
    dispatches: int = 0
    reworks: int = 0
    acknowledged_at: datetime | None = None
    asked_at: datetime | None = None
    tried_at: datetime | None = None
    handed_on_at: datetime | None = None
    relay_asked_at: datetime | None = None
    danger_asked_at: datetime | None = None
    contacted_at: datetime | None = None
    acknowledge_due_at: datetime | None = None
    contact_due_at: datetime | None = None
    received_at: datetime | None = None
    callback_since: datetime | None = None
    rescue: bool = False
    callback_begun: bool = False
    call_after: datetime | None = None
    advice_due_at: datetime | None = None
    disputed_at: datetime | None = None
    flag_asked_at: datetime | None = None
    number: str = ""

    @property
    def calls_begin(self) -> datetime:
        """From when on the citizen may be called back; a member's with its parent's."""
        if self.status is Status.MERGED and self.callback_since is not None:
            return self.callback_since
        return max(self.since, self.call_after or self.since)

    @classmethod
    def of(cls, ticket: object) -> "Timers":
        return cls(*(getattr(ticket, name) for name in NAMES))

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> "Timers":
        """Of a row about to be written; a column that it leaves out has its default."""
        return cls(**{name: row[name] for name in NAMES if name in row})


NAMES = Timers.__struct_fields__


class Fall(NamedTuple):
    """A due change: it happens once `now` is past `at`. A warning has a name, and is given once."""

    at: datetime
    action: Action
    name: str = ""
    again: bool = False
    """Of its name another one may come."""

"""A ticket's course: the rows that its events so far leave, and the limits that follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.offices.catalogue import Urgency
from app.policy.documents import Policies, Policy
from app.seals.audit.appeals import Appeals
from app.seals.audit.helpers import Helpers
from app.seals.audit.proceedings import Proceedings
from app.tickets.event_data import EndReason
from app.tickets.life import limits

Row = dict[str, Any]

ORDER = tuple(Urgency)


@dataclass(slots=True)
class Course:
    """A ticket as its events so far leave it."""

    policies: Policies
    policy: Policy | None = None
    urgency: Urgency = Urgency.L3
    ticket: Row = field(default_factory=dict)
    """Its columns, as far as an event tells them."""
    leads: list[Row] = field(default_factory=list)
    """Dispatches to lead offices."""
    contacts: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    exclusion: Row | None = None
    correction: Row | None = None
    limits: Row = field(default_factory=dict)
    """The ticket's own; those of its dispatch stay as they are from the first rework on."""
    due_left: timedelta | None = None
    given: int = 0
    why: EndReason = EndReason.REDISPATCHED
    """Of what the present event ends."""
    asked: str | None = None
    """The ground on which an office asked to exclude it."""
    reworked: list[datetime] = field(default_factory=list)
    helpers: Helpers = field(default_factory=Helpers)
    proceedings: Proceedings = field(default_factory=Proceedings)
    appeals: Appeals = field(default_factory=Appeals)
    told_whole: bool = True
    """False for an import from before imports told all that they brought."""

    @property
    def lead(self) -> Row | None:
        last = self.leads[-1] if self.leads else None
        return last if last and last["ended_at"] is None else None

    def give(
        self, office_code: str, at: datetime, now: datetime, offices: Mapping[str, str] | None
    ) -> None:
        """To a lead; `offices` are all with their roles, as far as they are told."""
        self.end(now)
        self.policy = self.policies.at(at)
        self.given += 1
        self.limits = limits.columns(limits.due(self.policy, self.urgency, at))
        self.ticket |= {"office_code": office_code, "policy": self.policy.name}
        self.ticket |= {"dispatched_at": at, "acknowledged_at": None}
        self.leads.append(
            {
                "seq": self.given,
                "office_code": office_code,
                "dispatched_at": at,
                "ended_at": None,
                "end_reason": None,
                "acknowledged_at": None,
                **self.limits,
            }
        )
        self.helpers.begin(self.given, offices, at)

    def end(self, now: datetime) -> None:
        self.helpers.end(now, self.why)
        if self.lead:
            self.lead.update(ended_at=now, end_reason=self.why)

    def take_back(self, now: datetime) -> None:
        """No office leads it, and no clock runs."""
        self.end(now)
        self.limits = limits.columns(None)
        self.ticket |= {"office_code": None, "dispatched_at": None, "acknowledged_at": None}

    def close(self, last_at: datetime) -> None:
        """The limits and counts that it has after its last event, as columns of the ticket."""
        limit = {column: self.limits.get(column) for column in limits.columns(None)}
        counts = {"dispatches": self.given, "reworks": len(self.reworked)}
        self.ticket |= {**limit, **counts, "due_left": self.due_left, "updated_at": last_at}

    def set_limit(self, column: str, at: datetime | None) -> None:
        self.limits[column] = at
        if self.lead and not self.reworked:
            self.lead[column] = at

    def regrade(self, new: Urgency, now: datetime) -> None:
        """The earlier of old and new limits if it rises, else the later."""
        raised = ORDER.index(new) < ORDER.index(self.urgency)
        self.urgency, begun = new, self.ticket.get("dispatched_at")
        self.ticket["urgency"] = new
        if begun is None or self.policy is None:
            return
        due = limits.due(self.policy, new, now if raised else begun)
        nearer = min if raised else max
        for column, at in limits.columns(due).items():
            old = self.limits.get(column)
            if old is not None and nearer(old, at) != old:
                self.set_limit(column, at)
        if self.due_left is not None:
            self.due_left = nearer(self.due_left, due.result - now)

    def run_on(self, at: datetime) -> None:
        left, self.due_left = self.due_left, None
        if left is None:
            return
        if left < timedelta(0):
            self.limits["due_at"] = at + left
        else:
            self.set_limit("due_at", at + left)

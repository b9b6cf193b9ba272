"""Joint and informed offices of a ticket, replayed from its events: their dispatches, with the
limits of joint offices and their answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.seals.rederive.assessments import Happened
from app.tickets.event_data import EndReason
from app.tickets.life import limits
from app.tickets.life.lifecycle import IN_OFFICE, DispatchRole

Row = dict[str, Any]

LATER = ("ended_at", "end_reason", "due_at", "waits_until", "answered_at", "answer_seq")
NEW: Row = dict.fromkeys(LATER)


@dataclass(slots=True)
class Helpers:
    """A ticket's dispatches so far to all offices but the lead; `seq` numbers the lead dispatch."""

    rows: list[Row] = field(default_factory=list)
    complete: bool = True
    """False after the route of an older version, which did not tell whom it was given to."""

    def active(self) -> Iterator[Row]:
        return (row for row in self.rows if row["ended_at"] is None)

    def codes(self, *roles: DispatchRole) -> set[str]:
        return {row["office_code"] for row in self.active() if row["role"] in roles}

    def begin(self, seq: int, offices: Mapping[str, str] | None, at: datetime) -> None:
        """With a dispatch to a lead; `offices` with their roles."""
        self.complete = self.complete and offices is not None
        for code, role in (offices or {}).items():
            if role != DispatchRole.LEAD:
                self.add(seq, code, role, at)

    def add(self, seq: int, code: str, role: str, at: datetime) -> None:
        key = {"seq": seq, "office_code": code}
        self.rows.append({**key, "role": role, "dispatched_at": at, **NEW})

    def end(self, now: datetime, why: EndReason) -> None:
        for row in [*self.active()]:
            row.update(ended_at=now, end_reason=why, waits_until=None)

    def share(self, seq: int, offices: Mapping[str, str], now: datetime, why: EndReason) -> None:
        """The same lead with other helpers."""
        for row in [*self.active()]:
            role = offices.get(row["office_code"])
            gone = {"ended_at": now, "end_reason": why}
            row.update({"role": role} if role else gone, waits_until=None)
        left = self.codes(*DispatchRole)
        more = {code: role for code, role in offices.items() if code not in left}
        self.begin(seq, more, now)

    def inform(self, seq: int, code: str, now: datetime) -> None:
        """Whom a street advises; one who had the ticket before has it again."""
        if code in self.codes(*DispatchRole):
            return
        for row in self.rows:
            if (row["seq"], row["office_code"]) == (seq, code):
                row.update(role=DispatchRole.INFORMED, ended_at=None, end_reason=None)
                return
        self.add(seq, code, DispatchRole.INFORMED, now)

    def answer(self, event: Happened) -> None:
        for row in self.active():
            if row["office_code"] == event.office_code:
                row["answered_at"] = row["answered_at"] or event.at
                row["answer_seq"] = event.seq

    def await_answers(
        self, event: Happened, policy: Policy, urgency: Urgency, due_at: datetime | None
    ) -> None:
        """The joint offices' limits, while the ticket is in its offices; the lead has `due_at`."""
        working = event.to_status in IN_OFFICE
        for row in self.active():
            if row["role"] == DispatchRole.JOINT:
                owes = working and row["answered_at"] is None
                if owes:
                    own = limits.due(policy, urgency, row["dispatched_at"]).result
                    row["due_at"] = max(own, due_at or own)
                row["waits_until"] = row["due_at"] if owes else None

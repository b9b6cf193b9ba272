"""One change to one ticket: the locked row, who changes it, and the record it leaves.

Every action and everything that falls due by itself goes through `Change`, so that status, clock,
event, words and feed are written together and in one way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.feed.service import News, append
from app.policy import Policy
from app.tickets import limits
from app.tickets.contacts import Contact
from app.tickets.desk import Desk
from app.tickets.lifecycle import (
    TERMINAL,
    Action,
    DispatchRole,
    IllegalMove,
    Part,
    Standing,
    Status,
    allowed,
    move,
)
from app.tickets.models import ContactMade, Dispatch, Event, Statement, Ticket

SYSTEM = "system"
UNTOLD = frozenset({Action.READ, Action.REVEAL})
"""On the record, but no news to an office."""


@dataclass
class Change:
    session: Session
    desk: Desk
    ticket: Ticket
    now: datetime
    caller: Caller | None = None
    """None: it falls due by itself."""
    parts: frozenset[Part] = frozenset()
    dispatches: list[Dispatch] = field(default_factory=list)
    """The active ones: lead, joint, informed."""

    @property
    def policy(self) -> Policy:
        return self.desk.policies.named(self.ticket.policy)

    @property
    def lead(self) -> Dispatch | None:
        return next((d for d in self.dispatches if d.role is DispatchRole.LEAD), None)

    def contacts(self) -> list[Contact]:
        """The lead office's contacts with the citizen, since the ticket is its own."""
        if self.lead is None:
            return []
        rows = select(ContactMade.at, ContactMade.reached).where(
            ContactMade.ticket_number == self.ticket.number,
            ContactMade.dispatch_seq == self.lead.seq,
        )
        return [Contact(at, reached) for at, reached in self.session.execute(rows)]

    def record(
        self,
        action: Action,
        to: Status | None = None,
        data: Mapping[str, Any] | None = None,
        words: Mapping[str, Any] | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """Move the ticket and write it down. Refuses (IllegalMove) what MOVES does not list.

        `data` holds codes, numbers and times; `words` what a person said. `due_at` is the instant
        at which a thing fell due, and from which the new status counts.
        """
        ticket, before = self.ticket, self.ticket.status
        ticket.status = move(before, action, to)
        if ticket.status is not before:
            ticket.since = due_at or self.now
        if ticket.status in TERMINAL and before not in TERMINAL:
            ticket.closed_at = due_at or self.now
        ticket.version += 1
        ticket.updated_at = self.now
        self.wind()
        self.session.add(self.event(action, before, data, due_at))
        said = {name: text for name, text in (words or {}).items() if text is not None}
        if said:
            statement = Statement(ticket_number=ticket.number, seq=ticket.version, words=said)
            self.session.add(statement)
        if action not in UNTOLD:
            append(self.session, self.news(action))

    def event(
        self,
        action: Action,
        before: Status,
        data: Mapping[str, Any] | None,
        due_at: datetime | None,
    ) -> Event:
        ticket, caller = self.ticket, self.caller
        return Event(
            ticket_number=ticket.number,
            seq=ticket.version,
            at=self.now,
            due_at=due_at,
            actor=caller.id if caller else SYSTEM,
            role=caller.role if caller else None,
            office_code=caller.office_code if caller else None,
            action=action,
            from_status=before,
            to_status=ticket.status,
            data=dict(data or {}),
        )

    def wind(self) -> None:
        """Set the ticket's clock anew: what falls due next, and who is to act by when."""
        ticket, clockwork = self.ticket, clockwork_of(self.ticket)
        fall = limits.next_fall(self.policy, clockwork)
        ticket.next_due_at = fall.at if fall else None
        ticket.waits_for, ticket.waits_until = limits.waiting(self.policy, clockwork)
        ticket.callback_due_at = limits.callback_due(self.policy, clockwork)

    @property
    def standing(self) -> Standing:
        return standing_of(self.ticket)

    def illegal(self, why: str) -> IllegalMove:
        """A refusal for what neither MOVES nor its guards can see."""
        may = list(allowed(self.standing, self.parts))
        return IllegalMove(why, status_now=self.ticket.status, allowed=may)

    def news(self, action: Action) -> list[News]:
        ticket = self.ticket
        offices = {d.office_code: {"role": d.role.value} for d in self.dispatches}
        if ticket.queue:
            offices.setdefault(ticket.queue, {"role": "queue"})
        return [
            News(code, self.now, action, ticket.number, data={"status": ticket.status, **told})
            for code, told in offices.items()
        ]


def clockwork_of(ticket: Ticket) -> limits.Clockwork:
    return limits.Clockwork(
        status=ticket.status,
        urgency=ticket.urgency,
        since=ticket.since,
        due_at=ticket.due_at,
        doubted=ticket.doubted,
        office_code=ticket.office_code,
        queue=ticket.queue,
        district_code=ticket.district_code,
    )


def standing_of(ticket: Ticket) -> Standing:
    return Standing(
        status=ticket.status,
        type=ticket.type,
        urgency=ticket.urgency,
        contacted=ticket.contacted_at is not None,
        doubted=ticket.doubted,
        secret=ticket.secret,
        forced=ticket.forced,
    )

"""One change to one ticket: the locked row, who changes it, and the record it leaves.

Every action and everything that falls due by itself goes through `Change`, so that status, clock,
event, words and feed are written together and in one way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.feed.service import News, append
from app.policy.documents import Policy
from app.tickets import events
from app.tickets.event_data import Said, Warned, as_json
from app.tickets.events import Statement
from app.tickets.life import limits
from app.tickets.life.contacts import Contact
from app.tickets.life.guards import Standing
from app.tickets.life.lifecycle import (
    BY_ITSELF,
    MOVES,
    TERMINAL,
    Action,
    DispatchRole,
    Status,
    move,
)
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers
from app.tickets.life.warnings import is_passed_on
from app.tickets.models import ContactMade, Dispatch, Ticket
from app.tickets.standing import standing_of

SYSTEM = "system"

UNTOLD = frozenset({Action.READ, Action.REVEAL})
"""On the record, but no news to an office."""


@dataclass
class Change:
    session: Session
    city: City
    ticket: Ticket
    now: datetime
    caller: Caller | None = None
    """None: it falls due by itself."""
    parts: frozenset[Part] = frozenset()
    dispatches: list[Dispatch] = field(default_factory=list)
    """The active ones: lead, joint, informed. A member's are those of its group's parent."""
    others: dict[str, "Change"] = field(default_factory=dict)
    """Other tickets that this concerns, by number: locked and brought up to date like this one."""

    @property
    def policy(self) -> Policy:
        return self.city.policies.named(self.ticket.policy)

    @property
    def lead(self) -> Dispatch | None:
        return next((d for d in self.dispatches if d.role is DispatchRole.LEAD), None)

    @property
    def head(self) -> "Change":
        """The ticket whose clock this one shares: its group's parent, or itself."""
        parent = self.ticket.merged_into
        return self.others[parent] if parent else self

    def contacts(self, of: Dispatch | None = None) -> list[Contact]:
        """An office's contacts with the citizen under one dispatch: the lead's, unless named.

        With a member of a group it is any time that the office spoke with him.
        """
        given = of or self.lead
        if given is None:
            return []
        mine = ContactMade.dispatch_seq == given.seq
        if self.ticket.merged_into:
            mine = ContactMade.office_code == given.office_code
        rows = select(ContactMade.at, ContactMade.reached).where(
            ContactMade.ticket_number == self.ticket.number, mine
        )
        return [Contact(at, reached) for at, reached in self.session.execute(rows)]

    def record(
        self,
        action: Action,
        to: Status | None = None,
        data: Said | None = None,
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
            self.begin(due_at or self.now)
        self.lapse()
        ticket.version += 1
        ticket.updated_at = self.now
        self.wind()
        if ticket.members and ticket.status is not before:
            self.call_members()
        events.append(self.session, [self.event(action, before, data, due_at)])
        said = {name: text for name, text in (words or {}).items() if text is not None}
        if said:
            statement = Statement(ticket_number=ticket.number, seq=ticket.version, words=said)
            self.session.add(statement)
        if action not in UNTOLD:
            append(self.session, self.news(action, data))
        if ticket.status in TERMINAL:
            ticket.interim_office = None

    def begin(self, at: datetime) -> None:
        """A new status counts from this instant."""
        ticket = self.ticket
        ticket.since, ticket.called = at, False
        if ticket.status in TERMINAL:
            ticket.closed_at = at

    def lapse(self) -> None:
        """What was asked for is asked no longer where nobody may decide it."""
        ticket = self.ticket
        if (ticket.status, Action.DECIDE_EXTENSION) not in MOVES:
            ticket.asks_extension = None
        if (ticket.status, Action.DECIDE_HOLD) not in MOVES:
            ticket.asks_hold = None
        if (ticket.status, Action.SUPERVISE) not in MOVES:
            ticket.answer_due_at = None

    def event(
        self,
        action: Action,
        before: Status,
        data: Said | None,
        due_at: datetime | None,
    ) -> dict[str, Any]:
        ticket, caller = self.ticket, None if action in BY_ITSELF else self.caller
        return {
            "ticket_number": ticket.number,
            "seq": ticket.version,
            "at": self.now,
            "due_at": due_at,
            "actor": caller.id if caller else SYSTEM,
            "role": caller.role if caller else None,
            "office_code": caller.office_code if caller else None,
            "action": action,
            "from_status": before,
            "to_status": ticket.status,
            "data": as_json(data),
        }

    def warn_anew(self) -> None:
        """Of a new due time all warnings are given again; what is overdue still stays told."""
        ticket = self.ticket
        late = ticket.due_at is not None and self.now > ticket.due_at
        told = [name for name in ticket.warned if name.startswith("overdue")]
        ticket.warned = told if late else []

    def wind(self) -> None:
        """Set the ticket's clock anew: what falls due next, and who is to act by when."""
        for name, value in limits.wound(self.policy, Timers.of(self.ticket)).items():
            setattr(self.ticket, name, value)

    def call_members(self) -> None:
        """Whoever was merged into it is called back when its own citizen is (D.11)."""
        members = update(Ticket).where(Ticket.merged_into == self.ticket.number)
        self.session.execute(members.values(callback_due_at=self.ticket.callback_due_at))

    @property
    def standing(self) -> Standing:
        office = self.caller.office_code if self.caller else None
        parent = self.others.get(self.ticket.merged_into or "")
        head = parent.ticket.status if parent else None
        return standing_of(self.ticket, self.policy, office, self.now, head)

    def news(self, action: Action, data: Said | None) -> list[News]:
        """To lead, joint and informed offices, and to who keeps the duty of contact (also with a
        group's members) or must dispatch; a warning not to those who are to learn of it only when
        it is passed on."""
        ticket, warning = self.ticket, data.warning if isinstance(data, Warned) else ""
        keeper = self.others.get(ticket.merged_into or "", self).ticket.interim_office
        offices: dict[str | None, str] = {ticket.queue: "queue", keeper: "interim"}
        offices |= {d.office_code: d.role for d in self.dispatches}
        said = {"status": ticket.status} | ({"warning": warning} if warning else {})
        return [
            News(code, self.now, action, ticket.number, data={**said, "role": role})
            for code, role in offices.items()
            if code and (role != DispatchRole.INFORMED or is_passed_on(warning))
        ]

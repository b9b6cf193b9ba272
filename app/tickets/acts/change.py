"""A change of one ticket: the locked row, its caller, and the record it leaves.

Acts and due changes go through `Change`, so that status, timers, event, words and feed are written
together and in one way.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.access.roles import DESKS, Caller
from app.city import City
from app.feed.service import News, append, touch
from app.kit.ready import Ready, parameter
from app.policy.documents import Policy
from app.tickets import events
from app.tickets.event_data import Alarmed, Contacted, EventData, Warned, as_json
from app.tickets.life import alarms, duties, limits
from app.tickets.life.alarms import Alarm, district
from app.tickets.life.contacts import Contact, Method, counted, next_from, tried
from app.tickets.life.guards import Standing
from app.tickets.life.lifecycle import (
    BY_ITSELF,
    IN_OFFICE,
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
from app.tickets.proceedings import Advice, Supervision
from app.tickets.standing import standing_of

SYSTEM = "system"

INFORMED = DispatchRole.INFORMED

DESK_CODES = {Part(role): code for role, code in DESKS.items()}
"""The city's desks by the part that works at each."""

FOR_SUPERVISOR = (duties.OVERDUE, duties.PROBLEM)

NO_NEWS = frozenset({Action.READ, Action.REVEAL})
"""Actions with an event, and without an entry in the feed."""

MADE = select(ContactMade.at, ContactMade.reached, ContactMade.method).where(
    ContactMade.ticket_number == parameter("number", sa.Text)
)
UNDER_DISPATCH = Ready(MADE.where(ContactMade.dispatch_seq == parameter("own", sa.Integer)))
OF_OFFICE = Ready(MADE.where(ContactMade.office_code == parameter("own", sa.Text)))


@dataclass
class Change:
    session: Session
    city: City
    ticket: Ticket
    now: datetime
    caller: Caller | None = None
    """None for a change that falls due by itself."""
    parts: frozenset[Part] = frozenset()
    dispatches: list[Dispatch] = field(default_factory=list)
    """The active dispatches: lead, joint, informed. A member has those of its group's parent."""
    others: dict[str, "Change"] = field(default_factory=dict)
    """Changes of other tickets by the same act, by number; locked and up to date, too."""

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
        """The contacts with the citizen under one dispatch, by default the lead's; with a member
        of a group, all contacts of that office."""
        given = of or self.lead
        if given is None:
            return []
        number, connection = self.ticket.number, self.session.connection()
        if self.ticket.merged_into:
            rows = OF_OFFICE.rows(connection, number=number, own=given.office_code)
        else:
            rows = UNDER_DISPATCH.rows(connection, number=number, own=given.seq)
        return [Contact(row.at, row.reached, Method(row.method)) for row in rows]

    def count_attempts(self, contacts: Collection[Contact]) -> bool:
        """Show how many attempts of the lead office count, and from when the next one will. Whether
        they suffice (RULEBOOK D.6.4)."""
        ticket, policy, urgency = self.ticket, self.head.policy, self.head.ticket.urgency
        instants = counted(policy, urgency, contacts)
        enough = tried(policy, urgency, contacts)
        ticket.contact_attempts = len(instants)
        ticket.next_attempt_from = None if enough else next_from(policy, urgency, instants[-1])
        return enough

    def record(
        self,
        action: Action,
        to: Status | None = None,
        data: EventData | None = None,
        words: Mapping[str, Any] | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """Move the ticket and write the event. Refuses (IllegalMove) a move outside MOVES.

        `data` holds codes, numbers and times; `words` holds texts of persons. `due_at` is the
        instant at which the change fell due; the new status counts from it.
        """
        ticket, before = self.ticket, self.ticket.status
        ticket.status = move(before, action, to)
        if ticket.status is not before:
            self.begin(due_at or self.now)
        self.lapse()
        if self.is_looked_at(action, data):
            self.settle_danger()
        ticket.version += 1
        ticket.updated_at = self.now
        self.set_timers()
        if ticket.members and ticket.status is not before:
            self.call_members()
        self.await_others()
        self.write(self.event(action, before, data, due_at), words or {})
        if action not in NO_NEWS:
            append(self.session, self.news(action, data))
        if ticket.status in TERMINAL:
            ticket.interim_office = None

    def write(self, event: dict[str, Any], words: Mapping[str, Any]) -> None:
        """Link the event to the ticket's last one."""
        ticket = self.ticket
        spoken = {name: text for name, text in words.items() if text is not None}
        statement = events.statement_row(ticket.number, ticket.version, spoken) if spoken else None
        event["words_hash"] = events.hash_of(statement)
        [row] = events.linked(ticket.chain_head, [event])
        events.append(self.session, [row], [statement] if statement else [])
        ticket.chain_head = row["link"]

    def begin(self, at: datetime) -> None:
        """A new status counts from this instant."""
        ticket = self.ticket
        ticket.since, ticket.called, ticket.callback_begun = at, False, False
        ticket.warned = alarms.lasting(ticket.warned, alarms.OF_ITS_STATUS)
        ticket.asked_at = ticket.tried_at = None
        if ticket.status in TERMINAL:
            ticket.closed_at, ticket.relay_asked_at = at, None
            ticket.danger_asked_at = None

    def lapse(self) -> None:
        """Open requests end where the new status allows no decision on them."""
        ticket = self.ticket
        if (ticket.status, Action.DECIDE_EXTENSION) not in MOVES:
            ticket.asks_extension = None
        if (ticket.status, Action.DECIDE_HOLD) not in MOVES:
            ticket.asks_hold = None
        if (ticket.status, Action.SUPERVISE) not in MOVES:
            ticket.answer_due_at = None

    def is_looked_at(self, action: Action, data: EventData | None) -> bool:
        """Whether by this act somebody of the city knows what the words mean, or the office has
        spoken with the citizen."""
        by_city = action in alarms.LOOKS and bool(self.parts & alarms.LOOKERS)
        return by_city or (isinstance(data, Contacted) and data.reached)

    def ask_danger(self) -> None:
        """D.4: somebody of the city is to look whether a danger is meant."""
        self.ticket.danger_asked_at = self.ticket.danger_asked_at or self.now

    def settle_danger(self) -> None:
        ticket = self.ticket
        ticket.danger_asked_at = None
        ticket.warned = alarms.lasting(ticket.warned, {Alarm.POSSIBLE_DANGER})

    def event(
        self,
        action: Action,
        before: Status,
        data: EventData | None,
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
        """Repeat all warnings for a new due time, but no alarm, and not the overdue ones of a late
        ticket."""
        ticket = self.ticket
        late = ticket.due_at is not None and self.now > ticket.due_at
        overdue_warnings = [name for name in ticket.warned if name.startswith("overdue")]
        kept = overdue_warnings if late else []
        ticket.warned = [*kept, *alarms.of_alarms(ticket.warned)]

    def set_timers(self) -> None:
        """Set the timers: the next due change, and the offices to act with their limits."""
        for name, value in limits.wound(self.policy, Timers.of(self.ticket)).items():
            setattr(self.ticket, name, value)

    def await_others(self) -> None:
        """Joint offices owe an answer while the ticket is in its offices; it lies in their inboxes,
        and in those of the advised, which show whatever changes in it."""
        ticket = self.ticket
        helpers = [d for d in self.dispatches if d.role is DispatchRole.JOINT]
        if not ticket.merged_into:
            self.await_helpers(helpers)
        if ticket.supervised:
            asked = helpers if ticket.status not in TERMINAL else []
            self.await_answers(Supervision, {helper.office_code for helper in asked})
        if ticket.advised:
            self.await_answers(Advice, {dispatch.office_code for dispatch in self.dispatches})
            touch(self.session, ticket.advised)

    def await_helpers(self, helpers: Iterable[Dispatch]) -> None:
        working = self.ticket.status in IN_OFFICE
        for helper in helpers:
            owes = working and helper.answered_at is None
            if owes:
                helper.due_at = self.helper_due(helper)
            helper.waits_until = helper.due_at if owes else None
            touch(self.session, [helper.office_code])

    def await_answers(self, asked: type[Supervision | Advice], offices: Collection[str]) -> None:
        """What is asked of an office lies in its inbox for as long as it has the ticket."""
        here = asked.office_code.in_(offices)
        open_ones = (asked.ticket_number == self.ticket.number) & asked.answered_at.is_(None)
        until = sa.case((here, asked.answer_due_at))
        self.session.execute(update(asked).where(open_ones).values(waits_until=until))

    def helper_due(self, helper: Dispatch) -> datetime:
        """A joint office has the time of the ticket's level from its own dispatch, and at least the
        lead's, which an extension, a hold or a rework moves."""
        own = limits.due(self.policy, self.ticket.urgency, helper.dispatched_at).result
        return max(own, self.ticket.due_at or own)

    def call_members(self) -> None:
        """Members of the group are called back when the parent's citizen is (D.11), each citizen
        once, and none before the time that he has named."""
        ticket = self.ticket
        of_group = Ticket.merged_into == ticket.number
        members = update(Ticket).where(of_group, ~Ticket.same_citizen)
        called: dict[str, Any] = {"callback_due_at": None, "callback_since": None}
        if ticket.callback_due_at is not None:
            begins = func.greatest(ticket.since, Ticket.call_after)
            due_at = begins + limits.callback_limit(self.policy, Timers.of(ticket))
            called = {"callback_due_at": due_at, "callback_since": begins}
        anew = {"callback_begun": False, "warned": [], "next_due_at": called["callback_due_at"]}
        self.session.execute(members.values(**anew, **called))
        touch(self.session, [DESK_CODES[Part.CALLBACK]])

    @property
    def standing(self) -> Standing:
        office = self.caller.office_code if self.caller else None
        parent = self.others.get(self.ticket.merged_into or "")
        head = parent.ticket.status if parent else None
        return standing_of(self.ticket, self.policy, office, self.now, head)

    def news(self, action: Action, data: EventData | None) -> list[News]:
        """Feed entries for those who have the ticket, or for those for whom an alarm rings."""
        entry_data: dict[str, Any] = {"status": self.ticket.status}
        if isinstance(data, Alarmed):
            offices, entry_data["alarm"] = self.called_by(data.to), data.alarm
        elif isinstance(data, Warned):
            offices, entry_data["warning"] = self.concerned(data.warning), data.warning
        else:
            offices = self.concerned("")
        return [
            News(code, self.now, action, self.ticket.number, data={**entry_data, "role": role})
            for code, role in offices.items()
            if code
        ]

    def concerned(self, warning: str) -> dict[str | None, str]:
        """Lead, joint and informed offices, the district in whose queue the ticket lies, and the
        interim office (of a member: its parent's), each with its role. Informed offices get a
        warning only if it is passed on; a supervisor, what has come to him."""
        ticket = self.ticket
        keeper = self.others.get(ticket.merged_into or "", self).ticket.interim_office
        offices: dict[str | None, str] = {ticket.queue: "queue", keeper: "interim"}
        offices |= {d.office_code: d.role for d in self.dispatches}
        if warning in FOR_SUPERVISOR:
            offices[DESK_CODES[Part.SUPERVISOR]] = Part.SUPERVISOR
        passed_on = is_passed_on(warning)
        return {c: role for c, role in offices.items() if passed_on or role != INFORMED}

    def called_by(self, to: Iterable[Part]) -> dict[str | None, str]:
        """Those for whom an alarm rings."""
        ticket = self.ticket
        offices = {Part.CHIEF: ticket.office_code, Part.DISTRICT: district(Timers.of(ticket))}
        codes = {**DESK_CODES, **offices}
        return {codes[part]: part for part in to}

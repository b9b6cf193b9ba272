"""An assessment made again from the history of its ticket.

Only the history's own facts count. Old events without urgency, category, district or industry leave
those members out: a registry that was changed since is no history.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.tickets.event_data import (
    CalledBack,
    Corrected,
    Graded,
    Imported,
    LetGo,
    Merged,
    Received,
    Registered,
    Resumed,
    name,
    read,
)
from app.tickets.life import leads, limits, sources
from app.tickets.life.contacts import Contact, Method, contact_ok
from app.tickets.life.lifecycle import Action, Status

MATTER = (
    name(Received.type),
    name(Received.channel),
    name(Received.category),
    name(Imported.merge_group),
)
CORRECTED = tuple(map(name, (Corrected.category, Corrected.anonymous, Corrected.reachable)))
ANSWERS = ("reach", "contacted", "resolved", "satisfied")
REGISTERED = (name(Registered.district_code), name(Registered.industry_office))


class Happened(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An event, as its line has it."""

    seq: int
    at: datetime
    due_at: datetime | None
    actor: str
    role: str | None
    office_code: str | None
    action: Action
    from_status: Status | None
    to_status: Status
    data: dict[str, Any]

    @property
    def since(self) -> datetime:
        """When its status counts from."""
        return self.due_at or self.at

    def enters(self, status: Status) -> bool:
        return self.to_status is status and self.from_status is not status

    def leaves(self, status: Status) -> bool:
        return self.from_status is status and self.to_status is not status


class Given(NamedTuple):
    """A dispatch to a lead office."""

    seq: int
    office_code: str
    dispatched_at: datetime
    ended_at: datetime | None
    contact_due_at: datetime | None
    due_at: datetime | None


class Tried(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An office's contact with the citizen, as its line has it."""

    seq: int
    dispatch_seq: int
    office_code: str
    at: datetime
    method: str
    reached: bool


class Called(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A callback, as its line has it."""

    seq: int
    cycle: int
    attempt: int
    at: datetime
    reach: Reach
    contacted: Contacted | None
    resolved: Resolved | None
    satisfied: Satisfied | None
    final: bool


@dataclass
class History:
    """The record of one ticket."""

    policy: str
    events: list[Happened] = field(default_factory=list)
    leads: list[Given] = field(default_factory=list)
    contacts: list[Tried] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)

    @cached_property
    def called(self) -> Called | None:
        """The final one of the first cycle."""
        return next((call for call in self.calls if call.final and call.cycle == 0), None)

    @cached_property
    def begun(self) -> Happened | None:
        """How it came in."""
        first = next(iter(self.events), None)
        return first if first and first.action in (Action.RECEIVE, Action.IMPORT) else None

    @cached_property
    def parent(self) -> str | None:
        """The ticket into which it was merged, in the end."""
        joined = [e for e in self.events if e.enters(Status.MERGED)]
        left = [e for e in self.events if e.action is Action.UNMERGE]
        return joined[-1].data.get(name(Merged.parent_number)) if len(joined) > len(left) else None


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket whose citizen was called back; `head` has its office and clock: its group's parent,
    or itself. `urgency` is for where no event says it."""

    number: str
    own: History
    head: History
    call: Called
    policy: Policy
    urgency: Urgency
    events: list[Happened]
    """The head's, from before the callback."""

    @property
    def receipt(self) -> Mapping[str, Any]:
        """What came in, as corrected before the callback (RULEBOOK D.7.1)."""
        begun = self.own.begun
        facts = dict(begun.data) if begun else {}
        for event in self.own.events:
            if event.action is Action.CORRECT and event.seq < self.call.seq:
                facts |= {name: event.data[name] for name in CORRECTED if name in event.data}
        return facts

    @property
    def verified(self) -> bool:
        return self.call.reach is Reach.VERIFIED

    @property
    def imported(self) -> bool:
        return self.own.begun is not None and self.own.begun.action is Action.IMPORT

    def lead(self) -> Given | None:
        """The callback's."""
        return leads.lead_of_act(reversed(self.head.leads), self.call.at)


def before(own: History, head: History, call: Called) -> list[Happened]:
    """The head's events before a callback. A group's parent awaits callbacks until the last one:
    its event of that very instant that leaves this status is the result of this callback."""
    if head is own:
        return [e for e in own.events if e.seq < call.seq or e.action is Action.IMPORT]
    events = [e for e in head.events if e.at <= call.at]
    after = (e.seq for e in events if e.at == call.at and e.leaves(Status.AWAITING_CALLBACK))
    end = next(after, None)
    return events if end is None else [e for e in events if e.seq < end]


def remade(case: Case) -> dict[str, object]:
    """The known members of the assessment, by column."""
    call, begun = case.call, case.own.begun
    members: dict[str, object] = {name: getattr(call, name) for name in ANSWERS}
    members |= {"assessed_at": call.at}
    members |= {name: case.receipt[name] for name in MATTER if name in case.receipt}
    if begun:
        members["recorded_at"] = begun.at if case.imported else call.at
    if name(Received.reachable) in case.receipt:
        reachable = read(case.receipt, Received.reachable)
        known = case.verified and case.receipt.get(name(Received.channel)) in sources.SOURCES
        anonymous = read(case.receipt, Received.anonymous)
        members["anonymous"] = anonymous and not reachable and not known
    elif case.imported and name(Imported.anonymous) in case.receipt:
        members["anonymous"] = read(case.receipt, Imported.anonymous)
    if begun and not case.imported:
        members["merge_group"] = group(case)
    return members | registered(case) | dict(worked(case))


def registered(case: Case) -> dict[str, object]:
    """The registry's values of that day, from the callback's event."""
    event = next(e for e in case.own.events if e.seq == case.call.seq)
    registry_data = event.data.get(name(CalledBack.assessed), {})
    return {name: registry_data[name] for name in REGISTERED if name in registry_data}


def worked(case: Case) -> Iterator[tuple[str, object]]:
    """The lead office's work, and its time."""
    lead, urgencies = case.lead(), [*urgencies_of(case)]
    if urgencies:
        yield "urgency", urgencies[-1]
    if case.head.leads:
        yield "office_code", lead and lead.office_code
    if lead and lead.contact_due_at:
        urgency = urgencies[-1] if urgencies else case.urgency
        yield "contact_ok", responded(case, lead, lead.contact_due_at, urgency)
    if lead and lead.due_at and (name(Imported.replied_at) in case.receipt or not case.imported):
        yield "late", is_late(case, lead.due_at)


def urgencies_of(case: Case) -> Iterator[Urgency]:
    for event in case.events:
        graded = event.action is Action.GRADE
        urgency = event.data.get(name(Graded.new) if graded else name(Received.urgency))
        if urgency:
            yield Urgency(urgency)


def group(case: Case) -> str | None:
    if case.head is not case.own:
        return case.own.parent
    sizes = [
        read(e.data, LetGo.members)
        for e in case.events
        if e.action in (Action.ADOPT, Action.LET_GO)
    ]
    return case.number if sizes and sizes[-1] else None


def responded(case: Case, lead: Given, due_at: datetime, urgency: Urgency) -> bool:
    """As `response.responded` says it when the citizen is called back."""
    if case.head is not case.own:
        joined, waits = changed_at(case.own.events), changed_at(case.events)
        due_at = limits.member_contact_due(case.policy, urgency, due_at, joined)
        if joined >= waits and case.call.at < due_at:
            return True
    if case.verified:
        return sources.responded(due_at, contacts(case, lead))
    if group(case) and not case.receipt.get(name(Received.reachable), True):
        return True
    return contact_ok(case.policy, urgency, due_at, list(contacts(case, lead)))


def changed_at(events: Sequence[Happened]) -> datetime:
    """Since when the last status counts: of a member, since it joined; of its group's parent, since
    it awaits the callbacks."""
    return max(e.since for e in events if e.from_status is not e.to_status)


def contacts(case: Case, lead: Given) -> Iterator[Contact]:
    """The lead office's: under its dispatch, or with a member of a group at any time; of an
    imported case all that it came with."""
    member = case.head is not case.own
    for contact in case.own.contacts:
        theirs = (
            contact.office_code == lead.office_code if member else contact.dispatch_seq == lead.seq
        )
        if theirs and (case.imported or contact.at <= case.call.at):
            yield Contact(contact.at, contact.reached, Method(contact.method))


def is_late(case: Case, due_at: datetime) -> bool:
    """Replied after its time, or never."""
    if case.imported:
        replied = case.receipt[name(Imported.replied_at)]
        replied_at = datetime.fromisoformat(replied) if replied else None
        return limits.is_late(due_at, replied_at, case.call.at)
    events = case.events
    replies = [e.at for e in events if e.action is Action.REPLY or is_done(e)]
    forced = any(e.action is Action.FORCE_CALLBACK for e in events)
    return forced or (bool(replies) and replies[0] > due_at)


def is_done(event: Happened) -> bool:
    """A hold that ended with the matter done: its own reply."""
    return event.action is Action.RESUME and bool(event.data.get(name(Resumed.done)))

"""An assessment made again from the history of its ticket: what it ought to say.

Only what the history holds is said. Events from before they told urgency, category, district,
industry and the like leave those out: a registry that was changed since is no history.
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
from app.tickets.life import leads, limits
from app.tickets.life.contacts import Contact, contact_ok
from app.tickets.life.lifecycle import Action, Status

MATTER = (
    name(Received.type),
    name(Received.channel),
    name(Received.category),
    name(Imported.merge_group),
)
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
    """What is on record of one ticket."""

    policy: str
    events: list[Happened] = field(default_factory=list)
    leads: list[Given] = field(default_factory=list)
    contacts: list[Tried] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)

    @cached_property
    def called(self) -> Called | None:
        """The final one of the first cycle."""
        return next((one for one in self.calls if one.final and one.cycle == 0), None)

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
    def told(self) -> Mapping[str, Any]:
        return self.own.begun.data if self.own.begun else {}

    @property
    def imported(self) -> bool:
        return self.own.begun is not None and self.own.begun.action is Action.IMPORT

    def lead(self) -> Given | None:
        """The lead that the callback was about."""
        return leads.lead_of_act(reversed(self.head.leads), self.call.at)


def before(own: History, head: History, call: Called) -> list[Happened]:
    """What of the head's a callback found. A group's parent awaits callbacks until the last: by an
    event of that very instant with which it no longer does, it says what came of this one."""
    if head is own:
        return [e for e in own.events if e.seq < call.seq or e.action is Action.IMPORT]
    found = [e for e in head.events if e.at <= call.at]
    after = (e.seq for e in found if e.at == call.at and e.leaves(Status.AWAITING_CALLBACK))
    end = next(after, None)
    return found if end is None else [e for e in found if e.seq < end]


def remade(case: Case) -> dict[str, object]:
    """What is known of the assessment, by the names of its columns."""
    call, begun = case.call, case.own.begun
    found: dict[str, object] = {name: getattr(call, name) for name in ANSWERS}
    found |= {"assessed_at": call.at}
    found |= {name: case.told[name] for name in MATTER if name in case.told}
    if begun:
        found["recorded_at"] = begun.at if case.imported else call.at
    if name(Received.reachable) in case.told:
        reachable = read(case.told, Received.reachable)
        found["anonymous"] = read(case.told, Received.anonymous) and not reachable
    if begun and not case.imported:
        found["merge_group"] = group(case)
    return found | registered(case) | dict(worked(case))


def registered(case: Case) -> dict[str, object]:
    """What was taken from the registry of that day, as the callback's event tells it."""
    event = next(e for e in case.own.events if e.seq == case.call.seq)
    said = event.data.get(name(CalledBack.assessed), {})
    return {name: said[name] for name in REGISTERED if name in said}


def worked(case: Case) -> Iterator[tuple[str, object]]:
    """What the lead office did, and by when."""
    lead, urgencies = case.lead(), [*urgencies_of(case)]
    if urgencies:
        yield "urgency", urgencies[-1]
    if case.head.leads:
        yield "office_code", lead and lead.office_code
    if lead and lead.contact_due_at:
        urgency = urgencies[-1] if urgencies else case.urgency
        yield "contact_ok", responded(case, lead, lead.contact_due_at, urgency)
    if lead and lead.due_at and (name(Imported.replied_at) in case.told or not case.imported):
        yield "late", is_late(case, lead.due_at)


def urgencies_of(case: Case) -> Iterator[Urgency]:
    for event in case.events:
        graded = event.action is Action.GRADE
        said = event.data.get(name(Graded.new) if graded else name(Received.urgency))
        if said:
            yield Urgency(said)


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
    if group(case) and not case.told.get(name(Received.reachable), True):
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
    for one in case.own.contacts:
        theirs = one.office_code == lead.office_code if member else one.dispatch_seq == lead.seq
        if theirs and (case.imported or one.at <= case.call.at):
            yield Contact(one.at, one.reached)


def is_late(case: Case, due_at: datetime) -> bool:
    """Replied after its time, or never."""
    if case.imported:
        replied = case.told[name(Imported.replied_at)]
        replied_at = datetime.fromisoformat(replied) if replied else None
        return limits.is_late(due_at, replied_at, case.call.at)
    events = case.events
    replies = [e.at for e in events if e.action is Action.REPLY or e.data.get(name(Resumed.done))]
    forced = any(e.action is Action.FORCE_CALLBACK for e in events)
    return forced or (bool(replies) and replies[0] > due_at)

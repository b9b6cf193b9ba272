"""A finished case of an older system, completed by the rules of its time."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.access.roles import Caller
from app.callbacks.answers import Reach
from app.city import City
from app.imports.schemas import PastCase
from app.offices.directory import OfficeEntry
from app.policy.documents import Policy
from app.routing.service import Taught
from app.tickets.life import limits, sources
from app.tickets.life.contacts import Contact, contact_ok, tried


@dataclass(frozen=True, slots=True)
class Past:
    """A case before it is written, with its office, policy, limits and contacts."""

    case: PastCase
    office: OfficeEntry
    policy: Policy
    due: limits.Due
    contacts: list[Contact]
    industry_office: str | None
    caller: Caller
    now: datetime
    number: str = ""

    def numbered(self, number: str) -> "Past":
        return replace(self, number=number)

    @property
    def contacted_at(self) -> datetime | None:
        """The contact with which the citizen was reached, or tried often enough."""
        contacts, urgency = sorted(self.contacts), self.case.urgency
        firsts = (contacts[:number] for number in range(1, len(contacts) + 1))
        return next((made[-1].at for made in firsts if tried(self.policy, urgency, made)), None)

    @property
    def late(self) -> bool:
        """Whether the reply came after the due time, or, without a reply, the callback."""
        return limits.is_late(self.due.result, self.case.replied_at, self.case.result.at)

    @property
    def contact_ok(self) -> bool:
        due_at = self.due.contact
        if self.case.verification:
            return sources.responded(due_at, self.contacts)
        return contact_ok(self.policy, self.case.urgency, due_at, self.contacts)

    @property
    def anonymous(self) -> bool:
        return self.case.result.reach is Reach.ANONYMOUS

    @property
    def times(self) -> dict[str, Any]:
        return {
            "dispatched_at": self.case.dispatched_at,
            "acknowledged_at": self.case.acknowledged_at,
            "contacted_at": self.contacted_at,
            **limits.columns(self.due),
        }


def of(city: City, case: PastCase, caller: Caller, now: datetime) -> Past:
    """A case by the policy of its dispatch."""
    policy = city.policies.at(case.dispatched_at)
    category = city.catalogue.category(case.category) if case.category else None
    return Past(
        case=case,
        office=city.offices[case.office_code],
        policy=policy,
        due=limits.due(policy, case.urgency, case.dispatched_at),
        contacts=[Contact(made.at, made.reached, made.method) for made in case.contacts],
        industry_office=category.industry_office if category else None,
        caller=caller,
        now=now,
    )


def lesson(past: Past) -> Taught:
    """The lesson of the case for routing: its place belongs to the office that worked on it."""
    case = past.case
    return Taught(
        case.address.text, case.office_code, case.dispatched_at, ticket_number=past.number
    )

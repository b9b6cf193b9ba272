"""A finished case of an older system, with all that follows from it by the rules of its time."""

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
from app.tickets.life import limits
from app.tickets.life.contacts import Contact, tried


@dataclass(frozen=True, slots=True)
class Past:
    """A case that is about to be written, with all that follows from it."""

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
        """When the citizen was reached, or had been tried often enough."""
        made = sorted(self.contacts)
        ends = (last.at for n, last in enumerate(made, 1) if tried(self.policy, made[:n]))
        return next(ends, None)

    @property
    def late(self) -> bool:
        """Replied after its time, or never and called back after it."""
        return limits.is_late(self.due.result, self.case.replied_at, self.case.callback.at)

    @property
    def anonymous(self) -> bool:
        return self.case.callback.reach is Reach.ANONYMOUS

    @property
    def times(self) -> dict[str, Any]:
        return {
            "dispatched_at": self.case.dispatched_at,
            "acknowledged_at": self.case.acknowledged_at,
            "contacted_at": self.contacted_at,
            **limits.columns(self.due),
        }


def of(city: City, case: PastCase, caller: Caller, now: datetime) -> Past:
    """By the policy then in force. Refuses (NoWorkingCalendar) where that needs a calendar that
    is not known."""
    policy = city.policies.at(case.dispatched_at)
    category = city.catalogue.category(case.category) if case.category else None
    return Past(
        case=case,
        office=city.offices[case.office_code],
        policy=policy,
        due=limits.due(policy, case.urgency, case.dispatched_at),
        contacts=[Contact(one.at, one.reached) for one in case.contacts],
        industry_office=category.industry_office if category else None,
        caller=caller,
        now=now,
    )


def lesson(past: Past) -> Taught:
    """What the case teaches routing: where it was worked, its place belongs."""
    return Taught(past.case.address.text, past.case.office_code, past.case.dispatched_at)

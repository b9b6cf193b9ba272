"""Recipients of a ticket: offices with their roles, as a value and as dispatch rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.city import City, district_of
from app.routing.decision import Decision
from app.tickets.life import limits
from app.tickets.life.lifecycle import DispatchRole


@dataclass(frozen=True, slots=True)
class Share:
    """The offices of a ticket: one leads, others help, others are only informed."""

    lead: str
    joint: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()

    def roles(self) -> dict[str, DispatchRole]:
        """Each office once, by its weightiest role."""
        return {
            **dict.fromkeys(self.informed, DispatchRole.INFORMED),
            **dict.fromkeys(self.joint, DispatchRole.JOINT),
            self.lead: DispatchRole.LEAD,
        }


def share(city: City, lead: str, joint: Iterable[str], informed: Iterable[str | None]) -> Share:
    """With the district centres of place, lead and joint among the informed (RULEBOOK D.5-8)."""
    others = tuple(joint)
    theirs = (district_of(city, code) for code in (lead, *others))
    known = {code for code in (*theirs, *informed) if code in city.offices}
    return Share(lead, others, tuple(sorted(filter(None, known))))


def rows(
    number: str, seq: int, given: Share, due: limits.Due | None, now: datetime
) -> list[dict[str, Any]]:
    """The dispatch rows of a share: the lead has all limits, a joint office one for its answer."""
    return [
        {
            "ticket_number": number,
            "seq": seq,
            "office_code": code,
            "role": role,
            "dispatched_at": now,
            **limits.columns(due if role is DispatchRole.LEAD else None),
            **awaited(role, due),
        }
        for code, role in given.roles().items()
    ]


def awaited(role: DispatchRole, due: limits.Due | None) -> dict[str, Any]:
    """A joint office's own clock."""
    if role is not DispatchRole.JOINT or due is None:
        return {"waits_until": None}
    return {"due_at": due.result, "waits_until": due.result}


def share_of(city: City, decision: Decision) -> Share:
    informed = [decision.district_code, *decision.informed_office_codes]
    return share(city, decision.office_code or "", decision.joint_office_codes, informed)

"""Contacts: the response of an office to the citizen, judged by the clock."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.offices.catalogue import Urgency
from app.policy.documents import Policy


class Method(StrEnum):
    CALL = "call"
    VISIT = "visit"
    MESSAGE = "message"


class Contact(NamedTuple):
    at: datetime
    reached: bool
    method: Method = Method.CALL


def tried(policy: Policy, contacts: Sequence[Contact]) -> bool:
    """Whether the citizen was reached, or tried often enough at any intervals."""
    return any(contact.reached for contact in contacts) or len(contacts) >= policy.contact.attempts


def contact_ok(
    policy: Policy, urgency: Urgency, contact_due_at: datetime, contacts: Sequence[Contact]
) -> bool:
    """Whether the office responded in time (RULEBOOK D.6.4): it reached the citizen, or tried often
    enough with the prescribed gaps between the tries."""
    timely = [contact for contact in contacts if contact.at <= contact_due_at]
    if any(contact.reached for contact in timely):
        return True
    tries, last = 0, None
    for contact in sorted(timely):
        if last is None or contact.at - last >= policy.contact.gap[urgency]:
            tries, last = tries + 1, contact.at
    return tries >= policy.contact.attempts

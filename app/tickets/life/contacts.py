"""Contacts: the response of an office to the citizen, judged by the clock."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.kit.messages import worded
from app.offices.catalogue import Urgency
from app.policy.documents import Policy


@worded
class Method(StrEnum):
    CALL = "call"
    VISIT = "visit"
    MESSAGE = "message"
    RELAY = "relay"
    """Through the hotline, where the office may not know who called (RULEBOOK D.6.4)."""


class Contact(NamedTuple):
    at: datetime
    reached: bool
    method: Method = Method.CALL


def counted(policy: Policy, urgency: Urgency, contacts: Iterable[Contact]) -> list[datetime]:
    """The instants of the attempts that count: each a gap or more after the one before (RULEBOOK
    D.6.4). What attempts allow (T14, T15, D.6.5) and the rate of response count alike."""
    instants: list[datetime] = []
    for contact in sorted(contacts):
        if not instants or contact.at >= next_from(policy, urgency, instants[-1]):
            instants.append(contact.at)
    return instants


def next_from(policy: Policy, urgency: Urgency, last: datetime) -> datetime:
    """The instant from which an attempt counts after the last one that did."""
    return last + policy.contact.gap[urgency]


def tried(policy: Policy, urgency: Urgency, contacts: Collection[Contact]) -> bool:
    """Whether the citizen was reached, or tried often enough."""
    if any(contact.reached for contact in contacts):
        return True
    return len(counted(policy, urgency, contacts)) >= policy.contact.attempts


def contact_ok(
    policy: Policy, urgency: Urgency, contact_due_at: datetime, contacts: Iterable[Contact]
) -> bool:
    """Whether the office responded in time: it reached the citizen, or tried often enough."""
    timely = [contact for contact in contacts if contact.at <= contact_due_at]
    return tried(policy, urgency, timely)

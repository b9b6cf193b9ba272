"""Cases without a citizen (RULEBOOK D.9.1): a paper, the web or a superior asks, or a caller who
leaves no telephone. Nobody can be called back, so the result is verified."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from app.kit.messages import worded
from app.policy.documents import Policy
from app.tickets.life.contacts import Contact, Method
from app.tickets.life.lifecycle import Channel

PUBLIC = frozenset({Channel.MEDIA, Channel.OPINION})
"""The source is public, and so is the answer."""

SOURCES = PUBLIC | {Channel.SUPERIOR}


@worded
class Verified(StrEnum):
    """How the city's desk saw the result."""

    SITE = "site"
    PHOTO = "photo"
    DOCUMENT = "document"
    PUBLICATION = "publication"


def no_citizen(policy: Policy, channel: Channel, anonymous: bool, reachable: bool) -> bool:
    """Whether nobody can be called: there is no telephone, and the request has a source or is an
    anonymous one that the policy counts."""
    counted = anonymous and policy.assess.anonymous
    return not reachable and (channel in SOURCES or counted)


def verifiable(channel: Channel, no_citizen: bool) -> bool:
    """A request of a source may name a telephone: then it is called back or verified."""
    return no_citizen or channel in SOURCES


def is_response(contact: Contact) -> bool:
    """A visit of the spot, or a message: the public answer at the source."""
    answered = contact.method is Method.MESSAGE and contact.reached
    return contact.method is Method.VISIT or answered


def responded(contact_due_at: datetime, contacts: Iterable[Contact]) -> bool:
    """Whether the office was on the spot or answered at the source in time."""
    return any(contact.at <= contact_due_at and is_response(contact) for contact in contacts)

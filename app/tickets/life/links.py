"""Links of a ticket's events, or a whistle's: each is a hash over the former link and the event.

Who changes, adds or removes an event by force must make every later link anew. The words of an
event stand in its link by their hash only, so that they can be erased without breaking the chain.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

FORMAT = 1
"""Of the text that is hashed; a later one needs a number of its own."""

BEFORE_ALL = b""
"""The link before a ticket's first event."""

MEMBERS = (
    "ticket_number",
    "seq",
    "at",
    "due_at",
    "actor",
    "role",
    "office_code",
    "action",
    "from_status",
    "to_status",
    "data",
    "words_hash",
)
"""Of a ticket's event, in order: what its link is over."""

ENCODER = msgspec.json.Encoder(order="deterministic")


def link(former: bytes, event: Mapping[str, Any], names: Sequence[str] = MEMBERS) -> bytes:
    """A member that the event leaves out is null."""
    members = [canonical(event.get(name)) for name in names]
    return sha256(ENCODER.encode([FORMAT, former.hex(), *members])).digest()


def canonical(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value.hex() if isinstance(value, bytes) else value


def words_hash(salt: bytes, words: Mapping[str, Any]) -> bytes:
    """The salt is erased with the words: short ones could be guessed from a bare hash."""
    return sha256(salt + ENCODER.encode(words)).digest()

"""The words of a request under the links of its ticket's events: by a salted hash, so that they can
be erased without breaking the chain."""

from collections.abc import Mapping
from typing import Any

from app.tickets.events import new_salt
from app.tickets.life import links
from app.tickets.models import Request

SAID = ("title", "content", "address", "source")


def hash_of(request: Mapping[str, Any]) -> str:
    """Of a row with its salt."""
    words = {name: request[name] for name in SAID}
    return links.words_hash(request["salt"], words).hex()


def renewed(request: Request) -> str:
    """Of words that an act has changed, with a salt of their own."""
    request.salt = new_salt()
    return hash_of({name: getattr(request, name) for name in (*SAID, "salt")})

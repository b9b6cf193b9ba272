"""How many requests a key, or an address, may send; off unless an operator sets it.

Each worker counts for itself, so that with several of them it is as many times more.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

from starlette.datastructures import Headers
from starlette.types import Scope

from app.kit.errors import TooMany
from app.kit.messages import Message

BURST_SECONDS = 10.0
LEAST_WAIT_SECONDS = 1e-6  # less is rounding
MOST_REMEMBERED = 10_000


class TooManyRequests(TooMany):
    title = "This key or address sends too many requests"


@dataclass(slots=True)
class Rate:
    """So many a second of each name, on an average over BURST_SECONDS."""

    per_second: float
    name_of: Callable[[Scope], str | None]
    full_at: OrderedDict[str, float] = field(default_factory=OrderedDict)
    """By name, the instant from which it may again send all at once."""

    def check(self, scope: Scope) -> None:
        """Refuses TooManyRequests."""
        name = self.name_of(scope)
        if name is None:
            return
        now = monotonic()
        full_at = max(self.full_at.get(name, now), now) + 1 / self.per_second
        wait = full_at - now - max(BURST_SECONDS, 1 / self.per_second)
        if wait > LEAST_WAIT_SECONDS:
            raise TooManyRequests(
                Message("{per_second:g} a second", per_second=self.per_second),
                retry_after=ceil(wait),
            )
        self.full_at[name] = full_at
        self.full_at.move_to_end(name)
        if len(self.full_at) > MOST_REMEMBERED:
            self.full_at.popitem(last=False)


def key_of(scope: Scope) -> str | None:
    """However the scheme and the spaces are written."""
    return Headers(scope=scope).get("authorization", "").partition(" ")[2].strip() or None


def address_of(scope: Scope) -> str | None:
    """None of what the console asks in process: its own request was counted."""
    return scope["client"][0] or None if scope.get("client") else None

"""What was told of tickets, kept as long as it would be told the same."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from app.city import City
from app.tickets.standing import turns
from app.tickets.views import view
from app.tickets.views.rows import Row


class Form(NamedTuple):
    """What is told after `since`, up to and with `until`, while its version is the same."""

    version: str
    since: datetime
    until: datetime | None
    body: bytes

    def holds(self, version: str, now: datetime) -> bool:
        in_time = self.since < now and (self.until is None or now <= self.until)
        return in_time and self.version == version


def form_of(version: str, tickets: Iterable[Row], looker: view.Looker, body: bytes) -> Form:
    return Form(version, *between(moments(looker.city, tickets), looker.now), body)


def moments(city: City, tickets: Iterable[Row]) -> Iterator[datetime]:
    for row in tickets:
        yield from turns(row, view.policy_of(city, row))


def is_unturned(city: City, row: Row, now: datetime) -> bool:
    """Whether a ticket's version tells all of it: time alone has changed nothing since then, a
    member of a group changes with its parent, and no ticket that it repeats was made secret."""
    turned = any(row.updated_at <= at < now for at in moments(city, [row]))
    return row.merged_into is None and not row.repeats_secret and not turned


def between(instants: Iterable[datetime], now: datetime) -> tuple[datetime, datetime | None]:
    """The last of them that is past, and the next, which is past after itself only."""
    since, until = datetime.min.replace(tzinfo=UTC), None
    for at in instants:
        if at < now:
            since = max(since, at)
        else:
            until = at if until is None else min(until, at)
    return since, until

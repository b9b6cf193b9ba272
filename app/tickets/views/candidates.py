"""The tickets of a page, as one statement for each shape of question.

A list walks an index in its own order while that meets its tickets soon. Where it might walk long
(rare words, a small place, one district of sixteen), the candidates come from two sources, each in
the list's order and no longer than the page: the tickets with all keys in `search_entry`, looked
for first where the page most likely is, and what changed since the mark up to which the entries are
kept. Either way every condition is checked on the ticket itself, so that a list never shows what
was true before.

A status that few tickets have at a time is walked by itself, each status of a list in its own part
of the index.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY

from app.access.roles import Role
from app.kit.ready import parameter
from app.kit.web.paging import Order, instant, write_cursor
from app.tickets.life.lifecycle import Status
from app.tickets.models import FAR, Ticket
from app.tickets.search.models import SearchEntry
from app.tickets.views.filters import IS_OPEN, Condition, Sort, at, conditions, says_all

LAST = datetime.fromisoformat(FAR).astimezone(UTC)


class Due(Order):
    """By due time; what has none stands last."""

    def after(self, row: Any) -> str:
        return write_cursor(row.due_at or LAST, row.number)


NEWEST = Order((Ticket.received_at, Ticket.number), (instant, str), falling=True)

CHANGES = Order((Ticket.updated_at, Ticket.number), (instant, str))

URGENT = Order((Ticket.urgency, Ticket.received_at, Ticket.number), (str, instant, str))

DUE_OR_LAST = sa.func.coalesce(
    Ticket.due_at, sa.literal_column(f"'{FAR}'::timestamp with time zone")
)

DUE = Due((DUE_OR_LAST.label("due_or_last"), Ticket.number), (instant, str))

SORTED = {Sort.RECEIVED: NEWEST, Sort.DUE: DUE, Sort.URGENCY: URGENT}


class Source(Enum):
    """Where the tickets of a page come from."""

    WALK = auto()
    """The tickets themselves."""
    WINDOW = auto()
    """Candidates, as far back as a window reaches."""
    HEAD = auto()
    """Candidates among the LOOKED_AT that are the first in the list's order."""
    REST = auto()
    """All candidates, found by their keys before all else: so few that no window or head had a page
    of them."""
    STATUSES = auto()
    """The tickets of each status asked for, none of which is `closed`."""


class Shape(NamedTuple):
    """What makes one statement differ from another; the rest is parameters."""

    role: Role
    names: tuple[str, ...]
    overdue: bool | None
    sort: Sort
    goes_on: bool
    limit: int
    source: Source
    several: tuple[str, ...] = ()
    """The filters of which several values are keys."""

    @property
    def order(self) -> Order:
        """Newest first; with `updated_after`, in order of change, so that a poller can go on."""
        return CHANGES if "updated_after" in self.names else SORTED[self.sort]


STATUSES = parameter("status", ARRAY(sa.Text))
KEYS = parameter("keys", ARRAY(sa.Integer))
SPAN = parameter("span", ARRAY(sa.Integer))
RECENT = parameter("recent", ARRAY(sa.Text))
"""The numbers of what changed since the mark."""
LOOKED_AT = 2_000
"""Open tickets of a head: where they have no page, the keys lead to few. And as many tickets of
some statuses are few."""
FENCE: sa.ColumnElement[int] = sa.literal_column("0")
"""As an offset: what stands within is not mixed with what stands around it."""


def page(shape: Shape, *columns: Any) -> sa.Select[Any]:
    """Columns of the tickets of a page and of one more, and what they are sorted by."""
    by = shape.order
    sorted_by = [c for c in by.columns if isinstance(c, sa.Label) and c not in set(columns)]
    query = select(*columns, *sorted_by)
    if shape.source is Source.WALK:
        query = query.where(*checks(shape), *words(shape, Ticket.number))
    else:
        query = query.where(Ticket.number.in_(numbers(shape)))
    return by.ready(query, shape.goes_on, shape.limit)


def checks(shape: Shape) -> list[Condition]:
    walks = shape.source is Source.WALK
    every = [*conditions(shape.role, shape.names, shape.overdue, one_by_one=not walks)]
    if shape.sort is not Sort.RECEIVED and "open" not in shape.names:
        every.append(IS_OPEN)
    if shape.source is Source.WINDOW:
        every.append(Ticket.received_at >= at("window_since"))
    return every


def words(shape: Shape, number: Any) -> list[Condition]:
    return [says_all(number)] if "q" in shape.names else []


def numbers(shape: Shape) -> sa.CompoundSelect[Any]:
    pages = (first(shape, query).subquery() for query in sources(shape))
    return sa.union(*(select(page.c.number) for page in pages))


def sources(shape: Shape) -> Iterator[sa.Select[Any]]:
    shown: list[Any] = [c for c in shape.order.columns if c is not Ticket.number]
    checked = select(Ticket.number, *shown).where(*checks(shape))
    if shape.source is Source.STATUSES:
        yield select(Ticket.number, *shown).where(Ticket.number.in_(by_status(shape)))
        return
    yield by_head(shape, checked) if shape.source is Source.HEAD else by_keys(shape, checked)
    yield checked.where(Ticket.number == sa.any_(RECENT))
    if shape.overdue:
        yield by_due(checked)


def by_due(query: sa.Select[Any]) -> sa.Select[Any]:
    """Of what is open, what is past due: no change of a ticket gives it a key for that."""
    is_past = at("now") > DUE_OR_LAST
    past = DUE.sorted(select(Ticket.number).where(IS_OPEN, is_past)).offset(FENCE).subquery()
    return query.join(past, past.c.number == Ticket.number)


def by_status(shape: Shape) -> sa.Select[Any]:
    """The numbers of a page of each status; with words to be read yet, of all that it has."""
    asked = sa.func.unnest(STATUSES).table_valued("status").render_derived("asked")
    query = select(Ticket.number).where(status_is(asked.c.status), *checks(shape))
    if "q" not in shape.names:
        query = shape.order.ready(query, shape.goes_on, shape.limit)
    each = query.lateral("each")
    return select(each.c.number).select_from(asked).join(each, sa.true())


def are_few() -> sa.Select[Any]:
    """Whether no more than LOOKED_AT tickets have one of the statuses."""
    beyond = select(Ticket.number).where(status_is(sa.any_(STATUSES)))
    return select(sa.not_(beyond.offset(sa.literal_column(str(LOOKED_AT))).exists()))


def status_is(value: Any) -> Condition:
    """By their index, which has none that is closed."""
    return sa.and_(sa.cast(Ticket.status, sa.Text) == value, Ticket.status != Status.CLOSED)


def by_keys(shape: Shape, query: sa.Select[Any]) -> sa.Select[Any]:
    keyed = select(SearchEntry.ticket_number).where(*has_keys(shape))
    if shape.source is Source.WINDOW:
        keyed = keyed.where(SearchEntry.keys.overlap(SPAN))
    entry = (keyed.offset(FENCE) if shape.source is Source.REST else keyed).subquery()
    return query.join(entry, entry.c.ticket_number == Ticket.number)


def by_head(shape: Shape, query: sa.Select[Any]) -> sa.Select[Any]:
    every = shape.order.onward(select(Ticket.number).where(IS_OPEN), shape.goes_on)
    head = shape.order.sorted(every).limit(sa.literal_column(str(LOOKED_AT))).subquery()
    entry = select(sa.and_(*has_keys(shape))).where(SearchEntry.ticket_number == Ticket.number)
    return query.join(head, head.c.number == Ticket.number).where(
        entry.correlate(Ticket).scalar_subquery()
    )


def has_keys(shape: Shape) -> Iterator[Condition]:
    yield SearchEntry.keys.contains(KEYS)
    for name in shape.several:
        yield SearchEntry.keys.overlap(parameter(f"{name}_keys", ARRAY(sa.Integer)))


def first(shape: Shape, query: sa.Select[Any]) -> sa.Select[Any]:
    """The first of the candidates, up to a page and one more. Their words are read last and in
    order, until the page is full: that takes longer than all other checks."""
    by = shape.order
    if "q" not in shape.names:
        return by.ready(query, shape.goes_on, shape.limit)
    every = by.sorted(by.onward(query, shape.goes_on)).offset(FENCE).subquery()
    saying = select(*every.c).where(*words(shape, every.c.number))
    return by.sorted(saying, every).limit(sa.literal_column(str(shape.limit + 1)))

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

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY, array

from app.access.roles import Role
from app.kit.ready import parameter
from app.kit.web.paging import Order, instant, write_cursor
from app.tickets.life.lifecycle import Status
from app.tickets.models import FAR, Ticket
from app.tickets.search import keys
from app.tickets.search.models import SearchEntry
from app.tickets.views.filters import BY_FILTER, IS_OPEN, Condition, Sort, at, conditions, says_all

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
    """Candidates among the LOOKED_AT that are the first in the list's order: of what is open, or of
    what changed."""
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
    """The filters whose tickets have one of several keys."""
    open: bool | None = None
    """Whether only what is open is asked for, or only what has ended."""
    many_due: bool = False
    """Whether more than LOOKED_AT open tickets are past due."""

    @property
    def order(self) -> Order:
        """Newest first; with `updated_after`, in order of change, so that a poller can go on."""
        return CHANGES if "updated_after" in self.names else SORTED[self.sort]


STATUSES = parameter("status", ARRAY(sa.Text))
KEYS = parameter("keys", ARRAY(sa.Integer))
SPANS = parameter("spans", ARRAY(sa.Integer))
RECENT = parameter("recent", ARRAY(sa.Text))
"""The numbers of what changed since the mark."""
LOOKED_AT = 2_000
"""Open tickets of a head: where they have no page, the keys lead to few. And so many tickets of
some statuses, or past due, are looked at whatever their keys."""
FEW_OF_MILLIONS = 20_000
"""So many that have the keys are looked at sooner than a page of them is met on a walk."""
FENCE: sa.ColumnElement[int] = sa.literal_column("0")
"""As an offset: what stands within is not mixed with what stands around it."""


def keyed(by: Order) -> tuple[Any, ...]:
    """The columns of a list's numbers from which a cursor is made."""
    named = (column for column in by.columns if not isinstance(column, sa.Label))
    return tuple(dict.fromkeys((Ticket.number, Ticket.due_at, *named)))


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
        every.append(Ticket.received_at >= at("since"))
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
        is_open = shape._replace(overdue=None, open=True)
        yield by_keys(is_open, checked) if shape.many_due else by_due(checked)


def by_due(query: sa.Select[Any]) -> sa.Select[Any]:
    past = past_due().offset(FENCE).subquery()
    return query.join(past, past.c.number == Ticket.number)


def past_due() -> sa.Select[Any]:
    """Of what is open, what is past due: no change of a ticket gives it a key for that."""
    return DUE.sorted(select(Ticket.number).where(IS_OPEN, at("now") > DUE_OR_LAST))


def are_many(query: sa.Select[Any], most: int) -> sa.Select[Any]:
    """Whether there are more."""
    return select(query.offset(sa.literal_column(str(most))).exists())


def by_status(shape: Shape) -> sa.Select[Any]:
    """The numbers of a page of each status; with words to be read yet or in another order, of all
    that it has, for they are few."""
    asked = sa.func.unnest(STATUSES).table_valued("status").render_derived("asked")
    if "q" in shape.names or shape.order is not NEWEST:
        every = select(Ticket.number).where(status_is(asked.c.status)).offset(FENCE).lateral("each")
        few = select(every.c.number).select_from(asked).join(every, sa.true()).subquery()
        return (
            select(few.c.number).join(Ticket, Ticket.number == few.c.number).where(*checks(shape))
        )
    query = select(Ticket.number).where(status_is(asked.c.status), *checks(shape))
    each = shape.order.ready(query, shape.goes_on, shape.limit).lateral("each")
    return select(each.c.number).select_from(asked).join(each, sa.true())


def with_statuses() -> sa.Select[Any]:
    return select(Ticket.number).where(status_is(sa.any_(STATUSES)))


def status_is(value: Any) -> Condition:
    """By their index, which has none that is closed."""
    return sa.and_(sa.cast(Ticket.status, sa.Text) == value, Ticket.status != Status.CLOSED)


def by_keys(shape: Shape, query: sa.Select[Any]) -> sa.Select[Any]:
    conditions = [*has_keys(shape)]
    if shape.source is Source.WINDOW:
        entry = by_span(conditions)
    else:
        entry = select(SearchEntry.ticket_number).where(*conditions).offset(FENCE).subquery()
    return query.join(entry, entry.c.ticket_number == Ticket.number)


def by_span(conditions: Sequence[Condition]) -> sa.Subquery:
    """A span leads: in it the keys are looked for, not in all that has them."""
    asked = (
        sa.func.unnest(SPANS).table_valued(sa.column("span", sa.Integer)).render_derived("asked")
    )
    has_span = SearchEntry.keys.contains(array([asked.c.span]))
    query = select(SearchEntry.ticket_number).where(has_span, *conditions)
    each = query.offset(FENCE).lateral("each")
    return select(each.c.ticket_number).select_from(asked).join(each, sa.true()).subquery()


def by_head(shape: Shape, query: sa.Select[Any]) -> sa.Select[Any]:
    changes = shape.order is CHANGES
    every = changed(shape.goes_on) if changes else open_ones(shape)
    head = every.limit(sa.literal_column(str(LOOKED_AT))).subquery()
    entry = select(sa.and_(*has_keys(shape))).where(SearchEntry.ticket_number == Ticket.number)
    return query.join(head, head.c.number == Ticket.number).where(
        entry.correlate(Ticket).scalar_subquery()
    )


def open_ones(shape: Shape) -> sa.Select[Any]:
    by = shape.order
    return by.sorted(by.onward(select(Ticket.number).where(IS_OPEN), shape.goes_on))


def changed(goes_on: bool) -> sa.Select[Any]:
    """What changed, in that order."""
    query = select(Ticket.number).where(BY_FILTER["updated_after"])
    return CHANGES.sorted(CHANGES.onward(query, goes_on))


def with_keys(shape: Shape) -> sa.Select[Any]:
    return select(SearchEntry.ticket_number).where(*has_keys(shape))


def has_keys(shape: Shape) -> Iterator[Condition]:
    """What is late or open leads: mostly the newest, in which alone the others are looked for."""
    led_by = (keys.LATE, shape.overdue), (keys.OPEN, shape.open)
    yield from (SearchEntry.keys.contains([key]) for key, leads in led_by if leads)
    yield SearchEntry.keys.contains(KEYS)
    for name in shape.several:
        yield SearchEntry.keys.overlap(parameter(f"{name}_keys", ARRAY(sa.Integer)))
    if shape.open is False:
        yield sa.not_(SearchEntry.keys.contains([keys.OPEN]))


def first(shape: Shape, query: sa.Select[Any]) -> sa.Select[Any]:
    """The first of the candidates, up to a page and one more. Their words are read last and in
    order, until the page is full: that takes longer than all other checks."""
    by = shape.order
    if "q" not in shape.names:
        return by.ready(query, shape.goes_on, shape.limit)
    every = by.sorted(by.onward(query, shape.goes_on)).offset(FENCE).subquery()
    saying = select(*every.c).where(*words(shape, every.c.number))
    return by.sorted(saying, every).limit(sa.literal_column(str(shape.limit + 1)))

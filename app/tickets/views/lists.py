"""Lists of tickets: by filter, by inbox; in pages, or streamed whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from app.access.roles import CITY, HANDLERS, Caller, Role
from app.kit.db import ONE_SNAPSHOT, Sessions
from app.kit.ready import Ready, one_plan
from app.kit.web.paging import DEFAULT_LIMIT, CursorText, Limit, Order, instant
from app.kit.web.wire import Form, in_utc
from app.tickets.citizens import caller_hash
from app.tickets.life.lifecycle import OPEN, Status
from app.tickets.models import Ticket
from app.tickets.search import follow, keys, leading
from app.tickets.views import candidates, rows, view
from app.tickets.views.candidates import CHANGES, NEWEST, Shape, Source
from app.tickets.views.filters import Filters, Sort, given
from app.tickets.views.view import Looker, Members, Viewer

BATCH = 500
MOST_COUNTED = 1_000


class Paging(Form):
    limit: Limit = DEFAULT_LIMIT
    cursor: CursorText = None


class Listing(Filters, Paging):
    """A page of the tickets that the filters leave."""

    count: Literal["capped"] | None = None
    """How many there are, up to MOST_COUNTED."""


WAITING = Order((Ticket.waits_until, Ticket.number), (instant, str))

ASKED = Order((Ticket.asked_until, Ticket.number), (instant, str))

FEW = frozenset({"external_id", "number", "phone", "queue"})
"""Filters by which an index leads to few tickets."""

KEYED = frozenset({"category", "community_code", "end", "q", *leading.CHOSEN})
"""Filters that may leave few of many, and are keys of `search_entry`."""


LONGER, LONGER_OF_ENDED = 256, 16
"""Times a window may be longer than the one before it: of what is so rare few are met in it; but of
what came last nothing has ended yet."""
SHORT = 4
"""Times a window is shorter than the whole time, or its spans lead nowhere."""
HARDLY_ANY = 0.4
"""Tickets of a part that has none."""
BEGINNINGS = ("earliest", "received_from")
ENDS = ("mark", "latest", "key_0", "received_to")
"""Of a list's time: it has nothing before the last beginning, nor after the first end."""


class Asked(NamedTuple):
    """Which page, and whose."""

    role: Role
    office_code: str | None
    limit: int
    cursor: str | None
    filters: tuple[tuple[str, Any], ...]
    sort: Sort = Sort.RECEIVED
    overdue: bool | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in self.filters
        }

    @property
    def shape(self) -> Shape:
        names = tuple(name for name, _ in self.filters)
        goes_on = bool(self.cursor)
        every = leading.alternatives(self.values)
        several = tuple(name for name in every if len(every[name]) > 1)
        walk = Shape(
            self.role, names, self.overdue, self.sort, goes_on, self.limit, Source.WALK, several
        )
        walk = walk._replace(open=is_open(self.sort, self.values))
        return walk._replace(source=source_of(walk, self.values))


def asked_by(caller: Caller, listing: Listing) -> Asked:
    filters = tuple(
        (name, tuple(map(str, value)) if isinstance(value, list) else value)
        for name, value in given(listing).items()
    )
    return Asked(
        caller.role,
        caller.office_code,
        listing.limit,
        listing.cursor,
        filters,
        listing.sort,
        listing.overdue,
    )


def source_of(walk: Shape, values: Mapping[str, Any]) -> Source:
    """Few tickets are walked, and changes that have no keys."""
    names = frozenset(walk.names)
    if names & FEW or (walk.order is CHANGES and not names & KEYED):
        return Source.WALK
    if names & KEYED or (walk.overdue and walk.role not in HANDLERS):
        return by_keys(walk)
    if walk.role is Role.DISTRICT and walk.order is NEWEST:
        return Source.WINDOW
    in_order = walk.role in CITY and walk.order is NEWEST
    return Source.STATUSES if in_order and statuses_of(values) else Source.WALK


def by_keys(walk: Shape) -> Source:
    if walk.order is NEWEST:
        return Source.WINDOW
    return Source.REST if walk.overdue else Source.HEAD


def statuses_of(values: Mapping[str, Any]) -> list[str]:
    """Those by which a list is walked: none where closed ones, which are nearly all, are in it."""
    statuses = sorted(OPEN) if "open" in values else values.get("status", [])
    return [] if Status.CLOSED in statuses else statuses


def keys_of(asked: Asked) -> Iterator[int]:
    """Keys that every ticket of the list has."""
    yield from leading.of_filters(asked.values)
    if asked.role not in CITY and asked.office_code:
        yield keys.fact("office", asked.office_code)


def is_open(sort: Sort, values: Mapping[str, Any]) -> bool | None:
    """None where what is open and what has ended are both asked for."""
    states = set(values.get("status", ()))
    if sort is not Sort.RECEIVED or "open" in values or (states and states <= OPEN):
        return True
    return False if states and not states & OPEN else None


def lines(
    connection: sa.Connection,
    asked: Asked,
    statement: Callable[[Shape], Ready],
    **more: Any,
) -> Sequence[Any]:
    """The rows of a page, and of one ticket more if there is one. Refuses (BadCursor).

    `statement` makes that of a shape; `more` are parameters that the question does not hold.
    """
    shape = asked.shape
    values = {**as_parameters(asked), **shape.order.values(asked.cursor), **more}
    if shape.source is Source.STATUSES or has_few(connection, asked):
        with one_plan(connection):
            return statement(shape._replace(source=Source.STATUSES)).rows(connection, **values)
    near = None if is_short(connection, shape, values) else follow.near_now(connection)
    if near is None:
        return statement(shape._replace(source=Source.WALK)).rows(connection, **values)
    values |= near._asdict()
    shape = led(connection, shape, values)
    with one_plan(connection):
        if shape.source is Source.WINDOW:
            return by_windows(connection, shape, statement, values)
        page = statement(shape).rows(connection, **values) if shape.source is Source.HEAD else ()
        if len(page) > shape.limit:
            return page
        return statement(rest(connection, shape, values)).rows(connection, **values)


def by_windows(
    connection: sa.Connection,
    shape: Shape,
    statement: Callable[[Shape], Ready],
    values: Mapping[str, Any],
) -> Sequence[Any]:
    """The last window that is looked through has a page, or all that there is. The next is longer
    by twice what a page still takes where tickets are as many as in the part looked at last."""
    until = min(values[name] for name in ENDS if name in values)
    beginning = max(values[name] for name in BEGINNINGS if name in values)
    whole = (until - beginning) // keys.MINUTE + 1
    most = LONGER_OF_ENDED if shape.open is False else LONGER
    minutes, before = keys.SPANS[0], 0
    while beginning > values["earliest"] or SHORT * minutes < whole:
        window = keys.window(until, minutes)
        page = statement(shape).rows(connection, **values, **window._asdict())
        if len(page) > shape.limit or window.since <= beginning:
            return page
        more = 2 * (shape.limit + 1 - len(page)) / max(len(page) - before, HARDLY_ANY)
        minutes, before = min(whole, round(minutes * min(1 + more, most))), len(page)
    return statement(rest(connection, shape, values)).rows(connection, **values)


def led(connection: sa.Connection, shape: Shape, values: dict[str, Any]) -> Shape:
    """The shape of what its keys lead to, without those that lead nowhere."""
    common = values["common"]
    values["keys"] = leading.narrow(values["keys"], common)
    several = tuple(name for name in shape.several if not {*values[f"{name}_keys"]} & {*common})
    many_due = bool(shape.overdue) and are_many(connection, MANY_DUE, values)
    return shape._replace(several=several, many_due=many_due)


def is_short(connection: sa.Connection, shape: Shape, values: Mapping[str, Any]) -> bool:
    """Whether a walk is: of what an index leads to, or of what changed lately."""
    if shape.source is Source.WALK or shape.order is not CHANGES:
        return shape.source is Source.WALK
    return not are_many(connection, many_changes(shape.goes_on), values)


def has_few(connection: sa.Connection, asked: Asked) -> bool:
    """Whether few tickets have the statuses of a list that has more to it, or another order."""
    shape = asked.shape
    if "status" not in shape.names or not statuses_of(asked.values) or not may_be_long(shape):
        return False
    return not are_many(connection, MANY_STATUSES, asked.values)


def are_many(connection: sa.Connection, statement: Ready, values: Mapping[str, Any]) -> bool:
    with one_plan(connection):
        return beyond(connection, statement, values)


def beyond(connection: sa.Connection, statement: Ready, values: Mapping[str, Any]) -> bool:
    [[many]] = statement.rows(connection, **values)
    return bool(many)


def may_be_long(shape: Shape) -> bool:
    """Whether a walk may be: not of what an index leads to, or of what an office has."""
    return shape.source is not Source.WALK or shape.order not in (NEWEST, CHANGES)


MANY_STATUSES = Ready(candidates.are_many(candidates.with_statuses(), candidates.LOOKED_AT))
MANY_DUE = Ready(candidates.are_many(candidates.past_due(), candidates.LOOKED_AT))


@cache
def many_changes(goes_on: bool) -> Ready:
    return Ready(candidates.are_many(candidates.changed(goes_on), candidates.LOOKED_AT))


@lru_cache(maxsize=500)
def many_keyed(shape: Shape) -> Ready:
    return Ready(candidates.are_many(candidates.with_keys(shape), candidates.FEW_OF_MILLIONS))


def rest(connection: sa.Connection, shape: Shape, values: Mapping[str, Any]) -> Shape:
    """All that have the keys, or a walk where of changes too many have."""
    keyed = many_keyed(shape)
    is_walk = shape.order is CHANGES and beyond(connection, keyed, values)
    return shape._replace(source=Source.WALK if is_walk else Source.REST)


def as_parameters(asked: Asked) -> dict[str, Any]:
    values = {**asked.values, "own_office": asked.office_code}
    values["keys"] = list(keys_of(asked))
    every_one = leading.alternatives(asked.values)
    values |= {f"{name}_keys": every_one[name] for name in asked.shape.several}
    if "open" in values:
        values["status"] = sorted(OPEN)
    if "q" in values:
        values["q"] = [keys.pattern(word) for word in values["q"]]
    if "end" in values:
        values["end"] = "%" + values["end"]
    return values


def not_held(looker: Looker, listing: Filters) -> dict[str, Any]:
    """Parameters that no question holds in memory: now, and the hash of a telephone."""
    hashed = caller_hash(looker.city.secret, listing.phone, anonymous=False)
    return {"now": looker.now, **({"phone": hashed} if listing.phone else {})}


def page(viewer: Viewer, listing: Listing) -> bytes:
    """A page of tickets in JSON. Refuses (BadCursor)."""
    asked, more = asked_by(viewer.caller, listing), not_held(viewer, listing)
    first = asked._replace(cursor=None, limit=MOST_COUNTED)
    counted = lines(viewer.connection, first, numbered, **more) if listing.count else []
    is_first = listing.count and not listing.cursor
    numbers = counted if is_first else lines(viewer.connection, asked, numbered, **more)
    tickets, after = asked.shape.order.cut(numbers, listing.limit)
    body = view.page(viewer, tickets_of(viewer.connection, tickets), after)
    if listing.updated_after:
        body = with_members(body, resume=in_utc(viewer.now))
    return with_members(body, **count_of(counted)) if listing.count else body


def tickets_of(connection: sa.Connection, numbers: Sequence[Any]) -> list[rows.Row]:
    """In their order."""
    every = [line.number for line in numbers]
    tickets = {row.number: row for row in rows.read(connection, view.NUMBERED, numbers=every)}
    return [tickets[number] for number in every]


def with_members(body: bytes, **members: Any) -> bytes:
    """A page in JSON with members more: `resume`, by which all that had changed is in its list."""
    return b"%b,%b" % (body[:-1], msgspec.json.encode(members)[1:])


def count_of(numbers: Sequence[Any]) -> dict[str, Any]:
    """How many tickets the filters leave, from MOST_COUNTED on not exactly."""
    return {"count": min(len(numbers), MOST_COUNTED), "capped": len(numbers) > MOST_COUNTED}


@lru_cache(maxsize=500)
def numbered(shape: Shape) -> Ready:
    """Numbers, and what a cursor is made of."""
    return Ready(candidates.page(shape, *candidates.keyed(shape.order)))


def stream(sessions: Sessions, viewer: Looker, filters: Filters) -> Iterator[Members]:
    """Every ticket of a filter in the list's order, read a batch at a time, each batch in a
    transaction that is over before the batch is sent."""
    listing = Listing.model_construct(**{**dict(filters), "limit": BATCH, "cursor": None})
    asked: Asked | None = asked_by(viewer.caller, listing)
    more = not_held(viewer, filters)
    while asked:
        with sessions() as session:
            connection = session.connection(execution_options=ONE_SNAPSHOT)
            numbers = lines(connection, asked, numbered, **more)
            batch, cursor = asked.shape.order.cut(numbers, BATCH)
            tickets = tickets_of(connection, batch)
        yield from (view.members(viewer, row, bulk=True) for row in tickets)
        asked = asked._replace(cursor=cursor) if cursor else None

"""Lists of tickets: by filter, by inbox; in pages, or streamed whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
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
from app.tickets.search import follow, keys
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

CHOSEN = ("type", "channel", "urgency")
"""Filters of one value or several, each of which is a key."""

KEYED = frozenset({"category", "community_code", "end", "q", *CHOSEN})
"""Filters that may leave few of many, and are keys of `search_entry`."""


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
        several = tuple(name for name in CHOSEN if len(self.values.get(name, ())) > 1)
        walk = Shape(
            self.role, names, self.overdue, self.sort, goes_on, self.limit, Source.WALK, several
        )
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
    """Few tickets are walked, and so are changes, of which a poller asks for the last."""
    names = frozenset(walk.names)
    if names & FEW or walk.order is CHANGES:
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
    """Keys that every ticket of the list has but for what is open and overdue."""
    values = asked.values
    yield from keys.of_text(" ".join(values.get("q", ())))
    yield from (keys.of_end(values[name]) for name in ("end",) if name in values)
    offices = {values.get("office_code"), values.get("district_code")}
    if asked.role not in CITY:
        offices.add(asked.office_code)
    yield from (keys.fact("office", code) for code in offices if code)
    yield from facts_of(values)
    yield from [keys.OPEN] if is_open(asked.sort, values) else []
    yield from [keys.LATE] if asked.overdue else []


def facts_of(values: Mapping[str, Any]) -> Iterator[int]:
    if len(values.get("category", "")) % 2 == 0 and "category" in values:
        yield keys.fact("category", values["category"])
    if "community_code" in values:
        yield keys.fact("community_code", values["community_code"])
    for name in CHOSEN:
        if len(values.get(name, ())) == 1:
            yield keys.fact(name, values[name][0])


def is_open(sort: Sort, values: Mapping[str, Any]) -> bool:
    """Whether none that ended is asked for."""
    asked = frozenset(values.get("status", ()))
    return sort is not Sort.RECEIVED or "open" in values or (bool(asked) and asked <= OPEN)


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
    near = follow.near_now(connection) if shape.source is not Source.WALK else None
    if near is None:
        return statement(shape._replace(source=Source.WALK)).rows(connection, **values)
    values |= near._asdict()
    with one_plan(connection):
        for narrowed, bounds in narrower(shape, values):
            page = statement(narrowed).rows(connection, **values, **bounds)
            if len(page) > shape.limit:
                break
    return page


def has_few(connection: sa.Connection, asked: Asked) -> bool:
    """Whether few tickets have the statuses of a list that has more to it, or another order."""
    shape = asked.shape
    if "status" not in shape.names or not statuses_of(asked.values) or not is_long(shape):
        return False
    with one_plan(connection):
        [[few]] = ARE_FEW.rows(connection, status=asked.values["status"])
    return bool(few)


def is_long(shape: Shape) -> bool:
    """Whether a walk might be: not of what an index leads to, or of what an office has."""
    return shape.source is not Source.WALK or shape.order not in (NEWEST, CHANGES)


ARE_FEW = Ready(candidates.are_few())


def narrower(shape: Shape, values: Mapping[str, Any]) -> Iterator[tuple[Shape, Mapping[str, Any]]]:
    """What is looked through, and with which values more, until it fills the page; the last has all
    that there is."""
    if shape.source is Source.HEAD:
        yield shape, {}
    elif shape.source is Source.WINDOW:
        ends = [values[name] for name in ENDS if name in values]
        beginning = max(values[name] for name in BEGINNINGS if name in values)
        for window in keys.windows(min(ends)):
            yield shape, {"window_since": window.since, "span": list(window.keys)}
            if window.since <= beginning:
                return
    yield shape._replace(source=Source.REST), {}


def as_parameters(asked: Asked) -> dict[str, Any]:
    values = {**asked.values, "own_office": asked.office_code}
    values["keys"] = sorted(set(keys_of(asked)))
    for name in asked.shape.several:
        values[f"{name}_keys"] = [keys.fact(name, value) for value in values[name]]
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
    asked = asked_by(viewer.caller, listing)
    tickets = tickets_of(viewer.connection, asked, **not_held(viewer, listing))
    body = view.page(viewer, *asked.shape.order.cut(tickets, listing.limit))
    if listing.updated_after:
        body = with_members(body, resume=in_utc(viewer.now))
    return with_members(body, **counted(viewer, listing)) if listing.count else body


def tickets_of(connection: sa.Connection, asked: Asked, **more: Any) -> list[rows.Row]:
    return [rows.row_of(line) for line in lines(connection, asked, listed, **more)]


@lru_cache(maxsize=500)
def listed(shape: Shape) -> Ready:
    return Ready(rows.shown(candidates.page(shape, Ticket), shape.order))


def with_members(body: bytes, **members: Any) -> bytes:
    """A page in JSON with members more: `resume`, by which all that had changed is in its list."""
    return b"%b,%b" % (body[:-1], msgspec.json.encode(members)[1:])


def counted(viewer: Viewer, listing: Listing) -> dict[str, Any]:
    """How many tickets the filters leave, from MOST_COUNTED on not exactly."""
    first = listing.model_copy(update={"cursor": None, "limit": MOST_COUNTED})
    asked = asked_by(viewer.caller, first)
    number = len(lines(viewer.connection, asked, numbered, **not_held(viewer, listing)))
    return {"count": min(number, MOST_COUNTED), "capped": number > MOST_COUNTED}


@lru_cache(maxsize=500)
def numbered(shape: Shape) -> Ready:
    return Ready(candidates.page(shape, Ticket.number))


def stream(sessions: Sessions, viewer: Looker, filters: Filters) -> Iterator[Members]:
    """Every ticket of a filter in the list's order, read a batch at a time, each batch in a
    transaction that is over before the batch is sent."""
    listing = Listing.model_construct(**{**dict(filters), "limit": BATCH, "cursor": None})
    asked: Asked | None = asked_by(viewer.caller, listing)
    more = not_held(viewer, filters)
    while asked:
        with sessions() as session:
            connection = session.connection(execution_options=ONE_SNAPSHOT)
            tickets = tickets_of(connection, asked, **more)
        batch, cursor = asked.shape.order.cut(tickets, BATCH)
        yield from (view.members(viewer, row, bulk=True) for row in batch)
        asked = asked._replace(cursor=cursor) if cursor else None

"""Lists of tickets: by filter, by inbox; in pages, or streamed whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from app.access.roles import CITY, Caller, Role
from app.kit.db import ONE_SNAPSHOT, Sessions
from app.kit.ready import Ready, Statement, one_plan
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

KEYED = frozenset({"category", "channel", "community_code", "end", "q", "type"})
"""Filters that may leave few of many, and are keys of `search_entry`."""


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
        walk = Shape(self.role, names, self.overdue, self.sort, goes_on, self.limit, Source.WALK)
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
    """Few tickets are walked, and so are changes, of which a poller asks for the last. A status
    that few tickets have at a time is left to the planner, which knows how many."""
    names = frozenset(walk.names)
    in_few = len(values.get("status", ())) == 1 and values["status"] != [Status.CLOSED]
    if names & FEW or walk.order is CHANGES:
        return Source.WALK
    if not names & KEYED and (walk.role is not Role.DISTRICT or in_few or walk.order is not NEWEST):
        return Source.WALK
    if in_few:
        return Source.WHOLE
    return Source.WINDOW if walk.order is NEWEST else Source.HEAD


def keys_of(asked: Asked, source: Source) -> Iterator[int]:
    """Keys that every ticket of the list has; of words one each where the planner reckons with
    them."""
    values = asked.values
    of_words = keys.of_each_run if source is Source.WHOLE else keys.of_text
    yield from of_words(" ".join(values.get("q", ())))
    yield from (keys.of_end(values[name]) for name in ("end",) if name in values)
    offices = {values.get("office_code"), values.get("district_code")}
    if asked.role not in CITY:
        offices.add(asked.office_code)
    yield from (keys.fact("office", code) for code in offices if code)
    yield from facts_of(values)
    if is_open(asked.sort, values):
        yield keys.OPEN


def facts_of(values: Mapping[str, Any]) -> Iterator[int]:
    if len(values.get("category", "")) % 2 == 0 and "category" in values:
        yield keys.fact("category", values["category"])
    if "community_code" in values:
        yield keys.fact("community_code", values["community_code"])
    for name in ("type", "channel", "urgency"):
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
    near = follow.near_now(connection) if shape.source is not Source.WALK else None
    if near is None:
        return statement(shape._replace(source=Source.WALK)).rows(connection, **values)
    wanted = sorted(set(keys_of(asked, shape.source)))
    values |= {"mark": near.at, "recent": near.recent, "keys": wanted}
    if shape.source is Source.WHOLE:
        return inlined(statement(shape).given(**values), keys=wanted).run(connection)
    with one_plan(connection):
        for narrowed, bounds in narrower(shape, values):
            page = statement(narrowed).rows(connection, **values, **bounds)
            if len(page) > shape.limit:
                break
    return page


def narrower(shape: Shape, values: Mapping[str, Any]) -> Iterator[tuple[Shape, Mapping[str, Any]]]:
    """What is looked through, and with which values more, until it fills the page; the last has all
    that there is."""
    if shape.source is Source.HEAD:
        yield shape, {}
    else:
        ends = [values[name] for name in ("mark", "key_0", "received_to") if name in values]
        for window in keys.windows(min(ends)):
            yield shape, {"window_since": window.since, "span": list(window.keys)}
            if window.since <= values.get("received_from", keys.EPOCH):
                return
    yield shape._replace(source=Source.REST), {}


def inlined(statement: Statement, **arrays: Sequence[int]) -> Statement:
    """With arrays of numbers in the text: the planner then knows how many tickets have them, and
    whether to begin with them or with the order."""
    text = statement.text
    for name, values in arrays.items():
        text = text.replace(f"%({name})s", f"'{{{','.join(map(str, values))}}}'")
    return Statement(text, statement.values)


def as_parameters(asked: Asked) -> dict[str, Any]:
    values = {**asked.values, "own_office": asked.office_code}
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

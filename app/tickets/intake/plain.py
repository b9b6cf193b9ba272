"""Plain new requests of a group: two exchanges with the database take them in, and commit.

The first claims their keys, locks their citizens, reads the citizens' earlier tickets and takes
numbers; the second reads the places' tickets, writes every row, with the feeds' entries, and
commits. It is begun while the rows are made, and the answers are told from them while the database
writes them. A request is left out when its key came
before, or when its citizen has an open ticket on the same matter, or is locked by another
transaction: a group waits for no citizen.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import chain
from typing import NamedTuple

import psycopg
from msgspec.structs import replace

from app.city import City
from app.feed import service as feed
from app.kit.cipher import Cipher
from app.kit.errors import Refusal
from app.kit.exchange import Exchange
from app.kit.instants import RECORDING
from app.kit.ready import Statement
from app.kit.rows import insertion_of
from app.kit.web import idempotency
from app.kit.web.idempotency import Name
from app.tickets.citizens import Citizen
from app.tickets.intake import duplicates, receive, related
from app.tickets.intake.arrival import Arrival, arrive
from app.tickets.intake.beside import of_matter
from app.tickets.intake.commits import Trace
from app.tickets.intake.duplicates import Before
from app.tickets.intake.receive import New, Tables
from app.tickets.intake.related import Known, Neighbours
from app.tickets.intake.requests import PATH, Answer, Outcome, Request
from app.tickets.models import NUMBERS, Ticket
from app.tickets.models import Request as TicketRequest
from app.tickets.views import rows
from app.tickets.views.view import Looker, Members, members

Arrivals = dict[int, Arrival]
"""By place in the group."""

BEGIN = f"""
    SELECT pg_current_xact_id()::text, pg_advisory_xact_lock_shared({RECORDING}),
        array(SELECT nextval('{NUMBERS.name}')
            FROM unnest(array_fill(0, ARRAY[%(count)s::integer]))),
        {duplicates.FREE}
"""
"""Of an array the planner expects few members, however many are asked for, and keeps its plan."""

LOCK = f"SELECT {duplicates.FREE}"

AT_A_STRETCH = 8
"""Requests of a group: then whoever else waits for the event loop has his turn."""

WasCommitted = Callable[[Trace], Awaitable[bool]]


async def others(place: int) -> None:
    if place and place % AT_A_STRETCH == 0:
        await asyncio.sleep(0)


class Look(NamedTuple):
    """What the first exchange brings back."""

    transaction: str
    numbers: Sequence[int]
    claimed: frozenset[Name]
    """Of the keys those that never came before."""
    free: frozenset[int]
    """Of the citizens, by `key_of`, those that are locked now."""
    earlier: Mapping[bytes, Sequence[Before]]
    """The citizens' tickets."""


async def take_in(
    exchange: Exchange, group: Sequence[Request], was_committed: WasCommitted
) -> dict[int, Outcome]:
    """T1 for each plain new request, and the refusals, by place in the group. Where the connection
    is lost at the commit, `was_committed` is asked. A group that the database refuses is raised,
    and nothing of it is written."""
    city, early = group[0].city, group[0].clock()
    since = early - timedelta(days=max(policy.repeat.days for policy in city.policies.documents))
    look_up = looking_up(exchange, group, early, since)
    refusals, arrivals = await arrived(group, early)  # while the database looks up
    look_around(exchange, arrivals, since)
    look = await look_up()
    now = group[0].clock()
    if city.rules_alike(early, now):
        arrivals = {place: arrival.later(now) for place, arrival in arrivals.items()}
    else:
        refusals, arrivals = await arrived(group, now)
        look_around(exchange, arrivals, since)
    plain = plain_ones(group, arrivals, look, now)
    new = [
        New(receive.number_of(value, now), group[place].caller, arrival)
        for value, (place, arrival) in zip(look.numbers, plain.items(), strict=False)
    ]
    requests = [group[place] for place in plain]
    outcomes = await written_down(exchange, city, requests, new, look, was_committed)
    return refusals | dict(zip(plain, outcomes, strict=True))


async def written_down(
    exchange: Exchange,
    city: City,
    requests: Sequence[Request],
    new: Sequence[New],
    look: Look,
    was_committed: WasCommitted,
) -> Sequence[Answer]:
    """The second exchange, and the answers."""
    written = receive.heads(new)
    keys = {
        name: (ticket.number, HTTPStatus.CREATED)
        for request, ticket in zip(requests, new, strict=True)
        for name in request.names
    }
    drafts: Sequence[Draft] = ()
    outcomes: Sequence[Answer] = ()
    try:
        statements = chain(writing(city.cipher, written, new), settling(look.claimed, keys))
        near, committed = exchange.committing(statements)
        drafts = await drafted(city, written, new)  # while the database writes
        outcomes = answers(requests, new, drafts, look.earlier, related.by_place(await near()))
        await committed()
    except psycopg.OperationalError:
        exchange.end()
        trace = Trace(look.transaction, new[0].number, new[0].arrival.at) if new else None
        if not (trace and await was_committed(trace)):
            raise
    drafts = drafts or await drafted(city, written, new)
    return outcomes or answers(requests, new, drafts, look.earlier, {})


def looking_up(
    exchange: Exchange, group: Sequence[Request], now: datetime, since: datetime
) -> Callable[[], Awaitable[Look]]:
    """Claims keys before it locks citizens, as every taker-in does. The instant of the request is
    a later one than `now`; `since` is early enough for each policy."""
    city = group[0].city
    hashes = {name: request.body_hash for request in group for name in request.names}
    citizens = {request.citizen for request in group if request.citizen}
    keys = duplicates.keys_of(citizens)
    answers = exchange.asking(
        Statement(BEGIN, {"count": len(group), "keys": [] if hashes else keys}),
        idempotency.claim(PATH, hashes, now) if hashes else None,
        Statement(LOCK, {"keys": keys}) if hashes else None,
        duplicates.search(citizens, since) if citizens else None,
    )

    async def look_up() -> Look:
        [begun], claimed, locked, earlier = await answers()
        transaction, _, numbers, free = begun
        names = frozenset((caller, key) for caller, key in claimed)
        free = frozenset(chain(free, *chain(*locked)))
        mine = duplicates.by_caller(city.cipher, earlier)
        return Look(transaction, numbers, names, free, mine)

    return look_up


def look_around(exchange: Exchange, arrivals: Arrivals, since: datetime) -> None:
    """Has the tickets of their places read while their rows are made."""
    places = related.search((arrival.subject for arrival in arrivals.values()), since)
    if places:
        exchange.send_ahead(places)


async def arrived(group: Sequence[Request], now: datetime) -> tuple[dict[int, Outcome], Arrivals]:
    """The refusals, and the requests that passed every check."""
    refusals: dict[int, Outcome] = {}
    arrivals: Arrivals = {}
    for place, request in enumerate(group):
        await others(place)
        try:
            arrivals[place] = arrive(request.city, request.new, now)
        except Refusal as refusal:
            refusals[place] = refusal
    return refusals, arrivals


def plain_ones(group: Sequence[Request], arrivals: Arrivals, look: Look, now: datetime) -> Arrivals:
    """Those of fresh keys and free citizens that urge no open ticket, each as the repetition that
    it may be."""
    findings = duplicates.settle(list(arrivals.values()), look.earlier, (), now)
    return {
        place: replace(arrival, repeat_of=finding.repeat_of) if finding.repeat_of else arrival
        for (place, arrival), finding in zip(arrivals.items(), findings, strict=True)
        if group[place].names <= look.claimed
        and (arrival.caller is None or duplicates.key_of(arrival.caller) in look.free)
        and not duplicates.open_doubles([arrival], look.earlier)
    }


def writing(cipher: Cipher, written: Tables, new: Sequence[New]) -> Iterator[Statement]:
    """The tickets go first: the server writes them while the other rows are made."""
    if new:
        yield insertion_of({Ticket: written[Ticket]})
        written |= receive.others(cipher, new)
        yield insertion_of({table: written[table] for table in written if table is not Ticket})
        yield feed.numbering(receive.news(new), receive.desks(written))


def settling(claimed: frozenset[Name], keys: Mapping[Name, tuple[str, int]]) -> Iterator[Statement]:
    """What the keys now stand for; those of requests that are left out are given back."""
    if keys:
        yield idempotency.settlement(PATH, keys)
    if left := claimed - keys.keys():
        yield idempotency.release(PATH, left)


class Draft(NamedTuple):
    """Of an answer all but the related tickets."""

    ticket: Members
    of_matter: Members


async def drafted(city: City, written: Tables, new: Sequence[New]) -> list[Draft]:
    """The tickets as their senders may see them, and what their words tell."""
    tickets, requests, citizens = (written[model] for model in (Ticket, TicketRequest, Citizen))
    drafts: list[Draft] = []
    parts = zip(new, tickets, requests, citizens, strict=True)
    for place, ((_, caller, arrival), *values) in enumerate(parts):
        await others(place)
        looker = Looker(caller, city, arrival.at)
        row = rows.fresh(values, arrival.share.roles() if arrival.share else {})
        ticket = members(looker, row, bulk=False)
        drafts.append(Draft(ticket, of_matter(city, arrival)))
    return drafts


def answers(
    requests: Sequence[Request],
    new: Sequence[New],
    drafts: Sequence[Draft],
    earlier: Mapping[bytes, Sequence[Before]],
    there: Neighbours,
) -> list[Answer]:
    return [
        answer(request, ticket, draft, Known(earlier.get(request.citizen or b"", ()), there))
        for request, ticket, draft in zip(requests, new, drafts, strict=True)
    ]


def answer(request: Request, new: New, draft: Draft, known: Known) -> Answer:
    near = related.related(request.city, new.arrival.subject, known, new.number)
    return request.as_answer(HTTPStatus.CREATED, draft.ticket, {"related": near, **draft.of_matter})

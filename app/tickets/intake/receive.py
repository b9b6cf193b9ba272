"""The one way in: tickets, one or a thousand, checked, routed and written in few statements."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

import sqlalchemy as sa
from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.feed.service import News, append, touch
from app.kit.cipher import Cipher
from app.kit.clock import Clock
from app.kit.db import Base
from app.kit.rows import Row, insertion_of
from app.kit.workdays import day_of
from app.routing.decision import kept
from app.tickets import wording
from app.tickets.acts import locking
from app.tickets.acts.change import DESK_CODES, SYSTEM, Change
from app.tickets.acts.dispatching import dispatch, recipients
from app.tickets.citizens import Citizen, sealed
from app.tickets.event_data import Alarmed, Received, as_json
from app.tickets.events import Event, Statement, hash_of, linked, new_salt, statement_row
from app.tickets.intake import acceptance, again, duplicates
from app.tickets.intake.arrival import Arrival
from app.tickets.intake.duplicates import Before
from app.tickets.life import limits
from app.tickets.life.alarms import Alarm
from app.tickets.life.duties import DESK_COLUMNS
from app.tickets.life.lifecycle import TERMINAL, Action, Status
from app.tickets.life.links import BEFORE_ALL
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers
from app.tickets.models import NUMBERS, Dispatch, Request, Ticket

DIGITS = 7


class Taken(NamedTuple):
    """A request's ticket: a new one, or the same citizen's open one, which was urged."""

    number: str
    status: HTTPStatus


def take(
    session: Session, city: City, caller: Caller, arrivals: Sequence[Arrival], clock: Clock
) -> list[Taken]:
    """D.11: who tells his open matter again urges it; whatever else comes is received.

    They arrived at an instant at which this transaction records.
    """
    now = clock()
    known = asked_before(session, city, arrivals, now)
    opened = still_open(session, city, duplicates.open_doubles(arrivals, known), clock)
    findings = list(duplicates.settle(arrivals, known, opened, now))
    new = {
        place: replace(arrival, repeat_of=finding.repeat_of)
        for place, (arrival, finding) in enumerate(zip(arrivals, findings, strict=True))
        if finding.urges is None
    }
    numbers = receive(session, city, [caller] * len(new), list(new.values()))
    made = dict(zip(new, numbers, strict=True))
    urged = {
        place: made[finding.urges] if isinstance(finding.urges, int) else finding.urges
        for place, finding in enumerate(findings)
        if finding.urges is not None
    }
    opened |= still_open(session, city, set(urged.values()) - opened.keys(), clock)
    for place, number in urged.items():
        opened[number].caller = caller
        again.urge(opened[number], arrivals[place])
    status = {**dict.fromkeys(new, HTTPStatus.CREATED), **dict.fromkeys(urged, HTTPStatus.OK)}
    return [Taken((made | urged)[place], status[place]) for place in range(len(arrivals))]


def asked_before(
    session: Session, city: City, arrivals: Sequence[Arrival], now: datetime
) -> Mapping[bytes, Sequence[Before]]:
    """What the citizens have asked before, who from now on are locked to the commit."""
    callers = {arrival.caller for arrival in arrivals if arrival.caller}
    if not callers:
        return {}
    days = max(arrival.policy.repeat.days for arrival in arrivals)
    connection = session.connection()
    duplicates.one_at_a_time(callers).run(connection)
    earlier = duplicates.search(callers, now - timedelta(days=days))
    return duplicates.by_caller(city.cipher, earlier.run(connection))


def still_open(
    session: Session, city: City, numbers: Collection[str], clock: Clock
) -> dict[str, Change]:
    """Of these tickets, locked and brought up to date, those that are not finished by now."""
    if not numbers:
        return {}
    query = select(Ticket).where(Ticket.number.in_(numbers))
    rows = session.scalars(locking.renewed(query)).all()
    now = clock()  # later than all that was done to them
    changes = {row.number: locking.up_to_date(session, city, row, now) for row in rows}
    return {n: change for n, change in changes.items() if change.ticket.status not in TERMINAL}


def receive(
    session: Session, city: City, callers: Sequence[Caller], arrivals: Sequence[Arrival]
) -> list[str]:
    """T1, and T6, T7 or T5 with it: the numbers of the new tickets, in order; `callers` brought
    them."""
    if not arrivals:
        return []
    numbers = take_numbers(session, [arrival.at for arrival in arrivals])
    new = [New(*values) for values in zip(numbers, callers, arrivals, strict=True)]
    written = tables(city.cipher, new)
    insertion_of(written).run(session.connection())
    append(session, news(new))
    touch(session, desks(written))
    return numbers


class New(NamedTuple):
    """A request that becomes a ticket: its number, and who brought it."""

    number: str
    caller: Caller
    arrival: Arrival


Tables = dict[type[Base], list[dict[str, Any]]]


def tables(cipher: Cipher, new: Sequence[New]) -> Tables:
    """The rows that new tickets are."""
    return heads(new) | others(cipher, new)


def heads(new: Sequence[New]) -> Tables:
    """Their own rows, with what those depend on."""
    statements = [statement_of(ticket) for ticket in new]
    requests = [request_row(number, arrival) for number, _, arrival in new]
    events = [
        list(linked(BEFORE_ALL, event_rows(*parts)))
        for parts in zip(new, requests, statements, strict=True)
    ]
    return {
        Ticket: [
            ticket_row(number, arrival)
            | {"version": rows[-1]["seq"], "chain_head": rows[-1]["link"]}
            for (number, _, arrival), rows in zip(new, events, strict=True)
        ],
        Request: requests,
        Event: [row for rows in events for row in rows],
        Statement: [statement for statement in statements if statement],
    }


def others(cipher: Cipher, new: Sequence[New]) -> Tables:
    """What their own rows do not depend on."""
    return {
        Citizen: [citizen_row(cipher, number, arrival) for number, _, arrival in new],
        Dispatch: [row for number, _, arrival in new for row in dispatch_rows(number, arrival)],
    }


def news(new: Iterable[New]) -> Iterator[News]:
    for number, _, arrival in new:
        yield from news_of(number, arrival)


def desks(written: Tables) -> list[str]:
    """The city's desks for which any of the new tickets waits."""
    return [
        DESK_CODES[desk]
        for desk, column in DESK_COLUMNS.items()
        if any(row[column] for row in written[Ticket])
    ]


def take_numbers(session: Session, instants: Sequence[datetime]) -> list[str]:
    """`BJ`, the day in Beijing and seven digits that are never reset; gaps are allowed."""
    taken = session.scalars(NEXT_NUMBERS, {"count": len(instants)})
    return [number_of(value, at) for value, at in zip(taken, instants, strict=True)]


def number_of(value: int, at: datetime) -> str:
    return f"BJ{day_of(at):%Y%m%d}{value % 10**DIGITS:0{DIGITS}}"


NEXT_NUMBERS = select(NUMBERS.next_value()).select_from(
    sa.func.generate_series(1, sa.bindparam("count", type_=sa.Integer))
)


def ticket_row(number: str, arrival: Arrival) -> dict[str, Any]:
    new, now = arrival.new, arrival.at
    lead = arrival.share.lead if arrival.share else None
    place = {**dispatch.located(arrival.decision), "queue": arrival.decision.queue}
    row = {
        "number": number,
        "status": arrival.status,
        "since": now,
        "channel": new.channel,
        "type": new.type,
        "category": new.category,
        "urgency": arrival.urgency,
        "secret": arrival.secret,
        "anonymous": new.citizen.anonymous,
        "no_citizen": arrival.no_citizen,
        "call_after": new.citizen.callback_after,
        "external_id": new.external_id,
        "line": new.line,
        "lon": new.address.lon,
        "lat": new.address.lat,
        **place,
        "queue": arrival.decision.queue if arrival.status is Status.TO_DISPATCH else None,
        "office_code": lead,
        "policy": arrival.policy.name,
        "occurred_at": new.occurred_at,
        "received_at": now,
        "dispatched_at": now if lead else None,
        "closed_at": now if arrival.ended else None,
        **limits.columns(arrival.due),
        "updated_at": now,
        "dispatches": 1 if lead else 0,
        "repeat_of": arrival.repeat_of,
        "rescue": arrival.rescue,
        "danger_asked_at": arrival.danger_asked_at,
        "warned": [Alarm.UNPLACED] if arrival.is_unplaced else [],
    }
    return row | limits.wound(arrival.policy, Timers.of_row(row))


def request_row(number: str, arrival: Arrival) -> dict[str, Any]:
    new = arrival.new
    return {
        "ticket_number": number,
        "title": new.title,
        "content": new.content,
        "address": new.address.text or "",
        "place_key": arrival.matter.place,
        "said_district": new.address.district_code,
        "source": new.source and new.source.model_dump(mode="json"),
        "route": kept(arrival.decision),
        "salt": new_salt(),
    }


def citizen_row(cipher: Cipher, number: str, arrival: Arrival) -> dict[str, Any]:
    citizen = arrival.new.citizen
    known = sealed(cipher, number, {**citizen.model_dump(), "phone": citizen.telephone})
    hashes = {"phone_hash": arrival.caller, "callback_hash": arrival.called_at}
    return {"ticket_number": number, **hashes, **known}


def dispatch_rows(number: str, arrival: Arrival) -> list[dict[str, Any]]:
    if arrival.share is None:
        return []
    return recipients.rows(number, 1, arrival.share, arrival.due, arrival.at)


SECOND = 2
"""The number of the event by which a new ticket is routed, or ended at once."""


def statement_of(new: New) -> dict[str, Any] | None:
    """The operator's words in the event that ends the ticket at once."""
    number, _, arrival = new
    if not arrival.ended:
        return None
    return statement_row(number, SECOND, acceptance.words_of(arrival.new.acceptance))


def event_rows(new: New, request: Row, statement: Row | None) -> list[dict[str, Any]]:
    """That it was received, by whom; that the system found where it belongs, or that the operator
    ended it; and that it rings."""
    number, caller, arrival = new
    received = {
        "ticket_number": number,
        "seq": 1,
        "at": arrival.at,
        "actor": caller.id,
        "role": caller.role,
        "office_code": caller.office_code,
        "action": Action.RECEIVE,
        "from_status": None,
        "to_status": Status.RECEIVED,
        "data": as_json(matter_told(arrival, request)),
    }
    if arrival.status is Status.RECEIVED:
        return [received]
    second = {
        **received,
        "seq": SECOND,
        "from_status": Status.RECEIVED,
        "to_status": arrival.status,
        "words_hash": hash_of(statement),
        **(ended(arrival) if arrival.ended else routed(arrival)),
    }
    return [received, second, *([ringing(second)] if arrival.is_unplaced else [])]


def ringing(routed: dict[str, Any]) -> dict[str, Any]:
    """By the system, in the call itself."""
    data = as_json(Alarmed(alarm=Alarm.UNPLACED, to=[Part.DISPATCHER]))
    status = routed["to_status"]
    rung = {"action": Action.ALARM, "from_status": status, "data": data}
    return {**routed, **rung, "seq": routed["seq"] + 1}


def ended(arrival: Arrival) -> dict[str, Any]:
    decided = arrival.new.acceptance
    action, _ = acceptance.ENDS[decided.outcome]
    return {"action": action, "data": as_json(acceptance.data_of(decided))}


def routed(arrival: Arrival) -> dict[str, Any]:
    """By the system."""
    place = dispatch.located(arrival.decision)
    data = dispatch.routed(arrival.decision, place, arrival.share.roles() if arrival.share else {})
    system = {"actor": SYSTEM, "role": None, "office_code": None}
    return {**system, "action": Action.ROUTE, "data": as_json(data)}


def matter_told(arrival: Arrival, request: Row) -> Received:
    new = arrival.new
    unrouted = arrival.ended or arrival.status is Status.RECEIVED
    return Received(
        policy=arrival.policy.name,
        channel=new.channel,
        type=new.type,
        category=new.category,
        urgency=arrival.urgency,
        anonymous=new.citizen.anonymous,
        reachable=new.citizen.telephone is not None,
        request_hash=wording.hash_of(request),
        no_citizen=True if arrival.no_citizen else UNSET,
        secret=arrival.secret,
        repeat_of=arrival.repeat_of or UNSET,
        **(dispatch.located(arrival.decision) if unrouted else {}),
    )


def news_of(number: str, arrival: Arrival) -> list[News]:
    """Each office that got it, and the district that must look further."""
    roles = arrival.share.roles() if arrival.share else {}
    parts: dict[str, str] = {code: role.value for code, role in roles.items()}
    if arrival.status is Status.TO_DISPATCH and arrival.decision.queue:
        parts[arrival.decision.queue] = "queue"
    status = {"status": arrival.status}
    routed = [
        News(code, arrival.at, Action.ROUTE, number, data={**status, "role": role})
        for code, role in parts.items()
    ]
    if not arrival.is_unplaced:
        return routed
    data = {**status, "alarm": Alarm.UNPLACED, "role": Part.DISPATCHER}
    desk = DESK_CODES[Part.DISPATCHER]
    return [*routed, News(desk, arrival.at, Action.ALARM, number, data=data)]

"""The rows of a finished case: those of a ticket that was closed here."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET

from app.callbacks.models import Assessment, Callback, Exclusion
from app.imports.case import Past
from app.kit.db import Base
from app.offices.directory import STREET_KINDS
from app.routing.decision import Decision, DecisionKind, kept
from app.tickets import wording
from app.tickets.citizens import Citizen
from app.tickets.event_data import Imported, Registered, as_json
from app.tickets.events import Event, Statement, hash_of, linked, new_salt, statement_row
from app.tickets.life.lifecycle import Action, DispatchRole, Status, TicketType
from app.tickets.life.links import BEFORE_ALL
from app.tickets.models import ContactMade, Dispatch, Request, Ticket

Row = dict[str, Any]
METHOD = "import"


def ticket(past: Past) -> Iterator[Row]:
    case, street = past.case, past.office.kind in STREET_KINDS
    address = case.address
    yield {
        "number": past.number,
        "status": Status.CLOSED,
        "since": case.result.at,
        "version": 1,
        "channel": case.channel,
        "type": case.type,
        "category": case.category,
        "urgency": case.urgency,
        "secret": case.type is TicketType.REPORT,
        "anonymous": past.anonymous,
        "external_id": case.external_id,
        "lon": address.lon,
        "lat": address.lat,
        "district_code": (address.district_code if not street else None)
        or past.office.district_code,
        "street_code": case.office_code if street else None,
        "office_code": case.office_code,
        "policy": past.policy.name,
        "received_at": case.received_at,
        **past.times,
        "replied_at": case.replied_at,
        "assessed_at": case.result.at,
        "closed_at": case.result.at,
        "updated_at": past.now,
        "forced": case.replied_at is None and past.late,
        "excluded": case.excluded is not None,
        "dispatches": 1,
    }


def request(past: Past) -> Row:
    """The older system sends no words; its office is taken over, not routed."""
    address, office = past.case.address, past.office
    return {
        "ticket_number": past.number,
        "title": "",
        "content": "",
        "address": address.text,
        "said_district": address.district_code,
        "source": None,
        "salt": new_salt(),
        "route": TAKEN
        | {
            "office_code": office.code,
            "office_name": office.name,
            "district_code": office.district_code,
            "policy": past.policy.name,
        },
    }


TAKEN = kept(
    Decision(
        decision=DecisionKind.DISPATCH,
        office_code=None,
        office_name=None,
        confidence=1.0,
        method=METHOD,
        reason="the older system gave it to this office",
        evidence=(),
        candidates=(),
        district_code=None,
        community_code=None,
        street_code=None,
        gazetteer="",
        ranker="",
        policy="",
        memory="",
    )
)


def citizen(past: Past) -> Iterator[Row]:
    yield {
        "ticket_number": past.number,
        "name": None,
        "phone": None,
        "anonymous": past.anonymous,
        "confidential": False,
    }


def dispatch(past: Past) -> Iterator[Row]:
    yield {
        "ticket_number": past.number,
        "seq": 1,
        "office_code": past.case.office_code,
        "role": DispatchRole.LEAD,
        **past.times,
    }


def contact(past: Past) -> Iterator[Row]:
    for seq, made in enumerate(past.case.contacts, 1):
        yield {
            "ticket_number": past.number,
            "seq": seq,
            "dispatch_seq": 1,
            "office_code": past.case.office_code,
            "at": made.at,
            "method": made.method,
            "reached": made.reached,
        }


def event(past: Past, words: Row) -> Row:
    """Its first and only event, which has its words as well."""
    return {
        "ticket_number": past.number,
        "seq": 1,
        "at": past.now,
        "actor": past.caller.id,
        "role": past.caller.role,
        "action": Action.IMPORT,
        "to_status": Status.CLOSED,
        "data": as_json(imported(past, words)),
    }


def imported(past: Past, words: Row) -> Imported:
    """The event data, with the facts of a case for verification (RULEBOOK D.21-11)."""
    case, [row] = past.case, ticket(past)
    return Imported(
        policy=past.policy.name,
        channel=case.channel,
        type=case.type,
        category=case.category,
        urgency=case.urgency,
        anonymous=past.anonymous,
        request_hash=wording.hash_of(words),
        office_code=case.office_code,
        district_code=row["district_code"],
        street_code=row["street_code"],
        assessed=Registered(
            district_code=past.office.district_code, industry_office=past.industry_office
        ),
        excluded=case.excluded.code if case.excluded else None,
        merge_group=case.merge_group,
        received_at=case.received_at,
        replied_at=case.replied_at,
        acknowledged_at=case.acknowledged_at,
        dispatched_at=case.dispatched_at,
        contacts=[(made.at.isoformat(), made.method, made.reached) for made in case.contacts],
        called_at=case.result.at,
        verified=case.result.method or UNSET,
        answers=[value for name, value in answers(past).items() if name != "ticket_number"],
    )


def answers(past: Past) -> Row:
    result = past.case.result
    return {
        "ticket_number": past.number,
        "reach": result.reach,
        "contacted": result.contacted,
        "resolved": result.resolved,
        "satisfied": result.satisfied,
    }


def callback(past: Past) -> Iterator[Row]:
    result = past.case.result
    final = {"at": result.at, "method": result.method, "final": True}
    yield {**answers(past), "seq": 1, "cycle": 0, "attempt": 1, **final}


def assessment(past: Past) -> Iterator[Row]:
    case = past.case
    yield {
        **answers(past),
        "office_code": case.office_code,
        "district_code": past.office.district_code,
        "industry_office": past.industry_office,
        "category": case.category,
        "type": case.type,
        "channel": case.channel,
        "urgency": case.urgency,
        "anonymous": past.anonymous,
        "merge_group": case.merge_group,
        "contact_ok": past.contact_ok,
        "late": past.late,
        "assessed_at": case.result.at,
        "recorded_at": past.now,
    }


def exclusion(past: Past) -> Iterator[Row]:
    if past.case.excluded:
        yield {
            "ticket_number": past.number,
            "code": past.case.excluded.code,
            "decided_at": past.case.result.at,
            "recorded_at": past.now,
        }


OF_TICKET: dict[type[Base], Callable[[Past], Iterator[Row]]] = {
    Citizen: citizen,
    Dispatch: dispatch,
    ContactMade: contact,
    Callback: callback,
    Assessment: assessment,
    Exclusion: exclusion,
}
"""Rows that refer to the ticket."""

TABLES: tuple[type[Base], ...] = (Ticket, Request, *OF_TICKET, Event, Statement)


def tables(cases: list[Past]) -> Iterator[tuple[type[Base], list[Row]]]:
    """The rows of all cases, table by table."""
    tickets, requests, events, statements = [], [], [], []
    for case in cases:
        words, spoken = request(case), statement(case)
        [event_row] = linked(BEFORE_ALL, [{**event(case, words), "words_hash": hash_of(spoken)}])
        requests.append(words)
        tickets += [row | {"chain_head": event_row["link"]} for row in ticket(case)]
        events.append(event_row)
        statements += [spoken] if spoken else []
    yield Ticket, tickets
    yield Request, requests
    for model, rows in OF_TICKET.items():
        yield model, [row for case in cases for row in rows(case)]
    yield Event, events
    yield Statement, statements


def statement(past: Past) -> Row | None:
    excluded = past.case.excluded
    return statement_row(past.number, 1, {"text": excluded.text}) if excluded else None

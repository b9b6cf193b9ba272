"""Corrections: what was taken down wrong is put right, with the former values on record (D.7.1).

A corrected category brings its default level; a corrected address, or a department's duty by the
category, or no longer its duty, brings the ticket to another office until the first contact, and to
the dispatcher's eyes afterwards.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from app.access.roles import DESKS, Role
from app.feed.service import News, append
from app.offices.catalogue import Urgency
from app.routing.decision import Decision, DecisionKind
from app.tickets import citizens, times, wording
from app.tickets.acts import urgency, whereabouts
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch, teaching
from app.tickets.acts.forms import CorrectedCitizen, Correction, NewAddress
from app.tickets.citizens import FormerCitizen, correction_hash
from app.tickets.event_data import Corrected, Notice
from app.tickets.events import new_salt
from app.tickets.life import sources
from app.tickets.life.lifecycle import BETWEEN_OFFICES, Action, Status
from app.tickets.life.parts import Part
from app.tickets.models import Request, Ticket

CATALOGUE = "catalogue"
"""The method of a route by whose duty the matter is."""

MOVABLE = BETWEEN_OFFICES | {Status.DISPATCHED, Status.ACKNOWLEDGED}


Said = tuple[dict[str, Any], dict[str, str]]
"""Members of the event's data, and its words."""


def correct(change: Change, body: Correction) -> None:
    """D.7.1: old and new values on record, and what follows from them."""
    ticket, request = change.ticket, change.session.get_one(Request, change.ticket.number)
    facts: dict[str, Any] = {"members": body.named}
    words = {"reason": body.reason}
    for name in body.named:
        more_facts, more_words = MEMBERS[name](change, request, getattr(body, name))
        facts, words = facts | more_facts, words | more_words
    if body.title or body.address:
        facts["request_hash"] = wording.renewed(request)
    decision = routed_again(change, request, body)
    if body.address:
        facts |= dispatch.place(ticket)
    change.record(Action.CORRECT, ticket.status, data=Corrected(**facts), words=words)
    if body.category or body.title:
        teaching.confirm_category(change)
    if decision:
        redirect(change, request, decision)


def check_correction(change: Change, body: Correction) -> None:
    """Refuses NoSuchCategory, NoSuchDistrict and ImpossibleTime."""
    if body.category:
        change.city.catalogue.category(body.category)
    if body.address:
        change.city.check_district(body.address.district_code)
    times.check("/occurred_at", body.occurred_at, change.now)


def correct_citizen(change: Change, request: Request, body: CorrectedCitizen) -> Said:
    """The citizen is found again by the corrected number, and called back there."""
    ticket, citizen = change.ticket, citizens.citizen(change.session, change.ticket.number)
    cipher, corrected = change.city.cipher, body.named
    kept = {name: getattr(citizen, name) for name in corrected}
    new = citizens.sealed(cipher, ticket.number, corrected)
    for name, value in new.items():
        setattr(citizen, name, value)
    telephone = citizens.renew_hashes(change.city, citizen)
    ticket.anonymous = citizen.anonymous
    row = FormerCitizen(
        ticket_number=ticket.number,
        seq=ticket.version + 1,
        former=kept,
        corrected=new,
        salt=new_salt(),
    )
    former = citizens.opened(cipher, ticket.number, kept)
    change.session.add(row)
    facts: dict[str, Any] = {
        "citizen_hash": correction_hash(row.salt, former, corrected),
        "anonymous": citizen.anonymous,
        "reachable": telephone is not None,
        "no_citizen": sources.no_citizen(
            change.policy, ticket.channel, citizen.anonymous, telephone is not None
        ),
    }
    ticket.no_citizen = facts["no_citizen"]
    return facts, {}


def correct_category(change: Change, request: Request, code: str) -> Said:
    """The category with its default level: a higher one at once, a lower one only by a supervisor
    and before the signature."""
    ticket, entry = change.ticket, change.city.catalogue.category(code)
    facts: dict[str, Any] = {"category": code, "former_category": ticket.category}
    ticket.category, ticket.rescue = code, ticket.rescue or bool(entry.tell)
    former = ticket.urgency
    if takes_level(change, entry.urgency):
        if urgency.is_raised(former, entry.urgency):
            urgency.hasten(change, entry.urgency)
        else:
            urgency.slow(change, entry.urgency)
        if ticket.contact_attempts:
            change.count_attempts(change.contacts())
        facts |= {"urgency": entry.urgency, "former_urgency": former}
    return facts, {}


def correct_title(change: Change, request: Request, title: str) -> Said:
    former, request.title = request.title, title
    return {}, {"title": title, "former_title": former}


def correct_address(change: Change, request: Request, address: NewAddress) -> Said:
    former = request.address
    whereabouts.move(change, request, address)
    facts = {"former_street_code": change.ticket.street_code}
    return facts, {"address": address.text, "former_address": former}


def correct_time(change: Change, request: Request, at: datetime) -> Said:
    former, change.ticket.occurred_at = change.ticket.occurred_at, at
    return {"occurred_at": at, "former_occurred_at": former}, {}


MEMBERS: dict[str, Callable[[Change, Request, Any], Said]] = {
    "citizen": correct_citizen,
    "title": correct_title,
    "category": correct_category,
    "address": correct_address,
    "occurred_at": correct_time,
}


def takes_level(change: Change, new: Urgency) -> bool:
    former = change.ticket.urgency
    if new is former or urgency.is_raised(former, new):
        return new is not former
    return urgency.may_lower(change, new)


def routed_again(change: Change, request: Request, body: Correction) -> Decision | None:
    """By the address, whose place is kept; by the category alone only to whose duty it is, or from
    whose duty it was, for the place may be a person's word."""
    if body.address:
        return dispatch.locate(change, request, change.now)
    if not body.category:
        return None
    decision = dispatch.routed_to(change, request, change.now)
    by_duty = decision.method == CATALOGUE or has_it_by_duty(change.ticket, request)
    return decision if by_duty else None


def has_it_by_duty(ticket: Ticket, request: Request) -> bool:
    """The office has the ticket by its former category, and by nobody's word."""
    route = request.route
    return (route["method"], route["office_code"]) == (CATALOGUE, ticket.office_code)


def redirect(change: Change, request: Request, decision: Decision) -> None:
    """To the office of the corrected facts before the first contact (T7b); else the dispatcher is
    told."""
    ticket, office = change.ticket, decision.office_code
    if ticket.status is Status.RECEIVED or (office and office == ticket.office_code):
        return
    sure = decision.decision is DecisionKind.DISPATCH
    free = ticket.contacted_at is None and not ticket.objection_locked
    if sure and free and ticket.status in MOVABLE:
        place = dispatch.place(ticket)
        dispatch.placed(change, request, decision)
        for name, code in place.items():
            setattr(ticket, name, code)
        dispatch.route(change, decision)
    elif ticket.status is Status.TO_DISPATCH:
        ticket.queue = decision.queue
        change.set_timers()
    elif ticket.status is not Status.NEED_INFO:
        append(change.session, misplaced(change))


def misplaced(change: Change) -> Iterator[News]:
    """To the dispatcher, and to those who have it: the place may be another's."""
    offices = {**change.concerned(""), DESKS[Role.DISPATCHER]: Part.DISPATCHER}
    for code, role in offices.items():
        if code:
            data = {"status": change.ticket.status, "role": role}
            yield News(code, change.now, Notice.MISPLACED, change.ticket.number, data=data)

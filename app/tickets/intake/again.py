"""An open matter told again: its ticket is urged, and whatever the citizen tells anew is kept.

What differs from the ticket stands in the urging's words by the name of its member, a raised
urgency raises the ticket's, and a missing name or extension is filled in.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.kit.web.wire import in_utc
from app.tickets import citizens
from app.tickets.acts import urgency, urging
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Grading, Words
from app.tickets.intake.arrival import Arrival
from app.tickets.models import Request
from app.tickets.persons import extension_of

BESIDE = ("channel", "category", "external_id", "occurred_at", "urgency", "line")
"""Members of a request that its ticket has by the same names."""

PLACE = ("text", "district_code", "lon", "lat")

CALLED_BACK = ("callback_phone", "language", "callback_after")
"""How the citizen wants to be called: his last word holds."""


def urge(change: Change, arrival: Arrival) -> None:
    """D.11: urges the open ticket."""
    told_anew = dict(differences(change, arrival))
    raised = raised_to(change, arrival)
    fill_in(change, arrival)
    change.ticket.rescue = change.ticket.rescue or arrival.rescue
    if raised:
        urgency.grade(change, Grading(urgency=raised, reason=arrival.new.title))
    urging.urge(change, Words(text=arrival.new.content), told_anew)


def differences(change: Change, arrival: Arrival) -> Iterator[tuple[str, Any]]:
    """What the request tells otherwise than the ticket, by the name of its member."""
    new, ticket = arrival.new, change.ticket
    request = change.session.get_one(Request, ticket.number)
    for member in BESIDE:
        value = getattr(new, member)
        if value is not None and value != getattr(ticket, member):
            yield member, in_utc(value) if isinstance(value, datetime) else value
    if new.title != request.title:
        yield "title", new.title
    place = {member: getattr(new.address, member) for member in PLACE}
    known = (request.address, request.said_district, ticket.lon, ticket.lat)
    if any(value not in (None, kept) for value, kept in zip(place.values(), known, strict=True)):
        yield "address", {member: value for member, value in place.items() if value is not None}
    if new.source and (source := new.source.model_dump(mode="json")) != request.source:
        yield "source", source
    yield from other_person(change, arrival)


def other_person(change: Change, arrival: Arrival) -> Iterator[tuple[str, str]]:
    """Masked: an office reads it, too."""
    new = arrival.new.citizen
    kept = citizens.citizen(change.session, change.ticket.number)
    known = citizens.person(change.city.cipher, kept)
    if new.name and known.name and new.name != known.name:
        yield "name", citizens.masked_name(new.name) or ""
    if new.callback_phone and new.callback_phone != known.callback_phone:
        yield "callback_phone", citizens.masked_phone(new.callback_phone) or ""


def fill_in(change: Change, arrival: Arrival) -> None:
    """The citizen's missing name and extension, and how he wants to be called now; where his ticket
    was merged, the ticket that is urged is another's."""
    kept, new = citizens.citizen(change.session, change.ticket.number), arrival.new.citizen
    if kept.phone_hash != arrival.caller:
        return
    known = citizens.person(change.city.cipher, kept)
    values = {member: getattr(new, member) for member in CALLED_BACK}
    if extension_of(known.phone) is None:
        values["phone"] = new.telephone
    if known.name is None:
        values["name"] = new.name
    fresh = {member: value for member, value in values.items() if value}
    for member, value in citizens.sealed(change.city.cipher, kept.ticket_number, fresh).items():
        setattr(kept, member, value)
    change.ticket.call_after = kept.callback_after
    citizens.renew_hashes(change.city, kept)


def raised_to(change: Change, arrival: Arrival) -> Any:
    """The urgency of the request, where it is said, another category's or that of its words, and a
    higher one."""
    new, ticket = arrival.new, change.ticket
    named = new.urgency is not None or new.category not in (None, ticket.category)
    named = named or arrival.is_raised
    higher = urgency.is_raised(ticket.urgency, arrival.urgency)
    return arrival.urgency if named and higher else None

"""A ticket's route made again: by the names, rules and memory of the instant it was made at."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.city import City
from app.kit.errors import Conflict
from app.kit.messages import Message
from app.routing import service as routing
from app.routing.decision import kept
from app.tickets.acts.dispatching import dispatch
from app.tickets.event_data import Placed, name
from app.tickets.events import Event
from app.tickets.life.lifecycle import Action
from app.tickets.models import Request, Ticket
from app.tickets.views.scope import existing, printable

ROUTED = (Action.RECEIVE, Action.ADD, Action.ROUTE)


def is_moved(event: type[Event]) -> sa.ColumnElement[bool]:
    """A correction of the address, which is routed again."""
    place = event.__table__.c.data.has_key(name(Placed.district_code))
    return sa.and_(event.action == Action.CORRECT, place)


class NotRoutedHere(Conflict):
    title = "This ticket was not routed here"


def differences(session: Session, city: City, number: str) -> Iterator[tuple[str, Any, Any]]:
    """Each member of the stored route that comes out otherwise: its name, as stored, as made now.

    The city's router must be fresh: it learns here what the route's memory held, and no more.
    Refuses NoSuchTicket, and NotRoutedHere where an older system had found its office.
    """
    ticket = existing(number, session.get(Ticket, printable(number)))
    request = session.get_one(Request, ticket.number)
    routed = select(func.coalesce(Event.due_at, Event.at)).where(
        Event.ticket_number == ticket.number,
        Event.action.in_(ROUTED) | is_moved(Event),
    )
    at = session.scalar(routed.order_by(Event.seq.desc()).limit(1))
    if at is None:
        raise NotRoutedHere(Message("{number} was imported as finished", number=number))
    stored = request.route
    routing.learn_up_to(session, city.router, stored["memory"])
    made = kept(city.route(dispatch.query(ticket, request), at))
    for member in made:
        if stored.get(member) != made[member]:
            yield member, stored.get(member), made[member]

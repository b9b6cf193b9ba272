"""Tickets as a caller may see them: a page of them costs as many queries as one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.tickets import citizens as masks
from app.tickets.citizens import Citizen
from app.tickets.events import Event, Statement
from app.tickets.life.guards import allowed
from app.tickets.life.lifecycle import IN_OFFICE, Action, DispatchRole
from app.tickets.models import Dispatch, Request, Ticket
from app.tickets.standing import standing_of
from app.tickets.views import scope
from app.tickets.views.schemas import AddressView, EventView, OfficeBrief, TicketView


@dataclass(frozen=True)
class Viewer:
    """Who looks, when, and what there is to look with."""

    caller: Caller
    session: Session
    city: City
    now: datetime


def one(viewer: Viewer, ticket: Ticket) -> TicketView:
    return views(viewer, [ticket], bulk=False)[0]


def views(viewer: Viewer, tickets: Sequence[Ticket], bulk: bool = True) -> list[TicketView]:
    """In the order given; `bulk` masks every citizen whatever the role."""
    session, caller = viewer.session, viewer.caller
    numbers = [ticket.number for ticket in tickets]
    requests = {
        r.ticket_number: r
        for r in session.scalars(select(Request).where(Request.ticket_number.in_(numbers)))
    }
    citizens = {
        c.ticket_number: c
        for c in session.scalars(select(Citizen).where(Citizen.ticket_number.in_(numbers)))
    }
    given = defaultdict(list)
    parents = [ticket.merged_into for ticket in tickets if ticket.merged_into]
    heads = numbered(session, parents)
    for dispatch in session.scalars(
        select(Dispatch)
        .where(Dispatch.ticket_number.in_([*numbers, *parents]), Dispatch.ended_at.is_(None))
        .order_by(Dispatch.office_code)
    ):
        given[dispatch.ticket_number].append(dispatch)
    return [
        TicketView(
            **columns(ticket),
            **words(ticket, requests[n]),
            **offices(viewer.city, ticket, given[n]),
            citizen=masks.shown(citizens[n], ticket, caller, bulk),
            overdue=overdue(ticket, viewer.now),
            open_whistles=0,
            allowed=actions(
                viewer, ticket, given[ticket.merged_into or n], heads.get(ticket.merged_into or "")
            ),
        )
        for n, ticket in zip(numbers, tickets, strict=True)
    ]


def numbered(session: Session, numbers: Sequence[str]) -> dict[str, Ticket]:
    query = select(Ticket).where(Ticket.number.in_(numbers))
    return {row.number: row for row in session.scalars(query)} if numbers else {}


def actions(
    viewer: Viewer, ticket: Ticket, given: Sequence[Dispatch], head: Ticket | None
) -> list[Action]:
    caller, city = viewer.caller, viewer.city
    policy, status = city.policies.named(ticket.policy), head.status if head else None
    standing = standing_of(ticket, policy, caller.office_code, viewer.now, status)
    return list(allowed(standing, scope.parts(caller, ticket, given, city, head)))


PLAIN = frozenset(TicketView.model_fields) & frozenset(c.key for c in Ticket.__table__.columns)


def columns(ticket: Ticket) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in PLAIN}


def words(ticket: Ticket, request: Request) -> dict[str, Any]:
    address = AddressView(
        text=request.address,
        district_code=request.said_district,
        lon=ticket.lon,
        lat=ticket.lat,
    )
    return {
        "title": request.title,
        "content": request.content,
        "address": address,
        "route": request.route,
    }


def offices(city: City, ticket: Ticket, given: Sequence[Dispatch]) -> dict[str, Any]:
    joint = [d.office_code for d in given if d.role is DispatchRole.JOINT]
    return {
        "office": brief(city, ticket.office_code) if ticket.office_code else None,
        "joint_offices": [brief(city, code) for code in joint],
    }


def brief(city: City, code: str) -> OfficeBrief:
    return OfficeBrief.model_validate(city.offices[code])


def overdue(ticket: Ticket, now: datetime) -> bool:
    """The result is late: not there in time, or, once there, given after its time."""
    if ticket.due_at is None:
        return False
    if ticket.status in IN_OFFICE:
        return now > ticket.due_at
    return ticket.forced or (ticket.replied_at is not None and ticket.replied_at > ticket.due_at)


def event(row: Event, statement: Statement | None) -> EventView:
    return EventView(
        seq=row.seq,
        at=row.at,
        due_at=row.due_at,
        actor=row.actor,
        role=row.role,
        action=row.action,
        from_=row.from_status,
        to=row.to_status,
        data={**row.data, **(statement.words if statement else {})},
    )


def history(session: Session, number: str) -> Sequence[tuple[Event, Statement | None]]:
    """Every event of a ticket, oldest first, with what was said in it."""
    said = (Statement.ticket_number == Event.ticket_number) & (Statement.seq == Event.seq)
    return [
        (event, statement)
        for event, statement in session.execute(
            select(Event, Statement)
            .outerjoin(Statement, said)
            .where(Event.ticket_number == number)
            .order_by(Event.seq)
        )
    ]

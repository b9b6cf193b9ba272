"""What a group of merged tickets is seen by: its members, and who might join one (D.11)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.kit.web.paging import Order, Page, instant
from app.policy.keys import Merge
from app.tickets import citizens
from app.tickets.citizens import Citizen, Person
from app.tickets.life import likeness, limits
from app.tickets.life.lifecycle import MOVES, OPEN, Action
from app.tickets.life.likeness import METRES_PER_DEGREE, Matter
from app.tickets.matter import matter_of
from app.tickets.models import Request, Ticket
from app.tickets.persons import are_one
from app.tickets.views import scope
from app.tickets.views.lists import Paging
from app.tickets.views.schemas import MemberView, MergeCandidate, MergeProposal
from app.tickets.views.view import Viewer

MERGEABLE = sorted(status for status, action in MOVES if action is Action.MERGE)
FLATTEST = 0.75
"""The cosine of a latitude somewhat north of Beijing's."""

OLDEST = Order((Ticket.received_at, Ticket.number), (instant, str))

LOOKED_AT = 20
"""The oldest tickets of one place that are compared with a later one."""


def members(viewer: Viewer, ticket: Ticket) -> list[MemberView]:
    """Whoever was merged into a ticket, oldest first, masked as in a list, without the secret ones
    that the caller may not see."""
    query = select(Ticket, Citizen, scope.nameable(viewer.caller))
    query = query.join(Citizen, Citizen.ticket_number == Ticket.number)
    rows = viewer.session.execute(
        query.where(Ticket.merged_into == ticket.number).order_by(Ticket.received_at, Ticket.number)
    ).all()
    near = viewer.caller.role in citizens.NEAR_THE_SUBJECT
    is_mixed = near and any(member.secret is not ticket.secret for member, *_ in rows)
    return [
        MemberView(
            number=member.number,
            citizen=citizens.shown(citizen, member, viewer.eyes(bulk=True)),
            joined_at=member.since,
            contact_due_at=contact_due(viewer, ticket, member),
            contacted_at=member.contacted_at,
            callback_due_at=member.callback_due_at,
            assessed_at=member.assessed_at,
            same_citizen=member.same_citizen and not is_mixed,
        )
        for member, citizen, is_named in rows
        if is_named
    ]


def contact_due(viewer: Viewer, parent: Ticket, member: Ticket) -> datetime | None:
    policy = viewer.city.policies.named(parent.policy)
    due = None if member.same_citizen else parent.contact_due_at
    return due and limits.member_contact_due(policy, parent.urgency, due, member.since)


@dataclass(frozen=True)
class Known:
    """A ticket with what it is compared by."""

    ticket: Ticket
    request: Request
    person: Person

    @cached_property
    def matter(self) -> Matter:
        return matter_of(self.ticket, self.request)

    def shown(self) -> MergeCandidate:
        columns = {
            name: getattr(self.ticket, name)
            for name in MergeCandidate.model_fields
            if name not in ("title", "address")
        }
        return MergeCandidate(**columns, title=self.request.title, address=self.request.address)


def proposals(viewer: Viewer, paging: Paging) -> Page[MergeProposal]:
    """Tickets of the last days, oldest first, each with the oldest open one that it might join."""
    rule = viewer.city.policies.at(viewer.now).merge
    late = later_ones(rule, viewer.now)
    rows, after = OLDEST.page(viewer.session, late, paging.cursor, paging.limit)
    return Page(items=list(proposed(viewer, rule, rows)), next=after)


def later_ones(rule: Merge, now: datetime) -> Select[Ticket]:
    """Those that may still be merged and have an older neighbour."""
    older, mine, theirs = aliased(Ticket), aliased(Request), aliased(Request)
    same_address = (
        select(sa.literal(1))
        .select_from(mine)
        .join(theirs, theirs.place_key == mine.place_key)
        .join(older, older.number == theirs.ticket_number)
        .where(mine.ticket_number == Ticket.number, before(older, Ticket, rule))
    )
    nearby = select(sa.literal(1)).select_from(older)
    nearby = nearby.where(within(older, Ticket, rule.radius_m), before(older, Ticket, rule))
    return select(Ticket).where(
        Ticket.received_at > now - timedelta(days=rule.days),
        Ticket.status.in_(MERGEABLE),
        Ticket.members == 0,
        Ticket.assessed_at.is_(None),
        sa.or_(same_address.exists(), nearby.exists()),
    )


def before(older: Any, newer: Any, rule: Merge) -> sa.ColumnElement[bool]:
    """An open one that came first, by so many days at most, and of which nobody was called back."""
    return sa.and_(
        sa.tuple_(older.received_at, older.number) < sa.tuple_(newer.received_at, newer.number),
        older.received_at >= newer.received_at - timedelta(days=rule.days),
        older.status.in_(sorted(OPEN)),
        older.assessed_at.is_(None),
    )


def within(older: Any, newer: Any, radius_m: int) -> sa.ColumnElement[bool]:
    """In a square about as large; who is in the circle is asked later."""
    north = radius_m / METRES_PER_DEGREE
    east = north / FLATTEST
    return sa.and_(
        older.lat.between(newer.lat - north, newer.lat + north),
        older.lon.between(newer.lon - east, newer.lon + east),
    )


def proposed(viewer: Viewer, rule: Merge, rows: Sequence[Ticket]) -> Iterable[MergeProposal]:
    candidates, mine = older_ones(viewer, rule, rows), known(viewer, rows)
    for row in rows:
        newer = mine[row.number]
        for older in candidates[row.number]:
            if not likeness.agree(row.district_code, older.ticket.district_code):
                continue
            same_citizen = are_one(newer.person, older.person)
            likens = likeness.repeated if same_citizen else likeness.proposed
            pair = likens(newer.matter, older.matter, rule)
            if pair:
                yield MergeProposal(
                    ticket=newer.shown(),
                    parent=older.shown(),
                    matter=pair.matter,
                    place=pair.place,
                    same_citizen=same_citizen,
                )
                break


def known(viewer: Viewer, rows: Iterable[Ticket]) -> dict[str, Known]:
    numbers = {row.number: row for row in rows}
    query = (
        select(Request, Citizen)
        .join(Citizen, Citizen.ticket_number == Request.ticket_number)
        .where(Request.ticket_number.in_(numbers))
    )
    return {
        request.ticket_number: Known(
            numbers[request.ticket_number], request, citizens.person(viewer.city.cipher, citizen)
        )
        for request, citizen in viewer.session.execute(query)
    }


def older_ones(viewer: Viewer, rule: Merge, rows: Sequence[Ticket]) -> dict[str, list[Known]]:
    """For each ticket, by its number, the open ones at its place that came first, oldest first."""
    newer, older, mine, theirs = (
        aliased(Ticket),
        aliased(Ticket),
        aliased(Request),
        aliased(Request),
    )
    at_address = (
        select(older.number, older.received_at)
        .join(theirs, theirs.ticket_number == older.number)
        .where(theirs.place_key == mine.place_key, before(older, newer, rule))
    )
    nearby = select(older.number, older.received_at).where(
        within(older, newer, rule.radius_m), before(older, newer, rule)
    )
    both = sa.union(at_address.correlate(newer, mine), nearby.correlate(newer, mine)).subquery()
    first = select(both.c.number).order_by(both.c.received_at, both.c.number).limit(LOOKED_AT)
    there = first.lateral()
    query = (
        select(newer.number, Ticket)
        .select_from(newer)
        .join(mine, mine.ticket_number == newer.number)
        .join(there, sa.true())
        .join(Ticket, Ticket.number == there.c.number)
        .where(newer.number.in_([row.number for row in rows]))
        .order_by(Ticket.received_at, Ticket.number)
    )
    pairs = viewer.session.execute(query).all()
    compared = known(viewer, {ticket.number: ticket for _, ticket in pairs}.values())
    candidates: dict[str, list[Known]] = defaultdict(list)
    for number, ticket in pairs:
        candidates[number].append(compared[ticket.number])
    return candidates

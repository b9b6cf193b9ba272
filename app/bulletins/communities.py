"""Lanes: a day's requests by community, village, estate and road within the streets.

A ticket's lane is the community named in its address, or else the estate or road in the caller's
words (RULEBOOK D.13.5); building, unit and room are never part of it.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONPATH

from app.callbacks.models import Assessment, Correction
from app.offices.models import PlaceRow
from app.rankings.counting import as_of, assessments, volumes
from app.rankings.counting.merged import Member, count_members
from app.rankings.counting.record import Record
from app.rankings.rates import Counts
from app.tickets.citizens import Citizen
from app.tickets.models import Request, Ticket

WHOLE_PLACE = '$.evidence[*] ? (@.kind == "memory" || @.kind == "similarity").text'
"""The span of a route's evidence that is neither district nor street nor community."""


class Lane(NamedTuple):
    street_code: str
    name: str

    def __str__(self) -> str:
        return f"{self.street_code} {self.name}"


WORDS = func.jsonb_path_query_first(Request.route, sa.cast(WHOLE_PLACE, JSONPATH))
NAME = func.coalesce(PlaceRow.name, WORDS.op("#>>")(sa.literal_column("'{}'::text[]")))

PERSONS = func.count(
    func.coalesce(func.encode(Citizen.phone_hash, "hex"), Ticket.number).distinct()
)
"""One telephone is one person; a ticket without one may be anybody's."""

Query = TypeVar("Query", bound=sa.Select[*tuple[Any, ...]])


def named(record: Record, query: Query) -> Query:
    """The query joined with the sources of each ticket's NAME as of the record's instant."""
    community = as_of.at(record.as_of, "community_code")
    unnamed = [Request.ticket_number == Ticket.number, community.is_(None)]
    if record.as_of:
        unnamed.append(~as_of.told_anew(record.as_of))
    places = query.outerjoin(PlaceRow, PlaceRow.code == community)
    return places.outerjoin(Request, sa.and_(*unnamed))


def street_of(record: Record) -> sa.ColumnElement[str]:
    return as_of.at(record.as_of, "street_code")


def requests(record: Record, begins: datetime, ends: datetime) -> dict[Lane, int]:
    """The number of accepted requests of each lane, received in [begins, ends).

    A lane of fewer persons than `privacy.min_cell` is not named: it might identify one.
    """
    policy, number = record.period.policy, func.count()
    street = street_of(record)
    query = (
        named(record, select(street, NAME, number).select_from(Ticket))
        .outerjoin(Citizen, Citizen.ticket_number == Ticket.number)
        .where(Ticket.received_at >= begins, Ticket.received_at < ends)
        .where(NAME.is_not(None))
        .where(Ticket.type.in_(sorted(policy.assess.types)), *volumes.accepted(record))
        .group_by(street, NAME)
        .having(policy.privacy.min_cell <= PERSONS)
    )
    return {
        Lane(code, name): count
        for code, name, count in record.session.execute(query)
        if code is not None
    }


def counts(record: Record, lanes: Collection[Lane]) -> Mapping[str, Counts]:
    """The counts of the streets' own tickets in each lane, by the lane as a text."""
    return count_members(members(record, lanes), record.period)


def members(record: Record, lanes: Collection[Lane]) -> Iterator[Member]:
    led = record.assessments(Assessment, Correction, NAME, record.excluded())
    query = (
        named(record, led.join(Ticket, Ticket.number == Assessment.ticket_number))
        .outerjoin(Correction, record.heard())
        .where(Assessment.office_code.in_({lane.street_code for lane in lanes}))
        .where(street_of(record) == Assessment.office_code)
        .where(NAME.in_({lane.name for lane in lanes}))
    )
    for fact, heard, name, excluded in record.session.execute(query):
        owner = str(Lane(fact.office_code, name))
        yield assessments.member(owner, fact, heard, excluded)

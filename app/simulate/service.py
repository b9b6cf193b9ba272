"""Simulation of a city's past, by the services of the real one.

All of it is a single transaction. So a broken run leaves nothing, and a service on the same
database, with a clock far ahead of the imagined one, sees the past only when it is complete.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.city import City
from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.kit.workdays import midnight
from app.offices import service as offices
from app.simulate.city import LivedCity
from app.simulate.requests import ask, season
from app.simulate.world import Lived, World
from app.tickets.models import Ticket


class NotThePast(Invalid):
    title = "Only a past can be simulated"


class Inhabited(Conflict):
    title = "There are tickets of that time already"


@dataclass(frozen=True, slots=True)
class Plan:
    """A past to be simulated: `cases` requests from the day `start` to before the day `end`."""

    start: date
    end: date
    cases: int
    seed: int
    photos: Path
    """The folder of the photos."""

    among_others: bool = False
    """Also if there are tickets of that time already."""

    eventful: float = 1
    """Rare things happen so many times as often."""


def simulate(session: Session, known: City, wanted: Plan, now: datetime, lived: Lived) -> int:
    """Fill the past, and let it live on until now; `lived` gets the number of lives that ended.

    Returns the number of tickets: one for each request, and one for each call about a closed
    matter. Up to `now`, the same seed gives the same city, except for the tickets' numbers. Refuses
    NotThePast and Inhabited.
    """
    check(session, wanted, now)
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    city = LivedCity(
        offices.gazetteer(session, known.offices),
        wanted.start,
        wanted.seed,
        wanted.photos,
        wanted.eventful,
    )
    asked = ask(city, known.catalogue, season(city, wanted.start, wanted.end), wanted.cases)
    return World(session, known, city, lived).live(asked, now)


def check(session: Session, wanted: Plan, now: datetime) -> None:
    if wanted.start >= wanted.end:
        raise NotThePast(Message("{end} is not after {start}", end=wanted.end, start=wanted.start))
    if midnight(wanted.end) > now:
        raise NotThePast(Message("{end} lies in the future", end=wanted.end))
    since = select(Ticket).where(Ticket.received_at >= midnight(wanted.start))
    if not wanted.among_others and session.scalar(select(since.exists())):
        raise Inhabited(
            Message(
                "there are tickets received after {start}; say --among-others to add to them",
                start=wanted.start,
            )
        )

"""What a reading of tickets brings along: the caller, his session, the ticket that he may see."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from app.access.gate import allow
from app.access.roles import Caller
from app.city import AtCity
from app.kit.clock import Now
from app.kit.db import AllSessions, Reading
from app.kit.instants import settled_all
from app.tickets.models import Ticket
from app.tickets.search.record import SEARCHERS
from app.tickets.views import history, scope, view
from app.tickets.views.rows import Row
from app.tickets.views.view import Viewer

Reader = Annotated[Caller, Depends(allow(scope.READERS))]


def viewer(caller: Reader, session: Reading, city: AtCity, now: Now) -> Viewer:
    return Viewer(caller, city, now, session)


Looking = Annotated[Viewer, Depends(viewer)]


async def settled(caller: Reader, request: Request, sessions: AllSessions, now: Now) -> datetime:
    """For a poller by `updated_after`, all that had changed by now can be read."""
    if "updated_after" in request.query_params:
        await settled_all(sessions)
    return now


Settled = Annotated[datetime, Depends(settled)]


async def may_search(caller: Reader, request: Request) -> None:
    """Refuses (WrongRole) a search by telephone to other roles, whatever the form of the number."""
    if "phone" in request.query_params:
        await allow(SEARCHERS)(caller)


MaySearch = Annotated[None, Depends(may_search)]


def seen(number: str, looking: Looking) -> Ticket:
    return scope.get(looking.session, looking.caller, number)


Seen = Annotated[Ticket, Depends(seen)]


def shown(number: str, looking: Looking) -> Row:
    return view.seen(looking, number)


Shown = Annotated[Row, Depends(shown)]


def happened(number: str, looking: Looking) -> bytes:
    events = history.HISTORY.of(looking.connection, looking.caller, number)
    return history.as_json(looking.city.cipher, events)


Happened = Annotated[bytes, Depends(happened)]
"""Every event of a ticket that the caller may see, in JSON."""

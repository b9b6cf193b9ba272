"""What a call on rankings brings along: the record, the desk and the time it is asked at."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from app.kit.clock import Now
from app.kit.db import AllSessions, Reading
from app.kit.instants import settled_all
from app.rankings.service import Asked
from app.tickets.desk import AtDesk


async def settled_now(request: Request, sessions: AllSessions, now: Now) -> datetime:
    """For whoever asks `as_of` an instant up to it, all that was recorded by then can be read."""
    if "as_of" in request.query_params:
        await settled_all(sessions)
    return now


SettledNow = Annotated[datetime, Depends(settled_now)]


def asked(now: SettledNow, desk: AtDesk, session: Reading) -> Asked:
    """The session's snapshot is taken when all has settled."""
    return Asked(session, desk, now)


Looking = Annotated[Asked, Depends(asked)]

"""What a call on rankings brings along: the record, the desk and the time it is asked at."""

from typing import Annotated

from fastapi import Depends

from app.kit.clock import Now
from app.kit.db import Reading
from app.rankings.service import Asked
from app.tickets.desk import AtDesk


def asked(desk: AtDesk, session: Reading, now: Now) -> Asked:
    return Asked(session, desk, now)


Looking = Annotated[Asked, Depends(asked)]

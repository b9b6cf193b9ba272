"""The only file that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

Clock = Callable[[], datetime]


def utc() -> datetime:
    return datetime.now(UTC)


async def clock(request: Request) -> Clock:
    """The application's: `utc`, unless a test has set it."""
    found: Clock = request.app.state.clock
    return found


AtClock = Annotated[Clock, Depends(clock)]


async def now(clock: AtClock) -> datetime:
    return clock()


Now = Annotated[datetime, Depends(now)]

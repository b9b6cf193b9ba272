"""The clock: no other file reads the time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

Clock = Callable[[], datetime]


def utc() -> datetime:
    return datetime.now(UTC)


async def clock(request: Request) -> Clock:
    """The application's clock: `utc`, unless a test has set another."""
    clock: Clock = request.app.state.clock
    return clock


AtClock = Annotated[Clock, Depends(clock)]


async def now(clock: AtClock) -> datetime:
    return clock()


Now = Annotated[datetime, Depends(now)]

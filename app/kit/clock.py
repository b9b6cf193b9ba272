"""The only file that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

Clock = Callable[[], datetime]


def utc() -> datetime:
    return datetime.now(UTC)


async def now(request: Request) -> datetime:
    """The application's time: `utc`, unless a test has set its clock."""
    clock: Clock = request.app.state.clock
    return clock()


Now = Annotated[datetime, Depends(now)]

"""Times told of what has happened: not after now, and not before anybody could have called."""

from datetime import datetime, timedelta
from typing import NoReturn

from app.kit.errors import Invalid
from app.kit.messages import Message

FIRST_YEAR = 1987
"""The city's hotline began in that year."""

SKEW = timedelta(minutes=5)
"""As much may a clock at a desk go before ours."""


class ImpossibleTime(Invalid):
    title = "It cannot have happened then"


def fault(at: datetime | None, now: datetime) -> Message | None:
    """The reason why nothing can have happened at that time."""
    if at is None:
        return None
    if at > now:
        return Message("in the future")
    if at.year < FIRST_YEAR:
        return Message("before {year}", year=FIRST_YEAR)
    return None


FURTHEST = timedelta(days=90)
"""As far ahead may a citizen ask for his call."""


def check_ahead(pointer: str, at: datetime | None, now: datetime) -> None:
    """Of a time that may come yet. Refuses ImpossibleTime."""
    if at is not None and not now - FURTHEST <= at <= now + FURTHEST:
        refuse(pointer, Message("more than {days} days from now", days=FURTHEST.days))


def check(pointer: str, at: datetime | None, now: datetime) -> None:
    """Refuses ImpossibleTime."""
    detail = fault(at, now + SKEW)
    if detail:
        refuse(pointer, detail)


def refuse(pointer: str, detail: Message) -> NoReturn:
    raise ImpossibleTime(
        Message("{pointer}: {detail}", pointer=pointer, detail=detail),
        errors=[{"pointer": pointer, "detail": detail}],
    )

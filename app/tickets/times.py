"""Times told of what has happened: not after now, and not before anybody could have called."""

from datetime import datetime, timedelta

from app.kit.errors import Invalid

FIRST_YEAR = 1987
"""The city's hotline began in that year."""

SKEW = timedelta(minutes=5)
"""As much may a clock at a desk go before ours."""


class ImpossibleTime(Invalid):
    title = "It cannot have happened then"


def fault(at: datetime | None, now: datetime) -> str | None:
    """The reason why nothing can have happened at that time."""
    if at is None:
        return None
    if at > now:
        return "in the future"
    return f"before {FIRST_YEAR}" if at.year < FIRST_YEAR else None


def check(pointer: str, at: datetime | None, now: datetime) -> None:
    """Refuses ImpossibleTime."""
    detail = fault(at, now + SKEW)
    if detail:
        raise ImpossibleTime(
            f"{pointer}: {detail}", errors=[{"pointer": pointer, "detail": detail}]
        )

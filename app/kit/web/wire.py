"""What all forms and views share: no unknown members, texts clean and bounded, times in UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)
from pydantic import StringConstraints as Text
from starlette.responses import Response

from app.kit import text
from app.kit.messages import Message, shape

RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:.+")


def of_text(change: Callable[[str], str]) -> Callable[[object], object]:
    """Texts only: what is none is refused by its form."""
    return lambda value: change(value) if isinstance(value, str) else value


def moment(value: object) -> object:
    """Refuses seconds since 1970, which pydantic would take: a time is told in RFC 3339."""
    if isinstance(value, datetime) or (isinstance(value, str) and RFC3339.match(value)):
        return value
    raise ValueError(
        Message('is no RFC 3339 time with an offset, such as "2026-11-21T10:00:00+08:00"')
    )


def no_flag(value: object) -> object:
    """Refuses true and false, which pydantic would take for numbers."""
    if isinstance(value, bool):
        raise ValueError(Message("is no number"))
    return value


def to_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(Message("lies outside the years 1 to 9999")) from None


def in_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


Keepable = AfterValidator(text.keepable)
"""A question, whose answer has positions in it: it stays as it is."""
Clean = BeforeValidator(of_text(text.clean))
OneLine = BeforeValidator(of_text(text.one_line))
Shown = AfterValidator(text.shown)
Line = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=200), Shown, OneLine]
Prose = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=20_000), Shown, Clean]
DISTRICT = shape(r"^[0-9]{6}$", "is no district's code of six digits")
OFFICE = shape(r"^[A-Za-z0-9-]{1,40}$", "is no office's code")
OfficeCode = Annotated[str, Text(pattern=OFFICE)]
Flag = Annotated[bool, Field(strict=True)]
Points = Annotated[
    Decimal,
    BeforeValidator(no_flag),
    Field(ge=0, le=100, decimal_places=2, allow_inf_nan=False, examples=[20]),
]
"""Of 100 at the most, with two decimals at the most."""
Number = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""A number with decimals, and no text, in JSON."""
Told = Annotated[AwareDatetime, BeforeValidator(moment), AfterValidator(to_utc)]
"""An instant a client tells, with any offset; UTC inside."""
At = Annotated[datetime, PlainSerializer(in_utc, return_type=str)]
"""An instant we tell: RFC 3339 in UTC, `…Z`."""


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class JsonBytes(Response):
    """An answer that was written as JSON once, with the members of its route's response model."""

    media_type = "application/json"

"""What all forms and views share: no unknown members, texts clean and bounded, times in UTC."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer
from pydantic import StringConstraints as Text


def clean(text: str) -> str:
    """Refuses what PostgreSQL cannot keep and no citizen can say."""
    if "\x00" in text:
        raise ValueError("a NUL character is not text")
    return text


def in_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


Clean = AfterValidator(clean)
Line = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=200), Clean]
Prose = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=20_000), Clean]
OfficeCode = Annotated[str, Text(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Told = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
"""An instant a client tells, with any offset; UTC inside."""
At = Annotated[datetime, PlainSerializer(in_utc, return_type=str)]
"""An instant we tell: RFC 3339 in UTC, `…Z`."""


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)

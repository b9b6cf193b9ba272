"""Spans, shares and clock times: their forms in a policy document, and the types they become."""

import re
from datetime import time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from app.kit.messages import Message, shape

DURATION = re.compile(
    r"-?P(?!$)([0-9]+W|([0-9]+D)?(T(?!$)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{1,6})?S)?)?)"
)
MONTHS = re.compile(r"P([0-9]{1,3})([MY])")
WORKDAYS = re.compile(r"([0-9]{1,3})wd")
DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,18})?")
QUOTIENT = re.compile(r"-?[0-9]{1,9}/0{0,8}[1-9][0-9]{0,8}")
MOST_DIGITS = 18
MONTH_AND_DAY = shape(
    r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "is no day of a year such as 01-15"
)


class Hours(NamedTuple):
    """Opening hours of a day in Beijing: from `opens` to `closes`."""

    opens: time
    closes: time


def duration(value: object) -> object:
    """Weeks, days, hours, minutes, seconds of fixed length; months and years have none."""
    if not isinstance(value, str) or not DURATION.fullmatch(value):
        raise ValueError(Message('is not an ISO 8601 duration such as "PT30M" or "P7D"'))
    if value.startswith("-"):
        raise ValueError(Message("is negative"))
    return value


def not_nothing(value: timedelta) -> timedelta:
    if not value:
        raise ValueError(Message("is no time at all"))
    return value


def calendar_months(value: object) -> int:
    """`P6M` or `P5Y` as a number of months."""
    match = MONTHS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            Message('is not a number of calendar months or years such as "P6M" or "P5Y"')
        )
    return int(match[1]) * (12 if match[2] == "Y" else 1)


def working_days(value: object) -> int:
    """`3wd` as a number of working days."""
    match = WORKDAYS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(Message('is not a number of working days such as "3wd"'))
    return int(match[1])


def hours(value: object) -> Hours:
    """`08:00-21:00`; closing comes after opening."""
    try:
        opens, closes = (time.fromisoformat(part) for part in str(value).split("-"))
    except ValueError:
        raise ValueError(Message('is not a window of the day such as "08:00-21:00"')) from None
    if opens >= closes:
        raise ValueError(Message("closes before it opens"))
    return Hours(opens, closes)


def decimal(value: object) -> Decimal:
    """A number of few digits as it is written; no exponent, for `1e-10000000` is endless."""
    text = str(value)
    if isinstance(value, float | Decimal) and abs(Decimal(text).adjusted()) <= MOST_DIGITS:
        text = f"{Decimal(text):f}"  # 0.0000001, which `str` writes as 1E-7
    if not DECIMAL.fullmatch(text):
        raise ValueError(
            Message('is no plain decimal such as "0.35", of few digits and no exponent')
        )
    return Decimal(text)


def fraction(value: object) -> Fraction:
    """The same, or a quotient of two such numbers; 0.1 is a tenth, also from JSON."""
    if isinstance(value, str | Fraction) and QUOTIENT.fullmatch(str(value)):
        return Fraction(value)
    try:
        return Fraction(decimal(value))
    except ValueError:
        raise ValueError(
            Message('is no plain decimal or fraction such as "0.35" or "1/3"')
        ) from None


Span = Annotated[timedelta, BeforeValidator(duration)]
Limit = Annotated[Span, AfterValidator(not_nothing)]
Months = Annotated[int, BeforeValidator(calendar_months), Field(ge=1)]
Workdays = Annotated[int, BeforeValidator(working_days), Field(ge=1)]
Window = Annotated[Hours, BeforeValidator(hours)]

Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(ge=1, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""The score of a search or a matcher, compared with other floats; a rate takes a Share."""

Plain = BeforeValidator(fraction)

Weight = Annotated[Decimal, Field(ge=0), BeforeValidator(decimal)]
Share = Annotated[Fraction, Field(ge=0, le=1), Plain]
Percent = Annotated[Fraction, Field(ge=0, le=100), Plain]
Factor = Annotated[Fraction, Field(gt=0), Plain]
MonthDay = Annotated[str, Field(pattern=MONTH_AND_DAY)]

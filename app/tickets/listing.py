"""Which tickets a list has: filters, and pages."""

from datetime import date, datetime
from typing import Annotated, TypeGuard

from pydantic import BeforeValidator

from app.kit.paging import DEFAULT_LIMIT, CursorText, Limit
from app.kit.wire import Form, OfficeCode, Told
from app.kit.workdays import ONE_DAY, midnight
from app.offices.catalogue import Urgency
from app.tickets.lifecycle import Status
from app.tickets.schemas import Category, ExternalId


def since(said: object) -> object:
    """A date alone means the beginning of that day in Beijing."""
    return beginning(date.fromisoformat(said), 0) if is_day(said) else said


def until(said: object) -> object:
    """A date alone takes that whole day in."""
    return beginning(date.fromisoformat(said), 1) if is_day(said) else said


def beginning(day: date, later: int) -> datetime:
    try:
        return midnight(day + later * ONE_DAY)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


def is_day(said: object) -> TypeGuard[str]:
    return isinstance(said, str) and len(said) == len("2026-11-21")


From = Annotated[Told, BeforeValidator(since)]


Until = Annotated[Told, BeforeValidator(until)]


class Filters(Form):
    """Which tickets; times are half-open [from, to), and a date alone is a day in Beijing."""

    office_code: OfficeCode | None = None
    district_code: OfficeCode | None = None
    status: list[Status] = []
    category: Category | None = None
    urgency: list[Urgency] = []
    overdue: bool | None = None
    received_from: From | None = None
    received_to: Until | None = None
    updated_after: From | None = None
    external_id: ExternalId | None = None


class Paging(Form):
    limit: Limit = DEFAULT_LIMIT
    cursor: CursorText = None


class Listing(Filters, Paging):
    """A page of the tickets that the filters leave."""

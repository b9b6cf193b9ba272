"""The filters of a list of tickets: what may be asked for, and each as a condition in SQL."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeGuard

import sqlalchemy as sa
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic import StringConstraints as Text
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY

from app import codes
from app.access.roles import Role
from app.kit.messages import Message
from app.kit.ready import parameter
from app.kit.web.wire import Form, Keepable, Told
from app.kit.workdays import ONE_DAY, midnight
from app.offices.catalogue import Urgency
from app.tickets import citizens, telephones
from app.tickets.citizens import NEAR_THE_SUBJECT
from app.tickets.life.lifecycle import OPEN, TERMINAL, Channel, Status, TicketType
from app.tickets.models import Request, Ticket
from app.tickets.search import keys
from app.tickets.standing import overdue_in
from app.tickets.texts import Category, ExternalId, Phone
from app.tickets.views import scope

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
END = re.compile(rf"(?:BJ)?([0-9]{{{keys.SHORT_END},15}})", re.ASCII)
DIGITS = 15
"""Of a ticket's number."""
ANY_OPEN = "open"


def since(value: object) -> object:
    """A date alone means the beginning of that day in Beijing."""
    return beginning(value, 0) if is_day(value) else value


def until(value: object) -> object:
    """A date alone takes that whole day in."""
    return beginning(value, 1) if is_day(value) else value


def beginning(written: str, later: int) -> datetime:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise ValueError(Message("is no day such as 2026-10-20")) from None
    try:
        return midnight(day + later * ONE_DAY)
    except OverflowError:
        raise ValueError(Message("lies outside the years 1 to 9999")) from None


def is_day(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and DAY.fullmatch(value) is not None


def of_a_citizen(text: str) -> str:
    """Refuses a number of a service: by it no citizen is known."""
    read = telephones.read(text)
    if read is None or read.key is None:
        raise ValueError(Message("is nobody's own number: no caller is known by it"))
    return text


def searchable(text: str) -> str:
    """Refuses a text in which nothing can be looked for."""
    if not any(keys.of_text(text)):
        raise ValueError(
            Message("has no word to look for: two characters of Chinese, a number or a word")
        )
    return text


def end_of_number(text: str) -> str:
    """The digits of a number, or its last ones."""
    match = END.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if match is None:
        raise ValueError(Message("is no ticket's number, nor at least the last four digits of one"))
    return match[1]


From = Annotated[Told, BeforeValidator(since)]
Until = Annotated[Told, BeforeValidator(until)]
Words = Annotated[
    str, Text(strip_whitespace=True, min_length=1, max_length=200), Keepable,
    AfterValidator(searchable),
]  # fmt: skip
End = Annotated[str, Text(max_length=40), AfterValidator(end_of_number)]


class Sort(StrEnum):
    RECEIVED = "received"
    """Newest first."""
    DUE = "due"
    """Of what is open, the earliest due first; what has no due time comes last."""
    URGENCY = "urgency"
    """Of what is open, the most urgent first, then the oldest."""


STATUSES = [ANY_OPEN, *(status.value for status in Status)]


def known_status(value: str) -> str:
    if value not in STATUSES:
        raise ValueError(Message("Input should be one of {statuses}", statuses=list(STATUSES)))
    return value


AskedStatus = Annotated[
    str, AfterValidator(known_status), Field(json_schema_extra={"enum": list(STATUSES)})
]
"""A status, or `open` for every one that has not ended."""


def district_of(queue: object) -> object:
    return queue.removeprefix("district:") if isinstance(queue, str) else queue


class Filters(Form):
    """Which tickets; times are half-open [from, to), and a date alone is a day in Beijing."""

    office_code: codes.Office = None
    district_code: codes.District = None
    community_code: codes.Community = None
    queue: Annotated[codes.District, BeforeValidator(district_of)] = None
    """`110105`, or `district:110105` as the rulebook has it."""
    status: list[AskedStatus] = []
    type: list[TicketType] = []
    channel: list[Channel] = []
    category: Annotated[Category | None, codes.OF_CATEGORY] = None
    urgency: list[Urgency] = []
    overdue: bool | None = None
    received_from: From | None = None
    received_to: Until | None = None
    updated_after: From | None = None
    external_id: ExternalId | None = None
    number: End | None = None
    phone: Annotated[Phone, AfterValidator(of_a_citizen)] | None = None
    q: Words | None = None
    sort: Sort = Sort.RECEIVED

    @field_validator("sort")
    @classmethod
    def one_order(cls, sort: Sort, info: ValidationInfo) -> Sort:
        """Refuses a second order, and one of open tickets for others."""
        if sort is Sort.RECEIVED:
            return sort
        if info.data.get("updated_after"):
            raise ValueError(Message("goes not with updated_after, which has an order of its own"))
        ended = sorted(set(info.data.get("status", ())) & TERMINAL)
        if ended:
            raise ValueError(Message("is of open tickets: not of {ended}", ended=list(ended)))
        return sort


Condition = sa.ColumnElement[bool]
INSTANT = sa.TIMESTAMP(timezone=True)


def text(name: str) -> Any:
    return parameter(name, sa.Text)


def texts(name: str) -> sa.ColumnElement[Any]:
    return sa.any_(parameter(name, ARRAY(sa.Text)))


def at(name: str) -> Any:
    return parameter(name, INSTANT)


def small(text: Any) -> sa.ColumnElement[str]:
    """In small letters, of Latin ones alone: the rule "C" knows no others."""
    return sa.func.lower(sa.collate(text, "C"))


def says_all(number: Any) -> Condition:
    """Whether a ticket's words match every pattern; read by its number, one at a time. Most match
    as they are, which is known in half of the time that it takes to write them plainly."""
    written = Request.title + "\n" + Request.content + "\n" + Request.address
    plain = sa.func.normalize(written, sa.literal_column("NFKC"))
    words = sa.all_(parameter("q", ARRAY(sa.Text)))
    matches = sa.or_(*(small(text).op("~")(words) for text in (written, plain)))
    return (
        select(matches)
        .where(Request.ticket_number == number)
        .correlate(number.table)
        .scalar_subquery()
    )


IS_OPEN: Condition = Ticket.status.not_in(sorted(TERMINAL))

BY_FILTER: dict[str, Condition] = {
    "office_code": Ticket.office_code == text("office_code"),
    "district_code": Ticket.district_code == text("district_code"),
    "community_code": Ticket.community_code == text("community_code"),
    "queue": Ticket.queue == text("queue"),
    "status": sa.cast(Ticket.status, sa.Text) == texts("status"),
    "open": IS_OPEN,
    "type": sa.cast(Ticket.type, sa.Text) == texts("type"),
    "channel": sa.cast(Ticket.channel, sa.Text) == texts("channel"),
    "category": Ticket.category.startswith(text("category")),
    "urgency": sa.cast(Ticket.urgency, sa.Text) == texts("urgency"),
    "received_from": Ticket.received_at >= at("received_from"),
    "received_to": Ticket.received_at < at("received_to"),
    "updated_after": Ticket.updated_at > at("updated_after"),
    "external_id": Ticket.external_id == text("external_id"),
    "number": Ticket.number == text("number"),
    "end": Ticket.number.like(text("end")),
    "phone": Ticket.number.in_(citizens.with_number(parameter("phone", sa.LargeBinary))),
}
LEADS_TO_HIM = frozenset({"external_id", "q"})
"""By what an office could find out what is hidden from it in a secret ticket."""


def given(filters: Filters) -> dict[str, Any]:
    """The filters that leave something out, by name, as they are looked for."""
    every = ((name, getattr(filters, name)) for name in Filters.model_fields if name != "sort")
    values = {name: value for name, value in every if value is not None and value != []}
    if values.get("status") == [ANY_OPEN]:
        del values["status"]
        values["open"] = True
    elif ANY_OPEN in values.get("status", ()):
        values["status"] = sorted({*OPEN, *values["status"]} - {ANY_OPEN})
    number = values.pop("number", None)
    if number:
        whole = len(number) == DIGITS
        values |= {"number": f"BJ{number}"} if whole else {"end": number}
    if filters.q:
        values["q"] = keys.words(filters.q)
    return values


def conditions(
    role: Role, names: Collection[str], overdue: bool | None, one_by_one: bool = False
) -> Iterator[Condition]:
    """On a ticket, with the filters' values still to be given, and the caller's office and now; but
    for its words, which `says_all` reads.

    `one_by_one`: the tickets come from elsewhere in their order, and each is looked at.
    """
    in_scope = scope.visible_to if one_by_one or role is Role.DISTRICT else scope.listed_to
    yield in_scope(role, scope.OWN_OFFICE)
    yield from (BY_FILTER[name] for name in names if name in BY_FILTER)
    if "updated_after" in names:
        yield Ticket.updated_at <= at("now")  # what is later may still miss its neighbours
    if LEADS_TO_HIM & set(names) and role in NEAR_THE_SUBJECT:
        yield sa.not_(Ticket.secret)
    if overdue is not None:
        is_late = overdue_in(Ticket, at("now"))
        yield is_late if overdue else sa.not_(is_late)

"""What an audit names: a fault of the record, at a ticket or whistle, a row of a table, a day."""

from datetime import date
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    WRONG_LINK = "wrong_link"
    """An event is not the one that was linked, or the ticket's head is not its last link."""
    WRONG_WORDS = "wrong_words"
    MISSING_EVENT = "missing_event"
    MISSING_TICKET = "missing_ticket"
    MISSING_ROW = "missing_row"
    ADDED_ROW = "added_row"
    WRONG_ROW = "wrong_row"
    UNREADABLE = "unreadable"
    """Its events do not tell what they must."""
    WRONG_DAY = "wrong_day"
    """A day's hash is not of its lines or of the day before, or a day is missing."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`seq` is the event's or the row's; `column` the first one that is false."""

    fault: Kind
    number: str | None = None
    """The ticket's, the whistle's, or the code of the street whose roster it is."""
    seq: int | None = None
    table: str | None = None
    column: str | None = None
    day: date | None = None

"""Lists by keyset: a page, and the cursor to the next page; no page moves under the reader."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, BeforeValidator
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.ready import parameter

DEFAULT_LIMIT = 50
MOST = 500
NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def whole(value: object) -> object:
    """Refuses `+5` and `5.0`, which pydantic would take."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError(Message("is no whole number"))
    return value


def number(value: object) -> object:
    """Refuses `+5`, `1e1` and `nan`, which pydantic would take or tell in its own words."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise ValueError(Message("is no number"))
    return value


Limit = Annotated[
    int, Query(ge=1, le=MOST, description="How many items at the most"), BeforeValidator(whole)
]
CursorText = Annotated[
    str | None, Query(min_length=1, max_length=500, description="`next` of the page before")
]

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None


class BadCursor(Invalid):
    title = "This cursor was not given by this list"


Read = Callable[[str], Any]
Columns = tuple[InstrumentedAttribute[Any] | sa.Label[Any], ...]


def write_cursor(*key: object) -> str:
    """A cursor to the place after the row with this key."""
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in key]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).rstrip(b"=").decode()


def read_cursor(cursor: str, *kinds: Read) -> tuple[Any, ...]:
    """The key behind a cursor, each part read by its kind. Refuses (BadCursor) any other text."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        texts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return tuple(kind(plain(text)) for kind, text in zip(kinds, texts, strict=True))
    except (ValueError, TypeError, binascii.Error):
        fault = {"pointer": "/query/cursor", "detail": Message("not a cursor of this list")}
        raise BadCursor(errors=[fault]) from None


def plain(text: object) -> str:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError(text)
    text.encode()  # a lone surrogate is no text
    return text


def instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def beyond(
    columns: Sequence[sa.SQLColumnExpression[Any]], key: Sequence[object], falling: bool = False
) -> sa.ColumnElement[bool]:
    """Only the rows after `key`, in the order of `columns`."""
    row = sa.tuple_(*columns)
    return row < sa.tuple_(*key) if falling else row > sa.tuple_(*key)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Rows by some columns, the last one unique; `kinds` read a cursor's parts back."""

    columns: Columns
    kinds: tuple[Read, ...]
    falling: bool = False

    def page(
        self, session: Session, query: sa.Select[T], cursor: str | None, limit: int
    ) -> tuple[Sequence[T], str | None]:
        """A page, and the cursor to the next if there is one. Refuses (BadCursor)."""
        if cursor:
            query = query.where(beyond(self.columns, self.key(cursor), self.falling))
        return self.cut(session.scalars(self.sorted(query).limit(limit + 1)).all(), limit)

    def ready(self, query: sa.Select[T], beyond_key: bool, limit: int) -> sa.Select[T]:
        """The same page in a statement made once; `values` gives it the key. The limit is a number
        in it: PostgreSQL plans a page of unknown length like a whole list."""
        return self.sorted(self.onward(query, beyond_key)).limit(sa.literal_column(str(limit + 1)))

    def onward(self, query: sa.Select[T], beyond_key: bool) -> sa.Select[T]:
        """Of a list in a statement made once, what comes after the key."""
        if not beyond_key:
            return query
        key = [parameter(f"key_{n}", c.type) for n, c in enumerate(self.columns)]
        return query.where(beyond(self.columns, key, self.falling))

    def values(self, cursor: str | None) -> dict[str, Any]:
        """The key behind a cursor, by parameter. Refuses (BadCursor) another list's."""
        return {f"key_{n}": part for n, part in enumerate(self.key(cursor))} if cursor else {}

    def key(self, cursor: str) -> tuple[Any, ...]:
        return read_cursor(cursor, *self.kinds)

    def sorted(self, query: sa.Select[T], of: sa.FromClause | None = None) -> sa.Select[T]:
        """The same columns `of` another table, in this order."""
        columns = self.columns if of is None else [of.c[c.key] for c in self.columns]
        return query.order_by(*(c.desc() if self.falling else c.asc() for c in columns))

    def cut(self, rows: Sequence[T], limit: int) -> tuple[Sequence[T], str | None]:
        """The page, cut from rows with one more than its limit, and the cursor to the next."""
        page = rows[:limit]
        return page, self.after(page[-1]) if len(rows) > limit else None

    def after(self, row: object) -> str:
        return write_cursor(*(getattr(row, column.key) for column in self.columns))

"""Lists by keyset: a page, the cursor to the next one, and no page that moves under the reader."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel

from app.kit.errors import Invalid

DEFAULT_LIMIT = 50
MOST = 500

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items at the most")]
CursorText = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None


class BadCursor(Invalid):
    title = "This cursor was not given by this list"


Read = Callable[[str], Any]


def write_cursor(*key: object) -> str:
    """The place after the row with this key, as a client carries it."""
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in key]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).rstrip(b"=").decode()


def read_cursor(cursor: str, *kinds: Read) -> tuple[Any, ...]:
    """The key behind a cursor, each part read by its kind. Refuses (BadCursor) any other text."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        texts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return tuple(kind(plain(text)) for kind, text in zip(kinds, texts, strict=True))
    except (ValueError, TypeError, binascii.Error):
        fault = {"pointer": "/query/cursor", "detail": "not a cursor of this list"}
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

"""What is said twice is refused, whichever of the two was meant: members, parameters, headers."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from fastapi import Request
from starlette.types import Scope

from app.kit.errors import Invalid
from app.kit.messages import Message

HEADERS = frozenset({b"authorization", b"content-type", b"idempotency-key", b"last-event-id"})
"""Those that are no lists (RFC 9110, 5.3)."""


class GivenTwice(ValueError):
    """A JSON object has two members of one name."""


def members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Raises GivenTwice."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise GivenTwice(
            Message("the member {name} is given twice", name=repeated(name for name, _ in pairs))
        )
    return given


def repeated(names: Iterable[str]) -> str:
    """The first name that comes twice, or none."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def meant(text: bytes) -> bytes:
    """JSON in one way of writing; anything else as it is."""
    try:
        value = json.loads(text)
        return msgspec.json.encode(value, order="deterministic")
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return text


def check_query(request: Request, lists: Collection[str]) -> None:
    """Refuses a parameter given twice, unless it is a list, and bytes that are no text."""
    for part in request.scope["query_string"].split(b"&"):
        check_text(part)
    names = [name for name, _ in request.query_params.multi_items() if name not in lists]
    name = repeated(names)
    if name:
        fault = {"pointer": f"/query/{name}", "detail": Message("given twice")}
        raise Invalid(
            Message("the query parameter {name} is given twice", name=name), errors=[fault]
        )


def check_text(part: bytes) -> None:
    """Refuses (Invalid) a query parameter whose bytes are no UTF-8."""
    try:
        unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        name = unquote_to_bytes(part.partition(b"=")[0]).decode(errors="replace")
        fault = {"pointer": f"/query/{name}", "detail": Message("is not UTF-8")}
        raise Invalid(
            Message("the query parameter {name} is not UTF-8", name=name), errors=[fault]
        ) from None


def is_plain(scope: Scope) -> bool:
    """Whether nothing of a request is given twice, as far as one look tells."""
    query: bytes = scope["query_string"]
    names = [name for name, _ in scope["headers"] if name in HEADERS]
    names += [part.partition(b"=")[0] for part in query.split(b"&") if query]
    return len(set(names)) == len(names) and b"%" not in query


def check_headers(request: Request) -> None:
    """Refuses a header given twice that is no list."""
    headers: list[tuple[bytes, bytes]] = request.scope["headers"]
    name = repeated(name.decode() for name, _ in headers if name in HEADERS)
    if name:
        fault = {"pointer": f"/header/{name}", "detail": Message("given twice")}
        raise Invalid(Message("the header {name} is given twice", name=name), errors=[fault])

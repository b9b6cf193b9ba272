"""Versions of what a client has: `If-Match` before a change, `If-None-Match` before a reading."""

import re
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import StringConstraints

from app.kit.messages import ENGLISH, language

T = TypeVar("T")

Versions = frozenset[str]

OF_CALLER = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Accept-Language"}
"""Another caller may see another view under the same version."""

OF_CALLER_AND_FORM = {**OF_CALLER, "Vary": "Authorization, Accept, Accept-Language"}

TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s,"]+)', re.IGNORECASE)
"""Quoted, as it must be (a comma may stand in it), or bare."""

KEPT = ("ETag", "Cache-Control", "Vary")
"""What a 304 says as the answer would have (RFC 9110, 15.4.5)."""


def versions(header: str | None) -> Versions | None:
    """The entity tags that a header names; None where it is absent or `*`."""
    if header is None or header.strip() == "*":
        return None
    return frozenset(quoted or bare for quoted, bare in TAG.findall(header))


Tags = Annotated[str, StringConstraints(max_length=1000)]


async def if_match(
    tags: Annotated[list[Tags] | None, Header(alias="If-Match")] = None,
) -> Versions | None:
    """In any language: what is changed is the same."""
    given = versions(None if tags is None else ",".join(tags))
    return given and frozenset(tag.removesuffix(f"-{ENGLISH}") for tag in given)


def spoken(version: object) -> str:
    """The tag of a version as it is told to who reads now: in English it is another."""
    return f"{version}-{ENGLISH}" if language.get() == ENGLISH else str(version)


def known_to(request: Request) -> Versions:
    """The tags of what the client has; none for `*`, which is anything."""
    return versions(known_in(request)) or frozenset()


def known_in(request: Request) -> str | None:
    """The header, which may come in several lines."""
    lines = request.headers.getlist("if-none-match")
    return ",".join(lines) if lines else None


def tagged(
    request: Request, response: Response, version: object, body: T, is_whole: bool = True
) -> T | Response:
    """The body under its ETag, or 304 where the client has it already; `is_whole` says whether
    nothing but the version can have changed it."""
    tag = f'"{version}"'
    response.headers["ETag"] = tag
    known = known_in(request)
    if known and is_whole and (known.strip() == "*" or str(version) in (versions(known) or ())):
        kept = {name: response.headers[name] for name in KEPT if name in response.headers}
        return Response(status_code=304, headers=kept)
    return body


IfMatch = Annotated[Versions | None, Depends(if_match)]

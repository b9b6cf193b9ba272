"""Versions of what a client has: `If-Match` before a change, `If-None-Match` before a reading."""

from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response

T = TypeVar("T")

Versions = frozenset[str]

KEPT = ("ETag", "Cache-Control", "Vary")
"""What a 304 says as the answer would have (RFC 9110, 15.4.5)."""


def versions(header: str | None) -> Versions | None:
    """The entity tags that a header names; None where it is absent or `*`."""
    if header is None or header.strip() == "*":
        return None
    return frozenset(tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))


async def if_match(
    tags: Annotated[str | None, Header(alias="If-Match", max_length=1000)] = None,
) -> Versions | None:
    return versions(tags)


def known_to(request: Request) -> Versions:
    """The tags of what the client has; none for `*`, which is anything."""
    return versions(request.headers.get("if-none-match")) or frozenset()


def tagged(request: Request, response: Response, version: object, body: T) -> T | Response:
    """The body under its ETag, or 304 where the client has it already."""
    tag = f'"{version}"'
    response.headers["ETag"] = tag
    known = request.headers.get("if-none-match")
    if known and (known.strip() == "*" or str(version) in (versions(known) or ())):
        kept = {name: response.headers[name] for name in KEPT if name in response.headers}
        return Response(status_code=304, headers=kept)
    return body


IfMatch = Annotated[Versions | None, Depends(if_match)]

"""Make app/openapi/refusals.json again: which refusals each route may answer, read from the code.

python -m scripts.make_refusals
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import main
from app.attachments.upload import NoFile, TooManyAtOnce
from app.feed.waits import TooManyWaiting
from app.forces.recording import NoSuchMember
from app.kit import errors
from app.kit.errors import Refusal
from app.kit.host.background import Overdue
from app.kit.host.health import NotMigrated, NotWritable
from app.kit.host.startup import NotStarted
from app.kit.web import etag
from app.kit.web.ndjson import LineTooLong
from app.kit.web.paging import BadCursor
from app.kit.web.problems import STATUS, slug
from app.kit.web.route import Route
from app.offices.catalogue import NoSuchCategory
from app.settings import Settings
from app.tickets.intake import together
from scripts.refusals.reader import Reader
from scripts.refusals.routes import Refusals

TABLE = Path(__file__).parent.parent / "app/openapi/refusals.json"
AGAIN = "make it again: python -m scripts.make_refusals"
FAMILIES = frozenset({Refusal, *STATUS})
MEMBER = "POST /v1/offices/{code}/roster/members/{member_id}"
UNREAD: dict[str, tuple[type[Refusal], ...]] = {
    "GET /readyz": (Overdue, NotMigrated, NotStarted, NotWritable),
    "GET /v1/route": (NoSuchCategory,),
    "POST /v1/route/batch": (LineTooLong,),
    "GET /v1/inbox": (BadCursor, TooManyWaiting),
    "GET /v1/feed": (TooManyWaiting,),
    "GET /v1/feed/stream": (TooManyWaiting,),
    "POST /v1/tickets/{number}/attachments": (errors.Malformed, TooManyAtOnce, NoFile),
    f"{MEMBER}/change": (NoSuchMember,),
    f"{MEMBER}/remove": (NoSuchMember,),
}
"""Refusals that go a way which cannot be read from the code: through a parser's callbacks, or a
lambda whose argument has no type, or to a catalogue behind a protocol."""

HANDED_ON: dict[str, Any] = {"POST /v1/tickets": together.committed}
"""What is raised there is caught, and told to the sender for whom it was done."""

Row = dict[str, list[str]]


def routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]


def row(route: APIRoute, kinds: Iterable[type[Refusal]], is_conditional: bool) -> Row:
    """By status, the problems of a route."""
    takes_body = route.body_field or (isinstance(route, Route) and route.reads_first())
    made: dict[str, set[str]] = {"304": set()} if is_conditional else {}
    given = (*kinds, *([errors.Malformed, errors.TooLarge] if takes_body else ()), errors.Invalid)
    for kind in given:
        family = next(above for above in kind.__mro__ if above in FAMILIES)
        if kind is not Refusal:
            made.setdefault(str(STATUS[family]), set()).add(slug(kind))
    return {status: sorted(made[status]) for status in sorted(made)}


def table(app: FastAPI) -> str:
    """One line a route, in the routes' order."""
    Reader.state = app.state
    listed = routes(app)
    known = Refusals(listed, *HANDED_ON.values())
    lines = []
    for route in listed:
        is_conditional = known.uses(route, {etag.known_in, etag.known_to})
        for name in (f"{method} {route.path}" for method in sorted(route.methods or ())):
            kinds = known.route(route).union(UNREAD.get(name, ()))
            if name in HANDED_ON:
                kinds |= {kind for kind, _ in known.of[HANDED_ON[name]]}
            lines.append(f'"{name}": {json.dumps(row(route, kinds, is_conditional))}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    somewhere = "postgresql://nobody@127.0.0.1/nothing"  # never connected to
    made = main.create_app(Settings(database_url=somewhere, secret_key=bytes(range(32))))
    TABLE.write_text(table(made), encoding="utf-8")

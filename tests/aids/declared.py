"""Every answer that a test gets is one that `/openapi.json` declares for its route: the status, and
the `type` of a problem."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
from fastapi.routing import APIRoute
from starlette.types import Scope

from app import main
from app.openapi.document import PROBLEM_JSON, Described
from app.settings import Settings

NOWHERE = "postgresql:///nowhere"
OURS = (405, 500)
"""Of no route: another method was asked for, or a fault of the service."""
HINT = "refusals of routes are in app/openapi/refusals.json: python -m scripts.make_refusals"


@cache
def document() -> dict[str, Any]:
    """As any application has it: all have the same routes."""
    return main.create_app(Settings(database_url=NOWHERE, secret_key=bytes(range(32)))).openapi()


def check(scope: Scope, answer: httpx.Response) -> None:
    app, route = scope.get("app"), scope.get("route")
    if not isinstance(app, Described) or not isinstance(route, APIRoute):
        return
    declared = document()["paths"].get(route.path)
    if declared is None or answer.status_code in OURS:
        return
    method = "get" if scope["method"] == "HEAD" else scope["method"].lower()
    responses = declared[method]["responses"]
    name = f"{method.upper()} {route.path}"
    assert str(answer.status_code) in responses, f"{name}: {answer.status_code}; {HINT}"
    is_plain = "content-encoding" not in answer.headers
    if answer.headers.get("content-type") == PROBLEM_JSON and is_plain:
        assert isinstance(answer.stream, httpx.ByteStream)
        pieces = list(answer.stream)  # a test may still read the answer, in one way or another
        given = json.loads(b"".join(pieces))["type"]
        types = types_of(responses[str(answer.status_code)])
        assert not types or given in types, f"{name}: {given}; {HINT}"


def types_of(response: Mapping[str, Any]) -> list[str]:
    schema = response["content"][PROBLEM_JSON]["schema"]
    own = schema.get("allOf", [{}])[-1]
    listed: list[str] = own.get("properties", {}).get("type", {}).get("enum", [])
    return listed

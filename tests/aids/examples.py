"""The examples of `/openapi.json`: what openapi.md offers for pasting, and what was answered."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match

from tests.aids.pasted import ROOT, Exchange

FILE = ROOT / "app/openapi/examples.json"
WRITE = "JIESU_TEST_EXAMPLES"
"""Set by `python -m scripts.make_examples`: they are written, not compared."""
MOST = 2  # of a list
JSON = "application/json"

Examples = dict[str, dict[str, Any]]


def of(app: FastAPI, exchanges: list[Exchange]) -> Examples:
    """By method and path, the first that went well."""
    made: Examples = {}
    for exchange in exchanges:
        name = route_of(app, exchange)
        if name and name not in made and exchange.answer.is_success:
            example = dict(parts(exchange))
            if example:
                made[name] = example
    return dict(sorted(made.items()))


def parts(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    answer = exchange.answer
    if exchange.asked.headers.get("Content-Type") == JSON and exchange.asked.body:
        yield "body", json.loads(exchange.asked.body)
    if answer.headers.get("content-type") == JSON and answer.content:
        yield "answers", {str(answer.status_code): shortened(answer.json())}


def route_of(app: FastAPI, exchange: Exchange) -> str | None:
    method, path = exchange.asked.method, exchange.asked.url.partition("?")[0]
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    for route in app.routes:
        if isinstance(route, APIRoute) and route.matches(scope)[0] is Match.FULL:
            return f"{method} {route.path}"
    return None


def shortened(value: Any) -> Any:
    """No more of a list than shows its form, and no secret."""
    if isinstance(value, list):
        return [shortened(part) for part in value[:MOST]]
    if isinstance(value, dict):
        return {
            name: "…" if name == "key" and isinstance(part, str) else shortened(part)
            for name, part in value.items()
        }
    return value


def check(made: Examples) -> None:
    """The file has an example of every route that openapi.md asks, or is written."""
    if os.environ.get(WRITE):
        lines = (
            f"{json.dumps(name)}: {json.dumps(example, ensure_ascii=False)}"
            for name, example in made.items()
        )
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        return
    kept = json.loads(Path(FILE).read_text(encoding="utf-8"))
    assert set(kept) == set(made), "make them again: python -m scripts.make_examples"

"""A route that is looked for before all others is the one that the router would find."""

import re
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.routing import Match
from starlette.testclient import TestClient

from app.kit.web.route import QUICK, Route, Straight
from tests.aids.given import People, Person


def paths(app: FastAPI) -> list[str]:
    """Of every route, with parameters that are like its own and like words of other paths."""
    formats = {getattr(route, "path_format", "/") for route in app.routes}
    words = sorted({word for path in formats for word in path.split("/") if "{" not in word})
    filled = [re.sub(r"{\w+}", word, path) for path in formats for word in ["BJ1", *words]]
    return sorted({*filled, "/", "", "/v1/tickets/", "/v1/tickets/a/b/c", "//"})


def test_the_straight_way_leads_where_the_long_one_does(app: FastAPI) -> None:
    straight = Straight(app, app.router)
    reached: set[Any] = set()

    for method in ("GET", "POST", "DELETE", "PUT"):
        for path in paths(app):
            scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": []}
            route = straight.route(dict(scope))
            full = (r for r in app.routes if r.matches(dict(scope))[0] is Match.FULL)
            if route:
                assert route is next(full), (method, path)
                reached.add(route.endpoint)

    assert reached == set(QUICK)


def test_the_usual_request_is_answered_before_its_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late the endpoint is marked: that of the POST was, after its route was made."""

    def endpoint() -> Response:
        return Response("endpoint")

    async def quick(request: Request) -> Response | None:
        return None if request.headers.get("unusual") else Response("quick")

    router = APIRouter(route_class=Route)
    router.get("/quick")(endpoint)
    monkeypatch.setitem(QUICK, endpoint, quick)
    app = FastAPI()
    app.routes.extend(router.routes)
    app.add_middleware(Straight, app.router)
    client = TestClient(app)

    assert client.get("/quick").text == "quick"
    assert client.get("/quick", headers={"unusual": "yes"}).text == "endpoint"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PATCH", "/v1/tickets", "POST"), ("POST", "/v1/inbox", "GET"), ("PUT", "/v1/feed", "GET")],
)
def test_another_method_is_refused_as_ever(
    operator: Person, method: str, path: str, allowed: str
) -> None:
    answer = operator.client.request(method, path, headers=operator.headers)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.fixture
def operator(people: People) -> Person:
    return people.operator

"""Addresses as nobody should write them: each page tells what is wrong, none breaks."""

import re
from collections.abc import Set
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route

from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.console.visitor import Forms, Visitor

NAMES = (
    *("q", "cursor", "before", "after", "was", "done", "period", "with", "league", "district"),
    *("counts", "rate", "ticket", "kind", "status", "response", "resolution", "satisfaction"),
    *("partly", "min_reached", "number", "phone", "urgency", "office_code", "sort", "format"),
    *("citizen.phone", "address.text", "content", "category", "other_category", "title"),
)
ODD = ("-1", "\x00", "'\"><script>", "长" * 100)
PARTS = ("x'\"><script>", "\x00")
ROLES = (
    *("dispatcher", "operator", "handler", "callback", "supervisor", "evaluator", "auditor"),
    "admin",
)
FORMS = {
    "operator": ("/call",),
    "handler": ("/tickets/{}", "/whistles/new?ticket={}"),
    "dispatcher": ("/tickets/{}", "/dispatch/{}"),
    "supervisor": ("/tickets/{}",),
}
"""Pages with forms, of a ticket."""
MARKS = ("version", "once")
HELD = {"/live"}
"""A stream."""


def addresses(app: FastAPI) -> list[str]:
    """The paths of the console's pages."""
    [console] = [
        route for route in app.routes if isinstance(route, Mount) and route.path == "/console"
    ]
    paths = [
        route.path
        for route in console.routes
        if isinstance(route, Route) and "GET" in (route.methods or ())
    ]
    return [path for path in paths if path not in HELD]


@pytest.fixture
def visitors(people: People) -> dict[str, Visitor]:
    offices = {"handler": WANGJING, "district": CHAOYANG}
    return {
        role: Visitor(people.client).signs_in(
            people.admin if role == "admin" else people(role, offices.get(role))
        )
        for role in ROLES
    }


def test_no_page_breaks_by_its_address(
    app: FastAPI, people: People, visitors: dict[str, Visitor]
) -> None:
    number = given.ticket(people)
    for path in addresses(app):
        plain = re.sub(r"\{[^}]*\}", number, path)
        open_to = [role for role in ROLES if visitors[role].get(plain).status_code != 403]
        assert open_to, path
        visitor = visitors[open_to[0]]
        asked = [
            plain + "?" + "&".join(f"{name}={quote(value)}" for name in NAMES) for value in ODD
        ]
        asked += [re.sub(r"\{[^}]*\}", quote(part), path) for part in PARTS if "{" in path]
        for address in asked:
            answer = visitor.get(address)
            assert answer.status_code < 500, address
            assert "><script>" not in answer.text, address


def test_no_form_breaks_by_what_it_carries(people: People, visitors: dict[str, Visitor]) -> None:
    """Neither by its marks, each by itself, nor by its other fields."""
    number = given.ticket(people)
    for role, pages in FORMS.items():
        for page in pages:
            forms = Forms(visitors[role].get(page.format(number)).text).by_action
            assert len(forms) > 1, page
            for action, fields in forms.items():
                for odd in ({name} for name in MARKS if name in fields):
                    check_form(visitors[role], action, fields, odd)
                check_form(visitors[role], action, fields, fields.keys() - {"csrf", *MARKS})


def check_form(visitor: Visitor, action: str, fields: dict[str, str], odd: Set[str]) -> None:
    path = action.removeprefix("/console")
    if path not in ("/sign-out", ""):
        answer = visitor.post(path, fields | dict.fromkeys(odd, "长\x00"))
        assert answer.status_code < 500, (action, odd)


def test_nothing_is_in_hand_but_tickets(visitors: dict[str, Visitor]) -> None:
    dispatcher = visitors["dispatcher"]
    mark = Forms(dispatcher.get("/inbox").text).by_action["/console/sign-out"]["csrf"]

    for thing in (*PARTS, "BJ1", "长" * 900):
        assert dispatcher.post(f"/hands/{quote(thing)}", {"csrf": mark}).status_code == 404

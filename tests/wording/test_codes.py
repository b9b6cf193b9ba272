"""Codes in filters: whatever list is asked for one that names nothing refuses it by name."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People

FILTERS = {
    "office_code": "110105999",
    "street_code": "110105999",
    "street": "110105999",
    "district_code": "110199",
    "community_code": "110105999999",
    "queue": "110199",
    "category": "99",
    "line": "stargazing",
    "board": "stargazing",
}
"""Every name of a filter by code, with a value of its form that nothing has."""

ASKED = {"kind": "enforcement", "text": "朝阳区望京西园三区", "period": "2026-Q4"}
BESIDE = {
    "/rankings/{period}": {"league": "district_departments"},
    "/whistles/proposal": {"street": WANGJING},
}
SPANS = {"/evaluations": "2026-Q4", "/departments": "2026-Q4"}
READERS = ("auditor", "evaluator", "supervisor", "operator", "admin", "district", "chief")
OFFICES = {"district": CHAOYANG, "chief": WANGJING}
WRONG_ROLE = 403


def asked(app: FastAPI) -> list[tuple[str, str]]:
    return [
        (path.removeprefix("/v1"), parameter["name"])
        for path, methods in app.openapi()["paths"].items()
        for parameter in methods.get("get", {}).get("parameters", ())
        if parameter["in"] == "query" and parameter["name"] in FILTERS
    ]


def answer(people: People, path: str, needed: set[str], **query: str) -> Any:
    """As the first role that may read it is answered."""
    span = next((of for start, of in SPANS.items() if path.startswith(start)), "2026-10")
    wanted = {name: value for name, value in ASKED.items() if name in needed}
    full = {**wanted, **BESIDE.get(path, {}), **query}
    answers = (
        people(role, OFFICES.get(role)).get(path.format(period=span), **full) for role in READERS
    )
    return next(each for each in answers if each.status_code != WRONG_ROLE)


def needed(described: Any, path: str) -> set[str]:
    return {
        each["name"]
        for each in described["paths"][f"/v1{path}"]["get"]["parameters"]
        if each["in"] == "query" and each.get("required")
    }


def test_a_code_that_names_nothing_is_refused_by_every_filter(people: People, app: FastAPI) -> None:
    every = asked(app)
    assert {name for _, name in every} == set(FILTERS)
    described = people.client.get("/openapi.json").json()
    for path, name in every:
        refusal = answer(people, path, needed(described, path), **{name: FILTERS[name]})

        assert refusal.status_code == 422, (path, name, refusal.text)
        [fault] = refusal.json()["errors"]
        assert fault["pointer"].endswith(f"/{name}"), (path, name)
        assert FILTERS[name] in fault["detail"], (path, name, fault)


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/x-ndjson"])
def test_in_whatever_form_the_list_is_asked_for(people: People, accept: str) -> None:
    for path in ("/tickets", "/whistles"):
        refusal = people("auditor").get(path, {"Accept": accept}, district_code="110199")
        assert (refusal.status_code, refusal.json()["type"]) == (422, "/problems/no-such-code")


KNOWN = [
    {"office_code": WANGJING},
    {"office_code": "110105-market"},
    {"district_code": CHAOYANG},
    {"queue": CHAOYANG},
    {"category": "07"},
    {"category": "0701"},
]


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_a_code_that_names_something_is_not(people: People, known: dict[str, str]) -> None:
    assert people.supervisor.get("/tickets", **known).status_code == 200


def test_a_tickets_own_community_can_be_asked_for(people: People) -> None:
    number = given.ticket(people)
    code = people.operator.get(f"/tickets/{number}").json()["community_code"]

    listed = people.operator.get("/tickets", community_code=code).json()["items"]

    assert [ticket["number"] for ticket in listed] == [number]

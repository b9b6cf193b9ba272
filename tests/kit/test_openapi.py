"""`/openapi.json` is valid and says what is asked of a caller; `/docs` needs nobody else."""

import re
from typing import Any

import pytest

from tests import given
from tests.client import Client
from tests.given import People

METHODS = {"get", "post", "put", "delete"}


@pytest.fixture
def described(people: People) -> Any:
    return people.client.get("/openapi.json").json()


def operations(described: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(below) for below in part.values()))
    return set().union(*(references(below) for below in part)) if isinstance(part, list) else set()


def test_every_parameter_of_a_path_is_declared_once_and_every_name_is_one(described: Any) -> None:
    for path, _, operation in operations(described):
        declared = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        assert sorted(declared) == sorted(re.findall(r"{(\w+)}", path)), path
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(described: Any) -> None:
    schemas = described["components"]["schemas"]
    assert {name.rpartition("/")[2] for name in references(described)} <= set(schemas)


def test_every_route_says_its_key_and_its_problems(described: Any) -> None:
    schemes = described["components"]["securitySchemes"]
    assert schemes["key"]["scheme"] == "bearer"
    for path, method, operation in operations(described):
        if path.startswith("/v1/"):
            assert operation["security"] == [{"key": []}]
            asked = {"401", "403", "422", "429", "503"} | ({"404"} if "{" in path else set())
            asked |= set() if method == "get" else {"400", "409", "413"}
            assert asked <= set(operation["responses"]), (path, method)


def test_a_refusal_is_a_problem_as_described(people: People, described: Any) -> None:
    problem = described["components"]["schemas"]["Problem"]
    for answer in (
        people.client.get("/v1/tickets"),
        people("analyst").get("/tickets"),
        people.operator.get("/tickets/none"),
        people.operator.post("/tickets", given.request(title="")),
    ):
        assert set(problem["required"]) <= set(answer.json())
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_page_of_the_documentation_asks_no_other_host(served: Client) -> None:
    page = served.get("/docs")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert re.findall(r"(?:src|href)=\"(?!/)", page.text) == []
    for path in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        assert served.get(path).status_code == 200, path
    assert "/openapi.json" in served.get("/docs/start.js").text

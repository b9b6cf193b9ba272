"""`/openapi.json` is valid and says what is asked of a caller; `/docs` needs nobody else."""

import re
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import FastAPI
from schemathesis.specs.openapi.definitions import OPENAPI_31

from app.openapi.document import BODIES, REFERENCE
from scripts import make_refusals
from tests.aids import declared, given
from tests.aids.client import Client
from tests.aids.given import People

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


def test_it_is_an_openapi_document(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    jsonschema_rs.validate(OPENAPI_31, described)


def test_every_route_says_its_key_and_its_problems(described: Any) -> None:
    schemes = described["components"]["securitySchemes"]
    assert schemes["key"]["scheme"] == "bearer"
    for path, method, operation in operations(described):
        if path.startswith("/v1/"):
            assert operation["security"] == [{"key": []}]
            asked = {"401", "422", "429", "503"}
            body = operation.get("requestBody", {}).get("content", {})
            asked |= {"400", "413"} if "application/json" in body else set()
            assert asked <= set(operation["responses"]), (path, method)
            for status, response in operation["responses"].items():
                assert status < "400" or declared.types_of(response), (path, method, status)


def test_the_problems_of_each_route_are_those_of_its_code(app: FastAPI) -> None:
    made = make_refusals.table(app)

    assert made == make_refusals.TABLE.read_text(encoding="utf-8"), make_refusals.AGAIN


@pytest.mark.parametrize(
    ("path", "status", "problem"),
    [
        ("/v1/tickets/{number}/acknowledge", 404, "no-such-ticket"),
        ("/v1/tickets/{number}/request-extension", 409, "extension-late"),
        ("/v1/tickets/{number}/reply", 409, "whistle-open"),
        ("/v1/whistles/{number}/settle", 409, "still-summoned"),
        ("/v1/keys", 422, "expiry-past"),
        ("/v1/rankings/{period}/seal", 409, "not-yet-frozen"),
    ],
)
def test_a_guards_problem_is_told_by_its_action_alone(
    described: Any, path: str, status: int, problem: str
) -> None:
    types = declared.types_of(described["paths"][path]["post"]["responses"][str(status)])
    assert f"/problems/{problem}" in types
    others = described["paths"]["/v1/tickets/{number}/acknowledge"]["post"]["responses"]["409"]
    assert declared.types_of(others) == ["/problems/illegal-move"]


def test_no_test_gets_an_answer_that_is_not_declared(people: People, app: FastAPI) -> None:
    """As every answer of the tests' client is looked at."""
    route = next(route for route in app.routes if getattr(route, "name", "") == "list_keys")
    scope = {"type": "http", "method": "GET", "app": app, "route": route}
    for status, problem in ((409, "illegal-move"), (401, "wrong-role")):
        content = {"type": f"/problems/{problem}"}
        headers = {"content-type": "application/problem+json"}
        with pytest.raises(AssertionError, match="GET /v1/keys"):
            declared.check(scope, httpx.Response(status, json=content, headers=headers))


def test_every_example_is_of_its_form(described: Any) -> None:
    """All at once: one validator reads the forms that they share once."""
    schemas, examples = {}, {}
    for path, method, operation in operations(described):
        for at, content in enumerate(contents(operation)):
            if "example" in content:
                name = f"{method} {path} {at}"
                schemas[name], examples[name] = content["schema"], content["example"]
    form = {"properties": schemas, "components": described["components"]}
    faults = jsonschema_rs.Draft202012Validator(form).iter_errors(examples)

    assert len(examples) > len(BODIES)
    assert [(fault.message, list(fault.instance_path)) for fault in faults] == []


def test_every_form_that_is_sent_has_an_example(described: Any) -> None:
    bare = [
        (method, path)
        for path, method, operation in operations(described)
        for body in [operation.get("requestBody", {}).get("content", {}).get("application/json")]
        if body and "example" not in body
    ]
    assert bare == [], "paste a request in openapi.md, or add a body to app/openapi/bodies.json"
    assert {REFERENCE.format(model=name) for name in BODIES} <= references(described)


def contents(operation: Any) -> list[Any]:
    parts = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [content for part in parts for content in part.get("content", {}).values()]


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
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert re.findall(r"(?:src|href)=\"(?!/)", page.text) == []
    for path in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        assert served.get(path).status_code == 200, path
    assert "/openapi.json" in served.get("/docs/start.js").text

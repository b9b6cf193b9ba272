"""Requests generated from `/openapi.json`, right ones and wrong ones: every answer is of a status,
a type and a shape that the document names, and none is a fault of ours."""

import json
import os
import re
from typing import Any

import pytest
import schemathesis
from httpx import InvalidURL, Response
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app.access.roles import Role
from tests.aids import stages
from tests.aids.client import Client
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.conftest import StillClock

TRIED = int(os.environ.get("JIESU_TEST_REQUESTS", "5"))
"""Of each route and each way, for a role that has a part in it; one for another."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
Operation = APIOperation[Any, Any, Any, Any]
OFFICES = {Role.HANDLER: WANGJING, Role.CHIEF: WANGJING, Role.DISTRICT: CHAOYANG}
ASKING = [Role.OPERATOR, Role.HANDLER]
PARTS = {"method", "url", "headers", "params", "json", "content"}
TEXT = {"type", "title", "description"}
"""What is said of a parameter that any text is right for, the only one without more."""


@schemathesis.serializer("application/x-ndjson")
def as_line(context: Any, value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture(scope="module")
def described(served: Client) -> OpenApiSchema:
    made: OpenApiSchema = schemathesis.openapi.from_dict(served.get("/openapi.json").json())
    made.config.generation.update(with_security_parameters=False)
    return made


@pytest.fixture
def numbers(people: People, clock: StillClock, nobody_waits: None) -> list[str]:
    """A ticket in each state."""
    return [build(people, clock) for build in stages.STAGES.values()]


def operations(described: OpenApiSchema) -> list[Operation]:
    return [result.ok() for result in described.get_all_operations() if isinstance(result, Ok)]


def person_of(people: People, role: Role) -> Person:
    return people(role, OFFICES.get(role))


def has_part(person: Person, operation: Operation, number: str) -> bool:
    """Whether the role is not refused before anything else is looked at."""
    path = re.sub(r"{\w+}", "1", operation.path.replace("{number}", number))
    answer: Response = person.client.request(operation.method.upper(), path, headers=person.headers)
    return answer.status_code != 403


def test_whatever_a_role_asks(people: People, numbers: list[str], described: OpenApiSchema) -> None:
    persons = [person_of(people, role) for role in ASKING]
    for operation in operations(described):
        try_out(persons, operation, numbers)


def test_what_another_role_asks_where_these_have_no_part(
    people: People, numbers: list[str], described: OpenApiSchema
) -> None:
    roles = [*ASKING, *(role for role in Role if role not in ASKING)]
    persons = [person_of(people, role) for role in roles]
    for operation in operations(described):
        first = next(person for person in persons if has_part(person, operation, numbers[0]))
        if first not in persons[: len(ASKING)]:
            try_out([first], operation, numbers)


def try_out(persons: list[Person], operation: Operation, numbers: list[str]) -> None:
    """All ask the same: to make a request takes ten times as long as to answer it."""
    times = {p: TRIED if has_part(p, operation, numbers[0]) else 1 for p in persons}
    for mode in GenerationMode:
        if mode is GenerationMode.POSITIVE or can_be_wrong(operation):
            ask(dict(times), operation.as_strategy(generation_mode=mode), numbers)


def can_be_wrong(operation: Operation) -> bool:
    """Whether the document refuses anything here. Where it does not, nothing wrong is found, only
    after hundreds of tries."""
    schemas = [parameter.definition["schema"] for parameter in operation.iter_parameters()]
    return bool(operation.body) or any(schema.keys() - TEXT for schema in schemas)


def ask(times: dict[Person, int], cases: st.SearchStrategy[Case[Any]], numbers: list[str]) -> None:
    """Each person as many times as are left to him."""

    @settings(
        max_examples=max(times.values()),
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(cases, st.sampled_from(numbers))
    def together(case: Case[Any], number: str) -> None:
        if "number" in case.path_parameters:
            case.path_parameters["number"] = number
        for person in [person for person, left in times.items() if left]:
            case.validate_response(sent(person, case), checks=CHECKS)
            times[person] -= 1

    together()


def sent(person: Person, case: Case[Any]) -> Response:
    made = case.as_transport_kwargs(base_url="http://testserver", headers=person.headers)
    headers = {name: value.encode("latin-1") for name, value in made.pop("headers").items()}
    if "data" in made:
        made["content"] = made.pop("data")
    parts = {name: value for name, value in made.items() if name in PARTS}
    try:
        answer: Response = person.client.request(**parts, headers=headers)
    except InvalidURL:  # too long for this client
        reject()
    return answer

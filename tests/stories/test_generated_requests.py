"""Requests generated from `/openapi.json`, right ones and wrong ones: every answer is of a status,
a type and a shape that the document names, and none is a fault of ours."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import chain, cycle
from typing import Any

import pytest
from httpx import Response
from requests import PreparedRequest
from requests.structures import CaseInsensitiveDict
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response as Checked
from schemathesis.errors import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.access.roles import Role
from tests.aids import drawn, stages
from tests.aids.client import Client
from tests.aids.drawn import Document, Operation, Saved, Ways
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.conftest import StillClock

TRIED = int(os.environ.get("JIESU_TEST_REQUESTS", str(drawn.TRIED)))
"""Of each route and each way, for a role that has a part in it; one for another."""
UNSAVED = 12
"""Operations that may be drawn at each run, until somebody saves their requests."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OFFICES = {Role.HANDLER: WANGJING, Role.CHIEF: WANGJING, Role.DISTRICT: CHAOYANG}
ASKING = [Role.OPERATOR, Role.HANDLER]

PLACES = re.compile(r"{(\w+)}")
Requests = Callable[[Operation], Ways]


@pytest.fixture(scope="module")
def document(served: Client) -> Document:
    document: Document = served.get("/openapi.json").json()
    return document


@pytest.fixture(scope="module")
def operations(document: Document) -> list[Operation]:
    return drawn.operations(drawn.described(document))


@pytest.fixture(scope="module")
def saved() -> Saved:
    return drawn.read()


@pytest.fixture(scope="module")
def requests(document: Document, saved: Saved) -> Requests:
    """As saved, and drawn where the operation is another, or more are asked for."""

    def of(operation: Operation) -> Ways:
        ways = saved.requests.get(drawn.key(document, operation))
        return ways if ways and TRIED == drawn.TRIED else drawn.draw(operation, TRIED)

    return of


@pytest.fixture
def numbers(people: People, clock: StillClock, nobody_waits: None) -> Iterator[str]:
    """A ticket in each state, in turn."""
    return cycle([build(people, clock) for build in stages.STAGES.values()])


def person_of(people: People, role: Role) -> Person:
    return people(role, OFFICES.get(role))


def has_part(person: Person, operation: Operation, number: str) -> bool:
    """Whether the role is not refused before anything else is looked at."""
    path = PLACES.sub("1", operation.path.replace("{number}", number))
    answer: Response = person.client.request(operation.method.upper(), path, headers=person.headers)
    return answer.status_code != 403


def test_whatever_a_role_asks(
    people: People, numbers: Iterator[str], operations: list[Operation], requests: Requests
) -> None:
    persons = [person_of(people, role) for role in ASKING]
    for operation in operations:
        try_out(persons, operation, requests(operation), numbers)


def test_what_another_role_asks_where_these_have_no_part(
    people: People, numbers: Iterator[str], operations: list[Operation], requests: Requests
) -> None:
    roles = [*ASKING, *(role for role in Role if role not in ASKING)]
    persons = [person_of(people, role) for role in roles]
    number = next(numbers)
    for operation in operations:
        first = next(person for person in persons if has_part(person, operation, number))
        if first not in persons[: len(ASKING)]:
            try_out([first], operation, requests(operation), numbers)


def try_out(
    persons: list[Person], operation: Operation, ways: Ways, numbers: Iterator[str]
) -> None:
    """All ask the same of the same ticket."""
    number = next(numbers)
    times = {p: TRIED if has_part(p, operation, number) else 1 for p in persons}
    for place, request in chain.from_iterable(map(enumerate, ways)):
        number = next(numbers)
        for person in [person for person, most in times.items() if place < most]:
            answer = sent(person, operation, request.parts(number))
            validate(operation, answer)


def sent(person: Person, operation: Operation, parts: dict[str, Any]) -> Response:
    headers = {**parts.pop("headers"), **person.headers}
    answer: Response = person.client.request(operation.method.upper(), headers=headers, **parts)
    return answer


def validate(operation: Operation, answer: Response) -> None:
    case = operation.Case(path_parameters=dict.fromkeys(PLACES.findall(operation.path), "1"))
    try:
        case.validate_response(as_checked(answer), checks=CHECKS)
    except FailureGroup as failure:
        asked = answer.request
        failure.add_note(f"asked: {asked.method} {asked.url} {asked.headers} {asked.content!r}")
        raise


def as_checked(answer: Response) -> Checked:
    """The answer as schemathesis has it, which would prepare the request anew: for longer than the
    checks take."""
    asked, request = answer.request, PreparedRequest()
    request.method, request.url, request.body = asked.method, str(asked.url), asked.content
    request.headers = CaseInsensitiveDict(asked.headers)
    return Checked(
        status_code=answer.status_code,
        headers={name: [value] for name, value in answer.headers.items()},
        content=answer.content,
        request=request,
        elapsed=answer.elapsed.total_seconds(),
        verify=True,
        message=answer.reason_phrase,
        encoding=answer.encoding,
        http_version=answer.http_version,
    )


def test_saved_requests_are_drawn_the_same_again(
    document: Document, operations: list[Operation], saved: Saved
) -> None:
    """Of one operation, another whenever the document changes; and few are not saved."""
    keyed = {drawn.key(document, operation): operation for operation in operations}
    kept = sorted(keyed.keys() & saved.requests.keys())
    turn = int(hashlib.sha256(json.dumps(document).encode()).hexdigest(), 16) % len(kept)

    assert len(keyed) - len(kept) <= UNSAVED, "save them: python -m tests.aids.drawn"
    if saved.python == drawn.python():
        assert drawn.draw(keyed[kept[turn]]) == saved.requests[kept[turn]]

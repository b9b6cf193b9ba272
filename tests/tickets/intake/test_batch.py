"""Many requests in one call: each line stands alone, in order, and under its own key."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import func, select

from app.kit.web.ndjson import MOST_BYTES
from app.tickets.models import Ticket
from tests.aids import given
from tests.aids.given import WANGJING, People, Person
from tests.conftest import StillClock

Json = dict[str, Any]


def send(person: Person, *lines: object) -> Response:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    body = "".join(text + "\n" for text in texts).encode("utf-8", "surrogatepass")
    answer: Response = person.client.post("/v1/tickets/batch", content=body, headers=person.headers)
    return answer


def answers(people: People, *lines: object) -> list[Json]:
    answer = send(people.operator, *lines)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(text) for text in answer.text.splitlines()]


def another() -> Json:
    """A request of someone who has not called before."""
    return given.request(citizen={"phone": f"137{next(given.CALLERS):08}"})


def tickets(app: FastAPI) -> int:
    with app.state.sessions() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_each_good_line_becomes_a_ticket_dispatched_like_any_other(people: People) -> None:
    replies = answers(people, given.request(), given.request(address={"text": "某处"}))

    assert [(reply["line"], reply["status"]) for reply in replies] == [(1, 201), (2, 201)]
    first, second = (people.operator.get(f"/tickets/{reply['number']}").json() for reply in replies)
    assert (first["status"], first["office"]["code"]) == ("dispatched", WANGJING)
    assert second["status"] == "need_info"


BAD: list[tuple[object, str]] = [
    (given.request(type="wish"), "/type"),
    (given.request(category="9999"), "/category"),
    (given.request(unknown=1), "/unknown"),
    (given.request(idempotency_key=""), "/idempotency_key"),
    (given.request(idempotency_key="键"), "/idempotency_key"),
    (given.request(title="\0"), "/title"),
    (given.request(address={"text": "某处", "district_code": "999999"}), "/address/district_code"),
    ("{", ""),
    ("[]", ""),
    ('{"title": "\ud800"}', ""),
]


@pytest.mark.parametrize(("bad", "pointer"), BAD)
def test_a_bad_line_is_told_in_its_place_and_hurts_no_other(
    app: FastAPI, people: People, bad: object, pointer: str
) -> None:
    replies = answers(people, another(), bad, another())

    assert [(reply["line"], reply["status"]) for reply in replies] == [(1, 201), (2, 422), (3, 201)]
    assert pointer in [error["pointer"] for error in replies[1]["problem"]["errors"]]
    assert replies[1]["problem"]["status"] == 422
    assert tickets(app) == 2


def test_a_line_sent_again_under_its_key_is_told_again(app: FastAPI, people: People) -> None:
    lines = [another() | {"idempotency_key": f"k{n}"} for n in range(3)]
    before = answers(people, *lines)

    after = answers(people, *lines, another())

    assert [reply["number"] for reply in after[:3]] == [reply["number"] for reply in before]
    assert [reply.get("replayed") for reply in after] == [True, True, True, None]
    assert tickets(app) == 4


def test_a_key_twice_in_one_batch_has_one_effect(app: FastAPI, people: People) -> None:
    same = given.request(idempotency_key="k")

    replies = answers(people, same, same, same | {"title": "另一件事"})

    assert replies[0]["number"] == replies[1]["number"]
    assert replies[1]["replayed"] is True
    assert replies[2]["problem"]["type"] == "/problems/key-reused"
    assert tickets(app) == 1


def test_another_body_under_a_known_key_is_refused(app: FastAPI, people: People) -> None:
    answers(people, given.request(idempotency_key="k"))

    (reply,) = answers(people, given.request(idempotency_key="k", title="另一件事"))

    assert (reply["status"], reply["problem"]["type"]) == (422, "/problems/key-reused")
    assert tickets(app) == 1


def test_a_refused_line_does_not_use_up_its_key(people: People) -> None:
    answers(people, given.request(idempotency_key="k", type="wish"))

    (reply,) = answers(people, given.request(idempotency_key="k"))

    assert reply["status"] == 201


def test_a_key_is_another_operators_to_use_as_well(app: FastAPI, people: People) -> None:
    line = given.request(idempotency_key="k")
    new = {"role": "operator", "label": "another"}
    other = Person(people.client, people.admin.post("/keys", new).json()["key"])

    first, second = send(people.operator, line).json(), send(other, line | another()).json()

    assert (first["status"], second["status"]) == (201, 201)
    assert first["number"] != second["number"]
    assert tickets(app) == 2


def test_a_key_promises_for_seven_days(people: People, clock: StillClock) -> None:
    """Afterwards the line is one more call of that citizen, and no longer the same one."""
    line = given.request(idempotency_key="k")
    (before,) = answers(people, line)
    clock.tick(days=7)
    (in_time,) = answers(people, line)
    clock.tick(seconds=1)

    (after,) = answers(people, line)

    assert (in_time["number"], in_time["replayed"]) == (before["number"], True)
    assert "replayed" not in after
    assert (after["status"], after["duplicate_of_open"]) == (200, True)


def test_a_thousand_lines_are_taken_and_one_more_is_too_many(app: FastAPI, people: People) -> None:
    lines = [another() for _ in range(1000)]

    replies = answers(people, *lines)

    assert [reply["line"] for reply in replies] == list(range(1, 1001))
    assert len({reply["number"] for reply in replies}) == 1000
    refused = send(people.operator, *lines, another())
    assert (refused.status_code, refused.json()["type"]) == (413, "/problems/too-many-lines")
    assert tickets(app) == 1000


def test_a_line_of_more_than_64_kb_is_too_large_for_the_whole(app: FastAPI, people: People) -> None:
    refused = send(people.operator, given.request(), "x" * (MOST_BYTES + 1))

    assert (refused.status_code, refused.json()["type"]) == (413, "/problems/line-too-long")
    assert tickets(app) == 0


def test_blank_lines_are_counted_and_an_empty_body_has_none(people: People) -> None:
    assert [reply["line"] for reply in answers(people, "", given.request())] == [2]
    assert answers(people) == []


def test_who_may_not_is_told_so_before_the_body_is_read(people: People) -> None:
    assert send(people.street(), "x" * (MOST_BYTES + 1)).status_code == 403
    assert people.client.post("/v1/tickets/batch", content=b"{").status_code == 401

"""What is said twice is refused everywhere: members of JSON, query parameters, headers."""

import json
from typing import Any

import pytest
from httpx import Response

from tests.aids import given
from tests.aids.given import WANGJING, People, Person

BODY = json.dumps(given.request(), ensure_ascii=False)
JSON = {"Content-Type": "application/json"}
TWICE = [
    BODY.replace('"type": "complaint"', '"type": "complaint", "type": "report"'),
    BODY.replace('"name"', '"confidential": true, "confidential": false, "name"'),
    BODY.replace('"text"', '"text": "朝阳区", "text"'),
]


@pytest.mark.parametrize("body", TWICE)
def test_a_member_given_twice_is_refused(people: People, body: str) -> None:
    assert body != BODY
    answer = people.operator.send("/tickets", body.encode(), JSON)
    batch = people.operator.send("/tickets/batch", body.encode()).json()

    assert (answer.status_code, batch["status"]) == (400, 400)
    assert "given twice" in answer.json()["detail"]
    assert "given twice" in batch["problem"]["detail"]
    assert people.operator.get("/tickets").json()["items"] == []


def test_an_approval_given_twice_approves_nothing(people: People) -> None:
    number = given.ticket(people)
    given.replied(people, number)
    body = b'{"approve": false, "text": "\\u8865\\u5145", "approve": true}'

    assert people.supervisor.send(f"/tickets/{number}/review", body, JSON).status_code == 400
    assert people.operator.get(f"/tickets/{number}").json()["status"] == "replied"


@pytest.mark.parametrize(
    ("role", "path", "name"),
    [
        ("operator", "/tickets?limit=1&limit=2", "limit"),
        ("operator", "/tickets?category=0701&category=0702", "category"),
        ("handler", "/inbox?limit=1&limit=2", "limit"),
        ("handler", "/feed?after=1&after=2", "after"),
        ("operator", "/offices?q=a&q=b", "q"),
        ("operator", "/route?text=a&text=b", "text"),
        ("analyst", "/rankings/2026-09?format=csv&format=json", "format"),
    ],
)
def test_a_query_parameter_given_twice_is_refused(
    people: People, role: str, path: str, name: str
) -> None:
    asked = asked_for(people, people(role, WANGJING if role == "handler" else None), path)

    assert asked.status_code == 422, asked.text
    assert {"pointer": f"/query/{name}", "detail": "given twice"} in asked.json()["errors"]


def test_a_list_is_said_by_saying_it_again(people: People) -> None:
    path = "/tickets?status=dispatched&status=closed&urgency=L1&urgency=L2"
    answer = asked_for(people, people.operator, path)

    assert answer.status_code == 200


NONSENSE = ["cursor=", "limit=%2B5", "limit=5.0", "received_from=2026-W48-7", "q=%ff", "limit=%ff"]


@pytest.mark.parametrize("query", NONSENSE)
def test_what_nobody_means_is_refused(people: People, query: str) -> None:
    assert asked_for(people, people.operator, f"/tickets?{query}").status_code == 422


def asked_for(people: People, person: Person, path: str) -> Response:
    """With its query as it stands."""
    answer: Response = people.client.get(f"/v1{path}", headers=person.headers)
    return answer


@pytest.mark.parametrize("name", ["Idempotency-Key", "Content-Type"])
def test_a_header_given_twice_is_refused(people: People, name: str) -> None:
    headers: list[tuple[str, Any]] = [
        *people.operator.headers.items(),
        *(pair for pair in JSON.items() if pair[0] != name),
        *((name, value) for value in ("application/json", "application/json")),
    ]
    answer = people.client.post("/v1/tickets", content=BODY.encode(), headers=headers)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == f"/header/{name.lower()}"


SPELLINGS = [
    BODY,
    json.dumps(json.loads(BODY)),
    json.dumps(json.loads(BODY), indent=2, sort_keys=True),
    " " + json.dumps(json.loads(BODY), separators=(",", ":")),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_key_stands_for_a_body_and_not_for_its_spacing(people: People, spelling: str) -> None:
    key = {"Idempotency-Key": "one", **JSON}
    first = people.operator.send("/tickets", BODY.encode(), key)
    again = people.operator.send("/tickets", spelling.encode(), key)
    other = people.operator.send("/tickets", BODY.replace("三区", "四区").encode(), key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["number"] == first.json()["number"]


def test_a_file_from_windows_is_read_whole(people: People) -> None:
    body = b"\xef\xbb\xbf" + BODY.encode() + b"\r\n"

    assert people.operator.send("/tickets/batch", body).json()["status"] == 201


NO_PLACE: list[tuple[dict[str, Any], int]] = [
    ({"lon": 116.4}, 422),
    ({"lat": 39.9}, 422),
    ({"lon": 0, "lat": 0}, 422),
    ({"lon": 0.0, "lat": -0.0}, 422),
    ({"lon": 116.4, "lat": 0.0}, 422),
    ({"lon": 0, "lat": 39.9}, 422),
    ({"lon": 116.4, "lat": 39.9}, 201),
    ({"lon": None, "lat": None}, 201),
]


@pytest.mark.parametrize(("position", "status"), NO_PLACE)
def test_half_a_position_and_none_are_no_position(
    people: People, position: dict[str, Any], status: int
) -> None:
    address = {"text": "朝阳区望京街道望京西园三区", **position}
    asked = {name: value for name, value in address.items() if value is not None}

    answer = people.operator.post("/tickets", given.request(address=address))
    route = people.operator.get("/route", **asked)
    assert answer.status_code == status
    assert route.status_code == (200 if status == 201 else 422)


@pytest.mark.parametrize(
    "at", ["1900-01-01", "0001-01-02", "1970-01-01", "2026-10-21", "2099-01-01", "9999-12-31"]
)
def test_nothing_has_happened_at_a_time_that_cannot_be(people: People, at: str) -> None:
    moment = f"{at}T02:00:00Z"
    answer = people.operator.post("/tickets", given.request(occurred_at=moment))
    number = given.ticket(people)
    street = people.street()
    street.does("acknowledge", number)
    street.does("contact", number, method="call", reached=True)
    feedback = {"method": "call", "at": moment}
    reply = street.post(
        f"/tickets/{number}/reply", {"text": "已停工。", "citizen_feedback": feedback}
    )

    assert (answer.status_code, reply.status_code) == (422, 422)
    assert answer.json()["errors"][0]["pointer"] == "/occurred_at"
    assert reply.json()["errors"][0]["pointer"] == "/citizen_feedback/at"

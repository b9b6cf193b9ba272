"""Every bad request gets its problem+json, with the field and the rule, and changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from tests.aids import given, stages
from tests.aids.client import Client
from tests.aids.given import People

MEMBERS = {"type", "title", "status", "detail", "request_id"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(people: People) -> Client:
    """As a client from outside: our own mistakes answer, and are not raised in the test."""
    return Client(people.client.app, raise_server_exceptions=False)


@pytest.fixture
def unchanged(people: People, app: FastAPI) -> Iterator[None]:
    before = given.record(app)
    yield
    assert given.record(app) == before


def refused(answer: Response, status: int, pointer: str | None = None) -> dict[str, Any]:
    """The problem, which has the form that API.md gives it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert set(problem) >= MEMBERS, problem
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    if pointer is not None:
        faults = problem["errors"]
        assert pointer in [fault["pointer"] for fault in faults], faults
        assert all(fault["detail"] for fault in faults)
    return problem


def without(name: str) -> dict[str, Any]:
    return {member: value for member, value in given.request().items() if member != name}


ADDRESS = {"text": "朝阳区望京街道"}
BAD_TICKETS = [
    (without("channel"), "/channel", "a missing channel"),
    (without("type"), "/type", "a missing type"),
    (without("title"), "/title", "a missing title"),
    (without("content"), "/content", "a missing content"),
    (without("address"), "/address", "a missing address"),
    (given.request(address={}), "/address/text", "an address without text"),
    (given.request(channel="fax"), "/channel", "an unknown channel"),
    (given.request(channel="PHONE"), "/channel", "an enum in capitals"),
    (given.request(type="rant"), "/type", "an unknown type"),
    (given.request(urgency="L5"), "/urgency", "an unknown urgency"),
    (given.request(urgency="l1"), "/urgency", "a code in small letters"),
    (given.request(category="9999"), "/category", "a category that the tree has not"),
    (given.request(category="7"), "/category", "a category that cannot be"),
    (given.request(category=701), "/category", "a category as a number"),
    (given.request(category="9999", urgency="L1"), "/category", "the same with an urgency given"),
    (given.request(title=""), "/title", "an empty title"),
    (given.request(title="  \t\n "), "/title", "a title of blanks"),
    (given.request(title="字" * 201), "/title", "a title too long"),
    (given.request(title=7), "/title", "a title that is a number"),
    (given.request(title=["a"]), "/title", "a title that is a list"),
    (given.request(title=None), "/title", "a title that is null"),
    (given.request(content="字" * 20_001), "/content", "a content too long"),
    (given.request(content="a\x00b"), "/content", "a NUL in a text"),
    (given.request(title="\ud800"), "/title", "a lone surrogate"),
    (given.request(external_id="\udfff"), "/external_id", "a lone surrogate in an id"),
    (given.request(external_id="x" * 129), "/external_id", "an id too long"),
    (given.request(address=ADDRESS | {"text": "字" * 501}), "/address/text", "an address too long"),
    (given.request(address=ADDRESS | {"lon": 180.5}), "/address/lon", "east of the earth"),
    (given.request(address=ADDRESS | {"lat": -90.1}), "/address/lat", "south of the earth"),
    (given.request(address=ADDRESS | {"lon": "116.4"}), "/address/lon", "a coordinate as a text"),
    (given.request(address=ADDRESS | {"lon": True}), "/address/lon", "a coordinate as a boolean"),
    (given.request(address=ADDRESS | {"lon": float("nan")}), "/address/lon", "not a number"),
    (given.request(address=ADDRESS | {"lat": float("inf")}), "/address/lat", "infinity"),
    (
        given.request(address=ADDRESS | {"district_code": "999999"}),
        "/address/district_code",
        "an unknown district",
    ),
    (
        given.request(address=ADDRESS | {"district_code": given.WANGJING}),
        "/address/district_code",
        "a street as a district",
    ),
    (
        given.request(address=ADDRESS | {"district_code": "朝阳区"}),
        "/address/district_code",
        "a district by name",
    ),
    (given.request(address="朝阳区"), "/address", "an address that is a text"),
    (given.request(citizen={"phone": "call me"}), "/citizen/phone", "a phone in words"),
    (given.request(citizen={"phone": "1" * 31}), "/citizen/phone", "a phone too long"),
    (given.request(citizen={"name": "张" * 101}), "/citizen/name", "a name too long"),
    (given.request(citizen={"anonymous": "yes"}), "/citizen/anonymous", "a boolean in words"),
    (given.request(citizen={"confidential": 1}), "/citizen/confidential", "a boolean as a number"),
    (given.request(occurred_at="yesterday"), "/occurred_at", "a time in words"),
    (given.request(occurred_at="2026-10-20T10:00:00"), "/occurred_at", "a time without offset"),
    (given.request(occurred_at=1760000000), "/occurred_at", "a time in seconds"),
    (given.request(occurred_at="1760000000"), "/occurred_at", "seconds as a text"),
    (given.request(occurred_at="2026-10-20"), "/occurred_at", "a day for a time"),
    (given.request(occurred_at="9999-12-31T23:59:59-12:00"), "/occurred_at", "after all years"),
    (given.request(occurred_at="0001-01-01T00:00:00+12:00"), "/occurred_at", "before all years"),
    (given.request(number="BJ1"), "/number", "an unknown member"),
    (given.request(address=ADDRESS | {"poi": "x"}), "/address/poi", "an unknown member within"),
    ([], "", "a list"),
    (None, "", "null"),
    ("text", "", "a text"),
    (7, "", "a number"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("body", "pointer", "why"), BAD_TICKETS, ids=[c[2] for c in BAD_TICKETS])
def test_a_ticket_against_the_form_is_refused_at_its_field(
    people: People, client: Client, body: Any, pointer: str, why: str
) -> None:
    answer = client.post(
        "/v1/tickets", content=json.dumps(body), headers={**people.operator.headers, **JSON}
    )

    problem = refused(answer, 422, pointer)
    assert problem["detail"]


def test_texts_at_their_limit_are_taken(people: People) -> None:
    longest = given.request(
        title="字" * 200,
        content="容" * 20_000,
        external_id="x" * 128,
        address={"text": "朝阳区望京街道" + "院" * 493, "lon": 116.48, "lat": 39.99},
        occurred_at="2026-10-20T10:00:00.123456+08:00",
    )

    answer = people.operator.post("/tickets", longest)

    assert answer.status_code == 201
    assert answer.json()["occurred_at"] == "2026-10-20T02:00:00.123456Z"
    assert answer.json()["title"] == "字" * 200


DEEP = b'{"title":' + b"[" * 100_000
UNREADABLE = [
    (b"", 422, "nothing at all"),
    (b"{", 400, "an unfinished object"),
    (b"{'title': 1}", 400, "single quotes"),
    (b'{"title": "a" "b"}', 400, "a missing comma"),
    (b"\xff\xfe{}", 400, "no UTF-8"),
    ("{}".encode("utf-16"), 400, "UTF-16"),
    (b'{"title": "\xed\xa0\x80"}', 400, "a surrogate in UTF-8"),
    (b'{"title": "\xff"}', 400, "a byte that no text has"),
    (DEEP, 400, "nested too deeply"),
    (b"1" * 5000, 400, "a number without end"),
    (b'{"title": "' + b"a" * 1_000_000 + b'"}', 413, "over 1 MB"),
    (b" " * 1_000_001, 413, "over 1 MB of blanks"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("body", "status", "why"), UNREADABLE, ids=[c[2] for c in UNREADABLE])
def test_a_body_that_cannot_be_read_is_refused(
    people: People, client: Client, body: bytes, status: int, why: str
) -> None:
    answer = client.post("/v1/tickets", content=body, headers={**people.operator.headers, **JSON})

    refused(answer, status)


@pytest.mark.parametrize("action", ["acknowledge", "read", "add"])
@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b" " * 1_000_001, 413), (b"[]", 422)])
def test_a_form_without_required_members_takes_nothing_else_either(
    people: People, client: Client, action: str, body: bytes, status: int
) -> None:
    number = given.ticket(people)
    doer = people.operator if action == "add" else people("chief", given.WANGJING)

    answer = client.post(
        f"/v1/tickets/{number}/{action}", content=body, headers={**doer.headers, **JSON}
    )

    refused(answer, status)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_another_content_type_is_no_json(people: People, client: Client, kind: str) -> None:
    body = json.dumps(given.request()).encode()

    answer = client.post(
        "/v1/tickets", content=body, headers={**people.operator.headers, "Content-Type": kind}
    )

    refused(answer, 400)


BAD_WORDS = [
    ("note", {}, "/text"),
    ("note", {"text": "a\x00"}, "/text"),
    ("note", {"text": "字" * 20_001}, "/text"),
    ("note", {"text": "a", "office_code": given.WANGJING}, "/office_code"),
    ("withdraw", {}, "/evidence"),
    ("void", {"reason": ""}, "/reason"),
    ("reveal", {}, "/reason"),
    ("answer", {"text": None}, "/text"),
    ("transfer", {"service": "911", "text": "a"}, "/service"),
    ("decline", {"reason_code": "na_no_info", "text": "a"}, "/reason_code"),
    ("acknowledge", {"at": "2026-10-20T10:00:00Z"}, "/at"),
    ("read", {"read": True}, "/read"),
    ("contact", {"method": "fax", "reached": True}, "/method"),
    ("contact", {"method": "call", "reached": "yes"}, "/reached"),
    ("contact", {"method": "call"}, "/reached"),
    ("reply", {"text": "a", "citizen_feedback": {"method": "smoke"}}, "/citizen_feedback/method"),
    ("reply", {"text": "a", "citizen_feedback": None}, "/citizen_feedback"),
    (
        "reply",
        {"text": "a", "citizen_feedback": {"method": "call", "at": "noon"}},
        "/citizen_feedback/at",
    ),
    ("review", {"approve": "true"}, "/approve"),
    ("review", {"approve": False}, "/text"),
    ("add", {"address": {"text": "a", "district_code": "999999"}}, "/address/district_code"),
    ("dispatch", {"office_code": "999999999", "reason": "a"}, "/office_code"),
    ("dispatch", {"office_code": "110105", "reason": "a"}, "/office_code"),
    ("dispatch", {"office_code": "望京", "reason": "a"}, "/office_code"),
    (
        "dispatch",
        {"office_code": "110105001", "joint_office_codes": ["nowhere"], "reason": "a"},
        "/joint_office_codes/0",
    ),
    ("callbacks", {}, "/reach"),
    ("callbacks", {"reach": "asleep"}, "/reach"),
    ("callbacks", {"reach": "reached", "contacted": "yes", "resolved": "partly"}, "/satisfied"),
    ("callbacks", {"reach": "unreached", "resolved": "resolved"}, "/resolved"),
    ("callbacks", {**given.CONTENT, "satisfied": "meh"}, "/satisfied"),
    ("callbacks", {**given.CONTENT, "reasonable": "no"}, "/reasonable"),
]
DOERS = {
    "answer": "operator",
    "transfer": "operator",
    "decline": "operator",
    "withdraw": "operator",
    "add": "operator",
    "note": "operator",
    "reveal": "operator",
    "void": "supervisor",
    "review": "supervisor",
    "dispatch": "dispatcher",
    "callbacks": "callback",
}


@pytest.mark.parametrize(("action", "body", "pointer"), BAD_WORDS)
def test_bad_words_are_told_before_a_stale_version_and_a_wrong_status(
    people: People, app: FastAPI, client: Client, action: str, body: Any, pointer: str
) -> None:
    number = given.ticket(people)
    before = given.record(app)
    doer = people(DOERS[action]) if action in DOERS else people("chief", given.WANGJING)

    answer = client.post(
        f"/v1/tickets/{number}/{action}",
        content=json.dumps(body),
        headers={**doer.headers, **JSON, "If-Match": '"77"'},
    )

    refused(answer, 422, pointer)
    assert given.record(app) == before


def test_refusals_come_in_the_order_that_was_promised(people: People, client: Client) -> None:
    """A request with every fault; each fault mended uncovers the next."""
    number = stages.stands(people, "closed")
    sent: dict[str, Any] = {"path": "BJ202610209999999", "body": b"{", "key": "nobody's"}
    stale = {"If-Match": '"1"', **JSON}

    def answer(query: str = "") -> Response:
        answer: Response = client.post(
            f"/v1/tickets/{sent['path']}/acknowledge{query}",
            content=sent["body"],
            headers={"Authorization": f"Bearer {sent['key']}", **stale},
        )
        return answer

    refused(answer(), 401)
    sent["key"] = key_of(people("callback"))
    refused(answer(), 403)
    sent["key"] = key_of(people.street())
    refused(answer(), 404)
    sent["path"] = number
    refused(answer(), 400)
    sent["body"] = b'{"a": "' + b"a" * 1_000_000 + b'"}'
    refused(answer(), 413)
    sent["body"] = b'{"a": 1}'
    refused(answer(), 422, "/a")
    sent["body"] = b"{}"
    refused(answer("?no=such"), 422, "/query/no")
    assert (
        refused(answer(), 412)["version"]
        == people.operator.get(f"/tickets/{number}").json()["version"]
    )
    stale.pop("If-Match")
    assert refused(answer(), 409)["status_now"] == "closed"


def key_of(person: given.Person) -> str:
    return person.headers["Authorization"].removeprefix("Bearer ")


BAD_QUERIES = [
    ("no=such", "/query/no"),
    ("limit=0", "/query/limit"),
    ("limit=501", "/query/limit"),
    ("limit=ten", "/query/limit"),
    ("limit=1.5", "/query/limit"),
    ("cursor=zzz", "/query/cursor"),
    ("cursor=W10", "/query/cursor"),
    ("cursor=WyJcdWQ4MDAiLCJ4Il0", "/query/cursor"),
    ("cursor=" + "x" * 501, "/query/cursor"),
    ("status=lost", "/query/status/0"),
    ("urgency=L9", "/query/urgency/0"),
    ("category=x", "/query/category"),
    ("overdue=perhaps", "/query/overdue"),
    ("office_code=%00", "/query/office_code"),
    ("office_code=%ff", "/query/office_code"),
    ("external_id=%00", "/query/external_id"),
    ("received_from=2026-13-01", "/query/received_from"),
    ("received_to=9999-12-31", "/query/received_to"),
    ("received_from=0001-01-01", "/query/received_from"),
    ("updated_after=5", "/query/updated_after"),
    ("updated_after=2026-10-20T10:00:00", "/query/updated_after"),
]


@pytest.mark.parametrize(("query", "pointer"), BAD_QUERIES)
def test_a_bad_query_is_refused_at_its_parameter(
    people: People, client: Client, query: str, pointer: str
) -> None:
    refused(client.get(f"/v1/tickets?{query}", headers=people.operator.headers), 422, pointer)


@pytest.mark.parametrize("path", ["/tickets/{}", "/tickets/{}/events", "/inbox", "/feed"])
def test_no_route_takes_an_unknown_parameter(people: People, path: str) -> None:
    number = given.ticket(people)

    refused(people.street().get(path.format(number), surprise="1"), 422, "/query/surprise")


NOT_THERE = [
    ("GET", "/v1/nowhere", 404),
    ("POST", "/", 405),
    ("GET", "/v1/tickets/%00", 404),
    ("GET", "/v1/tickets/%ff", 404),
    ("GET", "/v1/tickets/BJ%2F1", 404),
    ("GET", f"/v1/tickets/{'B' * 5000}", 404),
    ("GET", "/v1/tickets/ＢＪ１", 404),
    ("POST", "/v1/tickets/BJ202610200000001/fly", 404),
    ("POST", "/v1/tickets/BJ202610200000001/dance", 404),
    ("POST", "/v1/tickets/BJ202610200000001/route", 404),
    ("POST", "/v1/tickets/BJ202610200000001/expire", 404),
    ("PUT", "/v1/tickets", 405),
    ("DELETE", "/v1/tickets/BJ202610200000001", 405),
    ("GET", "/v1/tickets/BJ202610200000001/note", 405),
    ("PATCH", "/v1/feed", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), NOT_THERE)
def test_what_is_not_there_is_a_problem_too(
    people: People, client: Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, headers=people.operator.headers)

    refused(answer, status)
    if status == 405:
        assert answer.headers["allow"]


def test_a_mistake_of_ours_shows_nothing(people: People, app: FastAPI, client: Client) -> None:
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE statement RENAME TO mislaid")
    try:
        number = given.ticket(people)
        answer = client.post(
            f"/v1/tickets/{number}/note",
            json={"text": "秘密的电话 13800000000"},
            headers=people.operator.headers,
        )
    finally:
        with app.state.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE mislaid RENAME TO statement")

    problem = refused(answer, 500)
    assert set(problem) == MEMBERS
    assert not [word for word in ("statement", "INSERT", "psycopg", "13800") if word in answer.text]


def test_a_client_may_name_its_request(people: People) -> None:
    answer = people.operator.get("/nowhere", headers={"X-Request-Id": "console-7.1"})

    assert answer.json()["request_id"] == "console-7.1"

"""Who may open a page: signing in, sessions that end, and forms that another site sends."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from tests.aids.given import WANGJING, People, ticket
from tests.console.visitor import Forms, Visitor

HOME, SIGN_IN = "/", "/sign-in"


@pytest.fixture
def visitor(people: People) -> Visitor:
    return Visitor(people.client)


def test_a_stranger_is_shown_the_sign_in_and_comes_to_the_page_he_wanted(
    people: People, visitor: Visitor
) -> None:
    number = ticket(people)
    sent_away = visitor.get(f"/tickets/{number}")
    assert sent_away.status_code == 303
    page = visitor.get(sent_away.headers["location"].removeprefix("/console"))
    fields = Forms(page.text).by_action["/console/sign-in"]
    assert fields["after"] == f"/console/tickets/{number}"
    key = people.street().headers["Authorization"].removeprefix("Bearer ")
    answer = visitor.post(SIGN_IN, {**fields, "key": f" {key} "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/tickets/{number}")
    assert visitor.get(f"/tickets/{number}").status_code == 200


@pytest.mark.parametrize(
    "after", ["https://elsewhere.example/", "//elsewhere.example/console/", "/v1/keys", "", "\\x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    people: People, visitor: Visitor, after: str
) -> None:
    fields = Forms(visitor.get(SIGN_IN).text).by_action["/console/sign-in"]
    key = people.operator.headers["Authorization"].removeprefix("Bearer ")
    answer = visitor.post(SIGN_IN, {**fields, "after": after, "key": key})
    assert answer.headers["location"] == "/console/"


def test_a_cookie_is_no_scripts_and_no_other_sites(people: People, visitor: Visitor) -> None:
    fields = Forms(visitor.get(SIGN_IN).text).by_action["/console/sign-in"]
    key = people.operator.headers["Authorization"].removeprefix("Bearer ")
    cookies = visitor.post(SIGN_IN, {**fields, "key": key}).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("jiesu_session"))
    assert "HttpOnly" in session
    assert "samesite=strict" in session.lower()
    assert key not in session


@pytest.mark.parametrize("key", ["", "x", "x" * 5000, "密钥"])
def test_an_unknown_key_opens_nothing(visitor: Visitor, key: str) -> None:
    fields = Forms(visitor.get(SIGN_IN).text).by_action["/console/sign-in"]
    answer = visitor.post(SIGN_IN, {**fields, "key": key})
    assert answer.status_code == 401
    assert "此密钥" in answer.text
    assert visitor.get(HOME).status_code == 303


def end_by_sign_out(people: People, visitor: Visitor, app: FastAPI) -> None:
    fields = Forms(visitor.get("/admin/keys").text).by_action["/console/sign-out"]
    assert visitor.post("/sign-out", fields).status_code == 303


def end_by_key(people: People, visitor: Visitor, app: FastAPI) -> None:
    with app.state.engine.begin() as connection:
        key_id = connection.scalar(sa.text("SELECT key_id FROM console_session"))
    assert people.admin.delete(f"/keys/{key_id}").status_code == 204


def end_by_time(column: str) -> Callable[[People, Visitor, FastAPI], None]:
    def end(people: People, visitor: Visitor, app: FastAPI) -> None:
        with app.state.engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE console_session SET {column} = now()"))
        app.state.gate.seen.clear()

    return end


@pytest.mark.parametrize(
    "end",
    [end_by_sign_out, end_by_key, end_by_time("idle_until"), end_by_time("expires_at")],
    ids=["sign-out", "key", "idle", "shift"],
)
def test_a_session_ends(
    people: People,
    visitor: Visitor,
    app: FastAPI,
    end: Callable[[People, Visitor, FastAPI], None],
) -> None:
    made = people.admin.post("/keys", {"role": "admin", "label": "to be revoked"}).json()
    person = type(people.admin)(people.client, made["key"])
    visitor.signs_in(person)
    token = visitor.cookies["jiesu_session"]
    assert visitor.get("/offices?q=x").status_code == 200
    end(people, visitor, app)
    visitor.cookies["jiesu_session"] = token
    assert visitor.get("/offices?q=x").status_code == 303
    assert visitor.get("/offices?q=x", {"HX-Request": "true"}).status_code == 401
    assert visitor.get("/live", {"Accept": "text/event-stream"}).status_code == 204
    keys = people.client.get("/v1/keys", headers={"Authorization": f"Bearer {token}"})
    assert keys.status_code == 401


def test_what_was_typed_into_a_session_that_ended_is_shown(
    people: People, visitor: Visitor
) -> None:
    number = ticket(people)
    visitor.signs_in(people.street())
    page = visitor.get(f"/tickets/{number}")
    visitor.cookies["jiesu_session"] = "ended"
    answer = visitor.fills_in(page, f"/tickets/{number}/note", text="已到现场，<b>明日复查</b>")
    assert answer.status_code == 401
    assert "已到现场，&lt;b&gt;明日复查" in answer.text
    assert f'value="/console/tickets/{number}"' in answer.text


@pytest.mark.parametrize(
    ("headers", "changed"),
    [
        ({}, {"csrf": ""}),
        ({}, {"csrf": "0" * 64}),
        ({}, {"csrf": "密"}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Sec-Fetch-Site": "same-site"}, {}),
        ({"Origin": "https://elsewhere.example"}, {}),
        ({"Origin": "null"}, {}),
    ],
)
def test_a_form_of_another_site_changes_nothing(
    people: People, visitor: Visitor, headers: dict[str, str], changed: dict[str, str]
) -> None:
    number = ticket(people)
    visitor.signs_in(people.street())
    page = visitor.get(f"/tickets/{number}")
    fields = Forms(page.text).by_action[f"/console/tickets/{number}/acknowledge"]
    answer = visitor.post(f"/tickets/{number}/acknowledge", {**fields, **changed}, headers)
    assert answer.status_code == 403
    assert people.street().get(f"/tickets/{number}").json()["status"] == "dispatched"


def test_two_tabs_with_two_roles_do_not_act_for_each_other(
    people: People, visitor: Visitor
) -> None:
    """The first tab's page bears the first session's stamp; the browser sends the second's
    cookie."""
    number = ticket(people)
    visitor.signs_in(people.street())
    page = visitor.get(f"/tickets/{number}")
    visitor.signs_in(people("chief", WANGJING))
    answer = visitor.fills_in(page, f"/tickets/{number}/note", text="原来的人写的")
    assert answer.status_code == 403
    assert "此页面属于另一次登录" in answer.text
    assert "原来的人写的" in answer.text
    events = people.street().get(f"/tickets/{number}/events").json()
    assert "note" not in {event["action"] for event in events}


def test_every_answer_keeps_strangers_out(people: People, visitor: Visitor) -> None:
    visitor.signs_in(people.operator)
    for path in (HOME, SIGN_IN, "/nothing", "/offices?q=x", "/static/console.css"):
        policy = visitor.get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy, path
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path


def test_a_form_is_bounded(people: People, visitor: Visitor) -> None:
    number = ticket(people)
    visitor.signs_in(people.street())
    page = visitor.get(f"/tickets/{number}")
    answer = visitor.fills_in(page, f"/tickets/{number}/note", text="长" * 400_000)
    assert answer.status_code == 413

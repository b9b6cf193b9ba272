"""Whatever anyone tries in whatever order: RULEBOOK D.21, invariants 7, 8 and 13, always hold."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sweep import sweep
from tests import given as givens
from tests.conftest import StillClock
from tests.given import BODIES, CHAOYANG, CONTENT, DISCONTENT, WANGJING, People, Person

TERMINAL = {"closed", "answered", "transferred", "not_accepted", "withdrawn", "void"}
BEGINNINGS: list[dict[str, Any]] = [
    {},
    {"type": "consult"},
    {"urgency": "L1"},
    {"type": "report", "address": {"text": "朝阳区某处"}},
    {"address": {"text": "不知道在哪"}},
]
SPANS = [timedelta(0), timedelta(minutes=4), timedelta(hours=5), timedelta(days=2)]
WHO = ["lead", "lead", "district", "callback", "supervisor", "operator", "dispatcher"]
SAID: dict[str, list[dict[str, Any]]] = {
    "callbacks": [CONTENT, DISCONTENT, {**DISCONTENT, "reasonable": False}]
}
OFFICES = [WANGJING, "110105001"]

step = st.tuples(
    st.sampled_from(WHO),
    st.integers(0, 11),  # which of the actions that he is shown
    st.integers(0, 3),  # which of the things he may say
    st.sampled_from(SPANS),
    st.booleans(),  # the same call twice, under one Idempotency-Key
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(BEGINNINGS), st.lists(step, min_size=8, max_size=20))
def test_every_way_through_a_tickets_life_keeps_the_rules(
    people: People, app: FastAPI, clock: StillClock, beginning: dict[str, Any], steps: list[Any]
) -> None:
    clock.reset()
    number = givens.ticket(people, **beginning)

    for n, (who, which, what, span, twice) in enumerate(steps):
        clock.at += span
        before = people.operator.get(f"/tickets/{number}").json()
        person = holder(people, who, before)
        action = choose(person.get(f"/tickets/{number}").json().get("allowed", []), which)
        headers = {"Idempotency-Key": f"step-{n}"}
        said = words(action, what)
        answer = person.post(f"/tickets/{number}/{action}", said, headers)
        assert answer.status_code in (200, 201, 403, 404, 409, 422), answer.text
        if twice and answer.status_code < 300 and answer.json().get("citizen") is None:
            again = person.post(f"/tickets/{number}/{action}", said, headers)
            assert again.headers.get("idempotency-replayed") or again.status_code == 404
        keeps_the_rules(app, number, before)

    clock.tick(days=40)
    sweep(app.state.sessions, app.state.desk, clock)
    ended = people.operator.get(f"/tickets/{number}").json()
    assert ended["status"] in TERMINAL | {"awaiting_callback", "to_dispatch", "need_info"}
    keeps_the_rules(app, number, ended)


def holder(people: People, who: str, ticket: dict[str, Any]) -> Person:
    if who == "lead":
        return people.street(ticket["office"]["code"] if ticket["office"] else WANGJING)
    return people.district(CHAOYANG) if who == "district" else people(who)


def choose(allowed: list[str], which: int) -> str:
    """Mostly something that is allowed; sometimes something that is not."""
    actions = [*sorted(set(allowed) - {"reveal"}), "reply"]
    return actions[which % len(actions)].replace("callback", "callbacks")


def words(action: str, what: int) -> dict[str, Any]:
    if action == "dispatch":
        return {**BODIES["dispatch"], "office_code": OFFICES[what % 2]}
    if action == "review":
        return {"approve": what > 0, "text": "请说明。"}
    choices: list[dict[str, Any]] = SAID.get(action, [BODIES[action]])
    return choices[what % len(choices)]


def keeps_the_rules(app: FastAPI, number: str, before: dict[str, Any]) -> None:
    with app.state.engine.connect() as connection:
        ticket = connection.exec_driver_sql(
            f"SELECT status, version, office_code FROM ticket WHERE number = '{number}'"
        ).one()
        events = connection.exec_driver_sql(
            "SELECT seq, from_status, to_status FROM event"
            f" WHERE ticket_number = '{number}' ORDER BY seq"
        ).all()
        leads = connection.exec_driver_sql(
            f"SELECT office_code FROM dispatch WHERE ticket_number = '{number}'"
            " AND role = 'lead' AND ended_at IS NULL"
        ).all()
        scores = connection.exec_driver_sql(
            f"SELECT count(*) FROM assessment WHERE ticket_number = '{number}'"
        ).scalar_one()
    assert [event.seq for event in events] == list(range(1, ticket.version + 1))
    assert [e.from_status for e in events[1:]] == [e.to_status for e in events[:-1]]
    assert events[-1].to_status == ticket.status
    assert [lead.office_code for lead in leads] == ([ticket.office_code] if leads else [])
    assert bool(leads) is (ticket.office_code is not None)
    assert scores <= 1
    if before["status"] in TERMINAL:
        assert ticket.status == before["status"]

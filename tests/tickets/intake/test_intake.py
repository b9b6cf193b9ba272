"""A ticket comes in, finds its office, is asked about, dispatched and redispatched (T1–T8, T24)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import BODIES, CHAOYANG, WANGJING, People
from tests.conftest import StillClock

HAIDIAN = "110108"
XUEYUANLU = "110108010"
CHAOWAI = "110105001"
JIUXIANQIAO = "110105011"
TICK = timedelta(microseconds=1)

VIEW = {
    *("number", "status", "version", "channel", "type", "category", "title", "content", "urgency"),
    *("address", "district_code", "community_code", "office", "joint_offices", "route", "citizen"),
    *("received_at", "dispatched_at", "acknowledged_at", "contacted_at", "replied_at"),
    *("assessed_at", "closed_at", "acknowledge_due_at", "contact_due_at", "due_at", "overdue"),
    *("excluded", "merged_into", "repeat_of", "urged", "open_whistles", "policy", "allowed"),
}
ROUTE = {
    *("decision", "office_code", "office_name", "confidence", "method", "reason", "evidence"),
    *("candidates", "district_code", "gazetteer", "policy"),
}


def swept(app: FastAPI) -> int:
    return sweep(app.state.sessions, app.state.city, app.state.clock)


def test_a_ticket_shows_all_that_was_promised(people: People) -> None:
    answer = people.operator.post("/tickets", given.request(category="0701", external_id="K-1"))

    ticket = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/tickets/{ticket['number']}"
    assert answer.headers["etag"] == f'"{ticket["version"]}-en"'
    assert set(ticket) >= VIEW
    assert set(ticket["route"]) >= ROUTE
    assert ticket["status"] == "dispatched"
    assert ticket["office"] == {"code": WANGJING, "name": "望京街道", "district_code": CHAOYANG}
    assert ticket["citizen"]["name"] == "张三"
    assert ticket["policy"] == "beijing-2019"
    read = people.operator.get(f"/tickets/{ticket['number']}").json()
    assert read == given.alone(ticket)


@pytest.mark.parametrize(
    ("at", "day"),
    [("2026-10-20T15:59:59.999999", "20261020"), ("2026-10-20T16:00:00", "20261021")],
)
def test_a_number_has_the_day_in_beijing(
    people: People, clock: StillClock, at: str, day: str
) -> None:
    clock.at = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert re.fullmatch(rf"BJ{day}\d{{7}}", given.ticket(people))


LIMITS = [
    ("L1", timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2)),
    ("L2", timedelta(minutes=30), timedelta(hours=2), timedelta(hours=24)),
    ("L3", timedelta(hours=2), timedelta(hours=24), timedelta(days=7)),
    ("L4", timedelta(hours=2), timedelta(hours=24), timedelta(days=15)),
]


@pytest.mark.parametrize(("urgency", "acknowledge", "contact", "result"), LIMITS)
def test_its_clock_runs_from_the_dispatch_to_the_microsecond(
    people: People,
    clock: StillClock,
    urgency: str,
    acknowledge: timedelta,
    contact: timedelta,
    result: timedelta,
) -> None:
    clock.tick(microseconds=123_457)

    ticket = people.operator.post("/tickets", given.request(urgency=urgency)).json()

    due = ("acknowledge_due_at", "contact_due_at", "due_at")
    limits = [datetime.fromisoformat(ticket[name]) for name in due]
    assert limits == [clock.at + acknowledge, clock.at + contact, clock.at + result]
    assert ticket["due_at"].endswith("123457Z")


def test_a_result_is_overdue_one_microsecond_after_its_time(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)

    clock.tick(days=7)
    assert people.operator.get(f"/tickets/{number}").json()["overdue"] is False
    assert people.operator.get("/tickets", overdue=True).json()["items"] == []
    clock.at += TICK
    assert people.operator.get(f"/tickets/{number}").json()["overdue"] is True
    assert people.operator.get("/tickets", overdue=False).json()["items"] == []


def test_without_urgency_the_category_says_it_and_without_category_it_is_ordinary(
    people: People,
) -> None:
    heating = people.operator.post("/tickets", given.request(category="0201")).json()
    other = given.request(citizen={"phone": "13700000000"})
    plain = people.operator.post("/tickets", other).json()

    assert (heating["urgency"], plain["urgency"]) == ("L2", "L3")


def test_whoever_is_informed_sees_the_ticket_and_others_do_not(people: People) -> None:
    number = given.ticket(people, category="0101")  # a department's duty: 市场监管

    assert people.operator.get(f"/tickets/{number}").json()["office"]["code"] == "110105-market"
    assert people.street("110105-market").get(f"/tickets/{number}").status_code == 200
    assert people.district().get(f"/tickets/{number}").status_code == 200
    assert people.district(HAIDIAN).get(f"/tickets/{number}").status_code == 404


@pytest.mark.parametrize("kind", ["consult", "praise"])
def test_an_enquiry_stays_with_the_operator_for_as_long_as_a_person_may_take(
    people: People, app: FastAPI, clock: StillClock, kind: str
) -> None:
    number = given.ticket(people, type=kind)

    clock.tick(minutes=15)
    assert swept(app) == 0
    assert people.operator.does("answer", number, text="已答复。")["status"] == "answered"


def test_an_enquiry_that_nobody_answered_goes_to_its_street_as_of_its_instant(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    due_at = clock.at + timedelta(minutes=15)
    number = given.ticket(people, type="consult")

    clock.at = due_at + TICK
    late = people.operator.post(f"/tickets/{number}/answer", {"text": "晚了。"})
    assert (late.status_code, late.json()["status_now"]) == (409, "dispatched")
    clock.tick(hours=1)
    assert swept(app) == 1

    ticket = people.operator.get(f"/tickets/{number}").json()
    assert ticket["status"] == "dispatched"
    assert ticket["office"]["code"] == WANGJING
    assert datetime.fromisoformat(ticket["dispatched_at"]) == due_at
    assert datetime.fromisoformat(ticket["due_at"]) == due_at + timedelta(days=7)
    event = people.operator.get(f"/tickets/{number}/events").json()[-1]
    assert (event["actor"], event["action"]) == ("system", "route")
    assert datetime.fromisoformat(event["due_at"]) == due_at
    assert datetime.fromisoformat(event["at"]) == clock.at


def test_what_the_caller_adds_finds_the_office(people: People, clock: StillClock) -> None:
    number = stages.stands(people, "nowhere")
    clock.tick(hours=1)

    ticket = people.operator.does(
        "add",
        number,
        text="就在地铁站旁。",
        address={"text": "海淀区学院路街道", "lon": 116.35, "lat": 39.99},
    )

    assert ticket["office"]["code"] == XUEYUANLU
    assert ticket["address"]["lon"] == 116.35
    assert ticket["content"].endswith("\n就在地铁站旁。")
    assert datetime.fromisoformat(ticket["dispatched_at"]) == clock.at
    assert people.street(XUEYUANLU).get(f"/tickets/{number}").status_code == 200


def test_an_enquiry_asked_about_comes_back_to_the_operator(people: People) -> None:
    number = stages.stands(people, "received")
    people.operator.does("ask", number, text="您在哪个区？")

    assert people.operator.does("add", number, text="朝阳区。")["status"] == "received"


def test_a_district_dispatches_from_its_queue_to_its_own_offices_only(people: People) -> None:
    number = stages.stands(people, "queued")
    district = people.district()
    assert district.get("/inbox").json()["items"][0]["number"] == number

    outside = district.post(
        f"/tickets/{number}/dispatch", {"office_code": XUEYUANLU, "reason": "不在本区。"}
    )
    mixed = district.post(
        f"/tickets/{number}/dispatch",
        {"office_code": CHAOWAI, "joint_office_codes": [XUEYUANLU], "reason": "跨区。"},
    )
    assert (outside.status_code, mixed.status_code) == (403, 403)

    ticket = district.does("dispatch", number, office_code=CHAOWAI, reason="属地。")
    assert ticket["office"]["code"] == CHAOWAI
    assert district.get("/inbox").json()["items"] == []


def test_a_district_moves_a_ticket_within_itself_before_the_first_contact(people: People) -> None:
    number = stages.stands(people, "acknowledged")
    elsewhere = given.ticket(people, category="0201")  # a city enterprise has it

    assert people.district().does("dispatch", number, office_code=CHAOWAI, reason="属地。")
    taken = people.district().post(
        f"/tickets/{elsewhere}/dispatch", {"office_code": CHAOWAI, "reason": "属地。"}
    )
    assert taken.status_code == 403


def test_redispatch_gives_a_full_clock_and_takes_the_ticket_from_the_former_office(
    people: People, clock: StillClock
) -> None:
    number = stages.stands(people, "acknowledged")
    former = people.street()
    clock.tick(hours=20)

    ticket = people.dispatcher.does("dispatch", number, office_code=XUEYUANLU, reason="实在海淀。")

    assert ticket["status"] == "dispatched"
    assert ticket["acknowledged_at"] is None
    assert datetime.fromisoformat(ticket["acknowledge_due_at"]) == clock.at + timedelta(hours=2)
    assert datetime.fromisoformat(ticket["due_at"]) == clock.at + timedelta(days=7)
    assert former.get("/inbox").json()["items"] == []
    assert former.post(f"/tickets/{number}/reply", BODIES["reply"]).status_code == 403
    assert [e["kind"] for e in former.get("/feed").json()["items"]][-2:] == [
        "redispatched",
        "dispatch",
    ]


def test_the_former_office_keeps_the_duty_of_contact_until_another_has_signed(
    people: People, clock: StillClock
) -> None:
    """首接负责, RULEBOOK D.5-10: then it is gone from there altogether."""
    number = stages.stands(people, "acknowledged")
    former, new = people.street(), people.street(XUEYUANLU)
    people.dispatcher.does("dispatch", number, office_code=XUEYUANLU, reason="实在海淀。")

    ticket = former.does("contact", number, method="call", reached=True)
    assert ticket["allowed"] == ["contact", "note", "reveal"]
    assert new.does("acknowledge", number)["status"] == "acknowledged"  # its own contact is to come

    for path in (f"/tickets/{number}", f"/tickets/{number}/events"):
        assert former.get(path).status_code == 404
        assert new.get(path).status_code == 200
    assert former.get("/tickets").json()["items"] == []
    assert former.post(f"/tickets/{number}/note", {"text": "等等。"}).status_code == 404


def test_a_ticket_lies_where_the_dispatcher_says_and_its_district_sees_it(people: People) -> None:
    number = given.ticket(people)

    ticket = people.dispatcher.does("dispatch", number, office_code=XUEYUANLU, reason="实在海淀。")

    assert ticket["district_code"] == HAIDIAN
    assert people.district(HAIDIAN).get(f"/tickets/{number}").status_code == 200
    haidian = people.district(HAIDIAN).get("/feed").json()["items"]
    assert [entry["data"]["role"] for entry in haidian] == ["informed"]
    given.replied(people, number, XUEYUANLU)
    assert people.district(HAIDIAN).get("/inbox").json()["items"][0]["number"] == number
    assert people.district().get("/inbox").json()["items"] == []


def test_an_office_that_has_it_already_is_no_redispatch(people: People, app: FastAPI) -> None:
    number = given.ticket(people)
    before = given.record(app)

    answer = people.dispatcher.post(
        f"/tickets/{number}/dispatch", {"office_code": WANGJING, "reason": "再派。"}
    )

    assert (answer.status_code, answer.json()["status_now"]) == (409, "dispatched")
    assert given.record(app) == before


@pytest.mark.parametrize("role", ["office_code", "joint_office_codes"])
def test_a_departments_duty_goes_to_no_street_by_hand_either(people: People, role: str) -> None:
    number = given.ticket(people, category="0101")
    body: dict[str, Any] = {"office_code": "110105-labour", "reason": "属地。"}
    body |= {"office_code": WANGJING} if role == "office_code" else {role: [WANGJING]}

    answer = people.dispatcher.post(f"/tickets/{number}/dispatch", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{role}")
    assert answer.json()["category"] == "0101"


def test_a_joint_office_sees_and_notes_and_does_not_lead(people: People) -> None:
    number = given.ticket(people)
    people.dispatcher.does(
        "dispatch", number, office_code=CHAOWAI, joint_office_codes=[JIUXIANQIAO], reason="骑线。"
    )
    joint = people.street(JIUXIANQIAO)

    ticket = joint.get(f"/tickets/{number}").json()
    assert [office["code"] for office in ticket["joint_offices"]] == [JIUXIANQIAO]
    assert ticket["allowed"] == ["note", "feed-back"]
    assert joint.does("note", number, text="已到场。")["version"] == 4
    assert joint.post(f"/tickets/{number}/acknowledge").status_code == 403
    assert joint.post(f"/tickets/{number}/reveal", {"reason": "联系。"}).status_code == 403
    waiting = joint.get("/inbox").json()["items"]
    assert [(row["number"], row["kind"]) for row in waiting] == [(number, "joint")]
    assert joint.get("/feed").json()["items"][-1]["data"] == {
        "status": "dispatched",
        "role": "joint",
    }


@pytest.mark.parametrize("reason", ["na_unlawful", "na_malicious"])
def test_unlawful_or_malicious_is_for_a_supervisor_to_say(people: People, reason: str) -> None:
    number = stages.stands(people, "queued")
    body = {"reason_code": reason, "text": "不予受理。"}

    assert people.operator.post(f"/tickets/{number}/decline", body).status_code == 403
    assert people.supervisor.does("decline", number, **body)["status"] == "not_accepted"


def test_a_withdrawn_ticket_says_whether_the_office_had_been_in_touch(people: People) -> None:
    number = stages.stands(people, "withdrawn")

    event = people.operator.get(f"/tickets/{number}/events").json()[-1]
    assert event["data"] == {"after_contact": True, "evidence": "录音 0001"}


def test_events_and_tickets_hold_codes_and_no_word_that_a_person_said(
    people: People, app: FastAPI
) -> None:
    number = stages.stands(people, "doubted")
    people.supervisor.does("review", number, approve=False, text="诉求合理。")
    people.street().does("contact", number, method="visit", reached=False, note="无人应门。")

    with app.state.engine.connect() as connection:
        kept = "\n".join(
            text
            for table in ("event", "ticket", "feed_entry", "assessment", "callback", "dispatch")
            for text in connection.exec_driver_sql(f"SELECT t::text FROM {table} t").scalars()
        )
    assert number in kept
    assert not re.search("[\u4e00-\u9fff]", kept)  # nobody's words, and no name
    assert "13800000000" not in kept
    events = people.operator.get(f"/tickets/{number}/events").json()
    assert events[-1]["data"]["note"] == "无人应门。"  # told, from a row of its own

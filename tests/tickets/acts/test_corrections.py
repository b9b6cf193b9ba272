"""Corrections: what was taken down wrong is put right, with its effects (RULEBOOK D.7.1)."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.seals.audit import service as audit
from app.tickets.citizens import correction_hash, opened
from tests.aids import given, stages
from tests.aids.given import CONTENT, WANGJING, People
from tests.aids.stages import JIUXIANQIAO, refused, tries
from tests.conftest import StillClock

GAS = "020401"  # 燃气泄漏: L1
LOW = "0501"  # 停车: L3


def is_sound(app: FastAPI, *numbers: str) -> bool:
    with app.state.sessions() as session:
        return not list(audit.of_tickets(session, app.state.city, numbers))


def test_a_wrong_number_is_mended_and_the_old_one_stays_on_record(
    people: People, app: FastAPI
) -> None:
    me = {"name": "张三", "phone": "13900001234"}
    number = given.ticket(people, citizen=me)
    body = {"citizen": {"phone": "139 0000 5678"}, "reason": "抄错号码"}

    ticket = people.operator.does("correct", number, **body)

    assert ticket["citizen"]["phone"] == "13900005678"
    assert ticket["version"] == 3
    event = stages.events(people, number)[-1]
    assert "1390000" not in str(event["data"])
    [(former, corrected, salt)] = stages.rows(
        people, "SELECT former, corrected, salt FROM former_citizen"
    )
    assert "1390000" not in str((former, corrected))
    former, corrected = (
        opened(app.state.city.cipher, number, values) for values in (former, corrected)
    )
    assert (former, corrected) == ({"phone": "13900001234"}, {"phone": "13900005678"})
    assert event["data"]["citizen_hash"] == correction_hash(bytes(salt), former, corrected)
    again = given.request(citizen={**me, "phone": "13900005678"})
    assert people.operator.post("/tickets", again).json()["number"] == number
    assert is_sound(app, number)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE former_citizen SET former = corrected")
    assert not is_sound(app, number)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM former_citizen")
    assert is_sound(app, number)  # erased, as the law may ask


def test_a_telephone_corrected_in_makes_a_case_with_a_citizen(people: People, app: FastAPI) -> None:
    number = given.ticket(people, channel="media", citizen={"name": "北京晚报"})
    [(before,)] = stages.rows(people, f"SELECT no_citizen FROM ticket WHERE number = '{number}'")

    people.operator.does("correct", number, citizen={"phone": "13900005678"}, reason="记者留了电话")

    [(after,)] = stages.rows(people, f"SELECT no_citizen FROM ticket WHERE number = '{number}'")
    assert (before, after) == (True, False)
    assert is_sound(app, number)


def test_a_corrected_category_brings_its_level_and_its_office(people: People, app: FastAPI) -> None:
    number = given.ticket(people, category=LOW)

    ticket = people.operator.does("correct", number, category=GAS, reason="是燃气味")

    assert (ticket["category"], ticket["urgency"]) == (GAS, "L1")
    data = next(e["data"] for e in stages.events(people, number) if e["action"] == "correct")
    assert (data["former_category"], data["former_urgency"]) == (LOW, "L3")
    assert is_sound(app, number)


@pytest.mark.parametrize(("role", "urgency"), [("operator", "L1"), ("supervisor", "L3")])
def test_a_level_falls_only_by_a_supervisors_word(people: People, role: str, urgency: str) -> None:
    number = given.ticket(people, category=GAS)
    ticket = people(role).does("correct", number, category=LOW, reason="记错")
    assert (ticket["category"], ticket["urgency"]) == (LOW, urgency)


def test_a_corrected_address_goes_to_its_office_before_the_first_contact(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "acknowledged")
    clock.tick(hours=1)
    body = {"address": {"text": "朝阳区酒仙桥街道"}, "reason": "说错地址"}

    ticket = people.operator.does("correct", number, **body)

    assert (ticket["status"], ticket["office"]["code"]) == ("dispatched", JIUXIANQIAO)
    assert stages.actions(people, number)[-2:] == ["correct", "route"]
    assert "redispatched" in stages.news(people.street(), number)
    assert is_sound(app, number)


def test_afterwards_the_dispatcher_is_told(people: People, app: FastAPI) -> None:
    number = stages.stands(people, "in_progress")
    body = {"address": {"text": "朝阳区酒仙桥街道"}, "reason": "说错地址"}

    ticket = people.supervisor.does("correct", number, **body)

    assert (ticket["status"], ticket["office"]["code"]) == ("in_progress", WANGJING)
    assert stages.news(people.dispatcher, number)[-1] == "misplaced"
    assert is_sound(app, number)


def test_what_is_no_departments_duty_any_more_goes_back_to_its_street(
    people: People, app: FastAPI
) -> None:
    number = given.ticket(people, category=GAS)
    assert people.operator.get(f"/tickets/{number}").json()["office"]["code"] == "ent-gas"

    ticket = people.operator.does("correct", number, category=LOW, reason="不是燃气")

    assert (ticket["status"], ticket["office"]["code"]) == ("dispatched", WANGJING)
    assert ticket["route"]["method"] != "catalogue"
    assert stages.actions(people, number)[-2:] == ["correct", "route"]
    assert is_sound(app, number)


def test_after_the_first_contact_the_dispatcher_is_told_of_a_duty_that_ended(
    people: People, app: FastAPI
) -> None:
    number = given.ticket(people, category=GAS)
    gas = people.street("ent-gas")
    gas.does("acknowledge", number)
    gas.does("contact", number, method="call", reached=True)

    ticket = people.operator.does("correct", number, category=LOW, reason="不是燃气")

    assert (ticket["status"], ticket["office"]["code"]) == ("in_progress", "ent-gas")
    assert stages.news(people.dispatcher, number)[-1] == "misplaced"
    assert is_sound(app, number)


def test_a_corrected_category_moves_nothing_that_a_person_dispatched(
    people: People, app: FastAPI
) -> None:
    number = given.ticket(people, category=GAS)
    people.dispatcher.does("dispatch", number, office_code="110105-market", reason="先转市场局")

    ticket = people.operator.does("correct", number, category=LOW, reason="不是燃气")

    assert ticket["office"]["code"] == "110105-market"
    assert is_sound(app, number)


def test_what_is_corrected_counts_as_corrected(people: People, app: FastAPI) -> None:
    """The assessment and the audit have the corrected category."""
    number = given.ticket(people, category="030103")
    people.operator.does("correct", number, category="020803", reason="记错")
    given.awaiting(people, number)
    assert people.callback.post(f"/tickets/{number}/callbacks", CONTENT).status_code == 201

    assert stages.rows(people, "SELECT category FROM assessment") == [("020803",)]
    assert is_sound(app, number)
    late = tries(people.supervisor, "correct", number, title="改", reason="晚了")
    refused(late, 409, "illegal-move")


def test_a_title_and_a_time_are_corrected_and_the_old_words_kept(people: People) -> None:
    number = stages.stands(people, "in_progress")
    at = "2026-10-19T08:00:00Z"
    ticket = people.dispatcher.does(
        "correct", number, title="道路塌陷", occurred_at=at, reason="更正"
    )
    assert (ticket["title"], ticket["occurred_at"]) == ("道路塌陷", at)
    data = stages.events(people, number)[-1]["data"]
    assert (data["former_title"], data["members"]) == ("夜间施工噪声", ["title", "occurred_at"])


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"reason": "更正"}, ""),
    ({"title": "改"}, "/reason"),
    ({"title": None, "reason": "更正"}, ""),
    ({"title": "", "reason": "更正"}, "/title"),
    ({"title": "长" * 201, "reason": "更正"}, "/title"),
    ({"category": "9999", "reason": "更正"}, "/category"),
    ({"category": "x", "reason": "更正"}, "/category"),
    ({"address": {"text": ""}, "reason": "更正"}, "/address/text"),
    (
        {"address": {"text": "a", "district_code": "999999"}, "reason": "更"},
        "/address/district_code",
    ),
    ({"occurred_at": "2099-01-01T00:00:00Z", "reason": "更正"}, "/occurred_at"),
    ({"citizen": {}, "reason": "更正"}, "/citizen"),
    ({"citizen": {"phone": "电话"}, "reason": "更正"}, "/citizen/phone"),
    ({"citizen": {"phone": "1" * 40}, "reason": "更正"}, "/citizen/phone"),
    ({"citizen": {"id": "110101"}, "reason": "更正"}, "/citizen/id"),
    ({"urgency": "L1", "reason": "更正"}, "/urgency"),
    ({"title": "改", "reason": "由" * 20_001}, "/reason"),
]


@pytest.mark.parametrize(("body", "pointer"), UNFIT)
def test_a_correction_names_its_fault_and_changes_nothing(
    people: People, app: FastAPI, body: dict[str, Any], pointer: str
) -> None:
    number = given.ticket(people)
    before = given.record(app)

    answer = tries(people.operator, "correct", number, **body)

    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert given.record(app) == before


@pytest.mark.parametrize("stage", ["closed", "merged", "rework", "withdrawn"])
def test_what_has_ended_or_counts_is_not_corrected(people: People, stage: str) -> None:
    number = stages.stands(people, stage)
    answer = tries(people.supervisor, "correct", number, title="改", reason="更正")
    assert "correct" not in refused(answer, 409, "illegal-move")["allowed"]

"""Who decides where several districts know of a ticket, and what who loses it is told."""

from datetime import timedelta
from typing import Any

import pytest

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO, refused, tries
from tests.conftest import StillClock

DONGCHENG = "110101"


def shared(people: People) -> str:
    """Of 朝阳区, with the help of a street of 东城区, whose centre is copied."""
    number = given.ticket(people)
    body = {"office_code": JIUXIANQIAO, "joint_office_codes": [DONGHUAMEN], "reason": "跨界"}
    people.dispatcher.does("dispatch", number, **body)
    return number


DECIDES: dict[str, dict[str, Any]] = {
    "grade": {"urgency": "L4", "reason": "疑难"},
    "supervise": {"level": "district", "reason": "督办"},
    "review": {"approve": True},
    "decide-extension": {"approve": True, "text": "同意"},
    "decide-hold": {"approve": True, "text": "同意"},
}


@pytest.mark.parametrize("action", DECIDES)
def test_a_district_that_only_helps_decides_nothing(
    people: People, clock: StillClock, action: str
) -> None:
    number = shared(people)
    if action == "review":
        given.replied(people, number, JIUXIANQIAO)
    by = (clock() + timedelta(days=1)).isoformat()
    body = DECIDES[action] | ({"answer_due_at": by} if action == "supervise" else {})
    helper, own = people.district(DONGCHENG), people.district(CHAOYANG)
    assert helper.get(f"/tickets/{number}").json()["allowed"] == ["note"]
    refused(tries(helper, action, number, **body), 403, "not-your-part")
    assert tries(own, action, number, **body).status_code in (200, 409)


def test_the_district_of_the_lead_decides_beside_that_of_the_place(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    market = "110101-market"
    people.dispatcher.does("dispatch", number, office_code=market, reason="该所监管")
    given.replied(people, number, market)
    assert "review" in people.district(CHAOYANG).get(f"/tickets/{number}").json()["allowed"]
    assert "review" in people.district(DONGCHENG).get(f"/tickets/{number}").json()["allowed"]


@pytest.mark.parametrize(
    ("action", "body", "last"),
    [
        ("dispatch", {"office_code": DONGHUAMEN, "reason": "属东城"}, "redispatched"),
        ("dispatch", {"office_code": WANGJING, "reason": "属望京"}, "dispatch"),
        ("ask", {"text": "在哪条路上？"}, "ask"),
        ("decline", {"reason_code": "na_out_of_area", "text": "不在北京"}, "decline"),
    ],
)
def test_a_district_is_told_when_a_ticket_leaves_its_queue(
    people: People, action: str, body: dict[str, Any], last: str
) -> None:
    number = stages.stands(people, "queued")
    assert stages.news(people.district(), number) == ["route"]
    who = people.dispatcher if action == "dispatch" else people.operator
    who.does(action, number, **body)
    assert stages.news(people.district(), number) == ["route", last]


def test_an_enquiry_that_the_operator_still_has_is_no_districts_news(people: People) -> None:
    place = {"text": "朝阳区某处"}
    number = given.ticket(people, type="consult", address=place)
    people.operator.does("note", number, text="查询中")
    people.operator.does("answer", number, text="已答复")
    assert stages.news(people.district(), number) == []

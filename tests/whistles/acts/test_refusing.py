"""拒不履行: an office that does not do its part is told to the district (D.15)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, act, does, of

CHIEF = ("chief", WANGJING)
DISTRICT = ("district", CHAOYANG)
REPORT = f"summonses/{MARKET}/report-refusal"
RULE = f"summonses/{MARKET}/rule-refusal"
TOLD = {"text": "两次催促，拒不到场"}


def waits(people: People, who: blown.Who, number: str) -> list[str]:
    rows = people(*who).get("/inbox").json()["items"]
    return [row["because"] for row in rows if row.get("whistle_number") == number]


def test_an_absent_office_is_told_of_and_owes_the_district_an_answer(
    people: People, clock: StillClock
) -> None:
    number = blown.blow(people)["number"]
    early = act(people, CHIEF, number, REPORT, TOLD)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/no-refusal")
    clock.tick(minutes=31)
    assert of(does(people, CHIEF, number, REPORT, **TOLD), MARKET)["refusal_at"]
    again = act(people, CHIEF, number, REPORT, TOLD)
    assert again.json()["type"] == "/problems/refusal-reported"
    assert "rule-refusal" in waits(people, DISTRICT, number)

    until = (clock() + timedelta(days=2)).isoformat()
    ruling: dict[str, Any] = {"refused": True, "text": "经查属实", "answer_due_at": until}
    after = of(does(people, DISTRICT, number, RULE, **ruling), MARKET)
    assert (after["refused"], after["answer_due_at"]) == (True, "2026-10-22T02:31:00Z")
    assert "rule-refusal" not in waits(people, DISTRICT, number)
    assert "answer" in waits(people, ("handler", MARKET), number)
    twice = act(people, DISTRICT, number, RULE, ruling)
    assert twice.json()["type"] == "/problems/nothing-reported"
    does(people, ("handler", MARKET), number, f"summonses/{MARKET}/answer", text="已整改")
    form = people(*CHIEF).get("/evaluations/2026-Q4").json()["rows"]
    counts = {row["office_code"]: row["summonses"]["refusals"] for row in form}
    assert (counts[MARKET], counts[POLICE]) == (1, 0)


def test_the_district_may_find_that_nobody_refused(people: People, clock: StillClock) -> None:
    number = blown.blow(people)["number"]
    blown.reports_in(people, number, MARKET)
    does(people, ("handler", MARKET), number, f"summonses/{MARKET}/leave", reason="另有警情")
    does(people, CHIEF, number, REPORT, **TOLD)
    after = of(does(people, DISTRICT, number, RULE, refused=False, text="另有任务"), MARKET)
    assert (after["refused"], after["supervised_at"]) == (False, None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"refused": True, "text": "属实"}, 422),
        ({"refused": False, "text": "不属实", "answer_due_at": "2026-10-25T02:00:00Z"}, 422),
        ({"refused": True, "text": "属实", "answer_due_at": "2026-10-19T02:00:00Z"}, 422),
    ],
)
def test_a_ruling_says_until_when_it_is_answered(
    people: People, clock: StillClock, body: dict[str, Any], status: int
) -> None:
    number = blown.blow(people)["number"]
    clock.tick(minutes=31)
    for who in (("handler", MARKET), DISTRICT):
        assert act(people, who, number, REPORT, TOLD).status_code == 403
    does(people, CHIEF, number, REPORT, **TOLD)
    assert act(people, CHIEF, number, RULE, body).status_code == 403
    assert act(people, DISTRICT, number, RULE, body).status_code == status

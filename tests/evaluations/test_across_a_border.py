"""Two streets of two districts, one whistle: each street evaluates the departments of its own
district, and no other (D.14.6, D.15)."""

from typing import Any

import pytest
from httpx import Response

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import DONGHUAMEN
from tests.conftest import StillClock
from tests.evaluations.test_evaluations import TERM, items, marks
from tests.evaluations.test_sealed_performance import AFTER, sealed, verified
from tests.whistles import blown, forms, steps
from tests.whistles.blown import MARKET

ABROAD = "110101-market"


@pytest.fixture
def number(people: People) -> str:
    """A whistle of 望京 in 朝阳 and 东华门 in 东城, settled."""
    calls = forms.calls(MARKET, ABROAD, DONGHUAMEN)
    number = str(blown.blow(people, level="w2", kind="appeal", summonses=calls)["number"])
    blown.does(people, steps.CO_STREET, number, "join")
    ask = {"reason": "请到场", "answer_due_at": "2026-10-21T02:00:00Z"}
    blown.does(people, steps.CHIEF, number, f"summonses/{ABROAD}/supervise", **ask)
    blown.does(people, ("handler", ABROAD), number, f"summonses/{ABROAD}/answer", text="已在途中")
    for office in (MARKET, ABROAD):
        blown.reports_in(people, number, office)
        actions = blown.of(people(*steps.CHIEF).get(f"/whistles/{number}").json(), office)
        results = [{"action": each["seq"], "result": "已办"} for each in actions["actions"]]
        path = f"summonses/{office}/feed-back"
        blown.does(people, ("handler", office), number, path, results=results)
        blown.releases(people, number, office)
    for street in (steps.STREET, steps.CO_STREET):
        blown.does(people, street, number, "verify", text="现场已清理。", evidence=["照片"])
    blown.does(people, ("district", CHAOYANG), number, "settle", text="结项")
    return number


def evaluates(people: People, street: str, number: str, office: str) -> Response:
    body = {"effect": 12, "attitude": 13}
    return people("chief", street).post(f"/whistles/{number}/evaluations/{office}", body)


def asked(people: People, street: str) -> list[str]:
    rows = people("chief", street).get("/inbox").json()["items"]
    return [row["because"] for row in rows if row["because"] in ("evaluate", "mark")]


def of_form(people: People, street: str) -> dict[str, dict[str, Any]]:
    form = people("chief", street).get(f"/evaluations/{TERM}").json()
    return {row["office_code"]: row for row in form["rows"]}


def test_each_street_evaluates_the_departments_of_its_own_district(
    people: People, number: str
) -> None:
    assert (asked(people, WANGJING), asked(people, DONGHUAMEN)) == (["evaluate"], ["evaluate"])
    shown = people("chief", DONGHUAMEN).get(f"/whistles/{number}").json()["evaluations"]
    assert {e["office_code"]: (e["street_code"], e["allowed"]) for e in shown} == {
        MARKET: (WANGJING, []),
        ABROAD: (DONGHUAMEN, ["evaluate"]),
    }
    for street, office in ((WANGJING, ABROAD), (DONGHUAMEN, MARKET)):
        refused = evaluates(people, street, number, office)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-your-whistle")

    assert evaluates(people, DONGHUAMEN, number, ABROAD).json()["status"] == "settled"
    assert (asked(people, WANGJING), asked(people, DONGHUAMEN)) == (["evaluate"], [])
    assert evaluates(people, WANGJING, number, MARKET).json()["status"] == "evaluated"


def test_a_street_marks_no_department_of_another_district(people: People, number: str) -> None:
    evaluates(people, DONGHUAMEN, number, ABROAD)
    own, other = of_form(people, DONGHUAMEN), of_form(people, WANGJING)

    assert (own[ABROAD]["proposed"], own[ABROAD]["summonses"]["called"]) == (95, 1)
    assert own[ABROAD]["supervisions"] == {"asked": 1, "answered": 1, "late": 0, "missed": 0}
    assert ABROAD not in other
    assert MARKET not in own
    foreign = marks(people, WANGJING, ABROAD, items=items(60), reason="到场慢。")
    assert (foreign.status_code, foreign.json()["type"]) == (404, "/problems/not-on-form")


def test_it_is_sealed_and_verified_so(people: People, clock: StillClock, number: str) -> None:
    evaluates(people, DONGHUAMEN, number, ABROAD)
    marks(people, DONGHUAMEN, ABROAD, confirm=True)
    clock.at = AFTER

    assert sealed(people)["counts"]["whistles"] == 2
    assert verified(people)["differences"] == []
    path = f"/departments/{ABROAD}/performance/{TERM}"
    assert [m["street_code"] for m in people("auditor").get(path).json()["marks"]] == [DONGHUAMEN]

"""The register of matters on hold over HTTP: by review date, public inside the system (D.12)."""

from datetime import timedelta

from tests.aids import stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock


def test_the_next_to_be_reviewed_stands_first(people: People, clock: StillClock) -> None:
    numbers = [stages.working(people) for _ in range(3)]
    for number, days in zip(numbers, (60, 30, 90), strict=True):
        stages.held(people, number, clock, days)
    later, first, last = numbers
    auditor = people("auditor")

    page = auditor.get("/holds", limit=2).json()
    rest = auditor.get("/holds", limit=2, cursor=page["next"]).json()

    assert [line["ticket_number"] for line in page["items"]] == [first, later]
    assert [line["ticket_number"] for line in rest["items"]] == [last]
    assert rest["next"] is None


def test_it_tells_the_plan_and_who_answers_for_it(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    step = {"at": (clock() + timedelta(days=20)).isoformat(), "text": "立项批复"}
    plan = {**stages.hold(clock), "milestones": [step]}
    people.street().does("request-hold", number, **plan)
    people.district().does("decide-hold", number, approve=True, text="同意上报")
    assert people.district().get("/holds").json()["items"] == []
    people.supervisor.does("decide-hold", number, approve=True, text="已书面告知")

    (line,) = people.district().get("/holds").json()["items"]

    assert line["office"]["code"] == WANGJING
    assert (line["reason_code"], line["level"], line["renewals"]) == ("planning", "street", 0)
    assert line["plan"] == plan["plan"]
    assert line["milestones"] == [{"at": "2026-11-09T02:00:00Z", "text": "立项批复"}]


def test_every_office_sees_all_of_it_and_what_is_over_is_off(
    people: People, clock: StillClock
) -> None:
    number = stages.on_hold(people, clock)

    assert len(people.street().get("/holds").json()["items"]) == 1
    for reader in (people.street("110105001"), people.district("110101")):
        [line] = reader.get("/holds").json()["items"]
        assert line["ticket_number"] == number
        assert "citizen" not in line
        assert reader.get(f"/tickets/{number}").status_code == 404
    assert len(people("auditor").get("/holds", district_code=CHAOYANG).json()["items"]) == 1
    assert people("auditor").get("/holds", office_code="110105001").json()["items"] == []
    assert people("analyst").get("/holds").status_code == 403
    people.supervisor.does("resume", number, done=False, text="条件已具备。")
    assert people("auditor").get("/holds").json()["items"] == []

"""Posted staff are summoned through the street's centre, with the same records (D.14.4)."""

from typing import Any

from tests.aids.given import CHINESE, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, act, call, does, of
from tests.whistles.proposing.test_proposals import posted

STREET, CHIEF = ("handler", WANGJING), ("chief", WANGJING)
CALLS = [call(POLICE, through_centre=True), call(MARKET)]
ARRIVE = f"summonses/{POLICE}/report-in"


def comes(person: str) -> dict[str, Any]:
    return {"person": person, "duty": "派驻民警", **blown.NEAR}


def waits(people: People, who: blown.Who) -> list[tuple[str, str | None]]:
    items = people(*who).get("/inbox").json()["items"]
    return [(row["because"], row["whistle"]["summoned_office_code"]) for row in items]


def test_the_centre_accepts_and_reports_its_posted_people_in(
    people: People, clock: StillClock
) -> None:
    body = blown.body(summonses=CALLS)
    alone = people(*CHIEF).post("/whistles", body)
    assert (alone.status_code, alone.json()["type"]) == (422, "/problems/bad-summons")
    assert alone.json()["errors"][0]["pointer"] == "/summonses/0/through_centre"

    member = posted(people, POLICE, "01")
    number = str(blown.blow(people, summonses=CALLS)["number"])
    assert waits(people, STREET) == [("accept", POLICE)], "the centre's, and not the market's"
    assert waits(people, ("handler", POLICE)) == [("accept", None)]
    does(people, STREET, number, f"summonses/{POLICE}/accept")
    assert waits(people, STREET) == [("report-in", POLICE)]
    assert act(people, STREET, number, f"summonses/{MARKET}/accept").status_code == 403
    stranger = act(people, STREET, number, ARRIVE, comes("李四"))
    assert (stranger.status_code, stranger.json()["type"]) == (422, "/problems/not-in-the-centre")
    assert stranger.json()["errors"][0]["pointer"] == "/person"

    clock.tick(minutes=30)  # the very limit
    after = of(does(people, STREET, number, ARRIVE, **comes("员01")), POLICE)
    assert (after["status"], after["on_time"], after["through_centre"]) == ("arrived", True, True)
    assert [visit["person"] for visit in after["attendance"]] == ["员01"]
    *_, event = people(*STREET).get(f"/whistles/{number}/events").json()
    assert (event["office_code"], event["data"]["member_id"]) == (WANGJING, member)
    assert waits(people, STREET) == []
    assert waits(people, ("handler", POLICE)) == [("feed-back", None)], "what it did is its own"
    assert "派驻人员" in people(*CHIEF).get(f"/whistles/{number}/order", CHINESE).text

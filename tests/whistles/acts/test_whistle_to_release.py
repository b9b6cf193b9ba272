"""A whistle from the blowing to the release of those who came (RULEBOOK D.14.4)."""

from tests.aids.given import WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, act, does, of

CHIEF = ("chief", WANGJING)
AT_MARKET = ("handler", MARKET)


def test_departments_come_work_and_are_released_by_the_street_alone(
    people: People, clock: StillClock
) -> None:
    whistle = blown.blow(people)
    number = whistle["number"]
    assert (whistle["status"], whistle["level"]) == ("blown", "w2")
    assert of(whistle, MARKET)["accept_due_at"] == "2026-10-20T02:30:00Z"
    assert of(whistle, MARKET)["arrive_due_at"] == "2026-10-20T02:30:00Z"

    does(people, AT_MARKET, number, f"summonses/{MARKET}/accept")
    assert blown.reports_in(people, number, MARKET)["status"] == "assembling"
    after = blown.reports_in(people, number, POLICE)
    assert after["status"] == "in_action"
    assert of(after, MARKET)["status"] == "arrived"
    blown.feeds_back(people, number, MARKET)
    after = blown.feeds_back(people, number, POLICE)
    assert after["status"] == "fed_back"

    own = act(people, AT_MARKET, number, f"summonses/{MARKET}/release", {"text": "我先走"})
    assert own.status_code == 403
    blown.releases(people, number, MARKET)
    after = blown.releases(people, number, POLICE)
    assert [s["status"] for s in after["summonses"]] == ["released", "released"]

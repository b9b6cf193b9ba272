"""吹哨 in the bulletin of a month, on its page and in its sheet."""

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, CHINESE, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.acts.test_false_whistles import ruling
from tests.whistles.blown import MARKET, POLICE, does
from tests.whistles.test_linked_tickets import at_work


def test_a_month_tells_of_its_whistles(people: People, clock: StillClock) -> None:
    at_work(people)  # a month has a ranking once it has a request
    untrue = blown.blow(people, MARKET)["number"]
    does(people, ("district", CHAOYANG), untrue, "rule-false", **ruling("empty"))
    left = blown.blow(people, MARKET, POLICE)["number"]
    blown.reports_in(people, left, POLICE)
    leave = f"summonses/{POLICE}/leave"
    does(people, ("handler", POLICE), left, leave, reason="另有任务")
    does(people, ("chief", WANGJING), left, "escalate", reason="权属在上")
    reader = people("analyst")
    month = reader.get("/rankings/2026-11/bulletin").json()["whistles"]
    assert {name: month[name] for name in ("blown", "settled", "ruled_false")} == {
        "blown": 2,
        "settled": 0,
        "ruled_false": 1,
    }
    assert (month["absent"], month["left_early"], month["raised"]) == (0, 1, 1)
    assert month["streets"] == [{"office_code": WANGJING, "office_name": "望京街道", "blown": 2}]
    page = reader.get("/rankings/2026-11/bulletin", CHINESE, format="html").text
    assert "吹哨 2 次" in page
    assert "擅自撤离 1 次" in page
    assert reader.get("/rankings/2026-11/bulletin", format="csv").status_code == 200


def test_a_quarter_and_a_year_tell_of_theirs_and_a_quarter_of_what_is_open(
    people: People, clock: StillClock
) -> None:
    assessed = given.ticket(people)  # a span begins with the first assessment
    given.awaiting(people, assessed)
    stages.called(people, assessed)
    done = blown.settled(people, MARKET)["number"]
    left = str(blown.blow(people, MARKET, POLICE)["number"])
    does(people, ("chief", WANGJING), left, "escalate", reason="权属在上")
    blown.blow(people, POLICE, draft=True)
    reader = people("analyst")
    quarter = reader.get("/bulletins/quarters/2026-Q4").json()
    year = reader.get("/bulletins/years/2026").json()
    for span in (quarter, year):
        whistles = span["whistles"]
        assert (whistles["blown"], whistles["settled"], whistles["raised"]) == (2, 1, 1)
    [waiting] = quarter["open_whistles"]["longest"]
    assert quarter["open_whistles"]["number"] == 1
    assert (waiting["number"], waiting["status"], waiting["raised"]) == (left, "escalated", True)
    assert (waiting["street"]["code"], waiting["kind"]) == (WANGJING, "enforcement")
    page = reader.get("/bulletins/quarters/2026-Q4", CHINESE, format="html").text
    assert (left in page, str(done) in page, "吹哨 2 次" in page) == (True, False, True)
    assert "吹哨 2 次" in reader.get("/bulletins/years/2026", CHINESE, format="html").text
    sheet = reader.get("/bulletins/quarters/2026-Q4", format="csv").text
    assert left in sheet

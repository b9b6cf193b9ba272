"""Whistles of a period by street and by department, with the results of their tickets."""

from typing import Any

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.whistles import blown
from tests.whistles.acts.test_false_whistles import ruling
from tests.whistles.acts.test_settling import SEEN
from tests.whistles.blown import MARKET, POLICE, does
from tests.whistles.test_linked_tickets import REPLY, at_work

DISTRICT = ("district", CHAOYANG)
PERIOD = "2026-11"
RATES = ("response", "resolution", "satisfaction")


def statistics(people: People) -> dict[str, Any]:
    answer = people("analyst").get(f"/statistics/{PERIOD}/whistles")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def of(rows: list[dict[str, Any]], code: str) -> dict[str, Any]:
    return next(row for row in rows if row["office_code"] == code)


def settled(people: People, *offices: str, **changed: Any) -> str:
    number = str(blown.blow(people, *offices, **changed)["number"])
    for office in offices:
        blown.reports_in(people, number, office)
        blown.feeds_back(people, number, office)
        blown.releases(people, number, office)
    does(people, ("handler", WANGJING), number, "verify", **SEEN)
    does(people, DISTRICT, number, "settle", text="结项")
    return number


def test_streets_that_blow_and_departments_that_come(people: People) -> None:
    ticket = at_work(people)
    settled(people, MARKET, ticket_numbers=[ticket])
    untrue = blown.blow(people, MARKET, POLICE)["number"]
    does(people, DISTRICT, untrue, "rule-false", **ruling("empty"))
    taken_back = blown.blow(people, POLICE)["number"]
    does(people, ("chief", WANGJING), taken_back, "cancel", reason="已自行解决")
    people("handler", WANGJING).does("reply", ticket, **REPLY)
    people("district", CHAOYANG).does("review", ticket, approve=True)
    answers = {"contacted": "yes", "resolved": "unresolved", "satisfied": "satisfied"}
    people.callback.post(f"/tickets/{ticket}/callbacks", {"reach": "reached", **answers})

    shown = statistics(people)
    street = of(shown["streets"], WANGJING)
    assert (street["dispatched"], street["whistles"], street["false_whistles"]) == (1, 2, 1)
    assert (street["per_1000_exact"], street["signal"], street["outlier"]) == ("2000", True, None)
    assert street["settled_at_first"] == {"percent": 100.0, "numerator": "1", "denominator": 1}
    assert shown["median_per_1000"] == 2000.0
    [market] = shown["departments"]
    assert (market["office_code"], market["summoned"], market["tickets"]) == (MARKET, 1, 1)
    assert market["arrived_on_time"]["percent"] == 100.0
    rates = [market[name]["percent"] for name in RATES]
    assert rates == [100.0, 0.0, 100.0]
    opened = people("auditor").get(f"/departments/{MARKET}/performance/2026-Q4").json()
    assert opened["linked"] == {name: market[name] for name in ("tickets", *RATES)}
    unseen = people("auditor").get(f"/departments/{MARKET}/performance/2026-Q3").json()
    assert unseen["linked"]["tickets"] == 0


def test_an_unknown_period_and_a_stranger(people: People) -> None:
    assert people("analyst").get("/statistics/2031-01/whistles").status_code == 404
    assert people.client.get(f"/v1/statistics/{PERIOD}/whistles").status_code == 401

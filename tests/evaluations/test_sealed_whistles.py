"""A sealed performance beside the whistles behind it, and the events that they left."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.kit.web.wire import in_utc
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.sealing import force
from tests.aids.stages import JIUXIANQIAO, MAIZIDIAN, MARKET
from tests.conftest import StillClock
from tests.evaluations.test_evaluations import entered, marked, marks, row
from tests.evaluations.test_sealed_performance import AFTER, sealed, verified
from tests.evaluations.test_whistles_on_record import evaluated
from tests.whistles import blown


def lived(people: People) -> str:
    """Two streets mark, the third confirms what a whistle proposes."""
    for street in (JIUXIANQIAO, MAIZIDIAN):
        marked(people, street, 80)
    number = evaluated(people)
    marks(people, WANGJING, confirm=True)
    entered(people)
    return number


def named(proof: dict[str, Any]) -> set[tuple[str, str | None]]:
    return {(d["field"], d["whistle_number"]) for d in proof["differences"]}


def test_whistles_are_sealed_and_recomputed_from_their_events(
    people: People, clock: StillClock
) -> None:
    lived(people)
    number = str(blown.blow(people, MARKET, level="w1")["number"])
    clock.tick(minutes=40)
    blown.reports_in(people, number, MARKET)
    blown.does(people, ("handler", MARKET), number, f"summonses/{MARKET}/leave", reason="收工")
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    blown.releases(people, number, MARKET)
    blown.settles(people, number)
    clock.at = AFTER

    assert sealed(people)["counts"]["whistles"] == 3
    assert verified(people)["differences"] == []


@pytest.mark.parametrize(
    ("forgery", "field"),
    [
        ("UPDATE summons SET arrived_at = arrived_at + interval '2 hours'", "evidence"),
        ("UPDATE whistle_mark SET effect = '15'", "evidence"),
        ("DELETE FROM whistle_mark", "evidence"),
        ("UPDATE whistle SET returns = 1", "evidence"),
        ("UPDATE whistle SET settled_at = settled_at - interval '400 days'", "evidence"),
        ("UPDATE summons SET early_leave = true", "evidence"),
    ],
)
def test_a_row_forged_before_the_seal_is_named(
    people: People, app: FastAPI, clock: StillClock, forgery: str, field: str
) -> None:
    number = lived(people)
    force(app, forgery)
    clock.at = AFTER
    sealed(people)

    assert (field, number) in named(verified(people))


def test_a_row_forged_after_the_seal_is_named_and_the_seal_stays(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    lived(people)
    clock.at = AFTER
    sealed(people)
    sealed_row = row(people)
    force(app, "UPDATE summons SET arrived_at = NULL")

    fields = {field for field, _ in named(verified(people))}

    assert {"whistle", "mark", "evidence", "performance_exact"} <= fields
    assert row(people) == sealed_row


def test_a_whistle_found_false_after_the_seal_is_no_forgery(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = lived(people)
    clock.at = AFTER
    sealed(people)
    ruling = "UPDATE whistle SET status = 'false', ruled_at = '2027-02-01T00:00:00Z'"
    force(app, f"{ruling} WHERE number = '{number}'")

    assert verified(people)["same"]


def test_a_whistle_given_back_after_the_seal_changes_no_seal(
    people: People, clock: StillClock
) -> None:
    """What stood when it was sealed counts; before, it counts where it was settled (D.15)."""
    number = lived(people)
    heard = [{"office_code": code, "text": "陈述"} for code in (WANGJING, MARKET)]
    ruling = {"finding": "reckless", "text": "查实", "statements": heard}
    blown.does(people, ("district", CHAOYANG), number, "rule-false", **ruling)
    blown.does(people, ("chief", WANGJING), number, "appeal", text="确有占道")
    clock.at = AFTER
    whistles = sealed(people)["counts"]["whistles"]
    clock.tick(seconds=1)
    decided = {"uphold": True, "text": "撤销裁定"}
    given = blown.does(people, ("supervisor", None), number, "decide-appeal", **decided)

    assert given["settled_at"] < "2027-01-01"
    assert verified(people)["differences"] == []
    assert sealed_again(people) == whistles


def test_a_seal_waits_for_a_record_whose_appeal_is_in_time(
    people: People, clock: StillClock
) -> None:
    """Given back late, a whistle may be marked after the term's own last day; then its department
    appeals, and the district has its five days. What it decides after these changes no seal."""
    number = lived(people)
    heard = [{"office_code": code, "text": "陈述"} for code in (WANGJING, MARKET)]
    ruling = {"finding": "reckless", "text": "查实", "statements": heard}
    other = str(blown.settled(people, MARKET)["number"])
    blown.does(people, ("district", CHAOYANG), other, "rule-false", **ruling)
    blown.does(people, ("chief", WANGJING), other, "appeal", text="确有占道")
    clock.at = AFTER - timedelta(hours=1)
    decided = {"uphold": True, "text": "撤销裁定"}
    blown.does(people, ("supervisor", None), other, "decide-appeal", **decided)
    clock.at = AFTER
    blown.does(people, ("chief", WANGJING), other, f"evaluations/{MARKET}", effect=9, attitude=9)
    appeal = f"evaluations/{MARKET}/appeal"
    blown.does(people, ("handler", MARKET), other, appeal, text="分数过低")
    clock.tick(days=5)
    early = people("evaluator").post("/evaluations/2026-Q4/seal")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-yet-frozen")
    assert early.json()["sealable_at"] == in_utc(clock.at)
    clock.tick(microseconds=1)
    assert sealed(people)["counts"]["whistles"] == 3
    before = row(people)
    clock.tick(seconds=1)
    blown.does(
        people, ("district", CHAOYANG), other, f"{appeal}/decision", approve=True, text="有误"
    )
    assert (row(people), verified(people)["differences"]) == (before, [])
    assert number != other


def sealed_again(people: People) -> int:
    return int(people("evaluator").get("/evaluations/2026-Q4/seal").json()["counts"]["whistles"])

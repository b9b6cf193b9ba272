"""Departments' performance sealed with its period, and verified from its events."""

from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from tests.aids.given import WANGJING, People
from tests.aids.sealing import force
from tests.aids.stages import MARKET
from tests.conftest import StillClock
from tests.evaluations.test_evaluations import TERM, entered, marked, row, three_mark

AFTER = datetime(2027, 1, 7, 16, 0, 0, 1, tzinfo=UTC)
"""The deadline, five days to appeal and five to decide are over."""


def sealed(people: People, period: str = TERM) -> dict[str, Any]:
    answer = people("evaluator").post(f"/evaluations/{period}/seal")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def verified(people: People, period: str = TERM) -> dict[str, Any]:
    answer = people("auditor").post(f"/evaluations/{period}/verify")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def made(people: People, clock: StillClock) -> dict[str, Any]:
    three_mark(people)
    entered(people)
    clock.at = AFTER
    return sealed(people)


def test_a_sealed_performance_is_recomputed_the_same(people: People, clock: StillClock) -> None:
    seal = made(people, clock)

    proof = verified(people)

    assert (proof["same"], proof["differences"]) == (True, [])
    assert seal["content_hash"] == proof["content_hash"] == proof["recomputed_hash"]
    assert seal["counts"] == {"departments": 560, "marks": 3, "streets": 3, "whistles": 0}
    view = people("analyst").get("/departments/performance", period=TERM).json()
    assert view["sealed"] is True
    assert view["content_hash"] == seal["content_hash"]
    assert people("analyst").get(f"/evaluations/{TERM}/seal").json() == seal


def test_a_period_is_sealed_once_and_when_appeals_are_over(
    people: People, clock: StillClock
) -> None:
    three_mark(people)
    evaluator = people("evaluator")
    clock.at = AFTER.replace(microsecond=0)
    early = evaluator.post(f"/evaluations/{TERM}/seal")
    assert early.json()["type"] == "/problems/not-yet-frozen"
    clock.at = AFTER
    sealed(people)

    assert evaluator.post(f"/evaluations/{TERM}/seal").json()["type"] == "/problems/already-sealed"
    path = f"/departments/{MARKET}/performance/{TERM}"
    assert evaluator.put(path, {"other": 1}).json()["type"] == "/problems/already-sealed"
    assert people("chief", WANGJING).get(f"/evaluations/{TERM}").json()["term"]["state"] == "sealed"
    assert people("auditor").post(f"/evaluations/{TERM}/seal").status_code == 403
    assert evaluator.post("/evaluations/2026-Q3/verify").json()["type"] == "/problems/not-sealed"


def test_periods_are_sealed_in_their_order_and_the_year_last(
    people: People, clock: StillClock
) -> None:
    entered(people, 80, "2026-Q3")
    three_mark(people)
    entered(people)
    clock.at = AFTER
    evaluator = people("evaluator")
    early = evaluator.post(f"/evaluations/{TERM}/seal").json()
    assert (early["type"], early["first"]) == ("/problems/seal-in-order", "2026-Q3")
    sealed(people, "2026-Q3")
    clock.tick(seconds=1)
    second = sealed(people)
    clock.tick(seconds=1)
    assert second["former"] == "2026-Q3"
    assert evaluator.post("/evaluations/2026/seal").json()["first"] == "2026-Q1"
    sealed(people, "2026-Q1")
    clock.tick(seconds=1)
    sealed(people, "2026-Q2")

    year = sealed(people, "2026")

    assert verified(people, "2026")["same"]
    assert year["former"] == "2026-Q2"
    market = row(people, term="2026")
    assert (market["performance_exact"], market["other_exact"]) == ("256/3", "84")


def fields(proof: dict[str, Any]) -> set[tuple[str | None, str | None, str]]:
    return {(d["office_code"], d["street_code"], d["field"]) for d in proof["differences"]}


def test_a_forged_mark_is_named(people: People, clock: StillClock, app: FastAPI) -> None:
    made(people, clock)
    force(
        app,
        "UPDATE evaluation_event SET data = jsonb_set(data, '{items,response}', '\"1\"')"
        f" WHERE owner_code = '{WANGJING}'",
    )

    named = fields(verified(people))

    assert (None, WANGJING, "wrong_link") in named
    assert (MARKET, WANGJING, "mark") in named
    assert (MARKET, None, "performance_exact") in named


def test_a_mark_taken_away_is_missed(people: People, clock: StillClock, app: FastAPI) -> None:
    made(people, clock)
    force(app, f"DELETE FROM evaluation_event WHERE owner_code = '{WANGJING}'")

    named = fields(verified(people))

    assert {(None, WANGJING, "wrong_head"), (MARKET, WANGJING, "mark")} <= named


def test_a_forged_seal_is_named(people: People, clock: StillClock, app: FastAPI) -> None:
    made(people, clock)
    force(
        app,
        "UPDATE performance_seal SET body = convert_to("
        "replace(convert_from(body, 'UTF8'), '256/3', '300/3'), 'UTF8')",
    )

    named = {field for _, _, field in fields(verified(people))}

    assert {"content_hash", "performance_exact"} <= named


def test_forged_words_are_named(people: People, clock: StillClock, app: FastAPI) -> None:
    marked(people, WANGJING, 50, reason="到场慢。")
    made(people, clock)
    force(app, """UPDATE evaluation_statement SET words = '{"reason": "不错。"}'""")

    assert (None, WANGJING, "wrong_words") in fields(verified(people))

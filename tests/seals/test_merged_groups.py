"""A merged group counts in one period (RULEBOOK D.21.1): in the one that was sealed with it, though
members of it are called back later."""

from datetime import timedelta
from typing import Any

from tests.aids import given, stages
from tests.aids.given import DISCONTENT, WANGJING, People, awaiting
from tests.aids.past import BORDER, Store, case
from tests.aids.sealing import sealed, verified
from tests.conftest import StillClock

FIRST, SECOND = "BJ202609010000000", "BJ202609010000001"
UNRESOLVED = {"resolved": "unresolved", "satisfied": "dissatisfied"}


def counted(people: People, period: str, **asked: str) -> tuple[Any, ...]:
    """Of 望京街道: how many are assessed, the share resolved, and the tickets behind that."""
    path = f"/rankings/{period}/offices/{WANGJING}"
    row = people("analyst").get(path, **asked).json()
    behind = {"rate": "resolution", "counts": "denominator"}
    opened = people.supervisor.get(f"{path}/tickets", **behind, **asked).json()["items"]
    shares = {item["number"]: item["value"] for item in opened}
    return row["assessed"], row["resolution"]["numerator"], shares


def test_who_is_called_after_the_seal_counts_with_his_group_and_nowhere_else(
    people: People, store: Store, clock: StillClock
) -> None:
    store([case(1, merge_group=FIRST)])
    sealed(people, "2026-09")
    clock.tick(hours=1)
    before = clock.at
    clock.tick(hours=1)
    store([case(2, clock.at, merge_group=FIRST, answers=UNRESOLVED)])
    clock.tick(hours=1)

    assert counted(people, "2026-09") == (1, "1", {FIRST: "1"})
    assert counted(people, "2026-11") == (0, "0", {})
    assert counted(people, "2026-11", as_of=before.isoformat()) == (0, "0", {})

    proof = verified(people, "2026-09")
    assert proof["recomputed_hash"] == proof["content_hash"]
    named = {
        (t["number"], t["why"])
        for difference in proof["differences"]
        for t in difference["tickets"]
    }
    assert named == {(SECOND, "late")}

    adjustments = people("analyst").get("/rankings/2026-11/adjustments").json()
    assert [(item["period"], item["number"], item["why"]) for item in adjustments["items"]] == [
        ("2026-09", SECOND, "assessed")
    ]
    moved = {
        difference["field"]: (difference["sealed"], difference["now"])
        for difference in adjustments["differences"]
    }
    assert moved["resolution.numerator"] == ("1", "1/2")
    assert "assessed" not in moved
    assert {
        t["number"] for difference in adjustments["differences"] for t in difference["tickets"]
    } == {SECOND}


def test_a_group_that_had_gone_on_before_the_seal_counts_where_it_went(
    people: People, store: Store, clock: StillClock
) -> None:
    store([case(1, merge_group=FIRST), case(2, BORDER + timedelta(days=1), merge_group=FIRST)])
    sealed(people, "2026-09")
    clock.tick(hours=1)
    store([case(3, clock.at, merge_group=FIRST, answers=UNRESOLVED)])
    clock.tick(hours=1)

    assert [counted(people, period)[0] for period in ("2026-09", "2026-10", "2026-11")] == [0, 0, 1]
    assert verified(people, "2026-09")["differences"] == []


def test_what_is_recorded_after_a_period_is_no_adjustment_beside_it(
    people: People, store: Store, clock: StillClock
) -> None:
    store([case(1), case(2)])
    sealed(people, "2026-09")
    clock.tick(hours=1)
    store([case(3, answers=UNRESOLVED)], recorded_at=clock.at)
    clock.tick(hours=1)
    beside = people("analyst").get("/rankings/2026-11/adjustments").content
    clock.tick(days=40)
    store([case(4, answers=UNRESOLVED)], recorded_at=clock.at)

    assert people("analyst").get("/rankings/2026-11/adjustments").content == beside


def test_periods_are_sealed_in_order_also_backwards(people: People, store: Store) -> None:
    store([case(1)])
    sealed(people, "2026-09")
    store([case(2, BORDER - timedelta(days=60))])

    answer = people("evaluator").post("/rankings/2026-08/seal")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/seal-in-order")
    assert answer.json()["sealed"] == "2026-09"


def test_a_member_called_after_the_seal_of_its_parents_period(
    people: People, clock: StillClock
) -> None:
    """The same by the whole way of two tickets over HTTP."""
    parent = given.ticket(people)
    clock.tick(minutes=1)
    member = given.ticket(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    awaiting(people, parent)
    stages.called(people, parent)
    clock.tick(days=40)
    sealed(people, "2026-11")
    clock.tick(hours=1)
    answer = people.callback.post(f"/tickets/{member}/callbacks", DISCONTENT)
    assert answer.status_code == 201, answer.text

    assert counted(people, "2026-11") == (1, "1", {parent: "1"})
    assert counted(people, "2026-12") == (0, "0", {})
    proof = verified(people, "2026-11")
    assert proof["recomputed_hash"] == proof["content_hash"]

"""Sealed periods over HTTP: what was published stays, and who changes the record is found out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import exc

from app.callbacks.answers import ExclusionCode
from app.callbacks.models import Exclusion
from app.tickets.events import Event
from app.tickets.life.lifecycle import Action, Status
from tests.aids.cases import random_cases
from tests.aids.given import CONTENT, WANGJING, People, awaiting, ticket
from tests.aids.linking import relink
from tests.aids.past import BORDER, JIANWAI, STREETS, WORKED_EXAMPLE, Json, Store, case
from tests.aids.sealing import force, sealed, tampered, verified
from tests.conftest import StillClock

FROZEN = BORDER + timedelta(days=5)
FIRST = "BJ2026090100000"
WEIGHED = {"response": "0.5", "resolution": "0.5", "satisfaction": 0}


def named(proof: Json) -> dict[str, str]:
    return {t["number"]: t["why"] for d in proof["differences"] for t in d["tickets"]}


def test_a_sealed_ranking_is_what_it_was_and_says_so(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    before = people("analyst").get("/rankings/2026-09").json()

    seal = sealed(people)
    after = people("analyst").get("/rankings/2026-09")

    assert after.json() == {**before, "sealed": True}
    assert seal["content_hash"] == before["content_hash"]
    assert seal["counts"] == {"facts": 10, "offices": 1}
    assert after.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert people("analyst").get("/rankings/2026-09/seal").json() == seal
    assert people("analyst").get("/periods").json()[0]["state"] == "sealed"


def test_a_sealed_ranking_is_the_same_bytes_whatever_is_recorded_later(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    before = people("analyst").get("/rankings/2026-09")
    clock.tick(days=1)
    store([case(99, answers={"resolved": "unresolved"})], recorded_at=clock.at)

    after = people("analyst").get("/rankings/2026-09")
    known = people("analyst").get(
        "/rankings/2026-09", headers={"If-None-Match": before.headers["ETag"]}
    )

    assert after.content == before.content
    assert after.headers["ETag"] == before.headers["ETag"]
    assert known.status_code == 304


def test_a_period_is_sealed_some_days_after_its_end(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    clock.at = FROZEN - timedelta(microseconds=1)
    early = people("evaluator").post("/rankings/2026-09/seal")
    clock.at = FROZEN

    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-yet-frozen")
    assert (early.json()["status_now"], early.json()["allowed"]) == ("closed", [])
    assert sealed(people)["sealed_at"] == "2026-09-23T16:00:00Z"


@pytest.mark.parametrize(
    ("period", "status", "problem"),
    [
        ("2026-11", 409, "not-yet-frozen"),
        ("2026-12", 404, "no-such-period"),
        ("2026-08", 404, "no-such-period"),
        ("2026-9", 422, "malformed-period"),
        ("2026-10", 409, "seal-in-order"),
    ],
)
def test_what_is_not_sealed(
    people: People, store: Store, clock: StillClock, period: str, status: int, problem: str
) -> None:
    store([*WORKED_EXAMPLE, case(99, at=BORDER)])
    clock.tick(days=30 if problem == "seal-in-order" else 0)

    answer = people("evaluator").post(f"/rankings/{period}/seal")

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")


def test_a_period_is_sealed_once(people: People, store: Store, clock: StillClock) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)

    again = people("evaluator").post("/rankings/2026-09/seal")

    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-sealed")


def test_the_same_key_seals_once_and_is_answered_twice(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)

    first, again = (
        people("evaluator").post("/rankings/2026-09/seal", headers={"Idempotency-Key": "s"})
        for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json() == again.json()


def test_of_two_sealings_at_once_one_is_made(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    evaluator = people("evaluator")

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: evaluator.post("/rankings/2026-09/seal"), range(2)))

    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_seals_are_a_chain(people: People, store: Store, clock: StillClock) -> None:
    store([*WORKED_EXAMPLE, case(99, at=BORDER)])
    clock.tick(days=30)

    first, second = sealed(people), sealed(people, "2026-10")

    assert (first["former"], first["former_hash"]) == (None, None)
    assert (second["former"], second["former_hash"]) == ("2026-09", first["seal_hash"])


@pytest.mark.parametrize("role", ["analyst", "auditor", "supervisor", "admin"])
def test_only_the_evaluator_seals(people: People, clock: StillClock, role: str) -> None:
    assert people(role).post("/rankings/2026-09/seal").status_code == 403


def test_what_is_not_sealed_has_no_seal(people: People, store: Store, clock: StillClock) -> None:
    store(WORKED_EXAMPLE)

    seal = people("analyst").get("/rankings/2026-09/seal")
    proof = people("auditor").post("/rankings/2026-09/verify")

    assert (seal.status_code, seal.json()["type"]) == (404, "/problems/not-sealed")
    assert proof.status_code == 404


def test_an_untouched_record_verifies(people: People, store: Store, clock: StillClock) -> None:
    store(random_cases(Random(5), 300, STREETS, BORDER))
    clock.tick(days=30)
    seals = [sealed(people, period) for period in ("2026-09", "2026-10")]

    for period, seal in zip(("2026-09", "2026-10"), seals, strict=True):
        assert verified(people, period) == {
            "same": True,
            "content_hash": seal["content_hash"],
            "recomputed_hash": seal["content_hash"],
            "differences": [],
        }


def test_plain_sql_changes_nothing_that_is_sealed(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)

    for statement in (
        "UPDATE sealed_ranking SET body = ''",
        "UPDATE seal SET content_hash = 'sha256:0'",
        "DELETE FROM sealed_facts",
        "DELETE FROM seal",
        "UPDATE assessment SET satisfied = 'very'",
        "DELETE FROM assessment",
    ):
        with pytest.raises(exc.DBAPIError, match="insert-only"), app.state.engine.begin() as by_us:
            by_us.exec_driver_sql(statement)

    assert verified(people)["same"]


def test_a_changed_assessment_is_named(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    number = f"{FIRST}07"
    force(app, "UPDATE assessment SET resolved = 'resolved' WHERE ticket_number = %(n)s", n=number)

    proof = verified(people)

    assert not proof["same"]
    assert proof["recomputed_hash"] != proof["content_hash"]
    assert named(proof) == {number: "changed"}
    fields = {(d["office_code"], d["field"]): d for d in proof["differences"] if d["league"]}
    moved = fields[WANGJING, "resolution.numerator"]
    assert (moved["sealed"], moved["now"]) == ("6", "7")
    assert moved["tickets"] == [{"number": number, "why": "changed"}]


def test_a_missing_assessment_is_named(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    force(app, "DELETE FROM assessment WHERE ticket_number = %(n)s", n=f"{FIRST}00")

    assert named(verified(people)) == {f"{FIRST}00": "missing"}


def test_one_that_is_slipped_in_with_a_former_date_is_named(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    store([case(99)])

    proof = verified(people)

    assert set(named(proof).values()) == {"changed"}
    assert proof["recomputed_hash"] != proof["content_hash"]


def test_what_is_recorded_after_the_seal_is_late_and_no_tampering(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    store([case(99, answers={"resolved": "unresolved"})], recorded_at=clock.tick(days=1))

    proof = verified(people)

    assert not proof["same"]
    assert proof["recomputed_hash"] == proof["content_hash"]
    assert named(proof) == {f"{FIRST}10": "late"}
    assessed = next(d for d in proof["differences"] if d["field"] == "assessed")
    assert (assessed["sealed"], assessed["now"]) == (10, 11)


def decided(number: str, at: datetime, code: ExclusionCode) -> Iterator[Event]:
    """That an office asked to exclude a ticket, and that it was granted."""
    asked = {"code": code}
    steps = {Action.REQUEST_EXCLUSION: asked, Action.DECIDE_EXCLUSION: {"approve": True, **asked}}
    for seq, (action, data) in enumerate(steps.items(), 2):
        yield Event(
            ticket_number=number,
            seq=seq,
            at=at,
            actor="tests",
            action=action,
            from_status=Status.CLOSED,
            to_status=Status.CLOSED,
            data=data,
            link=b"",
        )


def test_a_late_exclusion_is_an_adjustment_beside_the_next_period(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    at, number = clock.tick(hours=1), f"{FIRST}09"
    with app.state.sessions.begin() as session:
        ground = ExclusionCode.X2
        session.add(Exclusion(ticket_number=number, code=ground, decided_at=at, recorded_at=at))
        session.add_all(decided(number, at, ground))
        session.flush()
        relink(session.connection(), [number])

    beside = people("analyst").get("/rankings/2026-11/adjustments").json()

    proof = verified(people)
    assert named(proof) == {number: "late"}
    assert "evidence" not in {d["field"] for d in proof["differences"]}
    assert beside["items"] == [
        {
            "period": "2026-09",
            "number": number,
            "office_code": WANGJING,
            "why": "excluded",
            "recorded_at": "2026-10-20T03:00:00Z",
        }
    ]
    assert {d["field"] for d in beside["differences"]} >= {"assessed", "excluded"}
    assert people("analyst").get("/rankings/2026-10/adjustments").json()["items"] == []


TAMPERED = [
    ("UPDATE sealed_ranking SET body = replace(encode(body, 'escape'),"
     " '695/8', '95')::bytea WHERE league = 'streets'", "rankings.streets"),
    ("UPDATE seal SET sealed_by = 'nobody'", "seal_hash"),
    ("UPDATE seal SET published_at = published_at + interval '1s'", "seal_hash"),
    ("UPDATE seal SET policy_sha256 = '0'", "policy_sha256"),
    ("UPDATE sealed_facts SET lines = ''", "facts_digest"),
    ("UPDATE sealed_facts SET number = 9", "facts_digest"),
    ("UPDATE sealed_facts SET digest = '0'", "facts_digest"),
    ("UPDATE sealed_ranking SET content_hash = '0'", "rankings.streets"),
    ("UPDATE sealed_ranking SET form = 9", "rankings.streets"),
    ("UPDATE seal SET format = 9", "seal_hash"),
    ("UPDATE sealed_ranking SET body = body || ' '::bytea", "rankings.streets"),
    ("UPDATE sealed_ranking SET body = convert_to(replace(convert_from(body, 'UTF8'),"
     " '\"sealed\":true', '\"sealed\":false'), 'UTF8')", "rankings.streets"),
    ("DELETE FROM sealed_ranking WHERE league = 'enterprises'", "rankings.enterprises"),
]  # fmt: skip


def test_a_tampered_seal_is_named(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)

    for statement, field in TAMPERED:
        with tampered(app, statement):
            proof = verified(people)
        assert not proof["same"], statement
        assert field in {difference["field"] for difference in proof["differences"]}, statement
    assert verified(people)["same"]


def test_facts_that_are_all_gone_are_named_too(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    force(app, "DELETE FROM assessment")

    assert set(named(verified(people)).values()) == {"missing"}


def test_a_seal_holds_over_names_with_any_character(
    people: People, store: Store, clock: StillClock
) -> None:
    store([case(0, merge_group="\u2028\x85\x0b\x1c")])
    sealed(people)

    assert verified(people)["same"]


def test_an_edited_row_of_the_sealed_answer_is_named_with_its_office(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)
    force(
        app,
        "UPDATE sealed_ranking SET body = convert_to(replace(convert_from(body, 'UTF8'),"
        " '695/8', '95'), 'UTF8') WHERE league = 'streets'",
    )

    rows = [d for d in verified(people)["differences"] if d["office_code"] == WANGJING]

    assert [(d["field"], d["sealed"], d["now"]) for d in rows] == [
        ("composite_exact", "95", "695/8")
    ]


def test_a_tampered_event_is_named(
    people: People, clock: StillClock, handled: str, app: FastAPI
) -> None:
    clock.at = BORDER + timedelta(days=70)
    sealed(people, "2026-11")
    force(
        app,
        "UPDATE event SET actor = 'somebody' WHERE ticket_number = %(n)s AND seq = 2",
        n=handled,
    )

    assert named(verified(people, "2026-11")) == {handled: "changed"}


def finished(people: People, clock: StillClock) -> str:
    """A ticket that went through all hands."""
    number = given_ticket(people)
    clock.tick(hours=1)
    answer = people.callback.post(f"/tickets/{number}/callbacks", CONTENT)
    assert answer.status_code == 201, answer.text
    return number


def given_ticket(people: People) -> str:
    number = ticket(people)
    awaiting(people, number)
    return number


OPENED = [
    (rate, part)
    for rate in ("response", "resolution", "satisfaction")
    for part in ("numerator", "denominator", "excluded")
]


def opened(people: People, office: str, rate: str, part: str, **asked: Any) -> Iterator[Json]:
    cursor: dict[str, Any] = {}
    while True:
        answer = people("auditor").get(
            f"/rankings/2026-09/offices/{office}/tickets", rate=rate, counts=part, limit=7,
            **asked, **cursor,
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        yield from answer.json()["items"]
        if answer.json()["next"] is None:
            return
        cursor = {"cursor": answer.json()["next"]}


def test_every_number_opens_into_tickets_that_sum_up_to_it(
    people: People, store: Store, clock: StillClock
) -> None:
    store(random_cases(Random(99), 250, STREETS, BORDER))

    rows = people("analyst").get("/rankings/2026-09").json()["rows"]
    for row in (row for row in rows if row["assessed"]):
        for rate, part in OPENED:
            items = list(opened(people, row["office_code"], rate, part))
            published = row["excluded"] if part == "excluded" else row[rate][part]

            assert sum(Fraction(item["value"]) for item in items) == Fraction(published)
            assert [i["number"] for i in items] == sorted({i["number"] for i in items})


def test_a_row_is_opened_by_who_controls_and_by_itself(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    path = f"/rankings/2026-09/offices/{WANGJING}/tickets"
    asked: dict[str, Any] = {"rate": "resolution", "counts": "numerator"}

    may = [
        people(role, office).get(path, **asked).status_code
        for role, office in (
            ("auditor", None),
            ("supervisor", None),
            ("evaluator", None),
            ("district", "110105"),
            ("handler", WANGJING),
            ("chief", WANGJING),
            ("handler", JIANWAI),
            ("district", "110101"),
            ("analyst", None),
            ("operator", None),
        )
    ]

    assert may == [200] * 6 + [404] * 2 + [403] * 2


def test_the_running_ranking_of_a_past_instant_stays_the_same(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    past = "2026-09-19T00:00:00Z"
    before = people("analyst").get("/rankings/2026-09", as_of=past)
    store([case(99, answers={"satisfied": "dissatisfied"})], recorded_at=clock.at)
    with app.state.sessions.begin() as session:
        at, ground = clock.at, ExclusionCode.X2
        session.add(
            Exclusion(ticket_number=f"{FIRST}09", code=ground, decided_at=at, recorded_at=at)
        )

    after = people("analyst").get("/rankings/2026-09", as_of=past)
    now = people("analyst").get("/rankings/2026-09")

    assert after.content == before.content
    assert (now.json()["rows"][0]["assessed"], now.json()["rows"][0]["excluded"]) == (10, 1)


def test_half_a_period_is_seen_at_half_time(
    people: People, store: Store, clock: StillClock
) -> None:
    at = BORDER - timedelta(days=10)
    store([case(n, at=at + timedelta(days=n)) for n in range(4)])

    half = people("analyst").get("/rankings/2026-09", as_of=(at + timedelta(days=1)).isoformat())

    assert half.json()["rows"][0]["assessed"] == 2


@pytest.mark.parametrize(
    ("as_of", "status"), [("2030-01-01T00:00:00Z", 422), ("2026-08-01T00:00:00Z", 404)]
)
def test_an_instant_that_is_not_the_period_s_is_refused(
    people: People, store: Store, clock: StillClock, as_of: str, status: int
) -> None:
    store(WORKED_EXAMPLE)

    assert people("analyst").get("/rankings/2026-09", as_of=as_of).status_code == status


def what_if(people: People, body: Json, verb: str = "what-if") -> Json:
    answer = people("analyst").post(f"/rankings/2026-09/{verb}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"weights": {"response": "0.30", "resolution": "0.35", "satisfaction": "0.35"}},
        {"weights": {"response": 0.3, "resolution": 0.35, "satisfaction": 0.35}, "basic": 1},
    ],
)
def test_the_official_values_give_the_official_ranking(
    people: People, store: Store, clock: StillClock, body: Json
) -> None:
    store(random_cases(Random(3), 100, STREETS, BORDER))
    official = people("analyst").get("/rankings/2026-09").json()

    tried = what_if(people, body)

    assert tried.pop("what_if") is True
    assert tried == official


def test_other_values_give_another_ranking_which_is_not_kept(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    official = people("analyst").get("/rankings/2026-09").content

    half = what_if(people, {"partly": "1/2", "weights": WEIGHED})["rows"][0]
    fewer = what_if(people, {"exclude": [f"{FIRST}07"]})["rows"][0]
    strict = {row["status"] for row in what_if(people, {"min_reached": 9})["rows"]}

    assert half["resolution"]["numerator"] == "13/2"
    assert half["composite_exact"] == str(Fraction(1, 2) * 100 + Fraction(1, 2) * Fraction(650, 8))
    assert (fewer["assessed"], fewer["excluded"]) == (9, 1)
    assert strict == {"insufficient", "no_sample"}
    assert people("analyst").get("/rankings/2026-09").content == official


def test_a_lifted_ground_excludes_nobody(people: People, store: Store, clock: StillClock) -> None:
    store([*WORKED_EXAMPLE, case(10, excluded={"code": "X4"}, answers={"satisfied": "basic"})])

    official = people("analyst").get("/rankings/2026-09").json()["rows"][0]
    lifted = what_if(people, {"lift": ["X4"]})["rows"][0]

    assert (official["assessed"], official["excluded"]) == (10, 1)
    assert (lifted["assessed"], lifted["excluded"]) == (11, 0)


def test_a_comparison_says_who_gains_and_why(
    people: People, store: Store, clock: StillClock
) -> None:
    store(
        [
            *(case(n, answers={"resolved": "unresolved"}) for n in range(2)),
            *(case(n, office_code=JIANWAI, answers={"satisfied": "dissatisfied"}) for n in (2, 3)),
        ]
    )
    body = {"weights": {"response": 0, "resolution": "0.3", "satisfaction": "0.7"}}

    rows = {row["office_code"]: row for row in what_if(people, body, "compare")["rows"]}

    assert (rows[WANGJING]["rank"], rows[WANGJING]["rank_then"]) == (1, 1)
    assert (rows[JIANWAI]["rank_then"], rows[JIANWAI]["gained"]) == (2, -1)
    assert rows[JIANWAI]["why"] == ["weight of response: -30.00", "weight of resolution: -5.00"]


@pytest.mark.parametrize(
    "body",
    [
        {"weights": {"response": 0.3, "resolution": 0.35, "satisfaction": 0.36}},
        {"weights": {"response": "-0.1", "resolution": "0.6", "satisfaction": "0.5"}},
        {"weights": {"response": 1}},
        {"weights": {"response": "NaN", "resolution": 0, "satisfaction": 1}},
        {"exclude": ["BJ202609019999999"]},
        {"partly": 2},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_tried_is_refused(
    people: People, store: Store, clock: StillClock, body: Json
) -> None:
    store(WORKED_EXAMPLE)

    assert people("analyst").post("/rankings/2026-09/what-if", body).status_code == 422
    assert people("operator").post("/rankings/2026-09/what-if", body).status_code == 403

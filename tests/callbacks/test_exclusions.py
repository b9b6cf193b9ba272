"""剔除 over HTTP: asked by an office, reviewed by its district, decided before the freeze."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
FREEZE = datetime.fromisoformat("2026-11-24T00:00:00+08:00")
BITTER = {**given.CONTENT, "resolved": "unresolved", "satisfied": "very_dissatisfied"}
ENTERPRISE = "ent-water"


def assessed(people: People, **body: str) -> str:
    """A ticket of 望京街道 whose citizen was called, and is not content."""
    number = given.ticket(people)
    given.awaiting(people, number)
    answer = people.callback.post(f"/tickets/{number}/callbacks", {**BITTER, **body})
    assert answer.status_code == 201, answer.text
    return number


def ask(people: People, number: str, code: str = "X2", office: str = WANGJING) -> Response:
    asked = {"code": code, "text": "诉求超出法律规定。", "evidence": "告知书 7 号"}
    return people.street(office).post(f"/tickets/{number}/exclusion", asked)


def review(people: People, number: str, approve: bool = True, **who: str) -> Response:
    body = {"approve": approve, "text": "情况属实。"}
    reviewer = people(who.get("role", "district"), who.get("office", CHAOYANG))
    return reviewer.post(f"/tickets/{number}/exclusion/review", body)


def flag(people: People, number: str, approve: bool = True) -> Response:
    body = {"approve": approve, "text": "录音 0007 可证。"}
    return people.supervisor.post(f"/tickets/{number}/exclusion/review", body)


def decide(people: People, number: str, approve: bool = True) -> Response:
    body = {"approve": approve, "text": "同意剔除。"}
    return people("evaluator").post(f"/tickets/{number}/exclusion/decision", body)


def row(people: People) -> dict[str, Any]:
    rows = people("analyst").get("/rankings/2026-11").json()["rows"]
    return dict(next(r for r in rows if r["office_code"] == WANGJING))


def kind(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_an_excluded_ticket_counts_in_no_rate_and_stays_visible(people: People) -> None:
    number = assessed(people)
    assert row(people)["assessed"] == 1

    assert ask(people, number).status_code == 200
    assert review(people, number).status_code == 200
    assert row(people)["excluded"] == 0
    decided = decide(people, number)

    assert decided.status_code == 200
    assert decided.json()["excluded"] is True
    after = row(people)
    assert (after["assessed"], after["excluded"], after["status"]) == (0, 1, "no_sample")
    assert people.street().get(f"/tickets/{number}").json()["excluded"] is True


def test_every_step_is_on_record_with_its_words(people: People) -> None:
    number = assessed(people)
    ask(people, number)
    review(people, number)
    decide(people, number)

    events = people.operator.get(f"/tickets/{number}/events").json()[-3:]
    assert [(e["action"], e["from"] == e["to"]) for e in events] == [
        ("request-exclusion", True),
        ("review-exclusion", True),
        ("decide-exclusion", True),
    ]
    assert events[0]["data"]["text"] == "诉求超出法律规定。"
    seen = people("auditor").get(f"/tickets/{number}/exclusion").json()
    assert (seen["code"], seen["reviewed"], seen["approved"]) == ("X2", True, True)


@pytest.mark.parametrize("approved", [True, False])
def test_who_is_refused_in_review_or_by_the_evaluator_stays_counted(
    people: People, approved: bool
) -> None:
    number = assessed(people)
    ask(people, number)
    review(people, number, approve=approved)

    answer = decide(people, number, approve=False)

    expected = 200 if approved else 409
    assert answer.status_code == expected
    assert row(people)["assessed"] == 1
    assert kind(ask(people, number)) == (409, "exclusion-repeated")
    assert kind(decide(people, number)) == (409, "exclusion-settled")


@pytest.mark.parametrize(
    ("late", "expected"), [(timedelta(), 200), (TICK, 409)], ids=["at the end", "after it"]
)
def test_it_is_asked_for_within_three_days(
    people: People, clock: StillClock, late: timedelta, expected: int
) -> None:
    number = assessed(people)
    clock.at += 3 * DAY + late

    answer = ask(people, number)

    assert answer.status_code == expected
    if expected == 409:
        assert kind(answer)[1] == "exclusion-late"
        assert answer.json()["status_now"] == "rework"


@pytest.mark.parametrize(("late", "expected"), [(timedelta(), 200), (TICK, 409)])
def test_a_district_reviews_within_two_days(
    people: People, clock: StillClock, late: timedelta, expected: int
) -> None:
    number = assessed(people)
    ask(people, number)
    clock.at += 2 * DAY + late

    assert review(people, number).status_code == expected


def test_a_silent_district_is_passed_over_after_its_days(people: People, clock: StillClock) -> None:
    number = assessed(people)
    ask(people, number)
    clock.at += 2 * DAY
    assert kind(decide(people, number)) == (409, "review-awaited")

    clock.at += TICK

    assert kind(review(people, number)) == (409, "review-late")
    assert decide(people, number).status_code == 200


@pytest.mark.parametrize(("late", "expected"), [(timedelta(), 200), (TICK, 409)])
def test_undecided_at_the_freeze_is_not_excluded(
    people: People, clock: StillClock, late: timedelta, expected: int
) -> None:
    number = assessed(people)
    ask(people, number)
    review(people, number)
    clock.at = FREEZE + late

    answer = decide(people, number)

    assert answer.status_code == expected
    assert row(people)["excluded"] == (1 if expected == 200 else 0)


def test_a_content_citizen_stays_counted(people: People) -> None:
    number = assessed(people, resolved="resolved", satisfied="basic")

    assert kind(ask(people, number)) == (409, "citizen-content")


def test_nothing_is_excluded_before_its_callback(people: People) -> None:
    number = given.ticket(people)

    assert kind(ask(people, number)) == (409, "not-assessed")


def test_each_step_is_for_its_own_role(people: People) -> None:
    number = assessed(people)
    body = {"code": "X2", "text": "……"}
    word = {"approve": True, "text": "……"}
    path = f"/tickets/{number}/exclusion"

    assert people.operator.post(path, body).status_code == 403
    assert people.street("110105001").post(path, body).status_code == 404
    assert kind(people.district().post(f"{path}/review", word)) == (409, "no-exclusion-asked")
    assert kind(decide(people, number)) == (409, "no-exclusion-asked")
    ask(people, number)
    assert people.street().post(f"{path}/review", word).status_code == 403
    assert people.district("110108").post(f"{path}/review", word).status_code == 404
    assert people.district().post(f"{path}/decision", word).status_code == 403
    assert kind(flag(people, number)) == (409, "review-unneeded")


def test_malice_is_for_a_supervisor_to_flag(people: People) -> None:
    number = assessed(people)
    ask(people, number, code="X3")
    review(people, number)

    assert kind(decide(people, number)) == (409, "flag-missing")
    assert flag(people, number).status_code == 200
    assert kind(flag(people, number)) == (409, "exclusion-settled")
    assert decide(people, number).status_code == 200


def test_what_no_supervisor_calls_malice_is_not_excluded(people: People) -> None:
    number = assessed(people)
    ask(people, number, code="X3")
    flag(people, number, approve=False)

    assert kind(decide(people, number)) == (409, "exclusion-settled")


def test_an_office_of_the_city_has_no_district_to_review(people: People) -> None:
    number = given.ticket(people)
    moved = {"office_code": ENTERPRISE, "reason": "供电企业负责。"}
    people.dispatcher.does("dispatch", number, **moved)
    given.awaiting(people, number, ENTERPRISE)
    people.callback.post(f"/tickets/{number}/callbacks", BITTER)

    assert ask(people, number, office=ENTERPRISE).status_code == 200
    assert kind(review(people, number)) == (409, "review-unneeded")
    assert decide(people, number).status_code == 200


def test_a_key_and_a_version_are_honoured(people: People) -> None:
    number = assessed(people)
    path, body = f"/tickets/{number}/exclusion", {"code": "X5", "text": "暴雨红色预警期间。"}
    street = people.street()

    stale = street.post(path, body, headers={"If-Match": '"1"'})
    first = street.post(path, body, headers={"Idempotency-Key": "x"})
    again = street.post(path, body, headers={"Idempotency-Key": "x"})

    assert stale.status_code == 412
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["version"] == first.json()["version"]


@pytest.mark.parametrize(
    "body", [{}, {"code": "X7", "text": "…"}, {"code": "X1"}, {"code": "X1", "text": "…", "by": 1}]
)
def test_a_wrong_form_changes_nothing(people: People, app: FastAPI, body: dict[str, Any]) -> None:
    number = assessed(people)
    before = people.operator.get(f"/tickets/{number}").json()["version"]

    assert people.street().post(f"/tickets/{number}/exclusion", body).status_code == 422
    assert people.operator.get(f"/tickets/{number}").json()["version"] == before


def test_of_many_who_ask_at_once_one_does(people: People) -> None:
    number = assessed(people)
    people.street()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(people, number), range(8)))

    assert sorted(a.status_code for a in answers) == [200] + [409] * 7
    assert {kind(a)[1] for a in answers if a.status_code == 409} == {"exclusion-repeated"}


def test_what_waits_for_a_word_is_listed_to_who_may_see_it(
    people: People, clock: StillClock
) -> None:
    numbers = []
    for phone in ("13911111111", "13922222222", "13933333333"):
        number = given.ticket(people, citizen={"phone": phone})
        given.awaiting(people, number)
        people.callback.post(f"/tickets/{number}/callbacks", BITTER)
        clock.tick(minutes=1)
        ask(people, number)
        numbers.append(number)
    district = people.district()

    page = district.get("/exclusions", limit=2).json()
    rest = district.get("/exclusions", limit=2, cursor=page["next"]).json()

    assert [item["ticket_number"] for item in page["items"] + rest["items"]] == numbers
    assert rest["next"] is None
    assert people.district("110108").get("/exclusions").json()["items"] == []
    review(people, numbers[0], approve=False)
    review(people, numbers[1])
    decide(people, numbers[1])
    left = people("evaluator").get("/exclusions").json()["items"]
    assert [item["ticket_number"] for item in left] == numbers[2:]


@pytest.mark.parametrize("ends", ["flag", "review", "decide"])
def test_a_flag_lies_with_the_supervisors_until_it_is_given_or_needed_no_more(
    people: People, clock: StillClock, ends: str
) -> None:
    def waiting() -> list[tuple[str, str, str]]:
        rows = people.supervisor.get("/inbox").json()["items"]
        return [(row["number"], row["kind"], row["because"]) for row in rows]

    number = assessed(people)
    assert ask(people, number, "X3").status_code == 200
    assert waiting() == [(number, "exclusion", "malicious")]
    if ends == "decide":
        review(people, number)
        assert waiting() == [(number, "exclusion", "malicious")]
    answer = {"flag": flag, "review": review, "decide": decide}[ends](people, number, approve=False)
    assert answer.status_code == 200
    assert waiting() == []

"""Cases without a citizen (RULEBOOK D.9.1): verified in place of a callback, up to the seal."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.seals import auditing
from tests.aids import given, stages
from tests.aids.given import CONTENT, WANGJING, People
from tests.aids.sealing import LATER, force, sealed, tickets_under, verified
from tests.conftest import StillClock

Json = dict[str, Any]

SEEN = {"method": "site", "resolved": "resolved", "text": "现场已停工。", "evidence": "照片 1"}
PUBLISHED = {"where": "北京日报 10 月 20 日第 3 版", "at": "2026-10-19T04:00:00Z"}
NOBODY: Json = {"citizen": {}}
MONTH = "2026-11"


def paper(people: People, **changed: Any) -> str:
    """A newspaper's report on the works in 望京街道."""
    return given.ticket(people, **{"channel": "media", **NOBODY, **changed})


def answered(people: People, number: str, **reply: Any) -> Json:
    """On the spot in time, and answered publicly, up to the supervisor's review."""
    street = people.street()
    street.does("acknowledge", number)
    street.does("contact", number, method="visit", reached=True)
    street.does("reply", number, text="已停工。", **(reply or {"published": PUBLISHED}))
    return people.supervisor.does("review", number, approve=True)


def awaiting(people: People, **changed: Any) -> str:
    number = paper(people, **changed)
    answered(people, number)
    return number


def verify(people: People, number: str, role: str = "callback", **changed: Any) -> Json:
    answer = people(role).post(f"/tickets/{number}/verification", {**SEEN, **changed})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def row(people: People, period: str = MONTH) -> Json:
    return dict(people("analyst").get(f"/rankings/{period}/offices/{WANGJING}").json())


@pytest.mark.parametrize("role", ["callback", "supervisor"])
def test_a_case_is_closed_by_its_verification(people: People, role: str) -> None:
    number = awaiting(people)

    view = verify(people, number, role)

    shown = ("reach", "resolved", "satisfied", "method", "final", "status_now")
    assert [view[name] for name in shown] == ["verified", "resolved", None, "site", True, "closed"]
    assert people.callback.get(f"/tickets/{number}/callbacks").json() == [view]


@pytest.mark.parametrize(("resolved", "after"), [("partly", "closed"), ("unresolved", "rework")])
def test_what_was_seen_decides_like_a_callback(people: People, resolved: str, after: str) -> None:
    assert verify(people, awaiting(people), resolved=resolved)["status_now"] == after


def test_it_counts_in_a_and_a_s_and_never_in_a_m(people: People, clock: StillClock) -> None:
    resolved, unresolved, called = awaiting(people), awaiting(people), given.ticket(people)
    verify(people, resolved)
    verify(people, unresolved, resolved="unresolved")
    given.awaiting(people, called)
    stages.called(people, called)

    ranked = row(people)

    assert ranked["assessed"] == 3
    assert ranked["response"]["numerator"] == "3"
    assert (ranked["resolution"]["numerator"], ranked["resolution"]["denominator"]) == ("2", 3)
    assert (ranked["satisfaction"]["numerator"], ranked["satisfaction"]["denominator"]) == ("1", 1)
    opened = {
        (rate, counts): [
            item["number"]
            for item in people("auditor")
            .get(f"/rankings/{MONTH}/offices/{WANGJING}/tickets", rate=rate, counts=counts)
            .json()["items"]
        ]
        for rate in ("response", "resolution", "satisfaction")
        for counts in ("numerator", "denominator")
    }
    assert opened["resolution", "denominator"] == sorted([resolved, unresolved, called])
    assert opened["resolution", "numerator"] == sorted([resolved, called])
    assert opened["satisfaction", "denominator"] == [called]


@pytest.mark.parametrize(
    ("contact", "responded"),
    [
        ({"method": "visit", "reached": True}, "1"),
        ({"method": "visit", "reached": False}, "1"),
        ({"method": "message", "reached": True}, "1"),
    ],
)
def test_the_response_is_on_the_spot_or_at_the_source(
    people: People, contact: Json, responded: str
) -> None:
    number, street = paper(people), people.street()
    street.does("acknowledge", number)
    nobody = stages.tries(street, "contact", number, method="call", reached=True)
    stages.refused(nobody, 409, "no-telephone")
    assert street.does("contact", number, **contact)["status"] == "in_progress"
    street.does("reply", number, text="已停工。", published=PUBLISHED)
    people.supervisor.does("review", number, approve=True)
    verify(people, number)

    assert row(people)["response"]["numerator"] == responded


def test_a_visit_after_its_time_is_no_response(people: People, clock: StillClock) -> None:
    number = paper(people)
    clock.tick(days=1, microseconds=1)
    answered(people, number)
    verify(people, number)

    assert row(people)["response"]["numerator"] == "0"


def test_it_is_due_within_72_hours_and_the_queue_says_that_nobody_can_be_called(
    people: People, clock: StillClock
) -> None:
    number = awaiting(people, urgency="L2")

    [item] = people.callback.get("/callbacks/queue").json()["items"]

    assert (item["number"], item["no_citizen"], item["callable_now"]) == (number, True, False)
    due_at = (clock.at + timedelta(hours=72)).isoformat().replace("+00:00", "Z")
    assert item["callback_due_at"] == due_at
    assert "verification" in item["allowed"]
    assert "callback" not in item["allowed"]


WRONG: list[tuple[Json, str]] = [
    ({"method": "hearsay"}, "/method"),
    ({"resolved": "no_answer"}, "/resolved"),
    ({"resolved": None}, "/resolved"),
    ({"text": ""}, "/text"),
    ({"text": "字" * 20_001}, "/text"),
    ({"evidence": None}, "/evidence"),
    ({"satisfied": "very"}, "/satisfied"),
]


@pytest.mark.parametrize(("changed", "pointer"), WRONG)
def test_a_wrong_form_is_refused_at_its_member(
    people: People, app: FastAPI, changed: Json, pointer: str
) -> None:
    number = awaiting(people)
    before = given.record(app)

    answer = people.callback.post(f"/tickets/{number}/verification", {**SEEN, **changed})

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert given.record(app) == before


def test_who_may_not_when_it_may_not_and_not_twice(people: People, app: FastAPI) -> None:
    fresh, done, called = paper(people), awaiting(people), given.ticket(people)
    given.awaiting(people, called)
    verify(people, done)
    before = given.record(app)

    def asked(person: Any, number: str, path: str = "verification", body: Json = SEEN) -> Any:
        answer = person.post(f"/tickets/{number}/{path}", body)
        return answer.status_code, answer.json()["type"].rpartition("/")[2]

    assert asked(people.street(), fresh) == (403, "wrong-role")
    assert asked(people("operator"), fresh) == (403, "wrong-role")
    assert asked(people.callback, "BJ202611210000000") == (404, "no-such-ticket")
    assert asked(people.callback, fresh) == (409, "illegal-move")
    assert asked(people.callback, done) == (409, "illegal-move")
    assert asked(people.callback, called) == (409, "citizen-to-call")
    waiting = awaiting(people)
    before = given.record(app)
    assert asked(people.callback, waiting, "callbacks", CONTENT) == (409, "nobody-to-call")
    hidden = {"reach": "verified"}
    assert asked(people.callback, called, "callbacks", hidden) == (422, "invalid")
    assert given.record(app) == before


REPLIES: list[tuple[str, Json, str]] = [
    ("media", {}, "/published"),
    ("opinion", {"citizen_feedback": {"method": "call"}}, "/citizen_feedback"),
    ("superior", {"published": PUBLISHED}, "/published"),
    ("media", {"published": {**PUBLISHED, "at": "2030-01-01T00:00:00Z"}}, "/published/at"),
    ("media", {"published": {"at": PUBLISHED["at"]}}, "/published/where"),
]


@pytest.mark.parametrize(("channel", "reply", "pointer"), REPLIES)
def test_a_public_source_is_answered_publicly_and_no_other(
    people: People, channel: str, reply: Json, pointer: str
) -> None:
    number, street = paper(people, channel=channel), people.street()
    street.does("acknowledge", number)
    street.does("contact", number, method="visit", reached=True)

    answer = street.post(f"/tickets/{number}/reply", {"text": "已停工。", **reply})

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_superior_is_answered_by_the_reply_alone(people: People) -> None:
    number = paper(people, channel="superior")
    street = people.street()
    street.does("acknowledge", number)
    street.does("contact", number, method="visit", reached=True)
    street.does("reply", number, text="已停工。")
    people.supervisor.does("review", number, approve=True)

    assert verify(people, number, method="document")["status_now"] == "closed"


def test_a_source_that_names_a_telephone_is_called_or_verified(people: People) -> None:
    called, seen = (given.ticket(people, channel="superior") for _ in range(2))
    for number in (called, seen):
        given.awaiting(people, number)

    assert people.callback.post(f"/tickets/{called}/callbacks", CONTENT).status_code == 201
    assert verify(people, seen)["status_now"] == "closed"


def test_each_of_a_group_has_its_own_result(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    parent = given.ticket(people)
    clock.tick(minutes=1)
    member = paper(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    street = people.street()
    street.does("acknowledge", parent)
    street.does("contact", parent, method="call", reached=True)
    street.does("contact", member, method="visit", reached=True)
    street.does("reply", parent, text="已停工。", citizen_feedback={"method": "call"})
    people.supervisor.does("review", parent, approve=True)

    assert people.callback.post(f"/tickets/{parent}/callbacks", CONTENT).status_code == 201
    assert people.callback.post(f"/tickets/{member}/callbacks", CONTENT).status_code == 409
    assert verify(people, member, resolved="partly")["status_now"] == "merged"

    ranked = row(people)
    assert ranked["assessed"] == 1
    assert (ranked["response"]["numerator"], ranked["resolution"]["numerator"]) == ("1", "1/2")
    assert ranked["satisfaction"]["numerator"] == "1"
    assert faults(app) == []


def faults(app: FastAPI) -> list[str]:
    with app.state.sessions() as session:
        return [str(fault) for fault in auditing.whole(session, app.state.city)]


def test_what_was_verified_is_sealed_and_replayed(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    first, anew = awaiting(people), awaiting(people, channel="opinion")
    verify(people, first, method="publication")
    verify(people, anew, resolved="unresolved")
    clock.tick(hours=1)
    people.street().does("reply", anew, text="再次停工。", published=PUBLISHED)
    people.supervisor.does("review", anew, approve=True)
    verify(people, anew, method="photo")
    clock.at = LATER
    sealed(people, MONTH)

    assert verified(people, MONTH)["differences"] == []
    assert faults(app) == []


FORGED: list[tuple[str, str]] = [
    ("UPDATE assessment SET satisfied = 'very', reach = 'reached'", "evidence"),
    ("UPDATE assessment SET resolved = 'unresolved'", "evidence"),
    ("UPDATE assessment SET contact_ok = false", "evidence"),
    ("UPDATE assessment SET anonymous = true", "evidence"),
    ("UPDATE contact SET method = 'call'", "evidence"),
    ("UPDATE callback SET method = 'photo'", "record"),
    ("UPDATE callback SET resolved = 'partly'", "evidence"),
    ("UPDATE ticket SET no_citizen = false", "record"),
]


@pytest.mark.parametrize(("forgery", "field"), FORGED)
def test_what_of_it_is_forged_is_named(
    people: People, app: FastAPI, clock: StillClock, forgery: str, field: str
) -> None:
    number = awaiting(people)
    verify(people, number)
    clock.at = LATER
    force(app, forgery)
    sealed(people, MONTH)

    assert tickets_under(verified(people, MONTH), field) == [number]


def test_a_verification_has_no_recording_and_what_is_resolved_stays_counted(
    people: People,
) -> None:
    number = awaiting(people)
    view = verify(people, number)
    street = people.street()

    dispute = street.post(f"/tickets/{number}/callbacks/{view['id']}/dispute", {"text": "有误"})
    exclusion = street.post(f"/tickets/{number}/exclusion", {"code": "X1", "text": "不应受理"})

    assert (dispute.status_code, exclusion.status_code) == (409, 409)
    assert dispute.json()["type"].endswith("not-counted")
    assert exclusion.json()["type"].endswith("citizen-content")

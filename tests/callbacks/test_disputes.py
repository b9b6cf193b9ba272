"""二次核实 over HTTP: a disputed recording is heard again, and both records are kept (D.9)."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from tests.aids import given
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
DENIED = {**given.CONTENT, "contacted": "no", "resolved": "unresolved"}
HEARD = {**given.CONTENT, "text": "录音中诉求人说已联系并解决。"}


def called(people: People, **body: str | None) -> tuple[str, int]:
    """A ticket of 望京街道, and the callback that denies what the office did."""
    number = given.ticket(people)
    given.awaiting(people, number)
    answer = people.callback.post(f"/tickets/{number}/callbacks", {**DENIED, **body})
    assert answer.status_code == 201, answer.text
    return number, answer.json()["id"]


def dispute(people: People, callback: int, office: str = WANGJING) -> Response:
    return people.street(office).post(f"/callbacks/{callback}/dispute", {"text": "记录有误。"})


def correct(people: People, callback: int, **body: Any) -> Response:
    return people.supervisor.post(f"/callbacks/{callback}/correction", {**HEARD, **body})


def kind(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def rates(people: People) -> list[str]:
    rows = people("analyst").get("/rankings/2026-11").json()["rows"]
    row = next(r for r in rows if r["office_code"] == WANGJING)
    return [row[rate]["numerator"] for rate in ("response", "resolution", "satisfaction")]


def test_a_denied_contact_is_overturned_by_the_recording_only(people: People) -> None:
    number, callback = called(people)
    assert rates(people) == ["0", "0", "1"]

    assert dispute(people, callback).status_code == 200
    assert rates(people) == ["0", "0", "1"]
    answer = correct(people, callback)

    assert answer.status_code == 200
    assert rates(people) == ["1", "1", "1"]
    assert answer.json()["contacted"] == "no"
    assert answer.json()["correction"]["contacted"] == "yes"
    assert answer.json()["status_now"] == "rework"
    kept = people("auditor").get(f"/tickets/{number}/callbacks").json()
    assert kept == [answer.json()]


def test_a_record_that_stands_is_settled_too(people: People) -> None:
    number, callback = called(people)
    dispute(people, callback)

    answer = correct(people, callback, **DENIED)

    assert answer.status_code == 200
    assert answer.json()["correction"] is None
    assert rates(people) == ["0", "0", "1"]
    last = people.operator.get(f"/tickets/{number}/events").json()[-1]
    assert (last["action"], last["data"]["differs"]) == ("hear_again", False)
    assert kind(correct(people, callback)) == (409, "correction-repeated")


def test_a_recording_that_cannot_be_understood_is_no_answer(people: People) -> None:
    _, callback = called(people)
    empty = {"contacted": None, "resolved": None, "satisfied": None}

    assert correct(people, callback, reach="wrong_number", **empty).status_code == 200
    assert rates(people) == ["1", "0", "0"]


@pytest.mark.parametrize(("late", "expected"), [(timedelta(), 200), (TICK, 409)])
def test_it_is_disputed_within_three_days(
    people: People, clock: StillClock, late: timedelta, expected: int
) -> None:
    _, callback = called(people)
    clock.at += timedelta(days=3) + late

    answer = dispute(people, callback)

    assert answer.status_code == expected
    if expected == 409:
        assert kind(answer)[1] == "dispute-late"


def test_a_record_is_disputed_and_corrected_once(people: People) -> None:
    _, callback = called(people)
    dispute(people, callback)

    assert kind(dispute(people, callback)) == (409, "dispute-repeated")
    correct(people, callback)
    assert kind(correct(people, callback)) == (409, "correction-repeated")


def test_nothing_is_corrected_that_nobody_disputes_and_that_does_not_differ(
    people: People,
) -> None:
    _, callback = called(people)

    assert kind(correct(people, callback, **DENIED)) == (409, "nothing-to-correct")


def test_only_the_callback_that_counts_is_heard_again(people: People) -> None:
    number = given.ticket(people)
    given.awaiting(people, number)
    tried = people.callback.post(f"/tickets/{number}/callbacks", {"reach": "unreached"})
    first = people.callback.post(f"/tickets/{number}/callbacks", DENIED)
    assert first.json()["status_now"] == "rework"
    street = people.street()
    street.does("contact", number, method="call", reached=True)
    street.does("reply", number, text="已复工整改。", citizen_feedback={"method": "call"})
    people.supervisor.does("review", number, approve=True)
    second = people.callback.post(f"/tickets/{number}/callbacks", DENIED)
    assert second.status_code == 201, second.text

    assert kind(dispute(people, tried.json()["id"])) == (409, "not-counted")
    assert kind(correct(people, second.json()["id"])) == (409, "not-counted")
    assert dispute(people, first.json()["id"]).status_code == 200


def test_only_the_office_disputes_and_only_a_supervisor_corrects(people: People) -> None:
    _, callback = called(people)
    body = {"text": "记录有误。"}

    assert people.callback.post(f"/callbacks/{callback}/dispute", body).status_code == 403
    assert dispute(people, callback, "110105001").status_code == 404
    assert dispute(people, 10**6).status_code == 404
    assert people.street().post(f"/callbacks/{callback}/correction", HEARD).status_code == 403
    assert people.callback.post(f"/callbacks/{callback}/correction", HEARD).status_code == 403


def test_a_record_is_named_with_its_ticket_or_alone(people: People) -> None:
    number, callback = called(people)
    other, _ = called(people)
    body = {"text": "记录有误。"}

    wrong = people.street().post(f"/tickets/{other}/callbacks/{callback}/dispute", body)
    right = people.street().post(f"/tickets/{number}/callbacks/{callback}/dispute", body)
    assert (wrong.status_code, right.status_code) == (404, 200)
    path = f"/tickets/{number}/callbacks/{callback}/correction"
    assert people.supervisor.post(path, HEARD).json()["correction"]["contacted"] == "yes"


@pytest.mark.parametrize(
    "body",
    [{}, {"reach": "reached", "text": "…"}, {**HEARD, "reach": "refused"}, {**HEARD, "text": ""}],
)
def test_a_wrong_form_is_refused(people: People, body: dict[str, Any]) -> None:
    _, callback = called(people)

    answer = people.supervisor.post(f"/callbacks/{callback}/correction", body)

    assert answer.status_code == 422


def test_a_corrected_record_of_an_excluded_ticket_counts_nowhere(people: People) -> None:
    number, callback = called(people)
    people.street().post(f"/tickets/{number}/exclusion", {"code": "X1", "text": "……"})
    word = {"approve": True, "text": "……"}
    people.district().post(f"/tickets/{number}/exclusion/review", word)
    decided = people("evaluator").post(f"/tickets/{number}/exclusion/decision", word)
    assert decided.status_code == 200, decided.text

    assert correct(people, callback).status_code == 200

    assert rates(people) == ["0", "0", "0"]


def test_a_key_has_one_effect(people: People) -> None:
    number, callback = called(people)
    street, path = people.street(), f"/callbacks/{callback}/dispute"
    key = {"Idempotency-Key": "one"}

    first = street.post(path, {"text": "记录有误。"}, headers=key)
    again = street.post(path, {"text": "记录有误。"}, headers=key)
    stale = people.supervisor.post(
        f"/callbacks/{callback}/correction", HEARD, headers={"If-Match": '"1"'}
    )

    assert (first.status_code, again.status_code, stale.status_code) == (200, 200, 412)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    events = people.operator.get(f"/tickets/{number}/events").json()
    assert [e["action"] for e in events].count("dispute") == 1


def test_a_dispute_lies_with_the_supervisors_until_the_recording_is_heard(people: People) -> None:
    def waiting() -> list[tuple[str, str, str]]:
        rows = people.supervisor.get("/inbox").json()["items"]
        return [(row["number"], row["kind"], row["because"]) for row in rows]

    number, callback = called(people, resolved="resolved", contacted="no")
    assert waiting() == []
    assert dispute(people, callback).status_code == 200
    assert waiting() == [(number, "dispute", "disputed")]
    assert correct(people, callback, contacted="no").status_code == 200
    assert waiting() == []

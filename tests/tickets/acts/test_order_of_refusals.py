"""Whose it is (403) is judged before the version (412), and that before the state (409)."""

from typing import Any

import pytest

from tests.aids import given, stages
from tests.aids.given import DISCONTENT, WANGJING, People
from tests.aids.stages import DONGHUAMEN, refused
from tests.conftest import StillClock

STALE = {"If-Match": '"1"'}
WORD = {"approve": True, "text": "属实"}
ASKED = {"code": "X2", "text": "超出政策"}
HEARD = {**given.CONTENT, "text": "复听录音"}


def assessed(people: People, clock: StillClock) -> tuple[str, int]:
    """Assessed, and the callback that it was assessed by."""
    number = stages.awaiting(people, clock)
    made = stages.called(people, number, **DISCONTENT)
    return number, made["id"]


def path(step: str, number: str, made: int) -> str:
    about = f"/callbacks/{made}" if step in ("dispute", "correction") else f"/tickets/{number}"
    return f"{about}/{step}"


STEPS: list[tuple[str, tuple[str, str | None], dict[str, Any]]] = [
    ("exclusion", ("handler", WANGJING), ASKED),
    ("exclusion/review", ("district", given.CHAOYANG), WORD),
    ("exclusion/decision", ("evaluator", None), WORD),
    ("dispute", ("handler", WANGJING), {"text": "有误"}),
    ("correction", ("supervisor", None), HEARD),
]


@pytest.mark.parametrize(("step", "who", "body"), STEPS)
def test_an_old_version_is_told_before_the_state(
    people: People,
    clock: StillClock,
    step: str,
    who: tuple[str, str | None],
    body: dict[str, Any],
) -> None:
    number, made = assessed(people, clock)
    refused(people(*who).post(path(step, number, made), body, STALE), 412, "ticket-changed")


@pytest.mark.parametrize(("step", "who", "body"), [step for step in STEPS if step[1][1]])
def test_whose_it_is_not_learns_nothing_of_version_and_state(
    people: People,
    clock: StillClock,
    step: str,
    who: tuple[str, str | None],
    body: dict[str, Any],
) -> None:
    number, made = counted_for_another(people, clock)
    stranger = people(*who)
    refused(stranger.post(path(step, number, made), body, STALE), 403, "not-your-part")
    refused(stranger.post(path(step, number, made), body), 403, "not-your-part")


def counted_for_another(people: People, clock: StillClock) -> tuple[str, int]:
    """It counts for a street of 东城区, and 望京街道 and its district see it."""
    number = given.ticket(people)
    body = {"office_code": DONGHUAMEN, "joint_office_codes": [WANGJING], "reason": "跨界"}
    people.dispatcher.does("dispatch", number, **body)
    given.awaiting(people, number, DONGHUAMEN)
    return number, stages.called(people, number, **DISCONTENT)["id"]


def test_what_no_file_is_said_to_be_is_told_before_the_version(people: People) -> None:
    number = given.ticket(people)
    street, where = people.street(), f"/tickets/{number}/attachments"
    refused(street.send(where, b"no file", STALE), 422, "unknown-file")
    refused(street.send(where, given.JPEG, STALE), 412, "ticket-changed")

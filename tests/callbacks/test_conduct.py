"""RULEBOOK D.9, T19, T20: when to call, when it is final, and what then becomes of the ticket."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.callbacks.answers import Answers, Contacted, Reach, Resolved, Satisfied
from app.callbacks.conduct import Attempts, asks_rework, callable_now, is_final, verdict
from app.policy.documents import parse
from app.tickets.life.lifecycle import Status

POLICY = parse("beijing-2019", Path("app/data/policy/beijing-2019.toml").read_text())
TEN = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)  # 10:00 in Beijing
MICRO = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def hour(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-10-20T{text}+08:00")


WINDOW = [
    ("07:59:59.999999", False),
    ("08:00:00", True),
    ("12:00:00", True),
    ("21:00:00", True),
    ("21:00:00.000001", False),
    ("23:59:59.999999", False),
    ("00:00:00", False),
]


@pytest.mark.parametrize(("at", "may"), WINDOW)
def test_citizens_are_called_from_eight_to_nine_in_beijing(at: str, may: bool) -> None:
    assert callable_now(POLICY, Attempts(TEN - 20 * HOUR), hour(at)) is may


@pytest.mark.parametrize(("after", "may"), [(4 * HOUR - MICRO, False), (4 * HOUR, True)])
def test_between_two_attempts_lie_four_hours(after: timedelta, may: bool) -> None:
    tried = Attempts(TEN - 20 * HOUR, [TEN - 9 * HOUR, TEN])

    assert callable_now(POLICY, tried, TEN + after) is may


FINAL = [
    # reach, attempts before, hours since it awaits, is it final
    (Reach.REACHED, 0, 0, True),
    (Reach.REFUSED, 0, 0, True),
    (Reach.WRONG_NUMBER, 1, 5, True),
    (Reach.ANONYMOUS, 0, 0, True),
    (Reach.UNREACHED, 0, 0, False),
    (Reach.UNREACHED, 1, 4, False),
    (Reach.UNREACHED, 2, 8, True),
    (Reach.UNREACHED, 0, 72, False),
    (Reach.UNREACHED, 0, 72.001, True),
]


@pytest.mark.parametrize(("reach", "before", "hours", "final"), FINAL)
def test_only_the_last_vain_attempt_settles_it(
    reach: Reach, before: int, hours: float, final: bool
) -> None:
    tried = Attempts(TEN, [TEN] * before)

    assert is_final(POLICY, Answers(reach), tried, TEN + timedelta(hours=hours)) is final


def reached(resolved: Resolved, satisfied: Satisfied) -> Answers:
    return Answers(Reach.REACHED, Contacted.YES, resolved, satisfied)


REWORK = [
    (reached(Resolved.RESOLVED, Satisfied.VERY), False),
    (reached(Resolved.RESOLVED, Satisfied.BASIC), False),
    (reached(Resolved.PARTLY, Satisfied.BASIC), False),
    (reached(Resolved.NO_ANSWER, Satisfied.NO_ANSWER), False),
    (reached(Resolved.UNRESOLVED, Satisfied.VERY), True),
    (reached(Resolved.RESOLVED, Satisfied.DISSATISFIED), True),
    (reached(Resolved.RESOLVED, Satisfied.VERY_DISSATISFIED), True),
    (Answers(Reach.UNREACHED), False),
    (Answers(Reach.REFUSED), False),
]


@pytest.mark.parametrize(("answers", "asks"), REWORK)
def test_the_unresolved_and_the_dissatisfied_ask_for_rework_once(
    answers: Answers, asks: bool
) -> None:
    assert asks_rework(POLICY, answers, reworks=0) is asks
    assert asks_rework(POLICY, answers, reworks=1) is False


@pytest.mark.parametrize(
    ("asked", "reasonable", "status", "doubted"),
    [
        (False, None, Status.CLOSED, False),
        (False, False, Status.CLOSED, False),
        (True, None, Status.REWORK, False),
        (True, True, Status.REWORK, False),
        (True, False, Status.AWAITING_CALLBACK, True),
    ],
)
def test_an_unreasonable_demand_waits_for_a_supervisors_word(
    asked: bool, reasonable: bool | None, status: Status, doubted: bool
) -> None:
    assert verdict(asked, reasonable) == (status, doubted)

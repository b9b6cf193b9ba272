"""When an objection is too late, when its ruling is, and when 会商 takes over (RULEBOOK D.8)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.tickets.life.objections import goes_to_consulting, rejected_at, silent_at, window_over
from tests import policies

BEIJING = policies.beijing()
GIVEN = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("urgency", "window", "decide"),
    [
        (Urgency.L1, timedelta(minutes=10), timedelta(minutes=10)),
        (Urgency.L2, timedelta(hours=1), timedelta(hours=1)),
        (Urgency.L3, timedelta(hours=4), timedelta(hours=8)),
        (Urgency.L4, timedelta(hours=4), timedelta(hours=8)),
    ],
)
def test_windows_and_times_to_decide(
    urgency: Urgency, window: timedelta, decide: timedelta
) -> None:
    assert not window_over(BEIJING, urgency, GIVEN, GIVEN + window)
    assert window_over(BEIJING, urgency, GIVEN, GIVEN + window + TICK)
    assert silent_at(BEIJING, urgency, GIVEN) == GIVEN + decide
    assert rejected_at(BEIJING, urgency, GIVEN) == GIVEN + 2 * decide


def test_what_is_not_dispatched_has_no_window() -> None:
    assert not window_over(BEIJING, Urgency.L1, None, GIVEN)


@pytest.mark.parametrize(
    ("upheld", "proposed", "objectors", "consulted"),
    [
        (0, "B", [], False),
        (1, "C", ["A"], False),
        (1, "A", ["A"], True),
        (0, "A", ["A"], True),
        (2, "D", ["A", "B"], True),
        (2, None, ["A", "B"], True),
        (1, None, ["A"], False),
    ],
)
def test_enough_is_enough(
    upheld: int, proposed: str | None, objectors: list[str], consulted: bool
) -> None:
    assert goes_to_consulting(BEIJING, upheld, proposed, objectors) is consulted


@given(factor=st.sampled_from(["1", "1.5", "2", "1/3"]), urgency=st.sampled_from(Urgency))
def test_silence_is_counted_exactly(factor: str, urgency: Urgency) -> None:
    policy: Policy = policies.beijing(("silence_factor = 2", f'silence_factor = "{factor}"'))
    limit = policy.objection.decide[urgency]
    ends = rejected_at(policy, urgency, GIVEN) - GIVEN
    assert abs(ends - limit * float(policy.objection.silence_factor)) <= TICK

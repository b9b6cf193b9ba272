"""Attendance of a campaign, as tables (RULEBOOK D.14.4)."""

from datetime import UTC, date, datetime

import pytest

from app.whistles.campaigns.attendance import Summoned, Visit, days_there, expected, missing


def at(day: int, hour: int) -> datetime:
    """In UTC; Beijing is eight hours ahead."""
    return datetime(2026, 10, day, hour, tzinfo=UTC)


DAY = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("came", "left", "days"),
    [
        (at(20, 1), at(20, 9), [20]),
        (at(20, 1), None, [20]),
        (at(20, 15), at(20, 16), [20, 21]),  # past midnight in Beijing
        (at(19, 16), at(20, 1), [20]),
        (at(18, 1), at(20, 1), [18, 19, 20]),
    ],
)
def test_a_visit_counts_for_the_days_in_beijing(
    came: datetime, left: datetime | None, days: list[int]
) -> None:
    assert days_there([Visit("a", came, left)]) == {"a": {date(2026, 10, day) for day in days}}


@pytest.mark.parametrize(
    ("required", "sent", "gone", "codes"),
    [
        (True, at(1, 1), None, ["a"]),
        (False, at(1, 1), None, []),
        (True, at(20, 1), None, ["a"]),
        (True, at(20, 16), None, []),  # called on the 21st
        (True, at(1, 1), at(20, 1), ["a"]),
        (True, at(1, 1), at(19, 1), []),
    ],
)
def test_who_is_expected_and_missed(
    required: bool, sent: datetime, gone: datetime | None, codes: list[str]
) -> None:
    assert expected([Summoned("a", required, sent, gone)], DAY) == codes
    assert missing(codes, {"b": {DAY}}, DAY) == codes
    assert missing(codes, {"a": {DAY}}, DAY) == []

"""What falls due by itself, and in which order: warnings, escalations, ends (RULEBOOK D.6.3)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.kit.workdays import BEIJING as ZONE
from app.kit.workdays import KNOWN_YEARS
from app.offices.catalogue import Urgency
from app.tickets.life import limits
from app.tickets.life.lifecycle import IN_OFFICE, OPEN, TERMINAL, Action, Status
from app.tickets.life.parts import Part
from app.tickets.life.timers import Fall, Timers
from tests import policies

BEIJING = policies.beijing()
WORKING = policies.beijing(('calendar = "natural"', 'calendar = "working"'))
DAY_END = policies.beijing(('day_mode = "exact"', 'day_mode = "end_of_day"'))
BOTH = policies.beijing(
    ('calendar = "natural"', 'calendar = "working"'),
    ('day_mode = "exact"', 'day_mode = "end_of_day"'),
)
GIVEN = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def clockwork(urgency: Urgency = Urgency.L3, **known: Any) -> Timers:
    """Dispatched at GIVEN."""
    due_at = limits.due(BEIJING, urgency, GIVEN).result
    begun = {"status": Status.DISPATCHED, "since": GIVEN, "dispatched_at": GIVEN, "due_at": due_at}
    return Timers(urgency=urgency, **{**begun, **known})


def falls(ticket: Timers) -> Iterator[Fall]:
    """Everything that happens to it while nobody acts, up to its forced callback."""
    while fall := limits.next_fall(BEIJING, ticket):
        yield fall
        if not fall.name:
            return
        ticket = replace(ticket, warned=[*ticket.warned, fall.name])


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        (
            Urgency.L1,
            [("share-1/2", HOUR), ("share-4/5", 96 * HOUR / 60), ("overdue-chief", 2 * HOUR)],
        ),
        (Urgency.L2, [("share-1/2", 12 * HOUR), ("overdue-chief", 24 * HOUR)]),
        (
            Urgency.L3,
            [("before-48h", 120 * HOUR), ("before-24h", 144 * HOUR), ("overdue-chief", 168 * HOUR)],
        ),
        (
            Urgency.L4,
            [("before-48h", 312 * HOUR), ("before-24h", 336 * HOUR), ("overdue-chief", 360 * HOUR)],
        ),
    ],
)
def test_each_urgency_is_warned_of_in_its_way(
    urgency: Urgency, expected: list[tuple[str, timedelta]]
) -> None:
    named = [(fall.name, fall.at - GIVEN) for fall in falls(clockwork(urgency))]
    due = expected[-1][1]
    assert named == [*expected, ("overdue-district", due + 24 * HOUR), ("", due + 24 * HOUR)]


def test_an_unanswered_forced_callback_is_escalated_to_the_city() -> None:
    warned = ["overdue-chief", "overdue-district"]
    ticket = clockwork(status=Status.AWAITING_CALLBACK, forced=True, warned=warned)
    fall = limits.next_fall(BEIJING, ticket)
    assert fall == Fall(GIVEN + 240 * HOUR, Action.ESCALATE, "overdue-supervisor")
    assert limits.next_fall(BEIJING, replace(ticket, replied_at=ticket.since)) is None


def test_nothing_is_due_at_its_instant_and_all_of_it_a_microsecond_later() -> None:
    ticket = clockwork()
    at = GIVEN + 120 * HOUR
    assert limits.due_now(BEIJING, ticket, at) is None
    fall = limits.due_now(BEIJING, ticket, at + TICK)
    assert fall is not None
    assert fall.name == "before-48h"


@pytest.mark.parametrize(
    ("known", "action", "after"),
    [
        ({"status": Status.RECEIVED, "due_at": None}, Action.ROUTE, timedelta(minutes=15)),
        ({"status": Status.NEED_INFO, "due_at": None}, Action.PASS_ON, timedelta(minutes=15)),
        ({"status": Status.OBJECTED}, Action.ALARM, 8 * HOUR),
        (
            {"status": Status.OBJECTED, "warned": ["unruled", "unruled-2"]},
            Action.REJECT_OBJECTION,
            16 * HOUR,
        ),
        ({"status": Status.CONSULTING}, Action.ALARM, 24 * HOUR),
        (
            {"status": Status.REPLIED, "warned": ["unreviewed", "unreviewed-2"]},
            Action.PASS_REVIEW,
            24 * HOUR,
        ),
        (
            {"status": Status.ON_HOLD, "due_at": None, "review_at": GIVEN + 999 * HOUR},
            Action.END_HOLD,
            999 * HOUR,
        ),
        (
            {"status": Status.AWAITING_CALLBACK, "doubted": True},
            Action.SEND_TO_REWORK,
            24 * HOUR,
        ),
    ],
)
def test_what_ends_a_standstill(known: dict[str, Any], action: Action, after: timedelta) -> None:
    fall = limits.next_fall(BEIJING, clockwork(**known))
    assert fall is not None
    assert (fall.action, fall.at - GIVEN) == (action, after)


@pytest.mark.parametrize(
    ("known", "problem"),
    [
        ({"dispatches": 3}, False),
        ({"dispatches": 4}, True),
        ({"dispatches": 4, "acknowledged_at": GIVEN}, False),
        ({"reworks": 2, "acknowledged_at": GIVEN}, False),
        ({"reworks": 3, "acknowledged_at": GIVEN}, True),
    ],
)
def test_what_nobody_leads_or_nobody_settles_is_a_problem(
    known: dict[str, Any], problem: bool
) -> None:
    fall = limits.next_fall(BEIJING, clockwork(**known))
    assert fall is not None
    assert (fall.name == "problem") is problem


def test_the_chief_learns_before_the_extension_is_refused() -> None:
    warned = ["before-48h", "before-24h"]
    ticket = clockwork(asks_extension=Part.DISTRICT, warned=warned)
    due_at = GIVEN + 168 * HOUR
    assert limits.next_fall(BEIJING, ticket) == Fall(due_at, Action.ESCALATE, "overdue-chief")
    later = replace(ticket, warned=[*warned, "overdue-chief"])
    assert limits.next_fall(BEIJING, later) == Fall(due_at, Action.REFUSE_EXTENSION)


@given(
    status=st.sampled_from(sorted(OPEN - IN_OFFICE)) | st.sampled_from(sorted(TERMINAL)),
    urgency=st.sampled_from(Urgency),
)
def test_no_office_is_warned_of_what_it_does_not_work_on(status: Status, urgency: Urgency) -> None:
    fall = limits.next_fall(BEIJING, clockwork(urgency, status=status))
    assert fall is None or fall.action not in (Action.WARN, Action.ESCALATE)


@given(urgency=st.sampled_from(Urgency), status=st.sampled_from(sorted(IN_OFFICE)))
def test_falls_come_in_order_and_each_warning_once(urgency: Urgency, status: Status) -> None:
    changes = list(falls(clockwork(urgency, status=status)))
    assert [fall.at for fall in changes] == sorted(fall.at for fall in changes)
    names = [fall.name for fall in changes]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("known", "office", "district"),
    [
        ({}, "S", None),
        ({"status": Status.OBJECTED}, "S", None),
        ({"status": Status.OBJECTED, "objection_district": "E"}, "S", "E"),
        ({"status": Status.IN_PROGRESS, "asks_extension": Part.DISTRICT}, "S", "D"),
        ({"status": Status.IN_PROGRESS, "asks_extension": Part.SUPERVISOR}, "S", None),
        ({"status": Status.IN_PROGRESS, "asks_hold": Part.DISTRICT}, "S", "D"),
        ({"status": Status.ON_HOLD, "asks_hold": Part.DISTRICT}, "S", "D"),
        ({"status": Status.ON_HOLD}, "S", None),
        ({"status": Status.REPLIED}, None, "D"),
        ({"status": Status.TO_DISPATCH}, None, None),
        ({"status": Status.TO_DISPATCH, "queue": "Q"}, None, "Q"),
        ({"status": Status.AWAITING_CALLBACK}, None, None),
        ({"status": Status.CLOSED}, None, None),
    ],
)
def test_in_whose_inbox_it_lies(
    known: dict[str, Any], office: str | None, district: str | None
) -> None:
    review_at = GIVEN + HOUR if known.get("status") is Status.ON_HOLD else None
    ticket = clockwork(office_code="S", district_code="D", review_at=review_at, **known)
    wound = limits.wound(BEIJING, ticket)
    assert (wound["waits_for"], wound["asked_of"]) == (office, district)
    assert (wound["waits_until"] is None) == (office is None)
    assert (wound["asked_until"] is None) == (district is None)


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("policy", "dispatched", "due"),
    [
        # the Friday before 国庆 2025, which is worked through on 28 September and 11 October (调休)
        (BEIJING, "2025-09-26 10:00", "2025-10-03 10:00"),
        (WORKING, "2025-09-26 10:00", "2025-10-13 10:00"),
        (DAY_END, "2025-09-26 10:00", "2025-10-03 23:59:59.999999"),
        (BOTH, "2025-09-26 10:00", "2025-10-13 23:59:59.999999"),
        # dispatched on a day off: day 0 is that day, working days count from the next one worked
        (WORKING, "2025-10-05 12:00", "2025-10-17 00:00"),
        (BOTH, "2025-10-05 12:00", "2025-10-16 23:59:59.999999"),
        (DAY_END, "2025-12-28 23:59", "2026-01-04 23:59:59.999999"),
    ],
)
def test_seven_days_by_each_calendar(policy: Any, dispatched: str, due: str) -> None:
    due_times = limits.due(policy, Urgency.L3, beijing(dispatched).astimezone(UTC))
    assert due_times.result.astimezone(ZONE) == beijing(due)


@pytest.mark.parametrize("policy", [WORKING, BOTH])
def test_limits_of_hours_run_through_nights_and_holidays(policy: Any) -> None:
    at = beijing("2025-09-30 23:00").astimezone(UTC)
    assert limits.due(policy, Urgency.L2, at) == limits.due(BEIJING, Urgency.L2, at)


@pytest.mark.parametrize("policy", [WORKING, BOTH])
def test_in_a_year_without_known_holidays_weekends_do_not_count(policy: Any) -> None:
    dispatched = beijing("2035-12-20 10:00").astimezone(UTC)
    due_day = limits.due(policy, Urgency.L4, dispatched).result.astimezone(ZONE).date()
    assert due_day == date(2036, 1, 10)


@pytest.mark.parametrize("policy", [BEIJING, WORKING, DAY_END, BOTH])
@pytest.mark.parametrize("urgency", list(Urgency))
def test_every_day_of_the_last_known_year_has_its_limits(policy: Any, urgency: Urgency) -> None:
    begins = beijing(f"{max(KNOWN_YEARS)}-01-01 10:00").astimezone(UTC)
    for day in range(366):
        dispatched = begins + timedelta(days=day)
        assert limits.due(policy, urgency, dispatched).result > dispatched


@given(
    start=st.integers(0, 333 * 24 * 60),
    wait=st.integers(0, 40 * 24 * 60),
    policy=st.sampled_from([BEIJING, WORKING, DAY_END, BOTH]),
)
def test_who_starts_later_is_never_due_earlier(start: int, wait: int, policy: Any) -> None:
    first = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    then = min(first + timedelta(minutes=wait), datetime(2025, 12, 1, tzinfo=UTC))
    earlier, later = (limits.due(policy, Urgency.L3, at).result for at in (first, then))
    assert earlier <= later

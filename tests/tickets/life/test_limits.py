"""A ticket's clock to the microsecond: due times, what falls due by itself, whose turn it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.offices.catalogue import Urgency
from app.policy.documents import Policy, parse
from app.tickets.life.alarms import Alarm
from app.tickets.life.lifecycle import IN_OFFICE, TERMINAL, Action, Status
from app.tickets.life.limits import callback_due, changes, due, due_now, next_fall, wound
from app.tickets.life.parts import Part
from app.tickets.life.timers import TICK, Fall, Timers

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()
POLICY = parse("beijing-2019", DOCUMENT)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FRIDAY = datetime(2026, 9, 25, 8, 30, 0, 123456, tzinfo=UTC)  # 16:30 in Beijing; 中秋


def ruled(**changed: str) -> Policy:
    text = DOCUMENT
    for old, new in changed.items():
        text = text.replace(f'{old} = "{getattr(POLICY.clock, old)}"', f'{old} = "{new}"')
    return parse("changed", text)


LIMITS = [
    (Urgency.L1, 10 * MINUTE, 30 * MINUTE, 2 * HOUR),
    (Urgency.L2, 30 * MINUTE, 2 * HOUR, 24 * HOUR),
    (Urgency.L3, 2 * HOUR, 24 * HOUR, 7 * DAY),
    (Urgency.L4, 2 * HOUR, 24 * HOUR, 15 * DAY),
]


@pytest.mark.parametrize(("urgency", "acknowledge", "contact", "result"), LIMITS)
def test_limits_are_natural_time_to_the_microsecond(
    urgency: Urgency, acknowledge: timedelta, contact: timedelta, result: timedelta
) -> None:
    due_times = due(POLICY, urgency, FRIDAY)

    assert due_times == (FRIDAY + acknowledge, FRIDAY + contact, FRIDAY + result)


def test_working_days_count_for_limits_of_whole_days_only() -> None:
    """中秋 2026 is 25 to 27 September; 国庆 1 to 7 October, with Sunday 20 September worked."""
    working = ruled(calendar="working")
    thursday = datetime(2026, 9, 24, 8, 30, tzinfo=UTC)

    l2, l3 = due(working, Urgency.L2, thursday), due(working, Urgency.L3, thursday)

    assert l2.result == thursday + DAY
    assert l3.contact == thursday + DAY
    assert l3.result == datetime(2026, 10, 12, 8, 30, tzinfo=UTC)  # 28 29 30, 8 9 10(Sat) 12


def test_a_day_limit_may_run_to_the_last_microsecond_of_its_day_in_beijing() -> None:
    late = datetime(2026, 10, 19, 16, 0, tzinfo=UTC)  # 00:00 on the 20th in Beijing

    due_times = due(ruled(day_mode="end_of_day"), Urgency.L3, late)

    assert due_times.result == datetime(2026, 10, 27, 15, 59, 59, 999999, tzinfo=UTC)
    assert due_times.contact == late + DAY


OPENED = Timers(
    status=Status.DISPATCHED,
    urgency=Urgency.L3,
    since=FRIDAY,
    due_at=FRIDAY + 7 * DAY,
    dispatched_at=FRIDAY,
    office_code="110105026",
    district_code="110105",
)
A = Action
ALARMS = [name for alarm in Alarm for name in (alarm, f"{alarm}-2")]
TOLD = ("before-48h", "before-24h", "overdue-chief", "overdue-district", *ALARMS)
"""Every warning and alarm that goes before; test_warnings.py and test_alarms.py are about them."""

FALLS = [
    # a status, what else is so, what happens by itself, how long after it came into the status
    (Status.RECEIVED, {}, A.ROUTE, 15 * MINUTE),
    (Status.RECEIVED, {"urgency": Urgency.L1}, A.ROUTE, 3 * MINUTE),
    (Status.NEED_INFO, {}, A.PASS_ON, 15 * MINUTE),
    (Status.NEED_INFO, {"urgency": Urgency.L1}, A.PASS_ON, timedelta(0)),
    (Status.NEED_INFO, {"tried_at": FRIDAY + HOUR}, A.PASS_ON, 15 * MINUTE),
    (Status.NEED_INFO, {"asked_at": FRIDAY + HOUR}, A.PASS_ON, 25 * HOUR),
    (
        Status.NEED_INFO,
        {"asked_at": FRIDAY + HOUR, "tried_at": FRIDAY + 2 * HOUR},
        A.EXPIRE,
        25 * HOUR,
    ),
    (
        Status.NEED_INFO,
        {"asked_at": FRIDAY, "tried_at": FRIDAY + 24 * HOUR + TICK},
        A.EXPIRE,
        24 * HOUR + TICK,
    ),
    (
        Status.NEED_INFO,
        {"asked_at": FRIDAY, "tried_at": FRIDAY, "members": 1},
        A.PASS_ON,
        24 * HOUR,
    ),
    (
        Status.NEED_INFO,
        {"urgency": Urgency.L1, "asked_at": FRIDAY + HOUR, "tried_at": FRIDAY + HOUR},
        A.PASS_ON,
        HOUR + 3 * MINUTE,
    ),
    (Status.REPLIED, {}, A.PASS_REVIEW, 24 * HOUR),
    (Status.OBJECTED, {}, A.REJECT_OBJECTION, 16 * HOUR),
    (Status.ON_HOLD, {"review_at": FRIDAY + 60 * DAY}, A.END_HOLD, 60 * DAY),
    (Status.IN_PROGRESS, {"asks_extension": Part.DISTRICT}, A.REFUSE_EXTENSION, 7 * DAY),
    (Status.IN_PROGRESS, {"extended_from": FRIDAY + 5 * DAY}, A.VOID_EXTENSION, 5 * DAY),
    (Status.AWAITING_CALLBACK, {"doubted": True}, A.SEND_TO_REWORK, 24 * HOUR),
    *[
        (status, {}, A.FORCE_CALLBACK, 7 * DAY + DAY)
        for status in sorted(IN_OFFICE - {Status.OBJECTED})
    ],
    # an objection that is left open so late is not waited for
    (
        Status.OBJECTED,
        {"since": FRIDAY + 8 * DAY - HOUR, "due_at": FRIDAY + 7 * DAY},
        A.FORCE_CALLBACK,
        8 * DAY,
    ),
]


@pytest.mark.parametrize(("status", "more", "action", "after"), FALLS)
def test_at_its_instant_nothing_has_fallen_due_and_a_microsecond_later_it_has(
    status: Status, more: dict[str, Any], action: Action, after: timedelta
) -> None:
    ticket = replace(OPENED, status=status, warned=TOLD, **more)

    assert next_fall(POLICY, ticket) == Fall(FRIDAY + after, action)
    assert due_now(POLICY, ticket, FRIDAY + after) is None
    assert due_now(POLICY, ticket, FRIDAY + after + TICK) == Fall(FRIDAY + after, action)


STAYS = [
    (Status.TO_DISPATCH, Urgency.L1),
    (Status.TO_DISPATCH, Urgency.L3),
    (Status.AWAITING_CALLBACK, Urgency.L3),
    (Status.ON_HOLD, Urgency.L3),
    *[(status, Urgency.L1) for status in sorted(TERMINAL)],
]


@pytest.mark.parametrize(("status", "urgency"), STAYS)
def test_some_things_wait_for_a_person_for_ever(status: Status, urgency: Urgency) -> None:
    ticket = replace(OPENED, status=status, urgency=urgency, warned=TOLD)

    assert next_fall(POLICY, ticket) is None


@given(
    urgency=st.sampled_from(Urgency),
    asked=st.none() | st.timedeltas(timedelta(0), 3 * DAY),
    tried=st.none() | st.timedeltas(timedelta(0), 3 * DAY),
    members=st.integers(0, 2),
)
def test_nothing_ends_that_nobody_asked_about_and_called_back_for(
    urgency: Urgency, asked: timedelta | None, tried: timedelta | None, members: int
) -> None:
    """D.5 R5: 24 h after the question at the earliest; never an L1, never a group."""
    asked_at = None if asked is None else FRIDAY + asked
    tried_at = None if tried is None else FRIDAY + tried
    known: dict[str, Any] = {"asked_at": asked_at, "tried_at": tried_at, "members": members}
    ticket = replace(OPENED, status=Status.NEED_INFO, urgency=urgency, due_at=None, **known)

    [fall] = changes(POLICY, ticket)

    may_end = asked_at and tried_at and not members and urgency is not Urgency.L1
    assert fall.action is (A.EXPIRE if may_end else A.PASS_ON)
    if asked_at and tried_at and may_end:
        assert fall.at == max(asked_at + DAY, tried_at)


HELD = {"review_at": FRIDAY + 60 * DAY}
IN_A_WEEK = FRIDAY + 7 * DAY
Wait = tuple[str | None, datetime | None]
TURNS: list[tuple[Status, dict[str, Any], Wait, Wait]] = [
    # a status, what else is so, until when the lead works on it, until when its district is to act
    (Status.DISPATCHED, {}, ("110105026", IN_A_WEEK), (None, None)),
    (Status.IN_PROGRESS, {}, ("110105026", IN_A_WEEK), (None, None)),
    (Status.REWORK, {}, ("110105026", IN_A_WEEK), (None, None)),
    (Status.ON_HOLD, HELD, ("110105026", FRIDAY + 60 * DAY), (None, None)),
    (
        Status.OBJECTED,
        {"objection_district": "110105"},
        ("110105026", IN_A_WEEK),
        ("110105", FRIDAY + 8 * HOUR),
    ),
    (
        Status.IN_PROGRESS,
        {"asks_extension": Part.DISTRICT},
        ("110105026", IN_A_WEEK),
        ("110105", IN_A_WEEK),
    ),
    (Status.TO_DISPATCH, {"queue": "110105"}, (None, None), ("110105", FRIDAY + 2 * HOUR)),
    (Status.TO_DISPATCH, {}, (None, None), (None, None)),
    (Status.REPLIED, {}, (None, None), ("110105", FRIDAY + DAY)),
    (Status.AWAITING_CALLBACK, {}, (None, None), (None, None)),
    (Status.CLOSED, {}, (None, None), (None, None)),
]


@pytest.mark.parametrize(("status", "more", "lead", "district"), TURNS)
def test_a_ticket_lies_in_the_inbox_of_whoever_must_act(
    status: Status, more: dict[str, Any], lead: Wait, district: Wait
) -> None:
    ticket = replace(OPENED, status=status, **more)

    waits = wound(POLICY, ticket)
    assert (waits["waits_for"], waits["waits_until"]) == lead
    assert (waits["asked_of"], waits["asked_until"]) == district


@pytest.mark.parametrize(("urgency", "hours"), [("L1", 24), ("L2", 24), ("L3", 72), ("L4", 72)])
def test_the_citizen_is_called_back_by_a_time(urgency: str, hours: int) -> None:
    ticket = replace(OPENED, status=Status.AWAITING_CALLBACK, urgency=Urgency(urgency))

    assert callback_due(POLICY, ticket) == FRIDAY + hours * HOUR
    assert callback_due(POLICY, replace(ticket, doubted=True)) is None
    assert callback_due(POLICY, OPENED) is None


NEW_YEAR = datetime(2019, 1, 1, tzinfo=UTC)


@given(
    st.timedeltas(timedelta(0), timedelta(days=7 * 365)).map(NEW_YEAR.__add__),
    st.sampled_from(Urgency),
    st.sampled_from([POLICY, ruled(calendar="working"), ruled(day_mode="end_of_day")]),
)
def test_whatever_the_calendar_nothing_is_due_before_its_plain_limit(
    at: datetime, urgency: Urgency, policy: Policy
) -> None:
    due_times, plain = due(policy, urgency, at), due(POLICY, urgency, at)

    assert all(ours >= theirs for ours, theirs in zip(due_times, plain, strict=True))
    assert at < due_times.acknowledge <= due_times.contact <= due_times.result

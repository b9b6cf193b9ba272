"""Levels and clocks of whistles (RULEBOOK D.14.2, D.21-9, D.21-16)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from app.policy.documents import parse
from app.whistles.life import clocks
from app.whistles.life.clocks import Call
from app.whistles.life.loop import WhistleKind, WhistleLevel, WhistleOrigin
from app.whistles.life.parts import may_blow
from tests.policies import DOCUMENT

TEN = datetime(2026, 10, 20, 2, tzinfo=UTC)
BEIJING = parse("beijing-2019", DOCUMENT)
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "in_progress", "level"),
    [
        ("emergency", False, "w1"),
        ("emergency", True, "w1"),
        ("enforcement", True, "w1"),
        ("enforcement", False, "w2"),
        ("key_work", False, "w3"),
        ("beyond_duty", True, "w3"),
        ("appeal", False, "w3"),
    ],
)
def test_the_level_of_a_kind(kind: str, in_progress: bool, level: str) -> None:
    assert clocks.default_level(WhistleKind(kind), in_progress) == level


@pytest.mark.parametrize(
    ("level", "kind", "accept", "arrive", "finish"),
    [
        ("w1", "emergency", 5 * MINUTES, 30 * MINUTES, None),
        ("w1", "appeal", 5 * MINUTES, 30 * MINUTES, None),
        ("w2", "enforcement", 30 * MINUTES, 30 * MINUTES, 7 * DAYS),
        ("w2", "emergency", 30 * MINUTES, 30 * MINUTES, 7 * DAYS),
        ("w2", "key_work", 30 * MINUTES, 24 * HOURS, 7 * DAYS),
        ("w2", "beyond_duty", 30 * MINUTES, 24 * HOURS, 7 * DAYS),
        ("w2", "appeal", 30 * MINUTES, 24 * HOURS, 7 * DAYS),
        ("w3", "enforcement", DAYS, 3 * DAYS, 30 * DAYS),
        ("w3", "key_work", DAYS, 3 * DAYS, 30 * DAYS),
    ],
)
def test_the_limits_of_a_level_and_kind(
    level: str, kind: str, accept: timedelta, arrive: timedelta, finish: timedelta | None
) -> None:
    call = Call(WhistleKind(kind), WhistleLevel(level))

    assert clocks.accept_due(BEIJING, call.level, TEN) == TEN + accept
    assert clocks.arrive_due(BEIJING, call, TEN) == TEN + arrive
    assert clocks.finish_due(BEIJING, call, TEN) == (finish and TEN + finish)


def test_an_appointed_time_is_the_arrival_and_what_is_going_on_waits_no_longer() -> None:
    planned = Call(WhistleKind.KEY_WORK, WhistleLevel.W3, meet_at=TEN + 5 * DAYS)
    going_on = Call(WhistleKind.ENFORCEMENT, WhistleLevel.W3, in_progress=True)

    assert clocks.arrive_due(BEIJING, planned, TEN) == TEN + 5 * DAYS
    assert clocks.finish_due(BEIJING, planned, TEN) == TEN + 35 * DAYS
    assert clocks.arrive_due(BEIJING, planned, TEN + 6 * DAYS) == TEN + 9 * DAYS
    assert clocks.arrive_due(BEIJING, going_on, TEN) == TEN + 30 * MINUTES


def test_objections_have_half_of_the_time_to_accept() -> None:
    assert clocks.object_until(BEIJING, WhistleLevel.W2, TEN) == TEN + 15 * MINUTES
    assert clocks.object_until(BEIJING, WhistleLevel.W3, TEN) == TEN + 12 * HOURS
    assert clocks.rule_due(BEIJING, WhistleLevel.W2, TEN) == TEN + 4 * HOURS
    assert clocks.rule_due(BEIJING, WhistleLevel.W3, TEN) == TEN + DAYS


def test_d_21_16() -> None:
    due = clocks.arrive_due(BEIJING, Call(WhistleKind.EMERGENCY, WhistleLevel.W1), TEN)

    assert clocks.is_on_time(TEN + 30 * MINUTES, due) is True
    assert clocks.is_on_time(TEN + 30 * MINUTES + timedelta(microseconds=1), due) is False
    assert clocks.is_on_time(None, due) is None


@each(st.sampled_from(WhistleKind), st.sampled_from(WhistleLevel), st.booleans())
def test_a_higher_level_never_waits_longer(
    kind: WhistleKind, level: WhistleLevel, in_progress: bool
) -> None:
    higher = Call(kind, WhistleLevel.W1, in_progress)

    own = clocks.arrive_due(BEIJING, Call(kind, level, in_progress), TEN)
    assert clocks.arrive_due(BEIJING, higher, TEN) <= own


@pytest.mark.parametrize(
    ("level", "origin", "is_chief", "may"),
    [
        ("w1", "street", True, True),
        ("w1", "street", False, True),
        ("w1", "patrol", False, True),
        ("w2", "street", True, True),
        ("w2", "street", False, False),
        ("w2", "patrol", False, False),
        ("w3", "patrol", True, True),
        ("w3", "community", False, False),
    ],
)
def test_who_may_blow(level: str, origin: str, is_chief: bool, may: bool) -> None:
    rules = BEIJING.whistle
    assert may_blow(rules, WhistleLevel(level), WhistleOrigin(origin), is_chief) is may


def test_a_policy_may_leave_the_w1_to_patrols() -> None:
    text = DOCUMENT.replace(
        "[whistle.W1]", '[whistle.blowers]\nW1 = ["chief", "patrol"]\n\n[whistle.W1]'
    )
    rules = parse("own", text).whistle

    assert may_blow(rules, WhistleLevel.W1, WhistleOrigin.PATROL, False)
    assert not may_blow(rules, WhistleLevel.W1, WhistleOrigin.STREET, False)
    assert may_blow(rules, WhistleLevel.W1, WhistleOrigin.STREET, True)


def test_a_city_s_document_of_before_keeps_its_own_limits() -> None:
    """Of the shipped one, the limits are those that the rules have now."""
    own = parse("own", DOCUMENT + "\n# ours\n")
    call = Call(WhistleKind.ENFORCEMENT, WhistleLevel.W2)

    assert clocks.accept_due(own, WhistleLevel.W2, TEN) == TEN + 2 * HOURS
    assert clocks.arrive_due(own, call, TEN) == TEN + 24 * HOURS
    assert own.whistle.conductor == "street"

"""The life of a whistle and of a summons: RULEBOOK D.14.4, H1 to H11, as tables."""

from itertools import product

import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from app.whistles.life.loop import (
    BY_ITSELF,
    OF_SUMMONS,
    TERMINAL,
    UNSETTLED,
    SummonsStatus,
    WhistleAction,
    WhistleStatus,
)
from app.whistles.life.moves import MOVES, SUMMONS_MOVES, Called, IllegalWhistleMove, move, progress
from app.whistles.life.parts import WHO, WhistlePart

S, P, A, W = WhistleStatus, SummonsStatus, WhistleAction, WhistlePart
SYSTEM = "system"
Who = set[WhistlePart | str]
STREETS: Who = {W.CHIEF, W.CO_CHIEF}
PEOPLE: Who = {W.STREET, W.CO_STREET}
AWAITED = {P.SENT, P.ACCEPTED}
ON_SITE = {P.ARRIVED, P.WORKING, P.FED_BACK}
FOLLOWING = {S.BLOWN, S.ASSEMBLING, S.IN_ACTION, S.FED_BACK, S.RETURNED, S.ESCALATED}

SUMMONS: list[tuple[str, WhistleAction, set[SummonsStatus], set[SummonsStatus], Who]] = [
    ("H1", A.BLOW, {P.DRAFT}, {P.SENT}, {W.BLOWER}),
    ("H2", A.ACCEPT, {P.SENT}, {P.ACCEPTED}, {W.SUMMONED, W.CENTRE}),
    ("D.14.6", A.JOIN, {P.SENT}, {P.ACCEPTED}, {W.PEER}),
    ("H3", A.REPORT_IN, AWAITED | {P.ABSENT}, {P.ARRIVED}, {W.SUMMONED, W.CENTRE}),
    ("H3 absent", A.ABSENT, AWAITED, {P.ABSENT}, {SYSTEM}),
    ("H4 begins", A.START, {P.ARRIVED}, {P.WORKING}, {W.CONDUCTOR}),
    ("H4", A.FEED_BACK, {P.ARRIVED, P.WORKING}, {P.FED_BACK}, {W.SUMMONED}),
    ("H5", A.RELEASE, {P.FED_BACK}, {P.RELEASED}, STREETS),
    ("H5 takes over", A.CONSENT, {P.FED_BACK}, {P.WORKING}, {W.SUMMONED}),
    ("H5 interim", A.INTERIM_RELEASE, {P.ARRIVED}, {P.WORKING}, STREETS),
    ("objects", A.OBJECT, AWAITED | {P.ARRIVED, P.WORKING}, {P.OBJECTED}, {W.SUMMONED}),
    (
        "ruling",
        A.RULE_OBJECTION,
        {P.OBJECTED},
        {P.WITHDRAWN_BY_RULING, P.SENT, P.ARRIVED},
        {W.DISTRICT, W.COORDINATOR},
    ),
    ("H8", A.SEND_BACK, {P.FED_BACK}, {P.WORKING}, {*PEOPLE, W.DISTRICT, W.COORDINATOR}),
    (
        "D.14.7",
        A.RULE_FALSE,
        set(P) - {P.DRAFT, P.WITHDRAWN_BY_RULING},
        {P.WITHDRAWN_BY_RULING},
        {W.DISTRICT},
    ),
]
"""Every change of a summons's status, and by whom."""


def test_the_summons_moves_are_the_rulebook_s() -> None:
    expected = {
        (at, action, to) for _, action, start, end, _ in SUMMONS for at in start for to in end
    }
    made = {
        (at, action, to)
        for (at, action), outcomes in SUMMONS_MOVES.items()
        for to in outcomes
        if to is not at
    }
    assert made == expected


@pytest.mark.parametrize(("rule", "action", "start", "end", "who"), SUMMONS)
def test_who_moves_a_summons(
    rule: str,
    action: WhistleAction,
    start: set[SummonsStatus],
    end: set[SummonsStatus],
    who: Who,
) -> None:
    assert set(WHO.get(action, {SYSTEM})) == who, rule
    assert (action in BY_ITSELF) is (who == {SYSTEM})


WHISTLE: list[tuple[str, WhistleAction, set[WhistleStatus], set[WhistleStatus], Who]] = [
    ("H1", A.BLOW, {S.DRAFT}, {S.BLOWN}, {W.BLOWER}),
    ("cancel", A.CANCEL, {S.DRAFT, S.BLOWN, S.ESCALATED}, {S.CANCELLED}, {W.CHIEF, W.DRAFTER}),
    ("H6 begins", A.START, FOLLOWING - {S.IN_ACTION, S.FED_BACK}, {S.IN_ACTION}, {W.CONDUCTOR}),
    (
        "H7 verify",
        A.VERIFY,
        {S.FED_BACK, S.RETURNED, S.ESCALATED},
        {S.VERIFYING},
        PEOPLE,
    ),
    ("H7 settle", A.SETTLE, {S.VERIFYING}, {S.SETTLED}, {W.DISTRICT, W.COORDINATOR}),
    (
        "H8",
        A.SEND_BACK,
        {S.VERIFYING},
        {S.RETURNED},
        {*PEOPLE, W.DISTRICT, W.COORDINATOR},
    ),
    (
        "H10",
        A.ESCALATE,
        set(UNSETTLED) - {S.ESCALATED},
        {S.ESCALATED},
        {*STREETS, W.DISTRICT, W.COORDINATOR},
    ),
]
"""Changes of a whistle's status that follow from no summons, and by whom."""


@pytest.mark.parametrize(("rule", "action", "start", "end", "who"), WHISTLE)
def test_the_whistle_s_moves_are_the_rulebook_s(
    rule: str,
    action: WhistleAction,
    start: set[WhistleStatus],
    end: set[WhistleStatus],
    who: Who,
) -> None:
    moved = {(at, to) for (at, done), ends in MOVES.items() for to in ends if done is action}
    assert {(at, to) for at, to in moved if at is not to} == set(product(start, end)), rule
    assert set(WHO[action]) == who


@pytest.mark.parametrize(
    "action",
    [
        *(A.COMPOSE, A.REPORT_IN, A.FEED_BACK, A.OBJECT, A.RULE_OBJECTION),
        *(A.CONSENT, A.INTERIM_RELEASE),
    ],
)
def test_what_follows_from_summonses_is_h6_and_no_more(action: WhistleAction) -> None:
    follows = {S.BLOWN, S.ASSEMBLING, S.IN_ACTION, S.FED_BACK}
    for (at, done), ends in MOVES.items():
        if done is action and at not in (S.DRAFT, S.VERIFYING):
            assert at in FOLLOWING
            assert set(ends) == {at} | follows
    assert MOVES.get((S.VERIFYING, action), (S.VERIFYING,)) == (S.VERIFYING,)


def test_h11_a_false_whistle_ends_but_for_an_appeal() -> None:
    false_from = {
        at for (at, done), ends in MOVES.items() if done is A.RULE_FALSE and S.FALSE in ends
    }
    assert false_from == set(UNSETTLED) | {S.SETTLED, S.EVALUATED}
    left = {A.APPEAL, A.DECIDE_APPEAL, A.TOO_MANY_FALSE, A.READ_SIGNAL}
    assert {done for at, done in MOVES if at is S.FALSE} - {A.LEAVE} == left


def test_ends_are_final_for_the_summoned() -> None:
    for status, action in product(TERMINAL, OF_SUMMONS - {A.LEAVE}):
        with pytest.raises(IllegalWhistleMove):
            move(MOVES, status, action)
    for action in A:
        for over in (P.RELEASED, P.WITHDRAWN_BY_RULING):
            ends = SUMMONS_MOVES.get((over, action), ())
            assert set(ends) <= {over, P.WITHDRAWN_BY_RULING}


def test_no_summoned_office_releases_itself() -> None:
    """D.21-10."""
    own = {action for action, who in WHO.items() if W.SUMMONED in who}
    for (_, action), ends in SUMMONS_MOVES.items():
        if P.RELEASED in ends and action is not A.LEAVE:
            assert action not in own
    assert SUMMONS_MOVES[P.RELEASED, A.LEAVE] == (P.RELEASED,)


def called(*statuses: str) -> list[Called]:
    """`arrived`, `absent?` (not required), `sent` …"""
    came = {P.ARRIVED, P.WORKING, P.FED_BACK, P.RELEASED}
    each = [(P(name.rstrip("?")), not name.endswith("?")) for name in statuses]
    return [Called(status, required, status in came) for status, required in each]


@pytest.mark.parametrize(
    ("summonses", "started", "status"),
    [
        (["sent", "accepted"], False, S.BLOWN),
        (["arrived", "sent"], False, S.ASSEMBLING),
        (["arrived", "absent"], False, S.ASSEMBLING),
        (["arrived", "absent"], True, S.IN_ACTION),
        (["sent"], True, S.IN_ACTION),
        (["arrived", "absent?"], False, S.IN_ACTION),
        (["sent", "arrived?"], False, S.ASSEMBLING),
        (["arrived", "working", "fed_back"], False, S.IN_ACTION),
        (["fed_back", "released"], False, S.FED_BACK),
        (["fed_back", "released", "arrived?"], False, S.FED_BACK),
        (["fed_back", "withdrawn_by_ruling"], False, S.FED_BACK),
        (["arrived", "objected"], False, S.ASSEMBLING),
        (["sent?", "sent?"], False, S.BLOWN),
        (["arrived?", "arrived?"], False, S.IN_ACTION),
        (["withdrawn_by_ruling"], False, S.FED_BACK),
    ],
)
def test_h6(summonses: list[str], started: bool, status: WhistleStatus) -> None:
    assert progress(called(*summonses), started) is status


def test_who_was_waived_keeps_nothing_open() -> None:
    waived = Called(P.ABSENT, required=False, has_arrived=False, waived=True)
    optional = Called(P.SENT, required=False, has_arrived=False)
    assert progress([waived], False) is S.FED_BACK
    assert progress([waived, optional], False) is S.BLOWN
    assert progress([waived, *called("fed_back?")], False) is S.FED_BACK


CALLED = st.builds(Called, st.sampled_from(P), st.booleans(), st.booleans(), st.booleans())


@each(st.lists(CALLED, min_size=1), st.booleans())
def test_a_whistle_is_fed_back_only_where_every_required_office_is(
    summonses: list[Called], started: bool
) -> None:
    fed_back = progress(summonses, started) is S.FED_BACK
    left = {
        each.status
        for each in summonses
        if each.required and each.status not in {P.FED_BACK, P.RELEASED, P.WITHDRAWN_BY_RULING}
    }
    assert not (fed_back and left)

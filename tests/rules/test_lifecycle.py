"""A ticket's life: the two tables, and what stands between a status and an action."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from app.offices.catalogue import Urgency
from app.tickets.lifecycle import (
    MOVES,
    OPEN,
    TERMINAL,
    Action,
    IllegalMove,
    Status,
    TicketType,
    move,
)
from app.tickets.parts import WHO, Part, Standing, allowed, check

S, A, P = Status, Action, Part
ENTRANCE = A.RECEIVE
BY_ITSELF = {A.ROUTE, A.EXPIRE, A.PASS_REVIEW, A.FORCE_CALLBACK, A.SEND_TO_REWORK}

RULEBOOK: dict[
    str, Iterable[tuple[Status, Status]]
] = {  # D.6.2, the rows that this issue carries out
    "T2": [(S.RECEIVED, S.ANSWERED)],
    "T3": [(S.RECEIVED, S.TRANSFERRED)],
    "T4": [(S.RECEIVED, S.NOT_ACCEPTED), (S.TO_DISPATCH, S.NOT_ACCEPTED)],
    "T5": [
        (S.RECEIVED, S.NEED_INFO),
        (S.TO_DISPATCH, S.NEED_INFO),
        (S.NEED_INFO, S.RECEIVED),
        (S.NEED_INFO, S.NOT_ACCEPTED),
    ],
    "T6": [(S.RECEIVED, S.DISPATCHED)],
    "T7": [(S.RECEIVED, S.TO_DISPATCH), (S.TO_DISPATCH, S.DISPATCHED)],
    "T7b": [(S.DISPATCHED, S.DISPATCHED), (S.ACKNOWLEDGED, S.DISPATCHED)],
    "T9": [(S.DISPATCHED, S.ACKNOWLEDGED)],
    "T14": [(S.ACKNOWLEDGED, S.IN_PROGRESS)],
    "T15": [(S.IN_PROGRESS, S.REPLIED)],
    "T16": [(S.REPLIED, S.IN_PROGRESS)],
    "T17": [(S.REPLIED, S.AWAITING_CALLBACK)],
    "T18": [
        (S.ACKNOWLEDGED, S.AWAITING_CALLBACK),
        (S.IN_PROGRESS, S.AWAITING_CALLBACK),
        (S.DISPATCHED, S.AWAITING_CALLBACK),
        (S.OBJECTED, S.AWAITING_CALLBACK),
        (S.CONSULTING, S.AWAITING_CALLBACK),
        (S.REWORK, S.AWAITING_CALLBACK),
    ],
    "T19": [(S.AWAITING_CALLBACK, S.CLOSED)],
    "T20": [(S.AWAITING_CALLBACK, S.REWORK)],
    "T21": [(S.REWORK, S.REPLIED)],
    "T24": [
        (status, S.WITHDRAWN)
        for status in S
        if status not in TERMINAL and status is not S.AWAITING_CALLBACK
    ],
    "T25": [(S.RECEIVED, S.VOID), (S.TO_DISPATCH, S.VOID), (S.DISPATCHED, S.VOID)],
}


def test_the_table_makes_the_rulebooks_transitions_and_no_other() -> None:
    made = {
        (status, to)
        for (status, action), outcomes in MOVES.items()
        for to in outcomes
        if to is not status or action is A.DISPATCH
    }

    assert made == {pair for pairs in RULEBOOK.values() for pair in pairs}


def test_nothing_leaves_a_terminal_status() -> None:
    assert {
        to for (status, _), tos in MOVES.items() if status in TERMINAL for to in tos
    } <= TERMINAL
    assert {action for status, action in MOVES if status in TERMINAL} == {A.REVEAL}
    assert set(S) == OPEN | TERMINAL
    assert not OPEN & TERMINAL


def test_every_action_is_somebodys_or_happens_by_itself() -> None:
    moves = {action for _, action in MOVES}

    assert moves - set(WHO) == BY_ITSELF
    assert set(WHO) <= moves
    assert ENTRANCE not in moves


@pytest.mark.parametrize(("status", "action"), list(product(S, A)))
def test_a_move_is_in_the_table_or_refused(status: Status, action: Action) -> None:
    outcomes = MOVES.get((status, action), ())

    for to in S:
        if to in outcomes:
            assert move(status, action, to) is to
        else:
            with pytest.raises(IllegalMove):
                move(status, action, to)


def test_a_move_with_several_outcomes_must_name_one() -> None:
    assert move(S.DISPATCHED, A.ACKNOWLEDGE) is S.ACKNOWLEDGED
    with pytest.raises(IllegalMove):
        move(S.REPLIED, A.REVIEW)


def ticket(status: Status, **more: Any) -> Standing:
    return replace(Standing(status, TicketType.COMPLAINT, Urgency.L3), **more)


GUARDED = [
    # a ticket, a part in it, an action, and whether it is allowed
    ("a complaint is not answered on the spot", S.RECEIVED, {}, P.OPERATOR, A.ANSWER, False),
    (
        "a consult is",
        S.RECEIVED,
        {"type": TicketType.CONSULT},
        P.OPERATOR,
        A.ANSWER,
        True,
    ),
    ("praise is", S.RECEIVED, {"type": TicketType.PRAISE}, P.OPERATOR, A.ANSWER, True),
    ("before signing only an L1 is contacted", S.DISPATCHED, {}, P.LEAD, A.CONTACT, False),
    (
        "an L1 is",
        S.DISPATCHED,
        {"urgency": Urgency.L1},
        P.LEAD,
        A.CONTACT,
        True,
    ),
    ("a signed one is contacted", S.ACKNOWLEDGED, {}, P.LEAD, A.CONTACT, True),
    (
        "after the first contact nobody redispatches",
        S.ACKNOWLEDGED,
        {"contacted": True},
        P.DISPATCHER,
        A.DISPATCH,
        False,
    ),
    ("before it the dispatcher does", S.ACKNOWLEDGED, {}, P.DISPATCHER, A.DISPATCH, True),
    ("the district too", S.ACKNOWLEDGED, {}, P.DISTRICT, A.DISPATCH, True),
    ("from the city's queue the city does", S.TO_DISPATCH, {}, P.DISTRICT, A.DISPATCH, False),
    ("from its own queue the district does", S.TO_DISPATCH, {}, P.QUEUE, A.DISPATCH, True),
    ("a reply is reviewed by its district", S.REPLIED, {}, P.DISTRICT, A.REVIEW, True),
    ("or by a supervisor", S.REPLIED, {}, P.SUPERVISOR, A.REVIEW, True),
    (
        "who doubts the demand is heard by a supervisor",
        S.AWAITING_CALLBACK,
        {"doubted": True},
        P.SUPERVISOR,
        A.REVIEW,
        True,
    ),
    (
        "not by a district",
        S.AWAITING_CALLBACK,
        {"doubted": True},
        P.DISTRICT,
        A.REVIEW,
        False,
    ),
    ("without a doubt by nobody", S.AWAITING_CALLBACK, {}, P.SUPERVISOR, A.REVIEW, False),
    (
        "meanwhile nobody calls again",
        S.AWAITING_CALLBACK,
        {"doubted": True},
        P.CALLBACK,
        A.CALLBACK,
        False,
    ),
    ("once passed a reply is not repeated", S.AWAITING_CALLBACK, {}, P.LEAD, A.REPLY, False),
    (
        "after a forced callback it may be late",
        S.AWAITING_CALLBACK,
        {"forced": True},
        P.LEAD,
        A.REPLY,
        True,
    ),
    ("the lead office may ask who called", S.IN_PROGRESS, {}, P.LEAD, A.REVEAL, True),
    ("not of a report", S.IN_PROGRESS, {"secret": True}, P.LEAD, A.REVEAL, False),
    ("not when it is finished", S.CLOSED, {}, P.LEAD, A.REVEAL, False),
    ("the callback desk must dial", S.CLOSED, {"secret": True}, P.CALLBACK, A.REVEAL, True),
    ("a joint office may not ask", S.IN_PROGRESS, {}, P.JOINT, A.REVEAL, False),
]


@pytest.mark.parametrize(
    ("status", "facts", "part", "action", "may"),
    [row[1:] for row in GUARDED],
    ids=[row[0] for row in GUARDED],
)
def test_what_the_status_allows_may_still_be_hindered(
    status: Status, facts: dict[str, Any], part: Part, action: Action, may: bool
) -> None:
    standing, parts = ticket(status, **facts), frozenset({part})

    assert (action in allowed(standing, parts)) is may
    if not may and part in WHO[action]:
        with pytest.raises(IllegalMove) as refused:
            check(standing, action, parts)
        assert refused.value.facts["status_now"] is status
        assert refused.value.facts["allowed"] == list(allowed(standing, parts))


def test_the_head_of_an_office_learns_no_more_than_its_handler() -> None:
    chief, handler = frozenset({P.LEAD, P.CHIEF}), frozenset({P.LEAD})

    for standing in (ticket(S.CLOSED), ticket(S.IN_PROGRESS, secret=True)):
        assert A.REVEAL not in allowed(standing, chief) + allowed(standing, handler)

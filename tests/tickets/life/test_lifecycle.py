"""A ticket's life: the two tables, and what stands between a status and an action."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from app.offices.catalogue import Urgency
from app.tickets.life.guards import Standing, allowed, check
from app.tickets.life.lifecycle import (
    BY_ITSELF,
    MOVES,
    OPEN,
    TERMINAL,
    Action,
    IllegalMove,
    Status,
    TicketType,
    move,
)
from app.tickets.life.parts import WHO, Part

S, A, P = Status, Action, Part
ENTRANCE = A.RECEIVE
SYSTEM = "system"
QUEUE: set[Part | str] = {P.DISPATCHER, P.QUEUE, P.DISTRICT}
AT_A_DESK = {S.RECEIVED, S.NEED_INFO, S.TO_DISPATCH}
AT_AN_OFFICE = {
    *(S.ACKNOWLEDGED, S.IN_PROGRESS, S.DISPATCHED, S.OBJECTED, S.CONSULTING, S.REWORK),
}
ENDS = {S.CLOSED, S.ANSWERED, S.TRANSFERRED, S.NOT_ACCEPTED, S.MERGED, S.WITHDRAWN, S.VOID}
Row = tuple[str, set[Status], set[Status], set[Part | str]]

RULEBOOK: list[Row] = [
    # D.6.2, all of it: from which statuses to which, and who may (T1 and T26 make a new ticket)
    ("T2", AT_A_DESK, {S.ANSWERED}, {P.OPERATOR}),
    ("T3", AT_A_DESK, {S.TRANSFERRED}, {P.OPERATOR}),
    ("T3 later", {S.DISPATCHED, S.ACKNOWLEDGED}, {S.TRANSFERRED}, {P.DISPATCHER}),
    ("T4", AT_A_DESK, {S.NOT_ACCEPTED}, {P.OPERATOR, P.SUPERVISOR}),
    ("T4 later", {S.DISPATCHED}, {S.NOT_ACCEPTED}, {P.SUPERVISOR}),
    ("T5 asks", {S.RECEIVED, S.TO_DISPATCH}, {S.NEED_INFO}, {P.OPERATOR}),
    ("T5 adds", {S.NEED_INFO}, {S.RECEIVED}, {P.OPERATOR}),
    ("T5 passes on", {S.NEED_INFO}, {S.TO_DISPATCH}, {SYSTEM}),
    ("T5b", {S.NEED_INFO}, {S.DISPATCHED}, {P.DISPATCHER}),
    ("T5 times out", {S.NEED_INFO}, {S.NOT_ACCEPTED}, {SYSTEM}),
    ("T6", {S.RECEIVED}, {S.DISPATCHED}, {SYSTEM}),
    ("T7 to a person", {S.RECEIVED}, {S.TO_DISPATCH}, {SYSTEM}),
    ("T7 by a person", {S.TO_DISPATCH}, {S.DISPATCHED}, QUEUE),
    ("T7b", {S.DISPATCHED, S.ACKNOWLEDGED}, {S.DISPATCHED}, {P.DISPATCHER, P.DISTRICT}),
    (
        "T8",
        {S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED, S.ACKNOWLEDGED, S.IN_PROGRESS},
        {S.MERGED},
        {P.DISPATCHER},
    ),
    ("T9", {S.DISPATCHED}, {S.ACKNOWLEDGED}, {P.LEAD}),
    ("T10", {S.DISPATCHED, S.ACKNOWLEDGED}, {S.OBJECTED}, {P.LEAD}),
    ("T11", {S.OBJECTED}, {S.DISPATCHED}, {P.DISPATCHER, P.DISTRICT}),
    ("T11b", {S.OBJECTED}, {S.MERGED, S.NOT_ACCEPTED, S.TO_DISPATCH}, {P.DISPATCHER}),
    ("T11b, not acceptable", {S.OBJECTED}, {S.NOT_ACCEPTED}, {P.SUPERVISOR}),
    ("T12", {S.OBJECTED}, {S.ACKNOWLEDGED}, {P.DISPATCHER, P.DISTRICT}),
    ("T12, by silence (D.8)", {S.OBJECTED}, {S.ACKNOWLEDGED}, {SYSTEM}),
    ("T13 begins", {S.OBJECTED}, {S.CONSULTING}, {SYSTEM, P.DISPATCHER}),
    ("T13 ends", {S.CONSULTING}, {S.DISPATCHED}, {P.PANEL}),
    ("T14", {S.ACKNOWLEDGED}, {S.IN_PROGRESS}, {P.LEAD}),
    ("T15", {S.IN_PROGRESS}, {S.REPLIED}, {P.LEAD}),
    ("T16", {S.REPLIED}, {S.IN_PROGRESS}, {P.DISTRICT, P.SUPERVISOR}),
    ("T17", {S.REPLIED}, {S.AWAITING_CALLBACK}, {P.DISTRICT, P.SUPERVISOR, SYSTEM}),
    ("T18", AT_AN_OFFICE, {S.AWAITING_CALLBACK}, {SYSTEM}),
    ("T19", {S.AWAITING_CALLBACK}, {S.CLOSED}, {P.CALLBACK, SYSTEM}),
    ("T20", {S.AWAITING_CALLBACK}, {S.REWORK}, {P.SUPERVISOR, SYSTEM}),
    ("T20, unreasonable", {S.AWAITING_CALLBACK}, {S.CLOSED}, {P.SUPERVISOR}),
    ("T21", {S.REWORK}, {S.REPLIED}, {P.LEAD}),
    ("T22", {S.IN_PROGRESS, S.REWORK}, {S.ON_HOLD}, {P.SUPERVISOR}),
    ("T23 at its review", {S.ON_HOLD}, {S.IN_PROGRESS}, {SYSTEM}),
    ("T23 when done", {S.ON_HOLD}, {S.IN_PROGRESS, S.AWAITING_CALLBACK}, {P.SUPERVISOR}),
    ("T24", set(S) - ENDS - {S.AWAITING_CALLBACK}, {S.WITHDRAWN}, {P.OPERATOR}),
    ("T25", {S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED}, {S.VOID}, {P.SUPERVISOR}),
    ("unmerge (D.11)", {S.MERGED}, {S.DISPATCHED, S.TO_DISPATCH}, {P.SUPERVISOR}),
]
LATER = {
    *(A.REVEAL, A.CONCEAL, A.ERASE, A.ANSWER_ADVICE, A.ALARM, A.WHISTLE_OVER),
    *(A.REQUEST_EXCLUSION, A.REVIEW_EXCLUSION, A.DECIDE_EXCLUSION, A.DISPUTE, A.HEAR_AGAIN),
}
"""On the record of what has ended; none of it changes the status."""


def who(action: Action) -> set[Part | str]:
    return {SYSTEM} if action in BY_ITSELF else set(WHO.get(action, ()))


def makers(status: Status, to: Status) -> set[Part | str]:
    """Whoever has an action that may lead from one to the other."""
    return {
        part
        for (at, action), outcomes in MOVES.items()
        if at is status and to in outcomes
        for part in who(action)
    }


def test_the_table_makes_the_rulebooks_transitions_and_no_other() -> None:
    made = {
        (status, to)
        for (status, action), outcomes in MOVES.items()
        for to in outcomes
        if to is not status or action is A.DISPATCH
    }

    assert made == {pair for _, starts, ends, _ in RULEBOOK for pair in product(starts, ends)}


@pytest.mark.parametrize(
    ("starts", "ends", "actors"), [row[1:] for row in RULEBOOK], ids=[row[0] for row in RULEBOOK]
)
def test_whom_the_rulebook_names_has_an_action_for_it(
    starts: set[Status], ends: set[Status], actors: set[Part | str]
) -> None:
    for status, to in product(starts, ends):
        assert actors <= makers(status, to), (status, to)


def test_a_new_ticket_is_received_and_nothing_is_received_twice() -> None:
    """T1, T26: never a move of a ticket that exists."""
    assert ENTRANCE not in {action for _, action in MOVES}


STILL = {
    S.MERGED: {
        *(A.CONTACT, A.RELAY, A.CALLBACK, A.VERIFICATION, A.UNMERGE, A.ATTACH, A.ALARM),
        A.WHISTLE,
    },
    S.CLOSED: {A.ATTACH},
}
"""What else may be done to a ticket that has ended so."""


def test_nothing_leaves_a_terminal_status_but_a_member_its_group() -> None:
    assert set(S) - ENDS == OPEN
    assert ENDS == TERMINAL
    for end in ENDS:
        possible = {action: tos for (status, action), tos in MOVES.items() if status is end}
        leaving = {action for action, tos in possible.items() if set(tos) != {end}}
        more = STILL.get(end, set())
        assert set(possible) == LATER | more, end
        assert leaving == {A.UNMERGE} & more, end


def test_every_action_is_somebodys_or_happens_by_itself_or_has_a_path_of_its_own() -> None:
    moves = {action for _, action in MOVES}
    own_path = {
        *LATER - {A.REVEAL, A.CONCEAL, A.ERASE, A.ANSWER_ADVICE, A.ALARM},
        *(A.ADOPT, A.LET_GO, A.ATTACH, A.WHISTLE),
    }

    assert moves - set(WHO) == BY_ITSELF | own_path
    assert set(WHO) <= moves
    assert not BY_ITSELF & set(WHO)
    assert set(A) - moves == {ENTRANCE, A.IMPORT}


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
    ("an operator transfers what no office has", S.TO_DISPATCH, {}, P.OPERATOR, A.TRANSFER, True),
    ("not what one has", S.DISPATCHED, {}, P.OPERATOR, A.TRANSFER, False),
    ("that a dispatcher does", S.ACKNOWLEDGED, {}, P.DISPATCHER, A.TRANSFER, True),
    (
        "until the citizen was contacted",
        S.ACKNOWLEDGED,
        {"contacted": True},
        P.DISPATCHER,
        A.TRANSFER,
        False,
    ),
    ("an operator declines what is asked about", S.NEED_INFO, {}, P.OPERATOR, A.DECLINE, True),
    ("not what an office has", S.DISPATCHED, {}, P.OPERATOR, A.DECLINE, False),
    ("that a supervisor does", S.DISPATCHED, {}, P.SUPERVISOR, A.DECLINE, True),
    (
        "until an L1's citizen was contacted",
        S.DISPATCHED,
        {"urgency": Urgency.L1, "contacted": True},
        P.SUPERVISOR,
        A.DECLINE,
        False,
    ),
    ("a desk calls back whom it asked", S.NEED_INFO, {}, P.OPERATOR, A.CONTACT, True),
    ("it contacts nobody for an office", S.ACKNOWLEDGED, {}, P.OPERATOR, A.CONTACT, False),
    ("a district returns what is in its queue", S.TO_DISPATCH, {}, P.QUEUE, A.RETURN, True),
    ("and nothing else", S.TO_DISPATCH, {}, P.DISTRICT, A.RETURN, False),
    ("a fire is handed on while an office works", S.IN_PROGRESS, {}, P.OPERATOR, A.HAND_ON, True),
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

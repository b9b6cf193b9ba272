"""Whose part an action is, beyond its status: the guards, one by one (RULEBOOK D.2, D.6.2)."""

from typing import Any

import pytest

from app.offices.catalogue import Urgency
from app.tickets.life import guards
from app.tickets.life.guards import Standing
from app.tickets.life.lifecycle import (
    BY_ITSELF,
    MOVES,
    OPEN,
    TERMINAL,
    Action,
    IllegalMove,
    Status,
    TicketType,
)
from app.tickets.life.parts import WHO, Part

A, P, S = Action, Part, Status


def standing(status: Status, **known: Any) -> Standing:
    begun: dict[str, Any] = {"type": TicketType.COMPLAINT, "urgency": Urgency.L3}
    return Standing(status=status, **{**begun, "extendable": True, **known})


@pytest.mark.parametrize(
    ("action", "part", "status", "known", "refused"),
    [
        (A.ANSWER, P.OPERATOR, S.RECEIVED, {"type": TicketType.CONSULT}, None),
        (A.ANSWER, P.OPERATOR, S.RECEIVED, {"type": TicketType.PRAISE}, None),
        (A.ANSWER, P.OPERATOR, S.RECEIVED, {}, IllegalMove),
        (A.DISPATCH, P.DISTRICT, S.TO_DISPATCH, {}, IllegalMove),
        (A.DISPATCH, P.QUEUE, S.TO_DISPATCH, {}, None),
        (A.DISPATCH, P.DISTRICT, S.RECEIVED, {}, IllegalMove),
        (A.DISPATCH, P.DISPATCHER, S.ACKNOWLEDGED, {"contacted": True}, IllegalMove),
        (
            A.DISPATCH,
            P.DISPATCHER,
            S.DISPATCHED,
            {"objection_locked": True},
            guards.ObjectionLocked,
        ),
        (A.CONTACT, P.LEAD, S.DISPATCHED, {}, IllegalMove),
        (A.CONTACT, P.LEAD, S.DISPATCHED, {"urgency": Urgency.L1}, None),
        (A.CONTACT, P.INTERIM, S.DISPATCHED, {}, None),
        (A.CONTACT, P.INTERIM, S.TO_DISPATCH, {}, None),
        (A.OBJECT, P.LEAD, S.DISPATCHED, {}, None),
        (A.OBJECT, P.LEAD, S.DISPATCHED, {"objection_over": True}, guards.ObjectionLate),
        (A.OBJECT, P.LEAD, S.DISPATCHED, {"objected": True}, guards.ObjectionRepeated),
        (A.OBJECT, P.LEAD, S.DISPATCHED, {"objection_locked": True}, guards.ObjectionLocked),
        (A.OBJECT, P.LEAD, S.ACKNOWLEDGED, {"contacted": True}, guards.ObjectionLate),
        (A.OBJECT, P.LEAD, S.DISPATCHED, {"contacted": True, "urgency": Urgency.L1}, None),
        (A.OBJECT, P.LEAD, S.IN_PROGRESS, {}, IllegalMove),
        (A.RULE_OBJECTION, P.DISPATCHER, S.OBJECTED, {}, None),
        (A.RULE_OBJECTION, P.DISTRICT, S.OBJECTED, {}, IllegalMove),
        (A.RULE_OBJECTION, P.DISTRICT, S.OBJECTED, {"objection_silent": True}, IllegalMove),
        (A.RULE_OBJECTION, P.DISPATCHER, S.OBJECTED, {"objection_inside": True}, IllegalMove),
        (
            A.RULE_OBJECTION,
            P.DISPATCHER,
            S.OBJECTED,
            {"objection_inside": True, "objection_silent": True},
            None,
        ),
        (
            A.RULE_OBJECTION,
            P.DISTRICT,
            S.OBJECTED,
            {"objection_inside": True, "objection_mine": True},
            None,
        ),
        (
            A.RULE_OBJECTION,
            P.DISTRICT,
            S.OBJECTED,
            {"objection_inside": True, "objection_silent": True},
            IllegalMove,
        ),
        (A.REQUEST_EXTENSION, P.LEAD, S.IN_PROGRESS, {}, None),
        (A.REQUEST_EXTENSION, P.LEAD, S.IN_PROGRESS, {"past_due": True}, guards.ExtensionLate),
        (A.REQUEST_EXTENSION, P.LEAD, S.IN_PROGRESS, {"extended": True}, guards.ExtensionSpent),
        (A.REQUEST_EXTENSION, P.LEAD, S.IN_PROGRESS, {"extendable": False}, guards.NotExtendable),
        (A.DECIDE_EXTENSION, P.DISTRICT, S.IN_PROGRESS, {}, IllegalMove),
        (A.DECIDE_EXTENSION, P.DISTRICT, S.IN_PROGRESS, {"asks_extension": P.DISTRICT}, None),
        (
            A.DECIDE_EXTENSION,
            P.SUPERVISOR,
            S.IN_PROGRESS,
            {"asks_extension": P.DISTRICT},
            IllegalMove,
        ),
        (A.DECIDE_HOLD, P.SUPERVISOR, S.IN_PROGRESS, {"asks_hold": P.SUPERVISOR}, None),
        (A.DECIDE_HOLD, P.SUPERVISOR, S.IN_PROGRESS, {"asks_hold": P.DISTRICT}, IllegalMove),
        (A.REQUEST_HOLD, P.LEAD, S.IN_PROGRESS, {"asks_hold": P.DISTRICT}, IllegalMove),
        (A.REQUEST_HOLD, P.LEAD, S.IN_PROGRESS, {}, None),
        (A.REVIEW, P.SUPERVISOR, S.AWAITING_CALLBACK, {}, IllegalMove),
        (A.REVIEW, P.SUPERVISOR, S.AWAITING_CALLBACK, {"doubted": True}, None),
        (A.REVIEW, P.DISTRICT, S.AWAITING_CALLBACK, {"doubted": True}, IllegalMove),
        (A.REPLY, P.LEAD, S.AWAITING_CALLBACK, {}, IllegalMove),
        (A.REPLY, P.LEAD, S.AWAITING_CALLBACK, {"forced": True}, None),
        (A.REVEAL, P.LEAD, S.IN_PROGRESS, {"secret": True}, IllegalMove),
        (A.REVEAL, P.SUPERVISOR, S.IN_PROGRESS, {"secret": True}, None),
    ],
)
def test_each_guard(
    action: Action,
    part: Part,
    status: Status,
    known: dict[str, Any],
    refused: type[Exception] | None,
) -> None:
    refusal = guards.hindrance(standing(status, **known), action, frozenset({part}))
    assert (type(refusal) if refusal else None) is refused


def test_the_system_does_what_nobody_may() -> None:
    assert not BY_ITSELF & WHO.keys()


def test_what_has_ended_does_not_change() -> None:
    """D.21-7; a member taken out of its group goes on, as it never ended."""
    for (status, action), outcomes in MOVES.items():
        if status in TERMINAL - {S.MERGED}:
            assert set(outcomes) == {status}, (status, action)


def test_every_open_status_can_be_left() -> None:
    for status in OPEN:
        ends = [to for (at, _), outcomes in MOVES.items() if at is status for to in outcomes]
        assert set(ends) - {status}, status


@pytest.mark.parametrize("status", list(Status))
def test_nobody_without_a_part_may_do_anything(status: Status) -> None:
    assert guards.allowed(standing(status), frozenset()) == ()

"""Alarms (RULEBOOK D.6.3): which wait rings, to the microsecond, for whom, and until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.offices.catalogue import Urgency
from app.tickets.life import alarms, duties, limits
from app.tickets.life.alarms import Alarm
from app.tickets.life.lifecycle import OPEN, TERMINAL, Action, Status
from app.tickets.life.parts import Part
from app.tickets.life.timers import TICK, Timers
from tests import policies

POLICY = policies.beijing()
S, P = Status, Part
BEGUN = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
M, H = timedelta(minutes=1), timedelta(hours=1)
OFFICE, DISTRICT, OTHER = "110105026", "110105", "110108"
HEARD = {"acknowledged_at": BEGUN, "contacted_at": BEGUN}


def waiting(status: Status, urgency: Urgency = Urgency.L3, **known: Any) -> Timers:
    """With an office since BEGUN, its limits counted from there."""
    due = limits.columns(limits.due(POLICY, urgency, BEGUN))
    begun = {"since": BEGUN, "received_at": BEGUN, "dispatched_at": BEGUN, **due}
    place = {"office_code": OFFICE, "district_code": DISTRICT}
    ticket = Timers(status=status, urgency=urgency, **{**begun, **place, **known})
    return replace(ticket, callback_due_at=limits.callback_due(POLICY, ticket))


def rung(ticket: Timers) -> Iterator[tuple[str, timedelta, tuple[Part, ...]]]:
    """Each alarm while nobody acts, with its time since BEGUN."""
    for ring in sorted(alarms.rings(POLICY, ticket)):
        yield ring.name, ring.at - BEGUN, ring.to


CHIEF, CENTRE, DISPATCHER, SUPERVISOR = (P.CHIEF,), (P.DISTRICT,), (P.DISPATCHER,), (P.SUPERVISOR,)
AT_ONCE = (P.CHIEF, P.DISTRICT, P.DISPATCHER)

TABLE: list[tuple[str, Status, Urgency, dict[str, Any], list[Any]]] = [
    ("an L1 is signed for in 10 minutes and its caller contacted in 30", S.DISPATCHED, Urgency.L1,
     {}, [("unsigned", 10 * M, AT_ONCE), ("uncontacted", 30 * M, AT_ONCE)]),
    ("an L2", S.DISPATCHED, Urgency.L2,
     {}, [("unsigned", 30 * M, AT_ONCE), ("uncontacted", 2 * H, AT_ONCE)]),
    ("of an L3 the district learns at twice the limit", S.DISPATCHED, Urgency.L3,
     {}, [("unsigned", 2 * H, CHIEF), ("unsigned-2", 4 * H, CENTRE),
          ("uncontacted", 24 * H, CHIEF), ("uncontacted-2", 48 * H, CENTRE)]),
    ("signed for", S.ACKNOWLEDGED, Urgency.L3,
     {}, [("uncontacted", 24 * H, CHIEF), ("uncontacted-2", 48 * H, CENTRE)]),
    ("signed for, and its caller contacted", S.IN_PROGRESS, Urgency.L1, HEARD, []),
    ("with the city's dispatchers", S.TO_DISPATCH, Urgency.L3,
     {}, [("undispatched", 15 * M, DISPATCHER), ("undispatched-2", 30 * M, SUPERVISOR)]),
    ("with them, an L1", S.TO_DISPATCH, Urgency.L1,
     {}, [("undispatched", 3 * M, DISPATCHER), ("undispatched-2", 6 * M, SUPERVISOR)]),
    ("in a district's queue", S.TO_DISPATCH, Urgency.L3, {"queue": OTHER},
     [("undispatched", 2 * H, (P.DISTRICT, P.DISPATCHER)), ("undispatched-2", 4 * H, SUPERVISOR)]),
    ("in a district's queue, an L1", S.TO_DISPATCH, Urgency.L1, {"queue": OTHER},
     [("undispatched", 10 * M, (P.DISTRICT, P.DISPATCHER)),
      ("undispatched-2", 20 * M, SUPERVISOR)]),
    ("nobody knows where, an L1", S.NEED_INFO, Urgency.L1, {}, [("unplaced", 0 * M, DISPATCHER)]),
    ("nobody knows where, an L2", S.NEED_INFO, Urgency.L2, {}, [("unplaced", 0 * M, DISPATCHER)]),
    ("nobody knows where, an L3", S.NEED_INFO, Urgency.L3, {}, []),
    ("danger to life, told to no rescue service", S.IN_PROGRESS, Urgency.L1,
     {**HEARD, "rescue": True}, [("not-handed-on", 3 * M, DISPATCHER)]),
    ("words that may mean a danger, of which nobody could ask", S.IN_PROGRESS, Urgency.L3,
     {**HEARD, "danger_asked_at": BEGUN},
     [("possible-danger", 0 * M, DISPATCHER), ("possible-danger-2", 15 * M, SUPERVISOR)]),
    ("danger to life, but no L1", S.IN_PROGRESS, Urgency.L2, {**HEARD, "rescue": True}, []),
    ("a reply that nobody reviews", S.REPLIED, Urgency.L3,
     {}, [("unreviewed", 8 * H, CENTRE), ("unreviewed-2", 16 * H, SUPERVISOR)]),
    ("an objection inside a district", S.OBJECTED, Urgency.L3,
     {**HEARD, "objection_district": DISTRICT},
     [("unruled", 8 * H, (P.DISTRICT, P.DISPATCHER)), ("unruled-2", 16 * H, SUPERVISOR)]),
    ("an objection across a border", S.OBJECTED, Urgency.L1, HEARD,
     [("unruled", 10 * M, DISPATCHER), ("unruled-2", 20 * M, SUPERVISOR)]),
    ("a consultation", S.CONSULTING, Urgency.L3, HEARD,
     [("unconcluded", 24 * H, (P.PANEL,)), ("unconcluded-2", 48 * H, SUPERVISOR)]),
    ("a citizen to be called", S.AWAITING_CALLBACK, Urgency.L3,
     {}, [("uncalled", 72 * H, (P.CALLBACK,)), ("uncalled-2", 96 * H, SUPERVISOR)]),
    ("a citizen called in vain, and not again", S.AWAITING_CALLBACK, Urgency.L3,
     {"callback_begun": True}, [("uncalled-3", 72 * H, (P.CALLBACK, P.SUPERVISOR))]),
    ("an office's text for a secret citizen", S.ACKNOWLEDGED, Urgency.L2,
     {**HEARD, "relay_asked_at": BEGUN},
     [("unrelayed", 1 * H, (P.CALLBACK,)), ("unrelayed-2", 2 * H, SUPERVISOR)]),
    ("on hold", S.ON_HOLD, Urgency.L3, {"review_at": BEGUN + 999 * H}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "urgency", "known", "expected"),
    [row[1:] for row in TABLE],
    ids=[r[0] for r in TABLE],
)
def test_each_wait_rings_for_those_who_must_act(
    status: Status, urgency: Urgency, known: dict[str, Any], expected: list[Any]
) -> None:
    assert list(rung(waiting(status, urgency, **known))) == expected


@pytest.mark.parametrize(
    ("status", "urgency", "known"), [row[1:4] for row in TABLE if row[4]], ids=lambda _: ""
)
def test_equality_at_the_deadline_is_on_time(
    status: Status, urgency: Urgency, known: dict[str, Any]
) -> None:
    ticket = waiting(status, urgency, **known)
    first = min(alarms.rings(POLICY, ticket))

    def due(at: datetime) -> bool:
        fall = limits.due_now(POLICY, ticket, at)
        return fall is not None and (fall.action, fall.name) == (Action.ALARM, first.name)

    assert not due(first.at)
    assert due(first.at + TICK)


@given(st.sampled_from(sorted(TERMINAL - {S.MERGED})), st.sampled_from(Urgency))
def test_what_has_ended_rings_for_nobody(status: Status, urgency: Urgency) -> None:
    assert not list(alarms.rings(POLICY, waiting(status, urgency, rescue=True)))


@given(
    st.sampled_from(sorted(OPEN)),
    st.sampled_from(Urgency),
    st.sampled_from([None, OTHER]),
    st.booleans(),
    st.booleans(),
)
def test_whoever_an_alarm_rings_for_has_it_in_his_inbox_until_its_wait_is_over(
    status: Status, urgency: Urgency, queue: str | None, inside: bool, somewhere: bool
) -> None:
    district = DISTRICT if somewhere else None
    known = {"queue": queue, "district_code": district, "rescue": True}
    ticket = waiting(status, urgency, **known, objection_district=district if inside else None)
    names = [ring.name for ring in alarms.rings(POLICY, ticket)]
    ticket = replace(ticket, warned=names)
    desks = duties.at_desks(POLICY, ticket)
    for ring in alarms.rung(POLICY, ticket):
        for part in ring.to:
            if part is P.CHIEF:
                assert duties.of_lead(POLICY, ticket)
            elif part is P.DISTRICT:
                assert duties.of_district(POLICY, ticket)
            else:
                assert part in desks


WAITS = [
    # a status, what else is so, the desk it waits for and as what, why
    (S.TO_DISPATCH, {}, {P.DISPATCHER: ("dispatch", "to_dispatch")}),
    (S.TO_DISPATCH, {"queue": OTHER}, {}),
    (S.TO_DISPATCH, {"queue": OTHER, "warned": ["undispatched"]},
     {P.DISPATCHER: ("alarm", "undispatched")}),
    (S.TO_DISPATCH, {"warned": ["undispatched", "undispatched-2"]},
     {P.DISPATCHER: ("dispatch", "undispatched"), P.SUPERVISOR: ("alarm", "undispatched")}),
    (S.NEED_INFO, {}, {}),
    (S.OBJECTED, {}, {P.DISPATCHER: ("objection", "objected")}),
    (S.OBJECTED, {"objection_district": DISTRICT}, {}),
    (S.CONSULTING, {}, {P.PANEL: ("consulting", "consulting")}),
    (S.AWAITING_CALLBACK, {}, {P.CALLBACK: ("callback", "awaiting_callback")}),
    (S.AWAITING_CALLBACK, {"warned": ["uncalled"]}, {P.CALLBACK: ("callback", "uncalled")}),
    (S.AWAITING_CALLBACK, {"doubted": True}, {P.SUPERVISOR: ("review", "doubted")}),
    (S.REPLIED, {}, {}),
    (S.REPLIED, {"district_code": None}, {P.SUPERVISOR: ("review", "replied")}),
    (S.IN_PROGRESS, {"asks_extension": P.SUPERVISOR}, {P.SUPERVISOR: ("extension", "extension")}),
    (S.IN_PROGRESS, {"asks_hold": P.SUPERVISOR}, {P.SUPERVISOR: ("hold", "hold")}),
    (S.IN_PROGRESS, {"warned": ["overdue-supervisor"]}, {P.SUPERVISOR: ("alarm", "overdue")}),
    (S.IN_PROGRESS, {"warned": ["unanswered"]}, {}),
    (S.IN_PROGRESS, {"warned": ["unanswered-2"]}, {P.SUPERVISOR: ("alarm", "unanswered")}),
    (S.CLOSED, {}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("status", "known", "expected"), WAITS)
def test_what_waits_for_which_desk(
    status: Status, known: dict[str, Any], expected: dict[Part, tuple[str, str]]
) -> None:
    ticket = waiting(status, **{**HEARD, **known})

    waits = duties.at_desks(POLICY, ticket)

    assert {desk: (duty.kind, duty.because) for desk, duty in waits.items()} == expected


def test_an_alarm_is_named_once_and_ends_with_its_own_wait() -> None:
    warned = ["before-48h", "unsigned", "undispatched-2", "not-handed-on", "unanswered"]

    assert [alarms.alarm_of(name) for name in warned] == [
        None, Alarm.UNSIGNED, Alarm.UNDISPATCHED, Alarm.NOT_HANDED_ON, Alarm.UNANSWERED,
    ]  # fmt: skip
    assert alarms.of_alarms(warned) == warned[1:]
    assert alarms.lasting(warned, alarms.OF_ITS_STATUS) == [*warned[:2], *warned[3:]]
    assert alarms.lasting(warned, alarms.OF_ITS_DISPATCH) == [warned[0], *warned[2:]]

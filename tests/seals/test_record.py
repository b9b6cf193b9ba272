"""What a seal rests on: the whole record of each ticket, the registry of its day, one instant."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import WANGJING, People, ticket
from tests.aids.linking import relink
from tests.aids.past import DONGHUAMEN, JIANWAI, WORKED_EXAMPLE, Store, case, storing
from tests.aids.sealing import LATER, force, sealed, tampered, tickets_under, verified
from tests.conftest import StillClock

MONTH = "2026-11"

FALSE = (
    "urgency = 'L1'",
    "category = '0701'",
    "late = true",
    "anonymous = true",
    "merge_group = ticket_number",
    "recorded_at = recorded_at - interval '1 hour'",
    "assessed_at = assessed_at - interval '1 hour'",
    "district_code = '110101'",
    "industry_office = 'city-market'",
)


@pytest.mark.parametrize("column", FALSE)
def test_what_an_assessment_took_from_its_ticket_s_history_is_derived_again(
    people: People, clock: StillClock, handled: str, app: FastAPI, column: str
) -> None:
    clock.at = LATER
    force(app, f"UPDATE assessment SET {column}")
    sealed(people, MONTH)

    assert tickets_under(verified(people, MONTH), "evidence") == [handled]


@pytest.mark.usefixtures("handled")
def test_events_from_before_they_told_of_the_registry_leave_it_out(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    clock.at = LATER
    force(app, "UPDATE event SET data = data - 'assessed'")
    with app.state.engine.begin() as connection:
        relink(connection)
    force(app, "UPDATE assessment SET industry_office = 'city-market'")
    sealed(people, MONTH)

    assert verified(people, MONTH)["differences"] == []


def test_what_was_raised_late_or_forced_is_derived_as_it_was_counted(
    people: People, clock: StillClock
) -> None:
    """Raised in urgency and answered too late; and one that nobody ever answered."""
    raised, silent = stages.working(people), given.ticket(people)
    clock.tick(hours=1)
    people.supervisor.does("grade", raised, urgency="L2", reason="影响扩大。")
    clock.tick(days=1.5)
    people.street().does("reply", raised, text="已停工。", citizen_feedback={"method": "call"})
    people.supervisor.does("review", raised, approve=True)
    stages.called(people, raised)
    clock.tick(days=9)
    stages.called(people, silent)
    rows = stages.rows(people, "SELECT urgency, late FROM assessment ORDER BY urgency")
    clock.at = LATER
    sealed(people, MONTH)

    assert rows == [("L2", True), ("L3", True)]
    assert verified(people, MONTH)["differences"] == []


def test_a_relayed_word_is_no_reply(people: People, clock: StillClock) -> None:
    """Passed on at once, and answered after its time."""
    number = given.ticket(people, type="report")
    people.street().does("acknowledge", number)
    people.street().does("relay", number, text="请说明具体情况。")
    people.callback.does("relay", number, text="已转告。", done=True)
    clock.tick(days=7, seconds=1)
    people.street().does("reply", number, text="已核查。", citizen_feedback={"method": "relay"})
    people.supervisor.does("review", number, approve=True)
    stages.called(people, number)
    late = stages.rows(people, "SELECT late FROM assessment")
    clock.at = LATER
    sealed(people, MONTH)

    assert late == [(True,)]
    assert verified(people, MONTH)["differences"] == []


def group(people: People, clock: StillClock) -> tuple[str, str]:
    """A parent and its member: both contacted in time, both called back."""
    parent = given.ticket(people)
    clock.tick(minutes=1)
    member = given.ticket(people, urgency="L2")
    people.dispatcher.does("merge", member, parent_number=parent)
    clock.tick(minutes=1)
    people.street().does("acknowledge", parent)
    for number in (parent, member):
        people.street().does("contact", number, method="call", reached=True)
    people.street().does("reply", parent, text="已停工。", citizen_feedback={"method": "call"})
    people.supervisor.does("review", parent, approve=True)
    for number in (member, parent):
        stages.called(people, number)
    return parent, member


@pytest.mark.parametrize("column", ["contact_ok = false", "urgency = 'L4'", "merge_group = NULL"])
def test_a_merged_ticket_s_contacts_and_group_are_derived_again(
    people: People, clock: StillClock, app: FastAPI, column: str
) -> None:
    parent, member = group(people, clock)
    clock.at = LATER
    sealed(people, MONTH)
    honest = verified(people, MONTH)
    force(app, f"UPDATE assessment SET {column} WHERE ticket_number = '{member}'")

    assert honest["differences"] == []
    assert tickets_under(verified(people, MONTH), "evidence") == [member]
    assert parent != member


@pytest.mark.usefixtures("handled")
def test_an_assessment_that_nobody_called_back_for_is_tickets_under(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    other = ticket(people)
    force(
        app,
        "INSERT INTO assessment (ticket_number, office_code, type, channel, urgency, anonymous,"
        " reach, contact_ok, late, assessed_at, recorded_at) SELECT"
        f" '{other}', office_code, type, channel, urgency, false, 'unreached', true, false,"
        " assessed_at, recorded_at FROM assessment",
    )
    clock.at = LATER
    sealed(people, MONTH)

    assert tickets_under(verified(people, MONTH), "evidence") == [other]


MOVES = (
    f"street_code = '{DONGHUAMEN}'",
    "received_at = received_at - interval '40 days'",
    "status = 'void'",
    "type = 'praise'",
)
COUNTED = (MOVES[1], MOVES[3])
"""Place and status are counted by the events, as of the seal."""


@pytest.mark.parametrize("column", MOVES)
@pytest.mark.parametrize("first", ["seal", "force"])
@pytest.mark.usefixtures("handled")
def test_a_volume_that_was_changed_by_force_names_its_ticket(
    people: People, clock: StillClock, app: FastAPI, column: str, first: str
) -> None:
    number = ticket(people)
    clock.at = LATER
    if first == "seal":
        sealed(people, MONTH)
    force(app, f"UPDATE ticket SET {column}, updated_at = '{LATER}' WHERE number = '{number}'")
    if first == "force":
        sealed(people, MONTH)

    proof = verified(people, MONTH)

    assert tickets_under(proof, "requests.evidence") == [number]
    if first == "seal" and column in COUNTED:
        assert number in tickets_under(proof, "requests")
        rows = [
            d for d in proof["differences"] if (d["league"], d["field"]) == ("streets", "volume")
        ]
        assert [(d["office_code"], d["sealed"], d["now"]) for d in rows] == [(WANGJING, 2, 1)]
        assert number in [t["number"] for t in rows[0]["tickets"]]


@pytest.mark.usefixtures("handled")
def test_a_place_that_was_changed_in_the_events_too_is_named_all_the_same(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    number = ticket(people)
    clock.at = LATER
    sealed(people, MONTH)
    force(app, f"UPDATE ticket SET street_code = '{DONGHUAMEN}' WHERE number = '{number}'")
    force(
        app,
        "UPDATE event SET data = jsonb_set(data, '{street_code}',"
        f" '\"{DONGHUAMEN}\"') WHERE ticket_number = '{number}' AND data ? 'street_code'",
    )

    proof = verified(people, MONTH)

    assert (tickets_under(proof, "requests"), tickets_under(proof, "requests.evidence")) == (
        [number],
        [],
    )
    moved = {d["office_code"]: d for d in proof["differences"] if d["field"] == "volume"}
    assert {WANGJING, DONGHUAMEN} <= set(moved)
    assert moved[DONGHUAMEN]["tickets"] == [{"number": number, "why": "changed"}]


@pytest.mark.usefixtures("handled")
def test_what_was_on_hold_is_named_when_its_events_are_gone(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    number = stages.working(people)
    stages.held(people, number, clock, days=150)
    clock.at = LATER
    sealed(people, MONTH)
    force(app, f"UPDATE event SET to_status = 'in_progress' WHERE ticket_number = '{number}'")

    proof = verified(people, MONTH)

    assert tickets_under(proof, "holds") == [number]
    assert number in tickets_under(proof, "on_hold")


@pytest.mark.usefixtures("handled")
def test_a_request_refused_by_time_and_swept_after_the_seal_is_no_tampering(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    """What falls due counts from the instant it was due, and is on record from later on."""
    clock.at = LATER - timedelta(days=8)
    ticket(people, address={"text": "北京市"})
    clock.at = LATER
    sealed(people, MONTH)
    clock.tick(minutes=1)
    assert sweep(app.state.sessions, app.state.city, clock) > 0

    assert verified(people, MONTH)["differences"] == []


@pytest.fixture
def renamed(people: People, app: FastAPI, reseeded: Callable[..., None]) -> None:
    """A seal, and then a reseed: 望京街道 has another name, more residents, and will end."""
    storing(app)([*WORKED_EXAMPLE, case(10, office_code=JIANWAI)])
    sealed(people)
    offices = dict(app.state.city.offices)
    offices[WANGJING] = replace(
        offices[WANGJING], name="望京", population=7, district_code="110101"
    )
    del offices[DONGHUAMEN]
    reseeded(offices=offices)


@pytest.mark.usefixtures("renamed")
def test_a_registry_that_changes_after_the_seal_is_no_difference(people: People) -> None:
    path = "/rankings/2026-09"

    proof = verified(people)
    whole = people("analyst").get(path).json()
    tried = people("analyst").post(f"{path}/what-if", {}).json()
    compared = people("analyst").post(f"{path}/compare", {}).json()

    assert proof["differences"] == []
    assert tried["content_hash"] == compared["content_hash"] == whole["content_hash"]
    beside = people("analyst").get("/rankings/2026-11/adjustments").json()
    assert beside["differences"] == []


@pytest.mark.usefixtures("renamed")
def test_a_registry_changed_by_force_under_the_seal_is_tickets_under(
    people: People, app: FastAPI
) -> None:
    force(
        app,
        "UPDATE sealed_facts SET lines = (SELECT lines FROM sealed_facts"
        " WHERE part = 'districts') WHERE part = 'categories'",
    )

    proof = verified(people)

    assert "facts_digest" in {d["field"] for d in proof["differences"]}


GARBAGE = (
    'data = data || \'{"urgency": "L9"}\'',
    "data = data || '{\"type\": [1]}'",
    'data = data || \'{"received_at": "yesterday"}\'',
    "data = '[]'",
)


@pytest.mark.parametrize("column", GARBAGE)
def test_events_that_cannot_be_read_are_named_too(
    people: People, clock: StillClock, handled: str, app: FastAPI, column: str
) -> None:
    clock.at = LATER
    sealed(people, MONTH)
    force(app, f"UPDATE event SET {column} WHERE seq = 1")

    proof = verified(people, MONTH)

    assert handled in tickets_under(proof, "facts")


def test_sealed_lines_that_cannot_be_read_are_named_too(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    sealed(people)

    texts = ("", "7\n", '["x"\n', '["a", {}, []]\n')
    for subject, text in product(("facts", "requests", "registry"), texts):
        lines = zlib.compress(text.encode()).hex()
        garbage = f"lines = decode('{lines}', 'hex') WHERE subject = '{subject}'"
        with tampered(app, f"UPDATE sealed_facts SET {garbage}"):
            proof = verified(people)
            bulletin = people("analyst").get("/rankings/2026-09/bulletin", format="html")
        assert "facts_digest" in {d["field"] for d in proof["differences"]}, garbage
        assert bulletin.status_code == 200, garbage
    assert verified(people)["same"]

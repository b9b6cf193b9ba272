"""What citizens and offices complain of elsewhere (PEERS section 5), and may not happen here."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import WANGJING, People
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO, refused, tries
from tests.conftest import StillClock

BAD: dict[str, Any] = {"resolved": "unresolved", "satisfied": "dissatisfied"}


def row(people: People, period: str, office: str = WANGJING) -> dict[str, Any]:
    rows = people("analyst").get(f"/rankings/{period}").json()["rows"]
    return next(row for row in rows if row["office_code"] == office)


def test_a_reopened_ticket_never_counts_as_closed_nor_changes_what_was_counted(
    people: People, clock: StillClock
) -> None:
    """Row 3: zammad#3745, zammad#5013."""
    number = stages.rework(people, clock)
    assert stages.seen(people, number)["closed_at"] is None
    before = row(people, "2026-11")
    assert (before["assessed"], before["resolution"]["numerator"]) == (1, "0")

    clock.tick(days=2)
    given_up = {"text": "重新处理", "citizen_feedback": {"method": "call"}}
    people.street().does("reply", number, **given_up)
    people.district().does("review", number, approve=True)
    stages.called(people, number)

    assert stages.seen(people, number)["closed_at"] is not None
    assert row(people, "2026-11") == before


def test_a_rating_never_loses_the_office_that_earned_it(people: People, clock: StillClock) -> None:
    """Row 7: chatwoot PR 15488, chatwoot#14872: the office is kept with the first callback."""
    number = stages.objected(people)
    people.district().does("rule-objection", number, decision="uphold", text="属酒仙桥")
    given.awaiting(people, number, JIUXIANQIAO)
    stages.called(people, number, **BAD)
    assessed = stages.rows(people, "SELECT ticket_number, office_code FROM assessment")
    assert assessed == [(number, JIUXIANQIAO)]
    assert row(people, "2026-11", JIUXIANQIAO)["assessed"] == 1
    people.street(JIUXIANQIAO).does("contact", number, method="call", reached=True)
    assert stages.rows(people, "SELECT ticket_number, office_code FROM assessment") == assessed


def test_a_reopened_ticket_is_never_escalated_by_its_old_due_time(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    """Row 12: zammad#188, #2579, #4516."""
    number = stages.rework(people, clock)
    reopened_at = clock()
    clock.tick(days=6, hours=23)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.warned(people, number) == ["before-48h", "before-24h"]
    ticket = stages.seen(people, number)
    assert stages.instant(ticket["due_at"]) == reopened_at + timedelta(days=7)
    assert not ticket["overdue"]
    clock.tick(hours=2)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.warned(people, number)[-1] == "overdue-chief"


def test_a_closed_ticket_never_lacks_the_time_it_was_closed(
    people: People, clock: StillClock
) -> None:
    """Row 12: close times never set."""
    for build in (
        stages.closed,
        stages.ended("void", "supervisor", stages.dispatched, reason="误"),
    ):
        number = build(people, clock)
        assert stages.instant(stages.seen(people, number)["closed_at"]) == clock()


def test_overdue_never_outlives_the_due_time_it_speaks_of(
    people: People, clock: StillClock
) -> None:
    """Row 15: osTicket#5160, zammad#4353: it is computed from the due time as it now is."""
    number = given.ticket(people, urgency="L2")
    clock.tick(hours=25)
    assert stages.seen(people, number)["overdue"]
    people.supervisor.does("grade", number, urgency="L3", reason="误定为紧急")
    assert not stages.seen(people, number)["overdue"]
    listed = people.supervisor.get("/tickets", overdue=True).json()["items"]
    assert listed == []
    assert "overdue-chief" in stages.warned(people, number), "the breach itself stays on record"


def test_closing_never_wipes_a_breach(app: FastAPI, people: People, clock: StillClock) -> None:
    """Row 16: osTicket#4144, #4078."""
    number = stages.working(people)
    clock.tick(days=7, hours=1)
    feedback = {"method": "call"}
    people.street().does("reply", number, text="已办结", citizen_feedback=feedback)
    people.district().does("review", number, approve=True)
    stages.called(people, number)
    assert stages.seen(people, number)["status"] == "closed"
    assert stages.seen(people, number)["overdue"]
    assert stages.warned(people, number) == ["before-48h", "before-24h", "overdue-chief"]
    assert row(people, "2026-11")["overdue"] == 1


def test_reopening_never_wipes_a_breach_and_is_never_overdue_at_once(
    people: People, clock: StillClock
) -> None:
    """Row 16: osTicket#5955: the new cycle has a time of its own."""
    number = stages.working(people)
    clock.tick(days=7, hours=1)
    feedback = {"method": "call"}
    people.street().does("reply", number, text="已办结", citizen_feedback=feedback)
    people.district().does("review", number, approve=True)
    stages.called(people, number, **BAD)
    ticket = stages.seen(people, number)
    assert (ticket["status"], ticket["overdue"]) == ("rework", False)
    assert "overdue-chief" in stages.warned(people, number)
    assert row(people, "2026-11")["overdue"] == 1


INBOX = "SELECT number FROM ticket WHERE waits_for = '{}' ORDER BY waits_until, number LIMIT 51"
ASKED = "SELECT number FROM ticket WHERE asked_of = '{}' ORDER BY asked_until, number LIMIT 51"


@pytest.mark.parametrize(
    ("query", "index"), [(INBOX, "ix_ticket_inbox"), (ASKED, "ix_ticket_asked")]
)
def test_an_inbox_never_reads_the_whole_table(
    app: FastAPI, people: People, clock: StillClock, query: str, index: str
) -> None:
    """Row 17: osTicket#4805: 77,897,099 rows examined for a counter."""
    stages.objected(people)
    with app.state.engine.connect() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        connection.execute(sa.text("SET LOCAL enable_bitmapscan = off"))
        plan = connection.exec_driver_sql("EXPLAIN " + query.format(WANGJING)).scalars().all()
    assert any(index in line for line in plan), plan
    assert not any("Sort" in line for line in plan), plan


def test_a_ticket_is_never_bounced_without_a_clock_running(
    people: People, clock: StillClock
) -> None:
    """Row 20, 退单拉锯: the clock starts at the dispatch; signing or returning stops nothing."""
    number = given.ticket(people)
    due_at = stages.seen(people, number)["due_at"]
    assert stages.instant(due_at) == clock() + timedelta(days=7)
    clock.tick(hours=3)
    assert people.street().does("acknowledge", number)["due_at"] == due_at
    assert people.street().does("object", number, **stages.objection())["due_at"] == due_at
    clock.tick(days=8, hours=1)
    ticket = people.supervisor.does("note", number, text="催")
    assert ticket["status"] == "awaiting_callback", "it is called back, whoever it belongs to"


def test_a_ticket_is_never_bounced_without_end(people: People, clock: StillClock) -> None:
    """Row 20: one objection for each office, two upheld, and then 会商."""
    offices = [WANGJING, JIUXIANQIAO, "110105012", "110105013", "110105014"]
    number, bounced = given.ticket(people), 0
    while stages.status(people, number) == "dispatched":
        here, there = offices[bounced], offices[bounced + 1]
        body = stages.objection(proposed_office_code=there)
        if people.street(here).does("object", number, **body)["status"] == "objected":
            ruling = {"decision": "uphold", "text": "成立"}
            people.district().does("rule-objection", number, **ruling)
        bounced += 1
    assert (stages.status(people, number), bounced) == ("consulting", 3)


def test_not_ours_is_never_said_without_ground_and_another_name(
    people: People, clock: StillClock
) -> None:
    """Row 20: fixmystreet#4457: say which unit refused, why, and whose it is."""
    number = given.ticket(people)
    for lacking in ("ground", "text", "proposed_office_code"):
        body = {name: value for name, value in stages.objection().items() if name != lacking}
        assert tries(people.street(), "object", number, **body).status_code == 422
    people.street().does("object", number, **stages.objection(proposed_office_code=DONGHUAMEN))
    event = stages.events(people, number)[-1]
    assert event["data"]["ground"] == "not_my_area"
    assert event["data"]["proposed_office_code"] == DONGHUAMEN
    stranger = people("handler", DONGHUAMEN)
    refused(tries(stranger, "acknowledge", number), 404, "no-such-ticket")

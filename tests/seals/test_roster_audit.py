"""`jiesu audit verify` names what was changed of a roster by force: its events, words and rows."""

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.forces.models import Force, ForceEvent
from app.forces.recording import MEMBERS
from app.seals.audit import days, rosters
from app.seals.audit.day_lines import WITHOUT_ROSTERS
from app.tickets.life.links import BEFORE_ALL, link
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock

ROSTER = f"/offices/{WANGJING}/roster"
WHY = {"reason": "工作需要。"}
MEMBER = {"office_code": "110105-police", "kind": "posted", "duty": "治安"}


def lived(people: People, clock: StillClock) -> None:
    """A month of a roster: everything that can happen to one."""
    chief = people("chief", WANGJING)

    def put(path: str, body: object) -> None:
        answer = chief.client.put(f"/v1{ROSTER}{path}", json=body, headers=chief.headers)
        assert answer.status_code == 200, answer.text

    def post(path: str, body: object) -> object:
        answer = chief.post(f"{ROSTER}{path}", body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    put("", {"model": "1+4+N"})
    names = [{**MEMBER, "name": f"员{n}", "phone": f"1380000000{n}"} for n in range(2)]
    post("/members", {"members": names})
    first, second = (m["id"] for m in chief.get(ROSTER).json()["members"])
    shift = {"starts_at": "2026-10-20T02:00:00Z", "ends_at": "2026-10-20T08:00:00Z"}
    shifts = [{"member_id": member, **shift} for member in (first, second)]
    planned = chief.post(f"{ROSTER}/shifts", {"shifts": shifts}).json()
    clock.tick(hours=1)
    post(f"/shifts/{planned[0]['id']}/cancel", WHY)
    post(f"/members/{first}/change", {"kind": "on_call", "duty": "犬类", **WHY})
    put("/days/2026-10-20", {"members": [{"member_id": first, "present": True}]})
    put("/days/2026-10-20", {"members": [{"member_id": first, "present": False, **WHY}]})
    put(f"/members/{first}/marks/2026-10", {"mark": 90})
    post(f"/members/{first}/reveal", WHY)
    post(f"/members/{second}/remove", WHY)


def named(session: Session) -> list[tuple[str, str | None, str | None]]:
    session.expire_all()
    return [(f.fault.value, f.table, f.column) for f in rosters.faults(session)]


def faults(app: FastAPI) -> list[tuple[str, str | None, str | None]]:
    with app.state.sessions() as session:
        return named(session)


def test_a_roster_that_nobody_touched_has_no_fault(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    lived(people, clock)

    assert faults(app) == []


FORGED: list[tuple[str, tuple[str, str | None, str | None]]] = [
    ("UPDATE force_member SET phone = '13911111111'", ("wrong_row", "force_member", "phone")),
    (
        "UPDATE force_member SET office_code = '110105-fire'",
        ("wrong_row", "force_member", "office_code"),
    ),
    ("UPDATE force_member SET kind = 'posted'", ("wrong_row", "force_member", "kind")),
    ("UPDATE force_member SET left_at = NULL", ("wrong_row", "force_member", "left_at")),
    (
        "UPDATE force_shift SET ends_at = ends_at + '1 hour'",
        ("wrong_row", "force_shift", "ends_at"),
    ),
    (
        "UPDATE force_shift SET cancelled_at = NULL",
        ("wrong_row", "force_shift", "cancelled_at"),
    ),
    ("DELETE FROM force_shift", ("missing_row", "force_shift", None)),
    ("UPDATE force_day SET present = true", ("wrong_row", "force_day", "present")),
    ("UPDATE force_mark SET mark = 100", ("wrong_row", "force_mark", "mark")),
    ("DELETE FROM force_mark", ("missing_row", "force_mark", None)),
    (
        "INSERT INTO force_mark SELECT member_id, '2026-09', 100, seq FROM force_mark",
        ("added_row", "force_mark", None),
    ),
    (
        "UPDATE force_event SET data = jsonb_set(data, '{mark}', '100') WHERE action = 'mark'",
        ("wrong_link", None, None),
    ),
    ("DELETE FROM force_event WHERE action = 'reveal'", ("missing_event", None, None)),
    ("UPDATE force_statement SET words = '{}'", ("wrong_words", None, None)),
    ("UPDATE force SET chain_head = '\\x00'", ("wrong_link", None, None)),
]


def test_what_was_changed_by_force_is_named(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    lived(people, clock)
    with app.state.sessions() as session:
        for forgery, fault in FORGED:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            assert session.connection().exec_driver_sql(forgery).rowcount, forgery
            assert fault in named(session), forgery
            session.rollback()
        assert named(session) == []


def test_words_may_be_erased(people: People, app: FastAPI, clock: StillClock) -> None:
    lived(people, clock)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM force_statement")

    assert faults(app) == []


FORCE, EVENTS = ForceEvent.__table__.c, sa.select(*ForceEvent.__table__.c)


def made_anew(session: Session) -> None:
    """A better mark, in row and event alike, and every link after it, up to the head."""
    session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    for statement in (
        "UPDATE force_mark SET mark = 100",
        "UPDATE force_event SET data = jsonb_set(data, '{mark}', '100') WHERE action = 'mark'",
    ):
        session.execute(sa.text(statement))
    head = BEFORE_ALL
    for event in session.execute(EVENTS.order_by(FORCE.seq)).mappings().all():
        head = link(head, {**event}, MEMBERS)
        mine = sa.update(ForceEvent).where(FORCE.seq == event["seq"])
        session.execute(mine.values(link=head))
    session.execute(sa.update(Force).values(chain_head=head))


@pytest.mark.parametrize("form", [WITHOUT_ROSTERS, days.FORMAT])
def test_a_roster_that_was_made_anew_whole_is_not_the_one_of_its_day(
    people: People,
    app: FastAPI,
    clock: StillClock,
    monkeypatch: pytest.MonkeyPatch,
    form: int,
) -> None:
    """Only a day that was hashed before days named rosters cannot tell."""
    lived(people, clock)
    clock.tick(days=1)
    monkeypatch.setattr(days, "FORMAT", form)
    while days.keep_some(app.state.sessions, clock):
        pass
    monkeypatch.undo()
    with app.state.sessions() as session:
        assert list(days.faults(session)) == []
        made_anew(session)
        assert named(session) == []
        wrong = [(f.fault.value, f.number) for f in days.faults(session)]
        session.rollback()

    assert wrong == [("wrong_link", f"roster {WANGJING}")] * (form == days.FORMAT)

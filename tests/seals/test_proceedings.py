"""What was asked for and decided follows from the events; a row that says otherwise is named."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.seals.audit.faults import Kind
from app.seals.audit.record import ADVICE, EXTENSION, HOLD, OBJECTION, SUPERVISION
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.sealing import force
from tests.aids.stages import JIUXIANQIAO, MARKET
from tests.conftest import StillClock
from tests.seals.test_audit import audited

POLICE = "110105-police"

TABLES = {
    "objection": OBJECTION,
    "extension": EXTENSION,
    "hold": HOLD,
    "supervision": SUPERVISION,
    "advice": ADVICE,
}
OTHERS = {
    "office_code": f"'{JIUXIANQIAO}'",
    "proposed_office": "'110101001'",
    "ground": "'duplicate'",
    "ruling": "'info_wrong'",
    "by_silence": "true",
    "reason_code": "'law'",
    "approved": "false",
    "done": "NOT done",
    "level": "'district'",
    "issuer": "'somebody'",
    "dispatch_seq": "dispatch_seq + 1",
    "milestones": "'{2026-12-01}'",
    "from_office": "'110101001'",
    "about": "'reward'",
    "answer_seq": "answer_seq + 1",
    "waits_until": "answer_due_at - interval '1 second'",
}


def later(clock: StillClock, **span: float) -> str:
    return (clock() + timedelta(**span)).isoformat()


def objected(people: People, clock: StillClock) -> str:
    number = stages.objected(people)
    people.district(CHAOYANG).does("rule-objection", number, decision="reject", text="属你街道。")
    return number


def extended(people: People, clock: StillClock) -> str:
    number = stages.working(people)
    asked = {"reason_code": "other", "plan": "备料", "due_at": later(clock, days=9)}
    people.street().does("request-extension", number, **asked)
    people.district(CHAOYANG).does("decide-extension", number, approve=True, text="同意")
    clock.tick(days=8)  # nobody told the citizen: void
    people.street().does("note", number, text="仍在办理")
    return number


def held(people: People, clock: StillClock) -> str:
    number = stages.on_hold(people, clock)
    people.street().does("request-hold", number, **stages.hold(clock, 70))
    people.district(CHAOYANG).does("decide-hold", number, approve=True, text="同意")
    people.supervisor.does("decide-hold", number, approve=False, text="不同意")
    people.supervisor.does("resume", number, done=True, text="已完成")
    return number


def supervised(people: People, clock: StillClock) -> str:
    number = given.ticket(people)
    joint = {"office_code": JIUXIANQIAO, "joint_office_codes": [MARKET, POLICE], "reason": "联办"}
    people.dispatcher.does("dispatch", number, **joint)
    order = {"level": "city", "reason": "请报结果", "answer_due_at": later(clock, hours=4)}
    people.supervisor.does("supervise", number, **order)
    clock.tick(hours=5)
    people.street(JIUXIANQIAO).does("note", number, text="已处理")
    people.supervisor.does("supervise", number, **{**order, "answer_due_at": later(clock, days=1)})
    for office in (MARKET, POLICE):
        asked = {"answer_due_at": later(clock, hours=2), "to_office_code": office}
        chief = people("chief", JIUXIANQIAO)
        chief.does("supervise", number, **{**order, "level": "street", **asked})
    people.street(MARKET).does("feed-back", number, text="已查处")
    return number


def advised(people: People, clock: StillClock) -> str:
    number = stages.working(people)
    chief, advice = people("chief", WANGJING), {"about": "plan", "text": "建议纳入改造"}
    for office in (CHAOYANG, "city-housing"):
        asked = {"to_office_code": office, "answer_due_at": later(clock, hours=4)}
        chief.does("advise", number, **advice, **asked)
    people.street("city-housing").does("answer-advice", number, text="纳入计划")
    return number


LIVES = {
    "objection": objected,
    "extension": extended,
    "hold": held,
    "supervision": supervised,
    "advice": advised,
}


@pytest.mark.parametrize("table", LIVES)
def test_each_column_follows_from_the_events(
    people: People, app: FastAPI, clock: StillClock, table: str
) -> None:
    number = LIVES[table](people, clock)
    assert audited(app) == []
    kept = dict(stages.rows(people, f"SELECT seq, to_jsonb(t) FROM {table} AS t"))

    for column in TABLES[table]:
        seq, other = forged(kept, column)
        force(app, f"UPDATE {table} SET {column} = {other} WHERE seq = {seq}")
        [fault] = audited(app)
        assert (fault.fault, fault.number, fault.table) == (Kind.WRONG_ROW, number, table)
        assert (fault.seq, fault.column) == (seq, column)
        force(app, f"UPDATE {table} SET {column} = {written(kept[seq][column])} WHERE seq = {seq}")


def forged(kept: dict[int, dict[str, Any]], column: str) -> tuple[int, str]:
    """A row that has the column, if there is one, and another value of it."""
    seq = next((seq for seq, row in kept.items() if row[column] is not None), min(kept))
    if column.endswith("_at") or column == "asked_until":
        return seq, f"COALESCE({column}, '2026-10-20Z') + interval '1 day'"
    return seq, OTHERS[column]


def written(value: Any) -> str:
    text = "{" + ",".join(value) + "}" if isinstance(value, list) else value
    return "NULL" if value is None else f"'{text}'"


@pytest.mark.parametrize("table", LIVES)
def test_a_row_that_is_gone_or_was_never_asked_for_is_named(
    people: People, app: FastAPI, clock: StillClock, table: str
) -> None:
    LIVES[table](people, clock)
    first = f"seq = (SELECT min(seq) FROM {table})"
    force(app, f"CREATE TABLE copied AS SELECT * FROM {table} WHERE {first}")
    force(app, f"DELETE FROM {table} WHERE {first}")
    assert Kind.MISSING_ROW in {fault.fault for fault in audited(app)}

    force(app, f"INSERT INTO {table} SELECT * FROM copied")
    force(app, "UPDATE copied SET seq = seq + 1000")
    force(app, f"INSERT INTO {table} SELECT * FROM copied")
    force(app, "DROP TABLE copied")
    assert {fault.fault for fault in audited(app)} == {Kind.ADDED_ROW}

"""A whistle's record: replayed from its events, and a forged one is named."""

from fastapi import FastAPI

from app.seals import auditing
from app.seals.audit import days
from app.sweep import sweep
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.sealing import force
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, POWER, does

WATER, FIRE, DONGHU = "110105-water", "110105-fire", "110105043"


def faults(app: FastAPI) -> list[tuple[str, str | None, str | None]]:
    with app.state.sessions() as session:
        every = auditing.whole(session, app.state.city)
        return [(str(each.fault), each.table, each.column) for each in every]


CHIEF, AT_MARKET = ("chief", WANGJING), ("handler", MARKET)


def eventful(people: People, app: FastAPI, clock: StillClock) -> str:
    """Drafted, composed, blown, objected to, absent, late, left, come back, released."""
    number = composed(people)
    water = f"summonses/{WATER}"
    does(people, ("handler", WATER), number, f"{water}/object", ground="not_my_duty", text="非职责")
    clock.tick(minutes=5)
    district = ("district", CHAOYANG)
    does(people, district, number, f"{water}/rule-objection", uphold=False, text="属职责")
    does(people, AT_MARKET, number, f"summonses/{MARKET}/accept")
    blown.reports_in(people, number, MARKET)
    clock.tick(hours=1)
    assert sweep(app.state.sessions, app.state.city, clock) > 0
    blown.reports_in(people, number, POLICE)
    does(people, CHIEF, number, "start")
    does(people, AT_MARKET, number, f"summonses/{MARKET}/leave", reason="另有任务")
    blown.reports_in(people, number, MARKET)
    next_at = "2026-10-20T05:00:00Z"
    path = f"summonses/{POLICE}/interim-release"
    does(people, CHIEF, number, path, text="明日再来", next_at=next_at)
    clock.tick(hours=3)
    sweep(app.state.sessions, app.state.city, clock)
    blown.reports_in(people, number, POLICE)
    blown.feeds_back(people, number, MARKET)
    blown.releases(people, number, MARKET)
    people("handler", WANGJING).post(f"/whistles/{number}/codes")
    return number


def composed(people: People) -> str:
    """With departments, an enterprise and the street next to it."""
    draft = people("handler", WANGJING).post("/whistles", blown.body(draft=True, level="w2"))
    number = str(draft.json()["number"])
    does(people, CHIEF, number, "compose", summonses=[blown.call(POWER, required=False)])
    does(people, CHIEF, number, "blow")
    does(people, CHIEF, number, "compose", summonses=[blown.call(WATER), blown.call(DONGHU)])
    does(people, ("handler", DONGHU), number, "join")
    return number


FORGED = {
    "UPDATE summons SET arrived_at = arrived_at - interval '1 h'": ("wrong_row", "summons"),
    "UPDATE summons SET early_leave = false": ("wrong_row", "summons"),
    "UPDATE summons SET absent_at = NULL": ("wrong_row", "summons"),
    "UPDATE summons SET arrive_due_at = arrive_due_at + interval '1 h'": ("wrong_row", "summons"),
    "UPDATE summons SET required = NOT required": ("wrong_row", "summons"),
    "DELETE FROM summons WHERE office_code = '110105-water'": ("missing_row", "summons"),
    "UPDATE whistle SET level = 'w3'": ("wrong_row", "whistle"),
    "UPDATE whistle SET status = 'settled'": ("wrong_row", "whistle"),
    "UPDATE whistle_event SET at = at - interval '1 h' WHERE seq = 4": ("wrong_link", None),
    "DELETE FROM whistle_event WHERE seq = 3": ("missing_event", None),
    "UPDATE whistle_statement SET words = '{}' WHERE seq = 1": ("wrong_words", None),
}


def test_an_honest_whistle_has_no_fault_and_a_forged_one_names_it(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    eventful(people, app, clock)
    assert faults(app) == []
    tables = ("summons", "whistle", "whistle_event", "whistle_statement")
    for name in tables:
        force(app, f"CREATE TABLE honest_{name} AS SELECT * FROM {name}")
    try:
        for statement, (kind, table) in FORGED.items():
            force(app, statement)
            named = {(fault, of) for fault, of, _ in faults(app)}
            assert (kind, table) in named, statement
            for name in tables:
                force(app, f"DELETE FROM {name}")
                force(app, f"INSERT INTO {name} SELECT * FROM honest_{name}")
        assert faults(app) == []
    finally:
        for name in tables:
            force(app, f"DROP TABLE honest_{name}")


def test_a_day_s_hash_is_over_its_whistles(people: People, app: FastAPI, clock: StillClock) -> None:
    blown.blow(people, MARKET)
    clock.tick(days=1)
    while days.keep_some(app.state.sessions, clock):
        pass
    assert faults(app) == []
    force(app, "UPDATE whistle_event SET link = '\\x00'")
    force(app, "UPDATE whistle SET chain_head = '\\x00'")

    assert ("wrong_link", None, None) in faults(app)

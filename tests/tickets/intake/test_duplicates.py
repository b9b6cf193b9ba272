"""D.11 at the door: whoever tells his open matter again urges it, and nothing new is made."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app.access.roles import Caller, Role
from app.tickets.intake import receive
from app.tickets.intake.arrival import arrive
from app.tickets.intake.forms import NewTicket
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock

NOISE = "0701"
MADE = ("ticket", "request", "citizen", "dispatch")
OTHER_WORDS: dict[str, Any] = {"title": "噪声没有停", "content": "昨晚又响到两点，家里老人睡不着。"}


def tell(people: People, headers: dict[str, str] | None = None, **changed: Any) -> Response:
    return people.operator.post("/tickets", given.request(**changed), headers)


def ask(people: People, **changed: Any) -> Any:
    answer = tell(people, **changed)
    assert answer.status_code == 201, answer.text
    return answer.json()


def same_open(answer: Response, number: str) -> Any:
    """The answer must be that open ticket, urged."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Location"] == f"/v1/tickets/{number}"
    ticket = answer.json()
    assert ticket["number"] == number
    assert ticket["duplicate_of_open"] is True
    assert answer.headers["ETag"] == f'"{ticket["version"]}-en"'
    return ticket


def rows(app: FastAPI, table: str) -> int:
    with app.state.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_the_same_citizen_with_the_same_matter_urges_the_open_ticket(
    people: People, app: FastAPI
) -> None:
    first = ask(people, category=NOISE)
    assert "duplicate_of_open" not in first
    before = [rows(app, table) for table in MADE]
    answer = tell(people, category=NOISE, **OTHER_WORDS)

    ticket = same_open(answer, first["number"])
    assert ticket["urged"] == 1
    assert ticket["status"] == "dispatched"
    assert [rows(app, table) for table in MADE] == before
    last = people.operator.get(f"/tickets/{first['number']}/events").json()[-1]
    assert last["action"] == "urge"
    assert last["role"] == "operator"
    assert last["data"]["text"] == OTHER_WORDS["content"]


IDLE = ("replied", "awaiting_callback", "on_hold")
"""No office works on it at present."""


def again(people: People, number: str, **changed: Any) -> Response:
    """The ticket's citizen tells the same once more."""
    citizen = people.operator.get(f"/tickets/{number}").json()["citizen"]
    return tell(people, citizen={"name": citizen["name"], "phone": citizen["phone"]}, **changed)


@pytest.mark.parametrize("stage", IDLE)
@pytest.mark.parametrize("urgency", ["L1", "L2"])
def test_danger_never_lies_with_a_ticket_on_which_nobody_works(
    people: People, stage: str, urgency: str
) -> None:
    number = stages.stands(people, stage)

    new = again(people, number, urgency=urgency).json()

    assert (new["status"], new["urgency"]) == ("dispatched", urgency)
    assert [(row["number"], row["why"]) for row in new["related"]] == [(number, "both")]
    assert stages.status(people, number) == stage
    same_open(again(people, number, urgency=urgency), new["number"])


def test_an_l1_that_comes_back_is_dispatched_again(people: People) -> None:
    number = given.ticket(people, urgency="L1")
    given.awaiting(people, number)
    assert again(people, number, urgency="L1").status_code == 201


@pytest.mark.parametrize("stage", IDLE)
def test_what_is_no_graver_than_before_urges_a_ticket_on_which_nobody_works(
    people: People, stage: str
) -> None:
    number = stages.stands(people, stage)
    assert same_open(again(people, number), number)["urged"] == 1


@pytest.mark.parametrize("stage", ["dispatched", "in_progress", "objected", "rework"])
def test_danger_raises_the_ticket_on_which_an_office_works(people: People, stage: str) -> None:
    number = stages.stands(people, stage)
    assert same_open(again(people, number, urgency="L1"), number)["urgency"] == "L1"


def test_the_second_urging_within_a_day_flags_the_district(people: People) -> None:
    number = ask(people, category=NOISE)["number"]
    tell(people, category=NOISE)
    tell(people, category=NOISE)

    kinds = [entry["kind"] for entry in people.district().get("/feed").json()["items"]]
    assert kinds.count("urged_often") == 1
    assert people.operator.get(f"/tickets/{number}").json()["urged"] == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"category": "0702", **OTHER_WORDS},
        {"category": None, **OTHER_WORDS},
        {"address": {"text": "朝阳区望京街道望京西园四区308楼"}},
        {"citizen": {"name": "张三", "phone": "13800000001"}},
        {"citizen": {"name": "张三", "phone": "13800000000", "anonymous": True}},
        {"citizen": {"name": "张三"}},
        {"citizen": {}},
        {"type": "praise"},
    ],
)
def test_another_matter_place_or_caller_makes_a_new_ticket(
    people: People, changed: dict[str, Any]
) -> None:
    first = ask(people, category=NOISE)
    second = ask(people, **{"category": NOISE, **changed})

    assert second["number"] != first["number"]
    assert second["repeat_of"] is None


@pytest.mark.parametrize(
    "changed",
    [
        {"citizen": {"name": "张先生", "phone": "+86 138 0000 0000"}},
        {"address": {"text": "北京市朝阳区望京西园三区 310 号楼"}},
        {"category": None},
        {"category": "0702"},
    ],
)
def test_the_same_thing_said_in_another_way_is_the_same(
    people: People, changed: dict[str, Any]
) -> None:
    first = ask(people, category=NOISE)

    same_open(tell(people, **{"category": NOISE, **changed}), first["number"])


def test_a_hundred_metres_are_the_same_place(people: People) -> None:
    here = {"text": "朝阳区望京街道阜荣街路口", "lon": 116.47, "lat": 39.9955}
    near = {"text": "朝阳区望京街道广顺北大街东侧", "lon": 116.4705, "lat": 39.996}
    far = {"text": "朝阳区望京街道南湖南路北侧", "lon": 116.472, "lat": 39.998}
    first = ask(people, category=NOISE, address=here)

    same_open(tell(people, category=NOISE, address=near), first["number"])
    assert ask(people, category=NOISE, address=far)["number"] != first["number"]


@pytest.mark.parametrize(
    "citizen", [{"phone": "13800000000", "anonymous": True}, {}, {"name": "王"}]
)
def test_callers_who_cannot_be_known_again_are_never_matched(
    people: People, citizen: dict[str, Any]
) -> None:
    first, second = (ask(people, category=NOISE, citizen=citizen) for _ in range(2))

    assert first["number"] != second["number"]


def test_a_repeated_call_under_one_key_urges_once(people: People) -> None:
    first = ask(people, category=NOISE)
    key = {"Idempotency-Key": "second-call"}
    answers = [tell(people, key, category=NOISE, **OTHER_WORDS) for _ in range(3)]

    for answer in answers:
        assert same_open(answer, first["number"])["urged"] == 1
    assert [a.headers.get("Idempotency-Replayed") for a in answers] == [None, "true", "true"]


def test_two_equal_requests_at_the_same_instant_are_one_ticket(
    people: People, app: FastAPI
) -> None:
    body = given.request(category=NOISE)
    operator = people.operator
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: operator.post("/tickets", body), range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert rows(app, "ticket") == 1
    assert len({answer.json()["number"] for answer in answers}) == 1
    number = answers[0].json()["number"]
    assert operator.get(f"/tickets/{number}").json()["urged"] == 7


def test_a_closed_matter_told_again_is_a_new_ticket_that_says_so(
    people: People, clock: StillClock
) -> None:
    number = closed(people)
    before = people.operator.get(f"/tickets/{number}").json()
    clock.tick(days=30)
    again = ask(people, category=NOISE)

    assert again["repeat_of"] == number
    assert again["number"] != number
    assert people.operator.get(f"/tickets/{number}").json() == before


def test_after_thirty_days_it_is_no_repetition(people: People, clock: StillClock) -> None:
    closed(people)
    clock.tick(days=30, microseconds=1)

    assert ask(people, category=NOISE)["repeat_of"] is None


def closed(people: People) -> str:
    number = str(ask(people, category=NOISE)["number"])
    given.awaiting(people, number)
    called = people.callback.post(f"/tickets/{number}/callbacks", given.CONTENT)
    assert called.status_code == 201, called.text
    assert people.operator.get(f"/tickets/{number}").json()["status"] == "closed"
    return number


def test_what_was_taken_back_is_neither_open_nor_repeated(people: People) -> None:
    number = ask(people, category=NOISE)["number"]
    people.operator.does("withdraw", number, evidence="录音 0001")

    again = ask(people, category=NOISE)
    assert again["repeat_of"] is None


def test_a_question_that_nobody_answered_in_time_is_no_open_ticket_any_more(
    people: People, clock: StillClock
) -> None:
    nowhere = {"category": NOISE, "address": {"text": "不知道在哪"}}
    first = ask(people, **nowhere)
    assert first["status"] == "need_info"
    people.operator.does("ask", first["number"], text="在哪条路上？")
    people.operator.does("contact", first["number"], method="call", reached=False)
    clock.tick(days=30)

    second = ask(people, **nowhere)
    assert second["number"] != first["number"]
    assert people.operator.get(f"/tickets/{first['number']}").json()["status"] == "not_accepted"


def test_whose_ticket_was_merged_urges_the_one_that_has_its_clock(people: People) -> None:
    parent = given.ticket(people, category=NOISE)
    child = ask(people, category=NOISE)["number"]
    people.dispatcher.does("merge", child, parent_number=parent)

    assert same_open(tell(people, category=NOISE), parent)["urged"] == 1


def test_the_office_learns_of_the_urging_without_a_word_of_the_citizen(people: People) -> None:
    number = ask(people, category=NOISE)["number"]
    tell(people, category=NOISE)

    last = people.street(WANGJING).get("/feed").json()["items"][-1]
    assert (last["kind"], last["ticket_number"]) == ("urge", number)
    assert set(last["data"]) <= {"status", "role", "urged", "flagged"}


def test_a_phone_number_is_no_index_key(people: People, app: FastAPI) -> None:
    ask(people, category=NOISE)
    with app.state.engine.connect() as connection:
        [kept] = connection.exec_driver_sql("SELECT phone_hash FROM citizen").scalars()
        indexed = connection.exec_driver_sql(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'citizen'"
        ).scalars()
        assert not [index for index in indexed if "(phone)" in index or "(phone," in index]
    assert len(kept) == 32
    assert b"13800000000" not in bytes(kept)


def test_of_two_equal_lines_in_one_batch_the_second_urges_the_first(
    people: People, app: FastAPI
) -> None:
    known = ask(people, category=NOISE)["number"]
    bodies = [
        given.request(category=NOISE),
        given.request(category="0702", **OTHER_WORDS),
        given.request(category="0702", title="再说一次", content="还是那样。"),
        given.request(category="0702", citizen={"phone": "13700000000"}),
        given.request(category="0702", citizen={}),
        given.request(category=NOISE),
    ]
    operator = Caller("operators-key", Role.OPERATOR)
    city, now = app.state.city, app.state.clock()
    with app.state.sessions.begin() as session:
        arrivals = [arrive(city, NewTicket(**body), now) for body in bodies]
        taken = receive.take(session, city, operator, arrivals, lambda: now)

    assert [ticket.status for ticket in taken] == [200, 201, 200, 201, 201, 200]
    numbers = [ticket.number for ticket in taken]
    assert numbers[0] == numbers[5] == known
    assert numbers[1] == numbers[2]
    assert len(set(numbers)) == 4
    urged = {n: people.operator.get(f"/tickets/{n}").json()["urged"] for n in numbers}
    assert [urged[n] for n in numbers] == [2, 1, 1, 0, 0, 2]


def test_nobody_but_a_dispatcher_is_shown_what_might_be_merged(people: People) -> None:
    for role, office in [("operator", None), ("supervisor", None), ("district", CHAOYANG)]:
        assert people(role, office).get("/merges/proposals").status_code == 403
    assert people.dispatcher.get("/merges/proposals").json() == {"items": [], "next": None}

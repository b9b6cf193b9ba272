"""Search: what each filter leaves, the same before and after the keys were kept up."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.access.roles import Caller, Role
from app.kit.ready import Ready, Statement
from app.tickets.search import follow as follow_room
from app.tickets.search.follow import follow_some
from app.tickets.views import candidates, lists, pages
from app.tickets.views.filters import Sort
from app.tickets.views.lists import Listing
from app.tickets.views.view import Looker
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.standing import Standing
from tests.conftest import StillClock
from tests.tickets.views.test_lists import numbers

HAIDIAN = "110108"


def follow(app: FastAPI, clock: StillClock) -> None:
    """Keeps the keys up, as the background does."""
    clock.tick(seconds=1)
    while follow_some(app.state.own_sessions, clock):
        pass


Made = tuple[dict[str, str], Standing, datetime]


@pytest.fixture(scope="module")
def cities() -> list[Made]:
    """The one that was made, when it is: its tickets are taken in once."""
    return []


@pytest.fixture
def city(
    people: People, clock: StillClock, clearing: sa.Engine, cities: list[Made]
) -> dict[str, str]:
    """Some tickets by their names, each a minute after the one before."""
    if not cities:
        cities.append((tickets(people, clock), Standing(clearing), clock.at))
    (made, standing, clock.at), *_ = cities
    standing.put_back()
    return made


def tickets(people: People, clock: StillClock) -> dict[str, str]:
    wanted: dict[str, dict[str, Any]] = {
        "noise": {"citizen": {"name": "李四", "phone": "010-65123456"}, "external_id": "K-7"},
        "plate": {
            "title": "违章停车",
            "content": "京Ａ12345 堵住１０８号楼门口",
            "channel": "wechat",
        },
        "praise": {"type": "praise", "title": "表扬民警", "content": "谢谢望京派出所"},
        "shop": {"category": "010101", "title": "预付卡不退费", "content": "健身房关门了"},
        "urgent": {"urgency": "L1", "title": "井盖丢失", "content": "有人差点掉下去"},
        "haidian": {"address": {"text": "海淀区中关村街道科育小区"}, "title": "健身器材坏了"},
        "vague": {"address": {"text": "朝阳区某处"}, "title": "路灯不亮"},
        "secret": {
            "type": "report",
            "title": "无照经营",
            "content": "王五在108号楼卖早点，电话13912345678",
        },
    }
    made = {}
    for name, changed in wanted.items():
        made[name] = given.ticket(people, **changed)
        clock.tick(minutes=1)
    return made


FOUND: list[tuple[dict[str, Any], str]] = [
    ({"q": "噪声"}, "noise"),
    ({"q": "施工 夜里"}, "noise haidian vague"),
    ({"q": "京a12345"}, "plate"),
    ({"q": "12345"}, ""),
    ({"q": "108号楼"}, "plate secret"),
    ({"q": "１０８号楼"}, "plate secret"),
    ({"q": "08号楼"}, ""),
    ({"q": "308"}, "noise plate praise shop urgent secret"),
    ({"q": "30"}, ""),
    ({"q": "健身"}, "shop haidian"),
    ({"q": "健身 房"}, "shop"),
    ({"q": "身健"}, ""),
    ({"q": "中关村"}, "haidian"),
    ({"q": "100%"}, ""),
    ({"q": ".* (a|b)[0-9]+\\"}, ""),
    ({"type": "praise"}, "praise"),
    ({"type": ["praise", "report"]}, "praise secret"),
    ({"channel": "wechat"}, "plate"),
    ({"channel": "phone", "q": "108号楼"}, "secret"),
    ({"community_code": "110105026051"}, "noise plate praise shop urgent secret"),
    ({"category": "0101"}, "shop"),
    ({"category": "01", "q": "噪声"}, ""),
    ({"district_code": HAIDIAN}, "haidian"),
    ({"district_code": CHAOYANG, "q": "健身"}, "shop"),
    ({"office_code": WANGJING, "q": "京A12345"}, "plate"),
    ({"queue": CHAOYANG}, "vague"),
    ({"queue": f"district:{CHAOYANG}"}, "vague"),
    ({"urgency": "L1", "q": "井盖"}, "urgent"),
    ({"status": "to_dispatch"}, "vague"),
    ({"status": "to_dispatch", "q": "路灯"}, "vague"),
    ({"status": "dispatched", "q": "路灯"}, ""),
    ({"status": "closed", "q": "噪声"}, ""),
    ({"phone": "010 6512 3456"}, "noise"),
    ({"phone": "+86 10 65123456"}, "noise"),
    ({"phone": "０１０－６５１２３４５６ 转 12"}, "noise"),
    ({"phone": "65123456"}, "noise"),
    ({"phone": "13912345678"}, ""),
    ({"external_id": "K-7"}, "noise"),
    ({"urgency": ["L1", "L2"]}, "urgent"),
    ({"urgency": ["L1", "L2"], "type": ["complaint", "report"]}, "urgent"),
    ({"type": ["praise", "report"], "channel": ["phone", "web"]}, "praise secret"),
    ({"status": ["received", "need_info"]}, "praise"),
    ({"status": ["on_hold", "need_info"]}, ""),
    ({"status": ["received", "to_dispatch"], "type": ["complaint", "praise"]}, "praise vague"),
    ({"status": ["to_dispatch", "dispatched"], "q": "健身"}, "shop haidian"),
    ({"status": "to_dispatch", "sort": "urgency"}, "vague"),
    ({"received_to": "2026-01-01"}, ""),
]


def test_each_filter_leaves_what_it_says_whether_keys_are_kept_up_or_not(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    everything = [*FOUND, *by_number(city)]
    names = dict(zip(city.values(), city, strict=True))
    before = [answers(people, names, asked) for asked, _ in everything]
    follow(app, clock)
    after = [answers(people, names, asked) for asked, _ in everything]

    for (asked, expected), early, late in zip(everything, before, after, strict=True):
        wanted = sorted(expected.split(), key=[*city].index, reverse=True)
        assert (early, late) == (wanted, wanted), asked


def test_what_is_overdue_is_listed_whether_it_is_open_or_came_late(
    people: People,
    app: FastAPI,
    clock: StillClock,
    city: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = people.operator.get(f"/tickets/{city['noise']}").json()
    clock.at = datetime.fromisoformat(noise["due_at"])
    clock.tick(hours=1)
    given.replied(people, city["noise"])
    fresh = given.ticket(people)
    every = numbers(people.operator)
    late = [
        number for number in every if people.operator.get(f"/tickets/{number}").json()["overdue"]
    ]
    assert city["noise"] in late
    assert {fresh, city["vague"]} & set(late) == set()

    for many in (False, False, True):
        monkeypatch.setattr(lists, "MANY_DUE", Ready(sa.select(sa.literal(many))))
        for limit in (1, 50):
            assert numbers(people.operator, overdue=True, limit=limit) == late
        for asked in ({"type": "complaint"}, {"district_code": CHAOYANG}, {"q": "施工"}):
            both = set(numbers(people.operator, **asked)) & set(late)
            assert set(numbers(people.operator, overdue=True, **asked)) == both
        assert numbers(people.district(HAIDIAN), overdue=True) == [city["haidian"]]
        assert city["noise"] in numbers(people.operator, overdue=True, sort="due")
        assert numbers(people.operator, overdue=True, status="replied") == [city["noise"]]
        follow(app, clock)


def by_number(city: dict[str, str]) -> Iterator[tuple[dict[str, Any], str]]:
    number = city["plate"]
    for written in (number, number[2:], number[-7:], number[-9:], f" {number.lower()} "):
        yield {"number": written}, "plate"


def answers(people: People, names: dict[str, str], asked: dict[str, Any]) -> list[str]:
    return [names[number] for number in numbers(people.operator, **asked)]


def test_what_changed_since_is_found_as_it_now_is(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    follow(app, clock)
    people.dispatcher.does("grade", city["noise"], urgency="L1", reason="工人受伤")
    new = given.ticket(people, title="井盖松动")

    assert set(numbers(people.operator, urgency="L1", q="噪声")) == {city["noise"]}
    assert numbers(people.operator, q="井盖") == [new, city["urgent"]]


def test_what_is_recorded_by_a_clock_that_was_set_back_is_found(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    follow(app, clock)
    clock.tick(minutes=-10)
    follow(app, clock)
    new = given.ticket(people, title="井盖松动")
    clock.tick(minutes=11)
    follow(app, clock)

    assert set(numbers(people.operator, q="井盖")) == {new, city["urgent"]}


def test_what_is_written_as_of_the_past_is_found_once_the_mark_went_back(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    follow(app, clock)
    now = clock.at
    clock.tick(days=-30)
    past = given.ticket(people, title="井盖松动")
    clock.at = now
    with app.state.own_sessions.begin() as session:
        follow_room.go_back(session, now - timedelta(days=31))
    follow(app, clock)

    assert numbers(people.operator, q="井盖") == [city["urgent"], past]
    assert numbers(people.operator, category="0101") == [city["shop"]]


def test_a_district_sees_what_lies_there_or_was_given_there_and_nothing_else(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    theirs = people.district(HAIDIAN)
    assert numbers(theirs) == [city["haidian"]]
    follow(app, clock)
    assert numbers(theirs) == [city["haidian"]]

    moved = {"office_code": "110108012", "reason": "属海淀"}
    people.dispatcher.does("dispatch", city["plate"], **moved)
    assert set(numbers(theirs)) == {city["haidian"], city["plate"]}
    follow(app, clock)
    assert set(numbers(theirs)) == {city["haidian"], city["plate"]}
    assert numbers(theirs, q="京A12345") == [city["plate"]]
    assert numbers(theirs, q="健身") == [city["haidian"]]
    assert numbers(theirs, q="噪声") == []
    assert numbers(people.street("110105001"), q="京A12345") == []


def test_an_office_finds_no_secret_ticket_by_its_words(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    for _ in range(2):
        for person in (people.street(), people.district()):
            assert city["secret"] in numbers(person)
            assert numbers(person, q="王五") == numbers(person, q="13912345678") == []
            counted = person.get("/tickets", q="王五", count="capped").json()
            assert (counted["count"], counted["items"]) == (0, [])
            assert person.get("/tickets", phone="13912345678").status_code == 403
        follow(app, clock)


def due(people: People, number: str) -> str:
    return people.operator.get(f"/tickets/{number}").json()["due_at"] or "never"


LATER = ("plate", "praise", "shop", "urgent", "secret")
"""Which do not speak of the night."""


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
@pytest.mark.parametrize("sort", list(Sort))
def test_pages_are_right_under_every_order_and_filter(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str], sort: str, limit: int
) -> None:
    people.dispatcher.does("grade", city["haidian"], urgency="L2", reason="危险")
    order = {
        "received": [*city][::-1],
        "urgency": ["urgent", "haidian", *(n for n in city if n not in ("urgent", "haidian"))],
        "due": sorted(city, key=lambda name: (due(people, city[name]), city[name])),
    }[sort]
    for asked, left_out in (({}, ()), ({"q": "夜里"}, LATER)):
        whole = numbers(people.operator, sort=sort, limit=500, **asked)
        assert whole == [city[name] for name in order if name not in left_out]
        assert numbers(people.operator, sort=sort, limit=limit, **asked) == whole
        follow(app, clock)
        assert numbers(people.operator, sort=sort, limit=limit, **asked) == whole
        answer = people.operator.get(
            "/tickets", {"Accept": "application/x-ndjson"}, sort=sort, **asked
        )
        assert [json.loads(line)["number"] for line in answer.text.splitlines()] == whole


def test_open_stands_for_every_open_status(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    people.operator.does("withdraw", city["shop"], evidence="录音 1")
    follow(app, clock)

    assert set(numbers(people.operator, status="open")) == set(city.values()) - {city["shop"]}
    both = numbers(people.operator, status=["open", "withdrawn"])
    assert set(both) == set(city.values())
    assert city["shop"] not in numbers(people.operator, sort="urgency")
    of_fitness: list[tuple[list[str], str]] = [
        (["open"], "haidian"),
        (["withdrawn"], "shop"),
        (["withdrawn", "closed"], "shop"),
        (["withdrawn", "open"], "haidian shop"),
        (["merged", "void"], ""),
    ]
    for status, expected in of_fitness:
        every = numbers(people.operator, status=status, q="健身")
        assert every == [city[name] for name in expected.split()], status


@pytest.mark.parametrize("most", [0, 3])
def test_a_poller_for_words_gets_every_change_in_order(
    people: People,
    app: FastAPI,
    clock: StillClock,
    city: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    most: int,
) -> None:
    """Whether the first of what changed has a page of them, whether few or many have the words."""
    for made in (pages.stamped, lists.many_changes, lists.many_keyed):
        made.cache_clear()
    monkeypatch.setattr(candidates, "LOOKED_AT", 2)
    monkeypatch.setattr(candidates, "FEW_OF_MILLIONS", most)
    follow(app, clock)
    people.dispatcher.does("grade", city["shop"], urgency="L2", reason="危险")

    for words, expected in (("夜里", "noise haidian vague"), ("健身", "haidian shop")):
        polled = numbers(people.operator, updated_after="2026-10-19", q=words, limit=2)
        assert polled == [city[name] for name in expected.split()]


def test_a_count_is_capped(
    people: People, city: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = people.operator.get("/tickets", count="capped", limit=1, q="夜里").json()
    assert (counted["count"], counted["capped"]) == (3, False)
    second = people.operator.get(
        "/tickets", count="capped", limit=1, q="夜里", cursor=counted["next"]
    ).json()
    assert (second["count"], second["capped"]) == (3, False)

    monkeypatch.setattr(lists, "MOST_COUNTED", 3)
    capped = people.operator.get("/tickets", count="capped").json()
    assert (capped["count"], capped["capped"]) == (3, True)
    assert "count" not in people.operator.get("/tickets").json()


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"q": ""}, "/query/q"),
    ({"q": "噪"}, "/query/q"),
    ({"q": "……"}, "/query/q"),
    ({"q": "噪声\x00"}, "/query/q"),
    ({"q": "长" * 201}, "/query/q"),
    ({"q": "a" * 20_000}, "/query/q"),
    ({"phone": "138"}, "/query/phone"),
    ({"phone": "12345"}, "/query/phone"),
    ({"phone": "1" * 40}, "/query/phone"),
    ({"phone": "张三的电话"}, "/query/phone"),
    ({"phone": ""}, "/query/phone"),
    ({"number": "042"}, "/query/number"),
    ({"number": "BJ2026112100000421"}, "/query/number"),
    ({"number": "GZ202611210000042"}, "/query/number"),
    ({"number": "%0042"}, "/query/number"),
    ({"type": "whistle"}, "/query/type/0"),
    ({"channel": "fax"}, "/query/channel/0"),
    ({"status": "opened"}, "/query/status/0"),
    ({"sort": "age"}, "/query/sort"),
    ({"sort": "due", "updated_after": "2026-10-20"}, "/query/sort"),
    ({"sort": "urgency", "status": "closed"}, "/query/sort"),
    ({"count": "exact"}, "/query/count"),
    ({"community_code": "望京"}, "/query/community_code"),
]


@pytest.mark.parametrize(("asked", "field"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_looked_for_is_refused_by_name(
    people: People, asked: dict[str, Any], field: str
) -> None:
    answer = people.operator.get("/tickets", **asked)

    assert answer.status_code == 422, answer.text
    assert any(fault["pointer"].startswith(field) for fault in answer.json()["errors"])


def test_a_search_for_a_telephone_is_on_record_and_in_no_log(
    people: People, city: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    written = ("010-65123456", "+86 10 6512 3456")
    for person, phone in zip((people.operator, people.callback), written, strict=True):
        assert person.get("/tickets", phone=phone).json()["items"][0]["number"] == city["noise"]
    people.dispatcher.get("/tickets", {"Accept": "text/csv"}, phone="13812345678")

    searches = people("auditor").get("/telephone-searches").json()["items"]
    assert [search["role"] for search in searches] == ["dispatcher", "callback", "operator"]
    assert searches[1]["phone_hash"] == searches[2]["phone_hash"] != searches[0]["phone_hash"]
    assert len({search["caller"] for search in searches}) == 3
    ours = [record.getMessage() + str(vars(record)) for record in caplog.records]
    logged = " ".join(line for line in ours if "httpx" not in line)
    assert "/v1/tickets" in logged
    assert not any(re.search(phone, logged) for phone in (r"6512\D{0,3}3456", "13812345678"))
    pages = people.supervisor.get("/telephone-searches", limit=2).json()
    rest = people.supervisor.get("/telephone-searches", cursor=pages["next"]).json()
    assert [*pages["items"], *rest["items"]] == searches


def test_a_number_to_be_called_at_is_found_like_that_of_the_call(
    people: People, app: FastAPI
) -> None:
    citizen = {"name": "赵六", "phone": "13711112222", "callback_phone": "010-84567890 转 6"}
    first = given.ticket(people, citizen=citizen)
    second = given.ticket(people, citizen={"name": "钱七", "phone": "13733334444"})
    third = given.ticket(people, citizen={"callback_phone": "13755556666", "name": "孙八"})

    def found_by(phone: str) -> list[str]:
        return numbers(people.operator, phone=phone)

    assert found_by("8456 7890") == found_by("+86 137 1111 2222") == [first]
    assert found_by("13755556666") == [third]
    body = {"citizen": {"callback_phone": "13799998888"}, "reason": "换号"}
    people.operator.does("correct", second, **body)
    assert found_by("13799998888") == found_by("13733334444") == [second]


def test_corrected_and_added_words_are_found_and_the_former_are_not(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people, title="夜间唱歌", content="楼下烧烤店")
    follow(app, clock)
    assert numbers(people.operator, q="唱歌") == [number]

    people.operator.does("correct", number, title="电焊火花", reason="听错")
    people.operator.does("add", number, text="每晚有卡车装卸钢筋")
    for _ in range(2):
        assert numbers(people.operator, q="电焊火花") == [number]
        assert numbers(people.operator, q="装卸钢筋") == [number]
        assert numbers(people.operator, q="唱歌") == []
        follow(app, clock)


@pytest.mark.parametrize("role", ["panel", "evaluator", "auditor"])
def test_others_may_not_search_for_a_telephone_however_it_is_written(
    people: People, role: str
) -> None:
    for phone in ("13812345678", "nobody", ""):
        assert people(role).get("/tickets", phone=phone).status_code == 403
    assert people.operator.get("/telephone-searches").status_code == 403
    assert people("auditor").get("/telephone-searches").json()["items"] == []


def test_every_change_is_followed_once_and_an_entry_that_stays_is_not_written(
    people: People,
    app: FastAPI,
    clock: StillClock,
    city: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a round no more than its portions, with a rest after each that was full."""
    monkeypatch.setattr(follow_room, "AT_ONCE", len(city) // 2 - 1)
    monkeypatch.setattr(follow_room, "PORTIONS", 2)
    rests: list[float] = []
    monkeypatch.setattr(follow_room, "sleep", rests.append)
    clock.tick(seconds=1)
    sizes = []
    for _ in range(2):
        follow_room.follow_round(app.state.own_sessions, clock)
        sizes.append(len(entries(app)))
    assert sizes == [2 * (len(city) // 2 - 1), len(city)]
    assert len(rests) >= 2
    assert min(rests) > 0

    before = entries(app)
    people.street().does("acknowledge", city["noise"])
    people.dispatcher.does("grade", city["plate"], urgency="L2", reason="堵路")
    follow(app, clock)
    after = entries(app)

    assert set(before) == set(city.values())
    assert {number for number in before if before[number] != after[number]} == {city["plate"]}


def test_far_behind_a_list_is_walked_and_right(
    people: People,
    app: FastAPI,
    clock: StillClock,
    city: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    follow(app, clock)
    new = given.ticket(people, title="井盖松动")
    assert near(app) == [new]
    monkeypatch.setattr(follow_room, "FAR_BEHIND", 0)

    assert near(app) is None
    assert numbers(people.operator, q="井盖") == [new, city["urgent"]]


def test_many_keys_wait_for_their_index_only_while_no_search_uses_them(
    app: FastAPI, clock: StillClock, city: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round of the follower writes its keys in mass, or leaves few behind."""
    monkeypatch.setattr(follow_room, "AT_ONCE", 1)
    monkeypatch.setattr(follow_room, "FAR_BEHIND", 3)
    is_far_behind, rounds = follow_room.is_far_behind, []

    def looked(*given: Any) -> bool:
        rounds.append(is_far_behind(*given))
        return rounds[-1]

    monkeypatch.setattr(follow_room, "is_far_behind", looked)
    clock.tick(seconds=1)
    while follow_some(app.state.own_sessions, clock):
        assert not rounds[-1] or near(app) is None

    assert rounds == sorted(rounds, reverse=True)
    assert {True, False} == set(rounds)


def near(app: FastAPI) -> list[str] | None:
    """What a search looks through beside the keys."""
    with app.state.engine.connect() as connection:
        known = follow_room.near_now(connection)
        return known and known.recent


def entries(app: FastAPI) -> dict[str, Any]:
    with app.state.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT ticket_number, ctid::text FROM search_entry")
        return {row.ticket_number: row.ctid for row in rows}


MANY = 2_500
SMALL = "110105026051"
QUESTIONS: list[tuple[Role, dict[str, Any]]] = [
    (Role.OPERATOR, {}),
    (Role.OPERATOR, {"office_code": WANGJING}),
    (Role.OPERATOR, {"district_code": HAIDIAN}),
    (Role.OPERATOR, {"community_code": SMALL}),
    (Role.OPERATOR, {"queue": CHAOYANG}),
    (Role.OPERATOR, {"status": "to_dispatch"}),
    (Role.OPERATOR, {"status": "open"}),
    (Role.OPERATOR, {"type": "praise"}),
    (Role.OPERATOR, {"channel": "wechat"}),
    (Role.OPERATOR, {"category": "0101"}),
    (Role.OPERATOR, {"urgency": "L1", "sort": "urgency"}),
    (Role.OPERATOR, {"received_from": "2026-10-20", "received_to": "2026-10-20"}),
    (Role.OPERATOR, {"updated_after": "2026-10-21"}),
    (Role.OPERATOR, {"external_id": "K-7"}),
    (Role.OPERATOR, {"number": "0042"}),
    (Role.OPERATOR, {"number": "BJ202611210000042"}),
    (Role.OPERATOR, {"phone": "13812345678"}),
    (Role.OPERATOR, {"q": "京A12345 堵住"}),
    (Role.OPERATOR, {"q": "噪声", "sort": "due"}),
    (Role.OPERATOR, {"sort": "due", "overdue": True}),
    (Role.DISTRICT, {}),
    (Role.DISTRICT, {"status": "to_dispatch"}),
    (Role.DISTRICT, {"q": "噪声"}),
    (Role.DISTRICT, {"sort": "urgency"}),
    (Role.HANDLER, {}),
    (Role.HANDLER, {"q": "噪声"}),
]


def test_no_filter_reads_the_whole_table(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    grow(app, clock, city)
    with app.state.engine.connect() as connection:
        for role, asked in QUESTIONS:
            office = {Role.DISTRICT: HAIDIAN, Role.HANDLER: WANGJING}.get(role)
            for plan in plans(connection, role, office, asked, app):
                assert not scanned(plan) & {"ticket", "search_entry", "request"}, (role, asked)


NOBODY_HAS: dict[str, Any] = {
    "status": "on_hold",
    "type": "consult",
    "channel": "web",
    "urgency": "L2",
    "category": "02",
    "queue": HAIDIAN,
    "overdue": True,
    "received_to": "2026-01-01",
}
NEARLY_ALL_HAVE: list[dict[str, Any]] = [
    {},
    {"status": "open"},
    {"type": "complaint"},
    {"district_code": CHAOYANG},
    {"q": "噪声"},
]


def test_what_nobody_has_is_not_looked_for_in_what_all_have(
    people: People, app: FastAPI, clock: StillClock, city: dict[str, str]
) -> None:
    grow(app, clock, city)
    with app.state.engine.connect() as connection:
        for name, value in NOBODY_HAS.items():
            for common in NEARLY_ALL_HAVE:
                asked = {**common, name: value}
                made = plans(connection, Role.OPERATOR, None, asked, app)
                assert max(map(most_rows, made)) <= 2 * len(city), asked
    for asked, expected in FOUND:
        if "noise" not in expected:  # of which there are many now, and their keys lead nowhere
            assert set(numbers(people.operator, **asked)) == {city[n] for n in expected.split()}


def most_rows(plan: dict[str, Any]) -> int:
    """Of a scan in a plan: how many it read at the most."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    reads = bool(plan.keys() & {"Relation Name", "Index Name"})
    here = reads * plan["Actual Loops"] * sum(plan.get(name, 0) for name in names)
    return max([int(here), *map(most_rows, plan.get("Plans", ()))])


def grow(app: FastAPI, clock: StillClock, city: dict[str, str]) -> None:
    multiply(app, city["noise"])
    follow(app, clock)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE ticket, request, citizen, dispatch, search_entry")


def multiply(app: FastAPI, number: str) -> None:
    """Copies of a ticket, one a minute into the past."""
    with app.state.engine.begin() as connection:
        for table in ("ticket", "request", "citizen"):
            key = "number" if table == "ticket" else "ticket_number"
            at = (
                ", 'received_at', t.received_at - n * interval '1 minute',"
                " 'updated_at', t.updated_at - n * interval '1 second'"
            )
            connection.exec_driver_sql(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object('{key}',"
                f" 'BJ20261019' || lpad((1000000 + n)::text, 7, '0')"
                f"{at if table == 'ticket' else ''}))).*"
                f" FROM {table} t, generate_series(1, {MANY}) n WHERE {key} = '{number}'"
            )


def plans(
    connection: sa.Connection,
    role: Role,
    office: str | None,
    asked: dict[str, Any],
    app: FastAPI,
) -> list[dict[str, Any]]:
    """Of every statement that a page takes."""
    several = {
        name: [value] if name in ("status", "type", "channel", "urgency") else value
        for name, value in asked.items()
    }
    listing = Listing.model_validate(several)
    caller = Caller("someone", role, office)
    question = lists.asked_by(caller, listing)
    made: list[dict[str, Any]] = []

    class Explained(Statement):
        def run(self, connection: sa.Connection) -> Any:
            [[[plan]]] = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {self.text}", self.values
            )
            made.append(plan["Plan"])
            return super().run(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.kit.ready.Statement", Explained)
        looker = Looker(caller, app.state.city, app.state.clock())
        lists.lines(connection, question, lists.numbered, **lists.not_held(looker, listing))
    return made


def scanned(plan: dict[str, Any]) -> set[str]:
    """The tables that a plan reads from end to end."""
    below = [scanned(part) for part in plan.get("Plans", ())]
    here = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return here.union(*below)

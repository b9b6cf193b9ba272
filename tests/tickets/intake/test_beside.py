"""What the operator learns with the ticket: related ones, words of danger, who must be told."""

import json
from typing import Any

import pytest

from tests.aids import given, stages
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock

HOME = "朝阳区望京街道望京西园三区308楼"
OTHER_HOME = "朝阳区望京街道望京西园四区401楼"
ME, OTHER = {"name": "张三", "phone": "13800000000"}, {"name": "李四", "phone": "13700000000"}
LAMP = {"title": "路灯不亮", "content": "小区门口的路灯坏了三天。"}


def tell(people: People, **changed: Any) -> dict[str, Any]:
    answer = people.operator.post("/tickets", given.request(**changed))
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def pairs(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["number"], row["why"]) for row in answer["related"]]


def test_the_callers_and_the_places_open_matters_are_told_whatever_their_words(
    people: People,
) -> None:
    elsewhere = tell(people, citizen=ME, address={"text": OTHER_HOME}, **LAMP)["number"]
    neighbour = tell(people, citizen=OTHER, address={"text": HOME}, **LAMP)["number"]
    both = tell(people, citizen=ME, address={"text": HOME}, **LAMP)["number"]

    answer = tell(
        people, citizen=ME, address={"text": "朝阳区望京西园三区310号楼"}, category="0201"
    )

    assert pairs(answer) == [(both, "both"), (neighbour, "place"), (elsewhere, "caller")]
    row = answer["related"][1]
    assert row["citizen"] == {"name": "李*", "phone": "137****0000"}
    assert (row["title"], row["status"], row["office"]["code"]) == (
        LAMP["title"],
        "dispatched",
        WANGJING,
    )


@pytest.mark.parametrize(
    "place",
    [
        "望京西园3区 308号楼",
        "望京西园３区社区门口",
        "朝阳望京西园三区地下车库",
        "我家住望京西园三区",
    ],
)
def test_one_estate_in_other_writing_is_one_place(people: People, place: str) -> None:
    number = tell(people, citizen=OTHER, address={"text": "望京西园三区308楼"})["number"]

    assert pairs(tell(people, citizen=ME, address={"text": place}, **LAMP)) == [(number, "place")]


def test_a_finished_one_is_related_for_as_long_as_it_may_be_repeated(
    people: People, clock: StillClock
) -> None:
    number = tell(people, citizen=ME)["number"]
    given.awaiting(people, number)
    stages.called(people, number)
    clock.tick(days=30)

    assert pairs(tell(people, citizen=ME, **LAMP)) == [(number, "both")]
    assert pairs(tell(people, citizen=OTHER, **LAMP))[-1] == (number, "place")
    clock.tick(microseconds=1)
    fresh = tell(people, citizen={"phone": "13600000000"}, category="0301")
    assert number not in [row["number"] for row in fresh["related"]]


def test_there_are_ten_at_most_and_open_ones_come_first(people: People) -> None:
    finished = tell(people, citizen=ME)["number"]
    people.operator.does("withdraw", finished, evidence="录音 0001")
    opened = [given.ticket(people) for _ in range(11)]

    related = pairs(tell(people, citizen={"phone": "13600000001"}))
    assert related == [(number, "place") for number in reversed(opened[1:])]


@pytest.mark.parametrize("place", ["朝阳区望京街道", "北京市", "家里", "不知道在哪", "朝阳区"])
def test_what_is_no_place_of_beijing_relates_nobody(people: People, place: str) -> None:
    tell(people, citizen=OTHER, address={"text": place})

    assert tell(people, citizen=ME, address={"text": place})["related"] == []


@pytest.mark.parametrize("secret", [{"type": "report"}, {"confidential": True}])
def test_a_secret_ticket_neither_points_nor_is_pointed_to(
    people: People, secret: dict[str, Any]
) -> None:
    kind = {"type": secret.get("type", "complaint")}
    me = {**ME, "confidential": secret.get("confidential", False)}
    opened = tell(people, citizen=ME, **LAMP)["number"]
    hidden = tell(people, citizen=me, **kind)

    assert hidden["number"] != opened
    assert hidden["related"] == []
    later = tell(people, citizen=OTHER, category="0301")
    assert pairs(later) == [(opened, "place")]
    both_and_place = [(opened, "both"), (later["number"], "place")]
    assert pairs(tell(people, citizen=ME, category="0301")) == both_and_place


def test_who_urges_and_who_asks_again_under_his_key_is_told_the_same(people: People) -> None:
    other = tell(people, citizen=OTHER, **LAMP)["number"]
    body = given.request(category="0701", content="煤气味很大。")
    key = {"Idempotency-Key": "again"}
    first, again = (people.operator.post("/tickets", body, key).json() for _ in range(2))
    urged = people.operator.post("/tickets", body).json()

    assert pairs(first) == pairs(again) == pairs(urged) == [(other, "place")]
    assert urged["duplicate_of_open"] is True
    assert first["suggested"] == again["suggested"] == urged["suggested"]
    assert first["suggested"]["urgency"] == "L1"


GAS = {"title": "煤气味", "content": "楼道里一股煤气味，头晕。"}


def test_words_of_an_emergency_raise_the_level_where_no_category_is_given(people: People) -> None:
    answer = tell(people, **GAS)

    assert (answer["urgency"], answer["category"]) == ("L1", None)
    assert answer["suggested"]["category"] == "020401"
    assert answer["suggested"]["urgency"] == "L1"
    assert "煤气味" in answer["suggested"]["words"]
    assert answer["tell"] == ["119"]
    received = people.operator.get(f"/tickets/{answer['number']}/events").json()[0]
    assert received["data"]["urgency"] == "L1"


def test_a_danger_that_the_list_does_not_know_is_asked_about(people: People) -> None:
    """Whatever the category; not where the level is the gravest, nor of ordinary matters."""
    matter = {"title": "求助", "content": "酒吧门口两拨人抡酒瓶子，有个人脖子上血直往外滋。"}
    answer = tell(people, **matter)
    named = tell(people, category="0701", citizen=OTHER, **matter)
    grave = tell(people, urgency="L1", citizen={}, **matter)

    assert (answer["urgency"], answer["tell"]) == ("L3", [])
    assert answer["possible_danger"] == named["possible_danger"]
    assert answer["possible_danger"]["likelihood"] > 0.9
    assert answer["possible_danger"]["words"] == "有个人脖子上血直往外滋"
    assert grave["possible_danger"] is None
    assert tell(people, **GAS)["possible_danger"] is None
    assert tell(people, **LAMP)["possible_danger"] is None


def test_a_category_that_is_given_keeps_its_level_and_the_words_are_told(people: People) -> None:
    answer = tell(people, category="0701", **GAS)

    assert answer["urgency"] == "L3"
    assert answer["suggested"]["category"] == "020401"


def test_who_is_told_of_a_matter_is_told_by_its_category_too(people: People) -> None:
    assert tell(people, category="030101", **LAMP)["tell"] == ["119"]
    assert tell(people, category="0701", citizen=OTHER, **LAMP)["tell"] == []


def test_nobody_is_told_twice(people: People) -> None:
    fire = {"outcome": "transfer", "service": "119", "text": "已转消防。"}

    assert tell(people, acceptance=fire, **GAS)["tell"] == []


def test_a_denied_danger_raises_nothing(people: People) -> None:
    answer = tell(people, title="昨天漏水已修好", content="没有漏气，只想问维修费。")

    assert (answer["urgency"], answer["tell"]) == ("L3", [])


def test_the_likeliest_category_is_suggested_and_changes_nothing(people: People) -> None:
    answer = tell(people, **LAMP)
    sure = tell(people, category="020801", citizen=OTHER, **LAMP)

    assert (answer["category"], answer["urgency"]) == (None, "L3")
    assert answer["suggested"]["category"] == "020801"
    assert sure["suggested"] is None
    assert tell(people, title="你好", content="喂，听得见吗")["suggested"] is None


def test_a_second_call_in_graver_words_raises_the_open_ticket(people: People) -> None:
    words = "工地每天夜里十一点以后还在施工，噪声很大，影响老人和孩子睡觉，请尽快派人来查处。"
    first = tell(people, content=words)
    again = tell(people, content=f"{words}有煤气味。")

    assert (again["number"], again["urgency"]) == (first["number"], "L1")


def test_personal_data_in_free_text_is_told_with_its_place(people: People) -> None:
    content = "联系我13812345678，我是张三，身份证110105199001011234。"
    answer = tell(people, content=content)

    kinds = [(row["kind"], content[row["start"] : row["end"]]) for row in answer["warnings"]]
    assert kinds == [
        ("telephone", "13812345678"),
        ("name", "张三"),
        ("id_number", "110105199001011234"),
    ]
    assert {row["pointer"] for row in answer["warnings"]} == {"/content"}
    many = tell(people, content="13812345678，" * 100, citizen=OTHER)
    assert len(many["warnings"]) == 20


def test_a_line_of_a_batch_tells_what_its_words_tell(people: People) -> None:
    lines = [given.request(**GAS), given.request(citizen=OTHER, **LAMP)]
    content = "\n".join(map(json.dumps, lines)).encode()
    grave, plain = map(
        json.loads, people.operator.send("/tickets/batch", content).text.splitlines()
    )

    assert (grave["suggested"]["urgency"], grave["tell"]) == ("L1", ["119"])
    assert plain == {"line": 2, "status": 201, "number": plain["number"]}


@pytest.mark.parametrize("member", ["phone", "callback_phone"])
def test_a_telephone_that_nobody_can_be_called_at_is_asked_for_once_more(
    people: People, member: str
) -> None:
    def warned(number: str) -> list[tuple[str, str]]:
        body = given.request(citizen={member: number, "confidential": True})
        rows = people.operator.post("/tickets", body).json()["warnings"]
        return [(row["pointer"], row["kind"]) for row in rows]

    assert warned("1381234567") == [(f"/citizen/{member}", "odd_telephone")]
    assert warned("110") == [(f"/citizen/{member}", "odd_telephone")]
    assert warned("138 1234 5678") == []

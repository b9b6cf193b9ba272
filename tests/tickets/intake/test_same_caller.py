"""D.11: several wordings of one matter by one person are one case, or a proposal of one."""

from typing import Any

import pytest

from app.policy.keys import Merge
from app.tickets.life.likeness import Matching, Matter, proposed, repeated
from tests.aids import given, stages
from tests.aids.given import WANGJING, People
from tests.aids.sealing import LATER, sealed, verified
from tests.conftest import StillClock

RULE = Merge(members=9, days=7, radius_m=100, similarity=0.85, count="group_once")
HOUSE = "朝阳区望京街道望京西园三区308楼"
ME = {"name": "张三", "phone": "13800000000"}

NOISE = "夜间施工噪声\n工地每天夜里十一点以后还在施工。"
AGAIN = "吵得睡不着\n楼下又在打桩，都半夜了。"
LAMP = "路灯不亮\n小区门口的路灯坏了三天。"
TEMPLATE = (
    "{0}\n市民反映{0}，影响全体乘客出行，附近居民已经多次反映，一直没有得到解决，"
    "希望有关部门尽快派人到现场核实，并把处理结果回复给市民，以免再次发生。"
)
ESCALATOR, BROADBAND = TEMPLATE.format("扶梯停运"), TEMPLATE.format("宽带断线")

CALLER, CATEGORY, TEXT = Matching.CALLER, Matching.CATEGORY, Matching.TEXT


def matter(
    words: str, category: str | None = None, place: str = "望京西园3区", **more: Any
) -> Matter:
    return Matter(place=place, words=words, category=category, street_code=WANGJING, **more)


PAIRS: list[tuple[Matter, Matter, Matching | None, Matching | None]] = [
    # one person's, then two citizens'
    (matter(NOISE), matter(NOISE), TEXT, TEXT),
    (matter(NOISE), matter(AGAIN), CALLER, None),
    (matter(NOISE, "0701"), matter(AGAIN), CALLER, None),
    (matter(NOISE, "0701"), matter(AGAIN, "0701"), CATEGORY, CATEGORY),
    (matter(NOISE, "070101"), matter(AGAIN, "070102"), CALLER, None),
    (matter(NOISE, "0701"), matter(AGAIN, "070102"), CALLER, None),
    (matter(NOISE, "07"), matter(AGAIN, "070102"), CALLER, None),
    (matter(NOISE, "07"), matter(LAMP, "07"), CALLER, None),
    (matter(NOISE, "0701"), matter(LAMP, "0901"), None, None),
    (matter(NOISE, "0701"), matter(AGAIN, "0702"), None, None),
    (matter(NOISE), matter(AGAIN, place="望京西园4区"), None, None),
    (matter(NOISE), matter(AGAIN, secret=True), None, None),
    (matter(NOISE), matter(NOISE, praise=True), None, None),
    (matter(ESCALATOR, "0301"), matter(BROADBAND, "1901"), TEXT, None),
    (matter(ESCALATOR), matter(BROADBAND), TEXT, None),
    (matter(NOISE, "0701"), matter(NOISE, "1503"), TEXT, None),
    (matter(NOISE, "0701"), matter(NOISE, "0702"), TEXT, TEXT),
]


@pytest.mark.parametrize(("first", "second", "of_one", "of_two"), PAIRS)
def test_what_a_pair_of_requests_is_by_its_place_its_words_and_its_callers(
    first: Matter, second: Matter, of_one: Matching | None, of_two: Matching | None
) -> None:
    for pair in ((first, second), (second, first)):
        likenesses = [rule(*pair, RULE) for rule in (repeated, proposed)]
        assert [each and each.matter for each in likenesses] == [of_one, of_two]


WORDINGS: list[dict[str, Any]] = [
    {"title": "夜间施工噪声", "content": "工地每天夜里十一点以后还在施工。", "category": "0701"},
    {"title": "吵得睡不着", "content": "楼下又在打桩，都半夜了。"},
    {
        "title": "请管管工地",
        "content": "孩子要高考，西园三区旁边的工地通宵干活。",
        "category": "070101",
    },
    {"title": "还是那个工地", "content": "昨晚到两点，没人来管。", "category": "0701"},
]


def tell(people: People, clock: StillClock, citizen: dict[str, Any], n: int) -> dict[str, Any]:
    clock.tick(minutes=1)
    body = given.request(citizen=citizen, address={"text": HOUSE}, **WORDINGS[n])
    answer = people.operator.post("/tickets", body)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def proposals(people: People) -> dict[str, tuple[str, bool, str]]:
    items = people.dispatcher.get("/merges/proposals").json()["items"]
    return {
        item["ticket"]["number"]: (item["parent"]["number"], item["same_citizen"], item["matter"])
        for item in items
    }


def test_four_wordings_of_one_noise_are_one_matter_or_proposed_as_one(
    people: People, clock: StillClock
) -> None:
    first, second, third, fourth = (tell(people, clock, ME, n)["number"] for n in range(4))

    assert fourth == first  # the same category: urged
    assert len({first, second, third}) == 3
    related = tell(people, clock, ME, 1)["related"]
    assert {(row["number"], row["why"]) for row in related} == {(first, "both"), (third, "both")}
    assert proposals(people) == {
        second: (first, True, "caller"),
        third: (first, True, "caller"),
    }


def test_another_name_from_the_same_telephone_is_another_citizen(
    people: People, clock: StillClock
) -> None:
    first = tell(people, clock, ME, 0)["number"]
    tell(people, clock, {**ME, "name": "李四"}, 1)
    wife = tell(people, clock, {**ME, "name": "李四"}, 3)["number"]

    assert proposals(people)[wife] == (first, False, "category")


def merged(people: People, clock: StillClock) -> list[str]:
    numbers = [tell(people, clock, ME, n)["number"] for n in range(3)]
    for number in numbers[1:]:
        people.dispatcher.does("merge", number, parent_number=numbers[0])
    return numbers


def test_merged_they_are_one_case_with_one_citizen_who_is_called_once(
    people: People, clock: StillClock
) -> None:
    first, *others = merged(people, clock)
    adopted = people.operator.get(f"/tickets/{first}/events").json()[-1]["data"]
    assert (adopted["same_citizen"], adopted["members"]) == (True, 2)
    members = people.street().get(f"/tickets/{first}/members").json()
    assert [(m["same_citizen"], m["contact_due_at"]) for m in members] == [(True, None)] * 2

    given.awaiting(people, first)
    queue = people.callback.get("/callbacks/queue").json()["items"]
    assert [ticket["number"] for ticket in queue] == [first]
    for other in others:
        refused = people.callback.post(f"/tickets/{other}/callbacks", given.CONTENT)
        assert refused.status_code == 409
    stages.called(people, first)
    assert people.operator.get(f"/tickets/{first}").json()["status"] == "closed"

    row = people("analyst").get(f"/rankings/2026-11/offices/{WANGJING}").json()
    assert (row["assessed"], row["resolution"]["denominator"], row["volume"]) == (1, 1, 3)
    clock.at = LATER
    sealed(people, "2026-11")
    assert verified(people, "2026-11")["same"] is True


def test_beside_another_citizen_one_person_counts_as_one(people: People, clock: StillClock) -> None:
    neighbour = given.ticket(people, address={"text": HOUSE}, category="0701")
    mine = [tell(people, clock, ME, n)["number"] for n in range(3)]
    for number in mine:
        people.dispatcher.does("merge", number, parent_number=neighbour)
    given.replied(people, neighbour)
    people.street().does("contact", mine[0], method="call", reached=True)
    people.supervisor.does("review", neighbour, approve=True)

    queue = people.callback.get("/callbacks/queue").json()["items"]
    assert {ticket["number"] for ticket in queue} == {neighbour, mine[0]}
    stages.called(people, neighbour)
    answer = people.callback.post(f"/tickets/{mine[0]}/callbacks", given.DISCONTENT)
    assert answer.status_code == 201
    row = people("analyst").get(f"/rankings/2026-11/offices/{WANGJING}").json()
    assert (row["assessed"], row["resolution"]["numerator"]) == (1, "1/2")


def test_who_leaves_the_group_is_called_again_and_so_is_whom_he_stood_for(
    people: People, clock: StillClock
) -> None:
    neighbour = given.ticket(people, address={"text": HOUSE}, category="0701")
    mine = [tell(people, clock, ME, n)["number"] for n in range(2)]
    for number in mine:
        people.dispatcher.does("merge", number, parent_number=neighbour)
    people.supervisor.does("unmerge", mine[0], reason="是另一处工地")

    [member] = people.street().get(f"/tickets/{neighbour}/members").json()
    assert (member["number"], member["same_citizen"]) == (mine[1], False)
    given.replied(people, neighbour)
    people.supervisor.does("review", neighbour, approve=True)
    queue = people.callback.get("/callbacks/queue").json()["items"]
    assert {ticket["number"] for ticket in queue} == {neighbour, mine[1]}

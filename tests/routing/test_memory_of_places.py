"""Memory takes in places alone, and a case or two never overrule what the gazetteer knows."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routing import record, service
from app.routing.decision import DecisionKind, Query
from app.routing.given import Place
from app.routing.load import DATA, read_generic
from app.routing.memory import Lesson
from app.routing.models import RoutingLesson
from app.routing.reading.names import short_name
from app.routing.reading.text import read
from tests.routing.test_routing import (
    GAZETTEER,
    POLICY,
    TODAY,
    confirm,
    pupil,
    pupils,
    route,
    shared,
)

WANGJING = "110105026"
GENERIC = read_generic()

SAID_OF_EVERY_PLACE = [
    "大门口",
    "西门",
    "3号楼",
    "楼道里",
    "村里",
    "河边",
    "桥下",
    "隔壁",
    "医院",
    "加油站",
    "银行",
    "工地",
    "单元门口",
    "电梯里",
    "地下车库",
    "小区门口",
    "家门口",
    "楼下",
    "公司",
    "菜市场",
    "地铁站",
    "路口",
    "不详",
    "没有",
    "未提供",
    "同上",
    "网上",
    "淘宝店",
    "微信",
    "全市",
    "公交车上",
    "学校门口",
    "幼儿园对面",
    "超市旁边",
    "十字路口东北角",
    "某小区3号楼2单元",
    "全区各小区",
    "东门外",
    "停车场入口",
    "配电室",
    "物业办公室",
    "垃圾站旁边",
    "邻居家",
    "宿舍楼下",
    "马路对面",
    "广场上",
    "无",
    "暂无",
    "未知",
    "快递柜",
    "直播间",
    "本小区",
    "自家门口",
    "卫生院",
    "村委会门口",
    "街道办事处",
]


@pytest.mark.parametrize("words", SAID_OF_EVERY_PLACE)
@pytest.mark.parametrize("district", ["朝阳区", ""])
def test_what_is_said_of_every_place_teaches_nothing(district: str, words: str) -> None:
    assert shared().key(f"{district}{words}", WANGJING, TODAY) is None


@given(
    words=st.lists(st.sampled_from(sorted(GENERIC.words)), min_size=1, max_size=4),
    number=st.sampled_from(["", "3号楼", "12", "B座", "1单元", "甲2号"]),
)
def test_generic_words_in_any_order_are_no_place(words: list[str], number: str) -> None:
    assert not GENERIC.is_place(read("".join(words) + number).text)


PERSONS = st.builds(
    "{}{}{}".format,
    st.sampled_from("王李张刘陈杨赵黄周吴"),
    st.sampled_from(["", "伟", "秀英", "建国"]),
    st.sampled_from(["先生", "女士", "师傅", "大爷", "家", "家门口", "老师"]),
)
DIGITS = st.text("0123456789", min_size=6, max_size=18)
PLATES = st.builds(
    "京{}{}".format, st.sampled_from("ABNQ"), st.text("0123456789", min_size=5, max_size=5)
)


@given(personal=st.one_of(PERSONS, DIGITS, PLATES), around=st.sampled_from(["", "嘉苑", "附近"]))
def test_nothing_of_a_person_is_learned(personal: str, around: str) -> None:
    assert not GENERIC.is_place(read(f"{personal}{around}").text) or personal.endswith(
        ("老师", "家", "家门口")
    )
    assert not GENERIC.is_place(read(personal).text)


def test_places_are_learned_as_before() -> None:
    for text in (
        "朝阳区金榆嘉苑3号楼",
        "丰台区三里河路12号",
        "朝阳区望京西园三区",
        "西城区八角胡同",
    ):
        assert shared().key(text, WANGJING, TODAY) is not None, text


def test_a_lesson_of_before_that_is_no_place_is_not_heard() -> None:
    router = pupil()
    key = shared().key("朝阳区金榆嘉苑", WANGJING, TODAY)
    assert key is not None
    router.learn(Lesson.CONFIRM, key._replace(name="大门口"), WANGJING, TODAY)
    assert not router.memory.places


@pytest.mark.parametrize(("cases", "decision"), [(1, "person"), (2, "person"), (3, "dispatch")])
def test_a_few_cases_do_not_overrule_the_community_of_that_name(cases: int, decision: str) -> None:
    router, other = pupil(), "110105005"
    for _ in range(cases):
        confirm(router, "朝阳区望京西园三区", other)

    routed = route("朝阳区望京西园三区", router)

    assert routed.decision == decision
    if decision == "person":
        assert "earlier request" in routed.reason
        assert "is 望京街道's" in routed.reason


def stems() -> list[tuple[str, str]]:
    """Each short name that means one street of its district, with that street."""
    meant: dict[tuple[str, str], set[str]] = {}
    for name in GAZETTEER.names:
        if name.kind == "stem" and (name.active_to is None or name.active_to > TODAY):
            meant.setdefault((name.street_code[:6], name.text), set()).add(name.street_code)
    return [(text, next(iter(codes))) for (_, text), codes in meant.items() if len(codes) == 1]


def test_a_short_name_alone_never_goes_to_another_street() -> None:
    districts = {district.code: district.name for district in GAZETTEER.districts}
    for text, code in stems():
        for asked in (text, f"{districts[code[:6]]}{text}"):
            routed = route(asked)
            is_sent = routed.decision is DecisionKind.DISPATCH
            assert not is_sent or routed.office_code == code or routed.method == "street", asked


def test_who_says_a_short_name_alone_is_shown_its_streets() -> None:
    """Also where no name is like it (酒仙桥), and where several districts have it (八里庄)."""
    for text, code in stems():
        for asked in (text, f"我在{text}那边"):
            routed = route(asked)
            shown = [candidate.office_code for candidate in routed.candidates]
            assert code in shown or routed.queue is not None, asked
            assert routed.decision is not DecisionKind.NEED_INFO, asked


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("顺义后沙峪裕祥花园", ("后沙峪", "裕祥花园")),
        ("通州梨园那边云景里", ("梨园", "云景里")),
    ],
)
def test_an_area_before_a_community_of_another_street_is_for_a_person(
    text: str, both: tuple[str, str]
) -> None:
    routed = route(text)
    assert routed.decision is DecisionKind.PERSON
    assert all(name in routed.reason for name in both)


def test_former_districts_lead_to_todays() -> None:
    with (DATA / "former_districts.csv").open(encoding="utf-8", newline="") as file:
        former = list(csv.DictReader(file))
    assert {line["name"] for line in former} >= {"宣武区", "崇文区", "通县", "昌平县"}
    for line in former:
        streets = [street for street in GAZETTEER.streets if street.code[:6] == line["code"]]
        for street in streets[:3]:
            routed = shared().route(Query(f"{line['name']}{street.name}"), POLICY, TODAY)
            assert routed.district_code == line["code"]
            assert routed.office_code == street.code
        assert shared().place(f"{line['name']}某处", TODAY)[0] == line["code"]


@pytest.mark.parametrize(
    ("text", "district"), [("望京西园三区308楼", "110108"), ("海淀区望京西园三区", None)]
)
def test_a_district_said_against_a_place_known_in_another_is_named(
    text: str, district: str | None
) -> None:
    routed = route(Query(text, district_code=district))

    assert (routed.decision, routed.queue) == (DecisionKind.PERSON, None)
    assert routed.reason == "海淀区 is said, but 望京西园三区 is known in 朝阳区, 望京街道"


@pytest.mark.parametrize(
    "text",
    ["朝阳区东八间房村3号楼", "朝阳区金榆嘉苑", "朝阳区百子湾东社区2单元", "朝阳区阜荣街12号"],
)
def test_before_a_lesson_the_router_says_what_it_said_to_the_caller(text: str) -> None:
    """The record rests on such chances; a building behind a village's name counts."""
    router = pupil()
    place = router.named_place(text, WANGJING, TODAY)
    decision = router.route(Query(text), POLICY, TODAY)
    assert place is not None
    router.learn(Lesson.CONFIRM, place.key, WANGJING, TODAY, built=place.built)

    answer = router.records[0].answers[-1]
    assert answer is not None
    assert answer.chance == pytest.approx(decision.confidence, abs=1e-4)


def test_a_service_that_starts_late_knows_what_the_others_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It asks of the last places alone, and is as sure as one that asked of every place in turn."""
    for name, number in {"KEPT": 20, "FEWEST_KEPT": 5, "AT_ONCE": 4, "FEWEST_PLACES": 3}.items():
        monkeypatch.setattr(record, name, number)
    monkeypatch.setattr(service, "PUSHED_OUT", 30)
    lessons = [lesson_of(place, at) for at, place in enumerate(GAZETTEER.places[:900:10])]
    early, late = pupils()
    early.memory.most = late.memory.most = 70

    for lesson in lessons:
        service.learn_all(early, [[lesson]])
    service.learn_all(late, [lessons[:50], lessons[50:]])

    asked = [sum(map(bool, router.records[0].answers)) for router in (early, late)]
    assert asked == [20, 20]
    assert [kept.enough for kept in late.records] == [kept.enough for kept in early.records]
    assert late.records[0].enough != late.records[0].before
    assert late.memory.places == early.memory.places
    for lesson in lessons[::9]:  # some of them pushed out again
        text = f"{lesson.name[:4]}新苑"
        assert route(text, late) == route(text, early)


def lesson_of(place: Place, at: int) -> RoutingLesson:
    """Of an estate beside the community, in its street."""
    return RoutingLesson(
        lesson=Lesson.CONFIRM,
        district_code=place.street_code[:6],
        name=f"{short_name(place)[:2]}鹤鸣{place.code[-4:]}苑",
        street_code=place.street_code,
        taught_on=TODAY,
        built=False,
        transaction=1,
        id=at,
    )

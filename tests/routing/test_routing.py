"""Routing: what is read, what is decided, and why."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offices.catalogue import (
    CatalogueRule,
    CategoryEntry,
    Duty,
    TargetKind,
    Urgency,
    compile_catalogue,
)
from app.routing.areas import Areas, BadAreas
from app.routing.decide import Beyond, Router
from app.routing.decision import Decision, DecisionKind, Query, Thresholds, kept
from app.routing.load import make_router, read_elsewhere, read_ranker, version_of
from app.routing.memory import Key, Lesson
from app.routing.schemas import RouteView
from app.routing.witnesses import LEAST_KNOWN
from tests.aids import shipped
from tests.conftest import forget_lessons

TODAY = date(2026, 10, 20)
POLICY = Thresholds("test", accept=0.85, margin=0.10, border_m=30)

DEPARTMENT = Duty(TargetKind.DISTRICT_DEPT, "*-market", department_duty=True)
WATER = Duty(TargetKind.ENTERPRISE, "ent-water", department_duty=True)
CATALOGUE = compile_catalogue(
    [
        CategoryEntry("07", "environment", Urgency.L3, Duty(), ""),
        CategoryEntry("05", "market", Urgency.L3, DEPARTMENT, ""),
        CategoryEntry("03", "water", Urgency.L3, WATER, ""),
    ],
    [CatalogueRule("r1", "07", Duty(TargetKind.DISTRICT_CENTRE, "*"), keywords=("骑线",))],
)
GAZETTEER = shipped.gazetteer()
OFFICES = {"110105-market": "朝阳区市场监督管理局", "ent-water": "自来水集团"}


@cache
def made(number: int) -> Router:
    """Made when it is first asked, and not by each process that collects."""
    return make_router(GAZETTEER, CATALOGUE, OFFICES)


def shared() -> Router:
    """Nobody teaches it."""
    return made(0)


def pupil(number: int = 1) -> Router:
    """A router that has learned nothing yet.."""
    router = made(number)
    forget_lessons(router)
    return router


def pupils() -> tuple[Router, Router]:
    return pupil(1), pupil(2)


def route(asked: str | Query, router: Router | None = None, on: date = TODAY) -> Decision:
    query = Query(asked) if isinstance(asked, str) else asked
    return (router or shared()).route(query, POLICY, on)


def confirm(router: Router, text: str, street: str, lesson: Lesson = Lesson.CONFIRM) -> None:
    key = router.key(text, street, TODAY)
    assert key is not None
    router.learn(lesson, key, street, TODAY)


WANGJING, JINZHAN, DOUGEZHUANG = "110105026", "110105036", "110105041"
DONGHU, WANGPING = "110105043", "110109005"

SURE = [
    ("朝阳区望京街道阜通东大街6号", WANGJING),
    ("北京市朝阳区望京西园三区308楼", WANGJING),
    ("北京朝阳区望京西园3区308楼", WANGJING),
    ("京朝阳区望京西园三区", WANGJING),
    ("朝陽區望京西園三區３０８樓", WANGJING),
    ("  北京市 朝阳区，望京西园三区 308楼 ", WANGJING),
    ("<p>朝阳区&nbsp;望京西园三区</p>", WANGJING),
    ("朝阳望京西园三区社区308楼2单元501室", WANGJING),
    ("朝阳区（望京西园三区）308楼附近", WANGJING),
    ("我家住在朝阳区望京西园三区308楼楼下饭馆油烟大", WANGJING),
    ("您好，我想反映一下朝阳区望京西园三区门口有人占道", WANGJING),
    ("朝阳区南磨房地区", "110105021"),
    ("朝阳区南磨房乡", "110105021"),
    ("平谷区渔阳地区", "110117003"),
    ("顺义区龙湾屯（地区）镇", "110113111"),
    ("海淀区八里庄街道世纪新景园", "110108005"),
    ("朝阳区八里庄街道", "110105015"),
    ("海淀区海淀街道", "110108012"),
    ("海淀区海淀镇", "110108023"),
    ("朝阳区望京西园三区居委会对面", WANGJING),
    ("朝阳区望京西园三区（308楼）旁边", WANGJING),
    ("门头沟区色树坟村3组", WANGPING),
    ("门头沟区东石古岩村二队12号", WANGPING),
    ("朝阳区阜通东大街与望京街交叉口，望京街道", WANGJING),
]


@pytest.mark.parametrize(("text", "street"), SURE)
def test_an_address_is_read_as_a_person_reads_it(text: str, street: str) -> None:
    decision = route(text)

    assert (decision.decision, decision.office_code) == (DecisionKind.DISPATCH, street)
    assert decision.street_code == street
    assert decision.confidence >= POLICY.accept


UNSURE = [
    ("八里庄街道", DecisionKind.PERSON, "八里庄街道"),  # 朝阳 and 海淀 have one each
    ("海淀区八里庄街道，望京街道", DecisionKind.PERSON, "are both named"),
    ("朝阳区望京街道和金盏乡", DecisionKind.PERSON, "both named"),
    ("海淀区望京街道", DecisionKind.PERSON, "not in 海淀区"),
    ("朝阳区海淀区某小区", DecisionKind.PERSON, "朝阳区 and 海淀区"),
    ("上海市浦东新区世纪大道1号", DecisionKind.PERSON, "outside the area"),
    ("河北省三河市燕郊镇", DecisionKind.PERSON, "outside the area"),
    ("上海市朝阳区望京街道", DecisionKind.PERSON, "outside the area"),
    ("吉林省长春市朝阳区", DecisionKind.PERSON, "outside the area"),
    ("北京市海淀区", DecisionKind.PERSON, "only 海淀区 is known"),
    ("海淀区西城区", DecisionKind.PERSON, "both named"),
    ("新源西里", DecisionKind.PERSON, "not certain enough"),  # in 朝阳 and in 大兴
    ("", DecisionKind.NEED_INFO, "no place"),
    ("京", DecisionKind.NEED_INFO, "no place"),
    ("😀", DecisionKind.NEED_INFO, "no place"),
    ("<script></script>", DecisionKind.NEED_INFO, "no place"),
    ("\ud800\x00", DecisionKind.NEED_INFO, "no place"),
    ("，。！" * 3000, DecisionKind.NEED_INFO, "no place"),
    ("很吵" * 5000, DecisionKind.NEED_INFO, "no place"),
    ("吉" * 100, DecisionKind.NEED_INFO, "no place"),
    ("街道" * 100, DecisionKind.NEED_INFO, "no place"),
    ("路" * 5000, DecisionKind.NEED_INFO, "no place"),
]


@pytest.mark.parametrize(("text", "kind", "why"), UNSURE)
def test_what_is_not_certain_is_not_guessed(text: str, kind: DecisionKind, why: str) -> None:
    decision = route(text)

    assert (decision.decision, decision.office_code) == (kind, None)
    assert why in decision.reason


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("西城区右安门外西头条", "右安门外西头条"),
        ("朝阳区京旺家园3号楼", "京旺家园"),
        ("密云区西城根胡同", "西城根胡同"),
        ("昌平区昌平城北小区", "昌平城北小区"),
        ("北京市朝阳区北京市朝阳区望京西园三区", "望京西园3区"),
        ("朝阳区望京花园门外", "望京花园"),
    ],
)
def test_a_name_is_not_cut_where_it_reads_like_a_relation_or_a_city(text: str, place: str) -> None:
    assert route(text).place == place.removesuffix("小区")


def test_a_place_named_after_the_neighbouring_street_goes_to_a_person_with_both() -> None:
    decision = route("朝阳区望京西园二区201楼")  # of 东湖街道, among those of 望京街道

    assert decision.decision is DecisionKind.PERSON
    assert {candidate.office_code for candidate in decision.candidates[:2]} == {WANGJING, DONGHU}


def test_without_a_district_more_is_asked_of_a_name() -> None:
    known, unknown = (POLICY.enough(district_known=so) for so in (True, False))

    assert known == POLICY.accept
    assert unknown == pytest.approx(0.95)


def test_a_known_district_without_a_street_waits_in_the_districts_queue() -> None:
    decision = route("北京市海淀区")

    assert (decision.queue, decision.district_code) == ("110108", "110108")


def test_the_district_given_decides_between_namesakes() -> None:
    decision = route(Query("八里庄街道", district_code="110108"))

    assert decision.office_code == "110108005"


def test_a_district_given_that_the_text_contradicts_goes_to_a_person() -> None:
    decision = route(Query("朝阳区望京街道", district_code="110108"))

    assert decision.decision is DecisionKind.PERSON
    assert "朝阳区 and 海淀区" in decision.reason


def test_the_place_complained_of_wins_over_the_callers_home() -> None:
    decision = route("我家住在海淀区八里庄街道，朝阳区望京西园三区的饭馆油烟大")

    assert decision.office_code == WANGJING


def test_the_whole_of_a_long_text_is_no_burden() -> None:
    decision = route("朝阳区望京街道" + "很吵，" * 5000)

    assert decision.office_code == WANGJING


def test_evidence_stands_in_the_callers_own_words() -> None:
    text = "北京市 朝陽區 望京西園三區３０８樓"

    decision = route(text)

    evidence = {span.kind: span.text for span in decision.evidence}
    assert evidence["district"] == "朝陽區"
    assert evidence["community"] == "望京西園三區"
    assert all(text[span.start : span.end] == span.text for span in decision.evidence)


def test_the_reason_names_the_community_and_its_street() -> None:
    decision = route("朝阳区望京西园三区308楼")

    assert decision.method == "community"
    assert decision.reason == "望京西园三区社区 belongs to 望京街道"
    assert decision.community_code is not None
    assert decision.community_code.startswith(WANGJING)


@pytest.mark.parametrize(
    ("on", "street"), [(date(2020, 6, 1), "110106008"), (date(2026, 6, 1), "110106017")]
)
def test_a_name_means_what_it_meant_on_the_day(on: date, street: str) -> None:
    assert route("丰台区卢沟桥街道", on=on).office_code == street


def test_a_departments_duty_never_ends_at_a_street() -> None:
    decision = route(Query("朝阳区望京西园三区", category="05"))

    assert (decision.decision, decision.office_code) == (DecisionKind.DISPATCH, "110105-market")
    assert decision.street_code == WANGJING
    assert decision.informed_office_codes == (WANGJING,)
    assert decision.method == "catalogue"


def test_a_departments_duty_without_a_district_asks() -> None:
    assert route(Query("", category="05")).decision is DecisionKind.NEED_INFO


def test_an_enterprises_duty_needs_no_place() -> None:
    assert route(Query("", category="03")).office_code == "ent-water"


def test_the_catalogues_keyword_is_looked_for_in_the_content() -> None:
    decision = route(Query("朝阳区望京西园三区", category="07", content="这是骑线的事"))

    assert decision.catalogue_rule == "r1"


def test_a_district_centres_duty_waits_in_its_queue_for_a_person() -> None:
    decision = route(Query("朝阳区望京西园三区", category="07", content="这是骑线的事"))

    assert (decision.decision, decision.office_code) == (DecisionKind.PERSON, None)
    assert (decision.queue, decision.method) == ("110105", "catalogue")
    assert decision.candidates[0].office_code == WANGJING


NEWBUILT = "朝阳区琥珀川嘉苑5号楼"


def test_one_confirmed_case_is_enough_where_nothing_speaks_against_it() -> None:
    router = pupil()
    assert route(NEWBUILT, router).decision is not DecisionKind.DISPATCH

    confirm(router, NEWBUILT, JINZHAN)

    decision = route("北京市朝阳区琥珀川嘉苑17号楼3单元", router)
    assert (decision.office_code, decision.method) == (JINZHAN, "memory")
    assert decision.reason == "1 earlier request from here went to 金盏乡"


def test_one_contrary_case_of_three_does_not_flip_a_place() -> None:
    router = pupil()
    for street in (JINZHAN, JINZHAN, DOUGEZHUANG):
        confirm(router, NEWBUILT, street)

    decision = route(NEWBUILT, router)

    assert decision.office_code == JINZHAN
    assert "2 of 3 earlier requests" in decision.reason


def test_a_past_that_speaks_for_both_goes_to_a_person() -> None:
    router = pupil()
    confirm(router, NEWBUILT, JINZHAN)
    confirm(router, NEWBUILT, DOUGEZHUANG)

    decision = route(NEWBUILT, router)

    assert decision.decision is DecisionKind.PERSON
    assert {candidate.office_code for candidate in decision.candidates[:2]} == {
        JINZHAN,
        DOUGEZHUANG,
    }


def test_an_upheld_objection_unteaches() -> None:
    router = pupil()
    before = route(NEWBUILT, router)
    confirm(router, NEWBUILT, JINZHAN)

    confirm(router, NEWBUILT, JINZHAN, Lesson.WITHDRAW)

    assert route(NEWBUILT, router) == before
    assert not router.memory.places


def test_a_forgotten_place_is_as_if_it_had_never_been_heard_of() -> None:
    router = pupil()
    before = route(NEWBUILT, router)
    for _ in range(3):
        confirm(router, NEWBUILT, JINZHAN)

    confirm(router, NEWBUILT, JINZHAN, Lesson.FORGET)

    assert route(NEWBUILT, router) == before


def test_memory_never_overrides_an_official_name() -> None:
    router = pupil()
    for _ in range(9):
        confirm(router, "朝阳区望京街道琥珀川嘉苑", JINZHAN)

    assert route("朝阳区望京街道琥珀川嘉苑", router).office_code == WANGJING


def test_memory_keeps_no_building_and_no_room() -> None:
    key = shared().key("朝阳区琥珀川嘉苑5号楼2单元301室", JINZHAN, TODAY)

    assert key == Key("110105", "琥珀川嘉苑")


def test_a_road_is_remembered_with_its_number() -> None:
    key = shared().key("朝阳区琥珀川东路甲12号院3号楼", JINZHAN, TODAY)

    assert key == Key("110105", "琥珀川东路", 12)


def test_a_road_belongs_to_the_street_of_the_numbers_around() -> None:
    router = pupil()
    for number, street in ((2, JINZHAN), (10, JINZHAN), (90, DOUGEZHUANG), (98, DOUGEZHUANG)):
        confirm(router, f"朝阳区琥珀川东路{number}号", street)

    near = route("朝阳区琥珀川东路6号", router)
    far = route("朝阳区琥珀川东路94号", router)

    assert near.candidates[0].office_code == JINZHAN
    assert far.candidates[0].office_code == DOUGEZHUANG


def test_memory_is_bounded_and_lets_go_of_the_oldest() -> None:
    router = pupil()
    router.memory.most = 2
    for name in ("琥珀川", "枫林湾", "银杏湾"):
        confirm(router, f"朝阳区{name}嘉苑", JINZHAN)

    assert [key.name for key in router.memory.places] == ["枫林湾嘉苑", "银杏湾嘉苑"]
    assert route("朝阳区琥珀川嘉苑", router).method != "memory"


WEST = [[116.40, 39.90], [116.45, 39.90], [116.45, 39.95], [116.40, 39.95], [116.40, 39.90]]
EAST = [[116.45, 39.90], [116.50, 39.90], [116.50, 39.95], [116.45, 39.95], [116.45, 39.90]]


def area(code: str, ring: list[list[float]]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


AREAS = Areas.of({"features": [area(WANGJING, WEST), area(JINZHAN, EAST)]})


@cache
def mapped() -> Router:
    beyond = Beyond(read_elsewhere())
    return Router(GAZETTEER, CATALOGUE, OFFICES, read_ranker(), beyond=beyond, areas=AREAS)


def test_a_point_in_a_streets_area_is_the_streets() -> None:
    decision = route(Query("这里", lon=116.42, lat=39.92), mapped())

    assert (decision.office_code, decision.method) == (WANGJING, "coordinates")


def test_a_point_on_a_border_has_both_streets_as_candidates() -> None:
    decision = route(Query("这里", lon=116.45001, lat=39.92), mapped())

    assert decision.decision is DecisionKind.PERSON
    assert [candidate.office_code for candidate in decision.candidates] == [JINZHAN, WANGJING]


def test_on_a_border_a_name_decides() -> None:
    decision = route(Query("望京街道", lon=116.45001, lat=39.92), mapped())

    assert decision.office_code == WANGJING


def test_a_name_against_the_point_goes_to_a_person() -> None:
    decision = route(Query("望京街道", lon=116.48, lat=39.92), mapped())

    assert decision.decision is DecisionKind.PERSON
    assert "金盏乡" in decision.reason


def test_a_point_in_another_city_contradicts_the_text() -> None:
    decision = route(Query("朝阳区望京街道", lon=121.5, lat=31.2))

    assert decision.decision is DecisionKind.PERSON
    assert "outside the area" in decision.reason


@pytest.mark.parametrize(
    ("text", "queue", "nearest"), [("", None, WANGJING), ("海淀区", "110108", None)]
)
def test_a_point_alone_shows_the_nearest_streets_and_sends_nothing(
    text: str, queue: str | None, nearest: str | None
) -> None:
    """Of the district that is told, or of any; the reason says so."""
    decision = route(Query(text, lon=116.473, lat=39.997))
    codes = [candidate.office_code for candidate in decision.candidates]

    assert (decision.decision, decision.queue) == (DecisionKind.PERSON, queue)
    assert "nearest" in decision.reason
    assert decision.confidence < LEAST_KNOWN
    assert all(code.startswith(queue or "11") for code in codes)
    assert nearest in (None, codes[0])
    assert decision.ask
    assert decision.ask.code == "which_street"


def test_known_words_outrank_what_is_near_a_point() -> None:
    decision = route(Query("朝阳区望京西园三区", lon=116.30, lat=39.90))

    assert decision.office_code == WANGJING


def test_a_decision_names_the_version_of_all_names() -> None:
    assert route("朝阳区望京街道").names == version_of()


def test_an_area_without_a_streets_code_is_refused() -> None:
    with pytest.raises(BadAreas):
        Areas.of({"features": [area("110105", WEST)]})


WORDS = (
    "北京市/朝阳区/海淀区/望京街道/八里庄街道/望京西园/三区/308楼/，/我家住在/附近/"
    "上海市/（/）/1号/<b>/😀/ /村/路/十/A座/、/投诉/\x00"
)
PIECES = st.sampled_from(WORDS.split("/"))


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=12).map("".join)))
@settings(max_examples=200, deadline=None)
def test_any_text_gets_a_decision_with_its_reason(text: str) -> None:
    decision = route(text)

    assert decision.reason
    assert (decision.decision is DecisionKind.DISPATCH) == (decision.office_code is not None)
    assert decision.decision is not DecisionKind.DISPATCH or decision.confidence >= POLICY.accept
    assert all(0 <= s.start <= s.end <= len(text) for s in decision.evidence)
    assert all(text[s.start : s.end] == s.text for s in decision.evidence)
    assert sum(candidate.confidence for candidate in decision.candidates) <= 1.01
    confidences = [candidate.confidence for candidate in decision.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert len({candidate.office_code for candidate in decision.candidates}) == len(confidences)
    assert route(text) == decision


PLACES = [
    f"朝阳区琥珀川{where}" for where in ("嘉苑5号楼", "东路2号", "东路90号", "家园", "嘉苑二期")
]


CASES = st.lists(st.sampled_from([WANGJING, JINZHAN, DOUGEZHUANG]), max_size=12)


@given(CASES)
@settings(max_examples=25)
def test_no_past_overrides_an_official_name(cases: list[str]) -> None:
    router = pupil()
    for street in cases:
        confirm(router, NEWBUILT, street)

    decision = route("朝阳区望京街道琥珀川嘉苑5号楼", router)

    assert (decision.decision, decision.office_code) == (DecisionKind.DISPATCH, WANGJING)


@given(st.integers(3, 12), st.data())
@settings(max_examples=25)
def test_one_contrary_case_among_three_or_more_flips_no_place(
    number: int, data: st.DataObject
) -> None:
    router = pupil()
    contrary = data.draw(st.integers(0, number - 1))
    for at in range(number):
        confirm(router, NEWBUILT, DOUGEZHUANG if at == contrary else JINZHAN)

    assert route(NEWBUILT, router).office_code == JINZHAN


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from([JINZHAN, DOUGEZHUANG]))))
@settings(max_examples=15)
def test_the_same_lessons_make_the_same_decisions(lessons: list[tuple[str, str]]) -> None:
    first, second = pupils()
    for router in (first, second):
        for place, street in lessons:
            confirm(router, place, street)

    assert [route(place, first) for place in PLACES] == [route(place, second) for place in PLACES]


@pytest.mark.parametrize(
    ("address", "other", "same"),
    [
        ("朝阳区望京街道望京西园三区308楼", "朝阳区望京西园三区308楼", True),
        ("朝阳区望京西园三区308楼", "北京市朝阳区望京西园3区 ３１０楼2单元", True),
        ("朝阳区望京西园三区308楼", "朝陽區望京西園三區", True),
        ("朝阳区望京西园三区", "朝阳区望京西园四区", False),
        ("朝阳区广顺北大街33号", "朝阳区望京街道广顺北大街33号院", True),
        ("朝阳区广顺北大街33号", "朝阳区广顺北大街6号", False),
        ("不知道在哪", "不知道在哪里", False),
    ],
)
def test_an_estate_is_one_place_and_on_a_road_each_number_is(
    address: str, other: str, same: bool
) -> None:
    assert (route(address).place == route(other).place) is same


@given(st.text(max_size=60))
def test_every_address_has_a_key(text: str) -> None:
    assert isinstance(route(text).place, str)


def test_a_stored_route_has_the_members_of_the_view_and_not_the_key_of_its_place() -> None:
    decision = route("朝阳区望京西园三区308楼")

    assert decision.place == "望京西园3区"
    assert kept(decision) == RouteView.model_validate(decision).model_dump(mode="json")


def test_what_was_made_before_a_process_began_is_given_once_and_for_the_same_data() -> None:
    premade = shipped.Premade(lambda *given: [*given], GAZETTEER, None)
    first = premade.left[0]

    assert premade(replace(GAZETTEER, version="other"), None) is not first
    assert premade(replace(GAZETTEER), None) is first
    assert premade(GAZETTEER, None) is not first

"""Callers' own words: landmarks, misspelled names, corrections; and what is told of them."""

import csv
import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app.routing
from app.routing.decision import Decision, DecisionKind, Query, Thresholds
from app.routing.drawing import draw
from app.routing.load import DATA, read_landmarks
from app.routing.memory import Key, Lesson
from app.routing.reasons import TEXTS, Reason, tell
from app.routing.teaching.teachers import FEWEST_TURNED, Teachers
from bench import sentences
from tests.aids import shipped
from tests.routing.test_routing import TODAY

GAZETTEER = shipped.gazetteer()
POLICY = Thresholds("test", accept=0.85, margin=0.10)
NAMES = {street.code: street.name for street in GAZETTEER.streets}


def route(text: str) -> Decision:
    return shipped.router().route(Query(text), POLICY, TODAY)


def streets(decision: Decision) -> list[str]:
    return [candidate.office_name for candidate in decision.candidates]


@pytest.mark.parametrize(
    ("text", "offices"),
    [
        ("天坛公园东门那儿有人摆摊", ["天坛街道"]),
        ("北京站出站口黑车拉客", ["建国门街道"]),
        ("地铁望京站A口共享单车堆成山", ["望京街道", "东湖街道"]),
        ("三元桥下面积水", ["左家庄街道", "香河园街道", "太阳宫乡", "麦子店街道"]),
        ("昌平区天通苑地铁站", ["天通苑南街道", "天通苑北街道", "东小口镇"]),
    ],
)
def test_a_landmark_gives_all_its_streets_to_a_person(text: str, offices: list[str]) -> None:
    decision = route(text)

    assert (decision.decision, decision.method) == (DecisionKind.PERSON, "landmark")
    assert streets(decision) == offices
    assert decision.ask
    assert decision.ask.code == ("which_side" if len(offices) > 1 else "which_street")


def test_a_landmark_of_another_district_is_named_with_both() -> None:
    assert "known in 东城区, 天坛街道" in route("朝阳区天坛公园").reason


def test_a_name_that_goes_on_behind_a_landmarks_is_another_places() -> None:
    assert route("东城区北京站街5号").method != "landmark"


def test_landmarks_are_many_and_say_that_nobody_has_verified_them() -> None:
    landmarks = read_landmarks()
    assert len({landmark.name for landmark in landmarks}) == len(landmarks) >= 400
    assert all(code in NAMES for landmark in landmarks for code in landmark.street_codes)
    with (DATA / "landmarks.csv").open(encoding="utf-8", newline="") as file:
        assert {(line["origin"], line["verified"]) for line in csv.DictReader(file)} == {
            ("by hand 2026-11", "no")
        }


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("朝阳区双景街道", "双井街道"),
        ("海淀区甘家扣街道，暖气不热", "甘家口街道"),
        ("wangjing xiyuan sanqu", "望京街道"),
        ("朝阳 jiuxianqiao jiedao 路灯不亮", "酒仙桥街道"),
        ("ChaoyangQu Wangjing Jiedao", "望京街道"),
        ("Beijingshi wangjing xiyuan sanqu", "望京街道"),
        ("beijing shifan daxue", "北太平庄街道"),  # and not `Beijing Shi`, the city
    ],
)
def test_a_misspelled_name_is_asked_about(text: str, office: str) -> None:
    decision = route(text)

    assert (decision.decision, decision.method) == (DecisionKind.PERSON, "spelling")
    assert streets(decision) == [office]
    assert decision.ask
    assert decision.ask.code == "which_name"


@pytest.mark.parametrize("street", GAZETTEER.streets)
def test_a_name_that_is_spelled_right_is_never_asked_about(street: object) -> None:
    name = getattr(street, "name", "")
    assert route(name).method == "street"


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("朝阳区望京西园二区，不对，是西园三区，路灯坏了", "望京街道"),
        ("朝阳区望京西园二区，说错了，是三区", "望京街道"),
        ("不是清河，是上地街道，修路没完没了", "上地街道"),
        ("西城区，哦说错了，东城区和平里街道，扶手掉了", "和平里街道"),
        ("朝阳区望京，西园三区", "望京街道"),
        ("朝阳区望京西园三区三百零幺号楼", "望京街道"),
    ],
)
def test_the_last_word_holds(text: str, office: str) -> None:
    decision = route(text)

    assert decision.decision is DecisionKind.DISPATCH, decision.reason
    assert decision.office_name == office


def test_a_sentence_is_hardly_ever_sent_wrongly() -> None:
    table = sentences.measure(shipped.router())

    assert table["all"].sentences >= 150
    assert table["kept apart"].sentences >= 50
    for figures in table.values():
        assert figures.wrong_sent <= 0.01
        assert figures.right_best >= 0.80
        assert figures.asked_back == 1.0


def test_what_was_understood_stands_in_the_callers_own_characters() -> None:
    decision = route("海淀区五道口啤酒花园")

    assert decision.understood.place == "五道口啤酒花园"
    assert decision.understood.names[0] == "海淀区"
    assert all(part in "五道口啤酒花园" for part in decision.understood.unknown)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("楼下太吵", "which_district"),
        ("朝阳区", "which_place"),
        ("朝阳区灰墙路", "which_number"),
        ("海淀区西城区", "which_is_right"),
    ],
)
def test_what_is_missing_is_asked_for(text: str, code: str) -> None:
    ask = route(text).ask

    assert ask is not None
    assert ask.code == code


def test_streets_of_one_name_are_told_apart_by_their_districts() -> None:
    decision = route("八里庄街道")

    assert {candidate.district_name for candidate in decision.candidates} == {"朝阳区", "海淀区"}
    assert "八里庄街道（朝阳区）" in decision.reason
    assert "八里庄街道（海淀区）" in decision.reason


@pytest.mark.parametrize(
    "text", ["朝阳区望京西园三区", "天坛公园", "朝阳区双景街道", "海淀区西城区", "河北燕郊", ""]
)
def test_a_reason_is_its_code_and_parts(text: str) -> None:
    decision = route(text)

    assert decision.explained is not None
    assert decision.explained.code in TEXTS
    assert tell(decision.explained) == decision.reason


def test_several_are_joined_as_their_reason_wants() -> None:
    assert tell(Reason("two_streets", {"streets": ["甲", "乙"]})) == "甲 and 乙 are both named"
    assert tell(Reason("which_street", {"streets": ["甲", "乙"]})) == "Is it in 甲 or 乙?"


def test_a_decision_is_drawn_with_its_finds_under_the_text() -> None:
    text = "朝阳区望京西园三区308楼"
    first, *lines = draw(text, route(text))

    assert first == text
    assert lines[0] == "‾‾‾‾‾‾ district 110105 1.00"
    assert lines[1].startswith("      ‾‾‾‾‾‾‾‾‾‾‾‾ community 110105026")
    assert any(line.startswith("dispatch 望京街道 110105026") for line in lines)


@given(st.text(max_size=80))
def test_any_text_is_drawn(text: str) -> None:
    decision = route(text)

    assert all("\n" not in line for line in draw(text, decision) if line)
    assert math.isfinite(decision.confidence)


PLACE = Key("110105", "金榆嘉苑")
OBJECTOR, OTHER = "110105001", "110105026"


def turned_round(teachers: Teachers, times: int) -> None:
    """The office's objection is upheld, and the place is confirmed as its own afterwards."""
    for _ in range(times):
        teachers.is_heard(Lesson.WITHDRAW, PLACE, OBJECTOR, OBJECTOR)
        teachers.is_heard(Lesson.CONFIRM, PLACE, OTHER, OBJECTOR)
        teachers.is_heard(Lesson.CONFIRM, PLACE, OBJECTOR, None)


@pytest.mark.parametrize(("times", "heard"), [(FEWEST_TURNED - 1, True), (FEWEST_TURNED, False)])
def test_whose_upheld_objections_are_turned_round_is_heard_no_more(times: int, heard: bool) -> None:
    teachers = Teachers()
    turned_round(teachers, times)

    assert teachers.is_heard(Lesson.WITHDRAW, PLACE, OBJECTOR, OBJECTOR) is heard
    assert teachers.is_heard(Lesson.WITHDRAW, PLACE, OTHER, OTHER)
    assert teachers.is_heard(Lesson.CONFIRM, PLACE, OBJECTOR, None)


def test_who_is_mostly_right_is_heard() -> None:
    teachers = Teachers()
    turned_round(teachers, FEWEST_TURNED)
    for number in range(FEWEST_TURNED + 1):
        teachers.is_heard(Lesson.WITHDRAW, Key("110105", f"别处{number}"), OBJECTOR, OBJECTOR)

    assert teachers.is_heard(Lesson.WITHDRAW, PLACE, OBJECTOR, OBJECTOR)


def test_the_rooms_example_is_true() -> None:
    assert doctest.testmod(app.routing).failed == 0


@pytest.mark.parametrize(
    ("text", "streets"),
    [
        ("北京动物园南门黄牛倒票", ["展览路街道", "北下关街道"]),  # a landmark and a community
        ("天坛东里", ["天坛街道"]),  # a street's short name begins it, and no name is like it
        ("回龙观东大街", ["回龙观街道"]),  # a road, not 东大街 in the area of 回龙观
        ("于家务", ["于家务回族乡"]),  # it begins with a word that leads in
    ],
)
def test_the_street_that_is_meant_comes_first(text: str, streets: list[str]) -> None:
    decision = shipped.router().route(Query(text))

    assert [c.office_name for c in decision.candidates][: len(streets)] == streets
    assert decision.explained
    assert decision.explained.code != "bare_area"

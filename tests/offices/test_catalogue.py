"""Duties of offices: the tree of RULEBOOK D.18 and the catalogue's precedence of D.5 R1."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.messages import Message
from app.offices.catalogue import (
    BadCatalogue,
    CatalogueRule,
    CategoryEntry,
    ConflictingRules,
    Duty,
    Mark,
    NoSuchCategory,
    TargetKind,
    Urgency,
    compile_catalogue,
)
from app.offices.files import read_marks
from tests.aids import shipped

CHAOYANG = "110105"
WANGJING = "110105026"
TODAY = date(2026, 11, 1)
BEIJING = shipped.catalogue()

STREET = Duty()
MARKET = Duty(TargetKind.DISTRICT_DEPT, "*-market", (), department_duty=True)
WATER = Duty(TargetKind.ENTERPRISE, "ent-water")
GAS = Duty(TargetKind.ENTERPRISE, "ent-gas")


def category(code: str, duty: Duty = STREET) -> CategoryEntry:
    return CategoryEntry(code, code, Urgency.L3, duty, "city-market")


TREE = [category("02"), category("0202"), category("020201"), category("01", MARKET)]


def rule(name: str, code: str = "02", duty: Duty = WATER) -> CatalogueRule:
    return CatalogueRule(name, code, duty)


@pytest.mark.parametrize(
    ("code", "urgency", "lead", "joint"),
    [
        ("020101", "L2", "ent-heat", ()),  # 室温不达标
        ("020201", "L2", "ent-water", ()),  # 爆管停水
        ("020202", "L1", "ent-water", ()),  # 主管爆裂险情
        ("030101", "L1", None, ()),  # 电梯困人
        ("030102", "L2", None, ()),  # 电梯故障
        ("0401", "L3", None, ()),  # 违法建设
        ("0501", "L3", None, ()),  # 停车管理
        ("0701", "L3", None, ("110105-ecology", "110105-urban-enforcement")),
        ("070101", "L3", None, ("110105-ecology", "110105-urban-enforcement")),
        ("1301", "L3", "110105-labour", ()),  # 拖欠工资
        ("0101", "L3", "110105-market", ()),  # 预付卡/消费纠纷
        ("1001", "L2", None, ()),  # 道路积水
    ],
)
def test_the_examples_of_the_rulebook_find_their_office(
    code: str, urgency: str, lead: str | None, joint: tuple[str, ...]
) -> None:
    duty = BEIJING.find(code, "", WANGJING, TODAY)

    assert BEIJING.urgency(code) == urgency
    assert duty.lead_code(CHAOYANG) == lead
    assert duty.joint_codes(CHAOYANG) == joint
    assert (lead is None) == (duty.target_kind is TargetKind.STREET)


@pytest.mark.parametrize("code", ["1301", "0101"])
def test_wages_and_consumer_disputes_are_departments_duty(code: str) -> None:
    duty = BEIJING.find(code, "", WANGJING, TODAY)

    assert duty.department_duty
    assert duty.informs_street


@pytest.mark.parametrize(
    ("code", "text", "area", "lead"),
    [
        ("0902", "路口的电力井盖没了", WANGJING, "ent-power"),
        ("0902", "雨水井和电力井的盖子都没了", WANGJING, "ent-power"),  # the higher priority
        ("090201", "井盖没了", WANGJING, None),
        ("0207", "4号线早高峰限流", WANGJING, "ent-metro-mtr"),
        ("0207", "1号线早高峰限流", WANGJING, "ent-metro"),
        ("0101", "办的卡退不了", "110115012", "city-economic-zone"),
        ("0101", "办的卡退不了", CHAOYANG, "110105-market"),
        ("0101", "办的卡退不了", None, "110105-market"),
    ],
)
def test_subject_keyword_and_area_narrow_who_answers(
    code: str, text: str, area: str | None, lead: str | None
) -> None:
    assert BEIJING.find(code, text, area, TODAY).lead_code(CHAOYANG) == lead


def test_street_vendors_were_a_departments_matter_until_powers_moved_to_the_streets() -> None:
    before = BEIJING.find("060401", "", WANGJING, date(2020, 6, 30))
    after = BEIJING.find("060401", "", WANGJING, date(2020, 7, 1))

    assert before.lead_code(CHAOYANG) == "110105-urban-enforcement"
    assert after.target_kind is TargetKind.STREET


def test_without_a_category_a_street_answers_within_seven_days() -> None:
    assert BEIJING.find(None, "停水", WANGJING, TODAY) == STREET
    assert BEIJING.urgency(None) is Urgency.L3


def test_without_a_rule_the_category_itself_says_who_answers() -> None:
    catalogue = compile_catalogue(TREE, [])

    assert catalogue.find("01", "", None, TODAY) == MARKET
    assert catalogue.find("0202", "", None, TODAY) == STREET


def test_an_unknown_category_is_refused_by_field() -> None:
    with pytest.raises(NoSuchCategory) as refused:
        BEIJING.find("9999", "", None, TODAY)

    assert refused.value.facts["errors"] == [
        {"pointer": "/category", "detail": Message("no category {code!r}", code="9999")}
    ]


WIDE = rule("wide")
DEEP = rule("deep", "0202", GAS)
HERE = replace(rule("here", duty=GAS), area=WANGJING)
DISTRICT_WIDE = replace(rule("district"), area=CHAOYANG)
ABOUT = replace(rule("about", duty=GAS), subjects=("学校",))
WORD = replace(rule("word"), keywords=("停水",))
URGENT = replace(rule("urgent", duty=GAS), priority=9)
NEWER = replace(rule("newer", duty=GAS), effective_from=date(2026, 1, 1))
ENDED = replace(rule("ended", "020201", GAS), effective_to=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DEEP, WIDE),
        (DEEP, replace(HERE, duty=WATER)),
        (HERE, DISTRICT_WIDE),
        (HERE, WORD),
        (ABOUT, WORD),
        (WORD, replace(URGENT, priority=99)),
        (URGENT, WIDE),
        (URGENT, replace(NEWER, duty=WATER)),
        (NEWER, WIDE),
        (WIDE, ENDED),
    ],
)
def test_the_most_specific_rule_wins_then_priority_then_the_newest(
    first: CatalogueRule, second: CatalogueRule
) -> None:
    for rules in ([first, second], [second, first]):
        catalogue = compile_catalogue(TREE, rules)

        assert catalogue.find("020201", "学校停水", WANGJING, TODAY).rule_id == first.id


def test_two_rules_that_contradict_each_other_are_refused_with_both_names() -> None:
    with pytest.raises(ConflictingRules) as refused:
        compile_catalogue(TREE, [rule("b"), rule("c", "0202"), rule("a", duty=GAS)])

    assert refused.value.facts["rules"] == ["a", "b"]


def test_two_keywords_that_could_stand_in_one_text_need_priorities() -> None:
    water = replace(rule("one"), keywords=("停水",))
    gas = replace(rule("other", duty=GAS), keywords=("停气",))

    with pytest.raises(ConflictingRules):
        compile_catalogue(TREE, [water, gas])
    compile_catalogue(TREE, [water, replace(gas, priority=1)])


def test_rules_that_say_the_same_or_hold_in_different_streets_are_no_conflict() -> None:
    compile_catalogue(TREE, [rule("a"), rule("b"), HERE, replace(HERE, id="x", area="110105001")])


@pytest.mark.parametrize(
    "wrong",
    [
        rule("no such category", "99"),
        rule("a street by way of a rule", "01", STREET),
        rule("duty to a street", "02", Duty(department_duty=True)),
        rule("an enterprise that is none", "02", Duty(TargetKind.ENTERPRISE, "*-market")),
        replace(rule("ends first"), effective_from=TODAY, effective_to=TODAY),
    ],
    ids=lambda wrong: wrong.id,
)
def test_a_malformed_rule_is_refused(wrong: CatalogueRule) -> None:
    with pytest.raises(BadCatalogue, match=wrong.id):
        compile_catalogue(TREE, [wrong])


@pytest.mark.parametrize(
    ("code", "services"),
    [
        ("030101", ("119",)),  # 电梯困人
        ("020401", ("119",)),  # 燃气泄漏
        ("080501", ("119",)),  # 森林防火
        ("150502", ("119",)),  # 危险化学品
        ("110105", ("120",)),  # 急救服务
        ("010303", ("120",)),  # 食物中毒
        ("030102", ()),  # 电梯故障
        ("16", ()),  # 消防安全
        (None, ()),
    ],
)
def test_some_categories_name_the_services_that_must_be_told(
    code: str | None, services: tuple[str, ...]
) -> None:
    assert BEIJING.tell(code) == services


@pytest.mark.parametrize("level", [Urgency.L2, Urgency.L3, Urgency.L4])
@pytest.mark.parametrize("mark", [Mark.RESCUE, Mark.AMBULANCE])
def test_a_service_is_told_of_l1_categories_only(level: Urgency, mark: Mark) -> None:
    wrong = replace(category("0204"), urgency=level, marks=(mark,))

    with pytest.raises(BadCatalogue, match=f"category 0204: {mark} belongs to an L1"):
        compile_catalogue([*TREE, wrong], [])
    compile_catalogue([*TREE, replace(wrong, urgency=Urgency.L1)], [])


def test_an_unknown_mark_of_the_file_is_refused_by_name() -> None:
    assert read_marks({"code": "0204", "marks": "surge|rescue"}) == (Mark.SURGE, Mark.RESCUE)
    with pytest.raises(BadCatalogue, match="category 0204: there is no mark 'resque'"):
        read_marks({"code": "0204", "marks": "surge|resque"})


WORDS = sorted(
    {w for rules in BEIJING.rules.values() for r in rules for w in r.keywords + r.subjects}
)
AREAS = [None, CHAOYANG, WANGJING, "110115", "110115012", "110115013"]


@given(
    code=st.sampled_from(sorted(BEIJING.categories)),
    words=st.lists(st.sampled_from(WORDS), max_size=3),
    area=st.sampled_from(AREAS),
    on=st.dates(date(2019, 1, 1), date(2030, 1, 1)),
)
def test_a_departments_duty_never_goes_to_a_street(
    code: str, words: list[str], area: str | None, on: date
) -> None:
    duty = BEIJING.find(code, "，".join(words), area, on)

    is_duty = duty.department_duty or BEIJING.category(code).duty.department_duty
    assert not (is_duty and duty.target_kind is TargetKind.STREET)
    assert not (is_duty and duty.lead_code(CHAOYANG) in (None, WANGJING))


@given(
    duties=st.lists(st.sampled_from([STREET, WATER, GAS]), min_size=4, max_size=4),
    order=st.permutations(range(4)),
)
def test_the_order_of_rules_does_not_matter(duties: list[Duty], order: list[int]) -> None:
    rules = [replace(rule(str(n), duty=duty), priority=n) for n, duty in enumerate(duties)]

    duty = compile_catalogue(TREE, [rules[n] for n in order]).find("02", "", None, TODAY)

    assert duty.rule_id == "3"

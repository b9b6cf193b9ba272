"""The files of app/data hold together: every code refers to something, nothing is there twice."""

import re
from collections import Counter
from datetime import date
from itertools import chain

import pytest

from app.kit.workdays import in_force
from app.offices.catalogue import DISTRICT, Duty, Mark, Season
from app.offices.directory import STREET_KINDS, OfficeKind
from app.offices.files import (
    DATA,
    lines,
    read_directory,
    read_places,
)
from app.offices.gazetteer import NameKind, PlaceKind, StreetKind, compile_gazetteer
from tests.aids import shipped

GAZETTEER = shipped.gazetteer()
PLACES = read_places()
OFFICES = {office.code: office for office in read_directory(GAZETTEER)}
CATALOGUE = shipped.catalogue()
DISTRICTS = {district.code for district in GAZETTEER.districts}
STREETS = {street.code: street for street in GAZETTEER.streets}

NAMED_BY_THE_RULEBOOK = [
    "police",
    "fire",
    "transport",
    "market",
    "urban-enforcement",
    "housing",
    "planning",
    "greening",
    "culture-tourism",
    "ecology",
    "water",
    "emergency",
    "health",
    "labour",
    "civil-affairs",
    "education",
    "urban-management",
    "agriculture",
]


def test_beijing_is_whole() -> None:
    assert len(DISTRICTS) == 16
    assert len(STREETS) == 343
    assert len({place.code for place in PLACES}) == len(PLACES) == 7535
    assert Counter(street.kind for street in GAZETTEER.streets) == {
        StreetKind.STREET: 165,
        StreetKind.TOWNSHIP: 178,
    }


def test_codes_nest() -> None:
    for street in GAZETTEER.streets:
        assert street.district_code in DISTRICTS
        assert re.fullmatch(street.district_code + r"\d{3}", street.code)
    for place in PLACES:
        assert not place.street_code or place.street_code in STREETS
        assert place.code[:6] in DISTRICTS
    for name in GAZETTEER.names:
        assert name.street_code in STREETS


def test_ten_communities_of_development_zones_have_no_street_and_lead_routing_nowhere() -> None:
    zones = {place.code for place in PLACES if not place.street_code}

    assert len(zones) == 10
    assert len(GAZETTEER.places) == 7525
    assert zones.isdisjoint(place.code for place in GAZETTEER.places)


def test_the_airport_has_its_communities_under_its_one_code() -> None:
    airport = [place for place in PLACES if place.code.startswith("110105020")]

    assert len(airport) == 5
    assert {place.street_code for place in airport} == {"110105400"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("110105026001", PlaceKind.COMMUNITY),
        ("110105022200", PlaceKind.VILLAGE),
    ],
)
def test_communities_and_villages_are_told_apart(code: str, kind: PlaceKind) -> None:
    near = [place for place in PLACES if place.code[:10] == code[:10]]

    assert {place.kind for place in near} == {kind}


def test_every_street_has_one_official_name_today() -> None:
    today = date(2026, 11, 1)
    official = [
        (name.street_code, name.text)
        for name in GAZETTEER.names
        if name.kind is NameKind.OFFICIAL and in_force(name.active_from, name.active_to, today)
    ]

    assert sorted(official) == [(street.code, street.name) for street in GAZETTEER.streets]


def test_fifty_six_regional_offices_are_the_same_as_a_township() -> None:
    twins = [name for name in GAZETTEER.names if name.kind is NameKind.STATISTICAL]

    assert len(twins) == 56
    assert {STREETS[name.street_code].kind for name in twins} == {StreetKind.TOWNSHIP}
    assert {STREETS[name.street_code].name for name in twins if name.text == "万柳地区"} == {
        "海淀镇"
    }


@pytest.mark.parametrize(
    ("on", "street"), [(date(2020, 12, 31), "六里桥街道"), (date(2021, 1, 1), "卢沟桥街道")]
)
def test_lugouqiao_meant_another_street_before_2021(on: date, street: str) -> None:
    meant = {
        STREETS[name.street_code].name
        for name in GAZETTEER.names
        if name.text == "卢沟桥街道" and in_force(name.active_from, name.active_to, on)
    }

    assert meant == {street}


def test_the_gazetteers_version_depends_on_its_facts_not_on_their_order() -> None:
    names, places = GAZETTEER.names, GAZETTEER.places

    again = compile_gazetteer(
        GAZETTEER.districts, GAZETTEER.streets, reversed(names), reversed(places)
    )
    less = compile_gazetteer(GAZETTEER.districts, GAZETTEER.streets, names, places[1:])

    assert again == GAZETTEER
    assert less.version != GAZETTEER.version


def test_every_district_has_a_centre_and_all_departments_that_the_rulebook_names() -> None:
    for district in DISTRICTS:
        assert OFFICES[district].kind is OfficeKind.DISTRICT_CENTRE
        for kind in NAMED_BY_THE_RULEBOOK:
            assert OFFICES[f"{district}-{kind}"].district_code == district


def test_offices_are_unique_and_lie_where_their_codes_say() -> None:
    names = Counter(office.name for office in OFFICES.values())
    twice = {name for name, count in names.items() if count > 1}

    assert len(read_directory(GAZETTEER)) == len(OFFICES)
    assert twice == {"八里庄街道"}
    for office in OFFICES.values():
        assert re.fullmatch("[A-Za-z0-9-]{1,40}", office.code)
        assert office.parent_code is None or office.parent_code in OFFICES
        assert (office.kind in STREET_KINDS) == (office.code in STREETS)
        assert office.district_code is None or office.code.startswith(office.district_code)


def test_the_tree_has_three_levels_without_a_gap() -> None:
    levels = Counter(entry.level for entry in CATALOGUE.categories.values())
    tops = [code for code in CATALOGUE.categories if len(code) == 2]
    parents = {entry.parent_code for entry in CATALOGUE.categories.values()}

    assert tops == [f"{n:02}" for n in range(1, 21)]
    assert levels[2] >= 100
    assert levels[3] >= 300
    assert parents - {None} == {c for c in CATALOGUE.categories if len(c) < 6}


def test_no_category_stands_twice_under_one_parent() -> None:
    codes = [line["code"] for line in lines(DATA / "catalogue" / "categories.csv")]
    names = Counter((entry.parent_code, entry.name) for entry in CATALOGUE.categories.values())

    assert len(set(codes)) == len(codes)
    assert max(names.values()) == 1


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("020101", "室温不达标"),
        ("020201", "爆管停水"),
        ("030101", "电梯困人"),
        ("030102", "电梯故障"),
        ("0401", "违法建设"),
        ("0501", "停车管理"),
        ("0701", "施工噪声"),
        ("070101", "施工噪声(夜间)"),
        ("1301", "拖欠工资"),
        ("0101", "预付卡/消费纠纷"),
        ("1001", "道路积水"),
    ],
)
def test_the_rulebooks_examples_stand_in_the_tree(code: str, name: str) -> None:
    assert CATALOGUE.categories[code].name == name


def test_marks_and_seasons_are_where_the_rulebook_puts_them() -> None:
    tree = CATALOGUE.categories

    assert tree["020101"].goals == ("WX2",)
    assert tree["020101"].industry_office == "city-urban-management"
    assert tree["020101"].season is Season.HEATING
    assert tree["1301"].season is Season.WAGES
    assert Mark.SURGE in tree["1001"].marks
    assert Mark.WHISTLE in tree["0401"].marks
    assert Mark.RESCUE in tree["030101"].marks


def offices_of(duty: Duty) -> set[str]:
    """A duty's offices in every district."""
    wanted = [duty.lead_code(district) for district in DISTRICTS]
    wanted += chain.from_iterable(duty.joint_codes(district) for district in DISTRICTS)
    return {code for code in wanted if code}


def test_every_duty_names_offices_that_there_are() -> None:
    rules = list(chain.from_iterable(CATALOGUE.rules.values()))
    duties = [entry.duty for entry in CATALOGUE.categories.values()] + [rule.duty for rule in rules]

    for duty in duties:
        assert offices_of(duty) <= OFFICES.keys()
        assert duty.target not in duty.joint
        assert duty.target in ("", DISTRICT) or {
            OFFICES[code].kind.value for code in offices_of(Duty(duty.target_kind, duty.target))
        } == {duty.target_kind.value}
    for entry in CATALOGUE.categories.values():
        assert OFFICES[entry.industry_office].kind is OfficeKind.CITY_DEPT
    for rule in rules:
        assert rule.area == "" or rule.area in STREETS or rule.area in DISTRICTS
        assert rule.basis
    assert len({rule.id for rule in rules}) == len(rules)

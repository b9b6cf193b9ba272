"""A community named beyond doubt: in full, or behind its own street's short name."""

from collections.abc import Iterator

import pytest

from app.routing.decision import DecisionKind
from app.routing.reading.names import short_name
from app.routing.record import surely
from app.routing.witnesses import NAMED, SUREST_ANYWHERE
from tests.aids import shipped
from tests.routing.test_routing import route

GAZETTEER = shipped.gazetteer()
STREETS = {street.code: street.name for street in GAZETTEER.streets}
DISTRICTS = {district.code: district.name for district in GAZETTEER.districts}


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("朝阳区百子湾东社区这边，小区里停车没人管", "南磨房乡"),
        ("望京西路社区，理发店跑路了退不了卡", "望京街道"),
        ("青塔蔚园社区，儿童滑梯断了", "青塔街道"),
        ("苏家坨那边北安河村，路灯整条街不亮", "苏家坨镇"),
        ("双井富力西社区，遛狗不拴绳", "双井街道"),
        ("通州台湖玉甫上营村，工厂排烟", "台湖镇"),
    ],
)
def test_a_community_in_full_or_behind_its_area_is_sent(text: str, street: str) -> None:
    decision = route(text)

    assert decision.decision is DecisionKind.DISPATCH, decision.reason
    assert decision.office_name == street
    assert decision.confidence in (NAMED, SUREST_ANYWHERE)
    assert decision.explained
    assert decision.explained.parts["why"].code == "community"


@pytest.mark.parametrize(
    "text",
    [
        "通州梨园那边云景里社区",  # the area's street is another than the community's
        "清河小营西路12号",  # a road that has both names
        "望京附近的花园社区",  # no community that is known
        "桃园社区",  # of several streets
    ],
)
def test_an_area_that_disagrees_or_a_name_of_several_is_not(text: str) -> None:
    assert route(text).decision is not DecisionKind.DISPATCH


def own_names() -> Iterator[tuple[str, str]]:
    """Every tenth community, called so in its district."""
    known = {form for form, meanings in by_form().items() if len(meanings) == 1}
    for place in [p for p in GAZETTEER.places if p.kind == "community"][::10]:
        district = place.street_code[:6]
        if (district, short_name(place)) in known:
            name = short_name(place).removesuffix("社区")
            yield f"{DISTRICTS[district]}{name}社区", place.street_code


def by_form() -> dict[tuple[str, str], set[str]]:
    forms: dict[tuple[str, str], set[str]] = {}
    for place in GAZETTEER.places:
        key = (place.street_code[:6], short_name(place))
        forms.setdefault(key, set()).add(place.street_code)
    return forms


def test_a_community_called_by_its_name_is_never_sent_to_another_street() -> None:
    """Nearly all are sent; a street or area within the name may ask for a person."""
    asked = [(route(text), street) for text, street in own_names()]
    sent = [(d, street) for d, street in asked if d.decision is DecisionKind.DISPATCH]

    assert [d.understood.place for d, street in sent if d.office_code != street] == []
    assert len(sent) > 0.8 * len(asked) > 200


def test_the_chance_is_no_more_than_what_was_measured_allows() -> None:
    assert surely(1.0, 108, 1.0) >= NAMED
    assert surely(96 / 97, 97, 1.0) >= SUREST_ANYWHERE


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("八里庄街道那边，海淀区，没暖气", True),  # two districts have one
        ("望京街道路灯坏了，朝阳区", True),
        ("河北镇磁家务村，门头沟区", False),  # of another district
        ("我家在海淀区，望京街道施工", True),  # the caller's home
    ],
)
def test_a_district_said_alone_is_the_streets(text: str, sent: bool) -> None:
    decision = route(text)

    assert (decision.decision is DecisionKind.DISPATCH) is sent, decision.reason

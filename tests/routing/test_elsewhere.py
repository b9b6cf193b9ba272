"""Another city's place is never Beijing's, and what Beijing named after a city stays Beijing's."""

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest

from app.routing.decision import DecisionKind
from app.routing.load import read_elsewhere
from tests.aids import shipped
from tests.routing.test_routing import TODAY, route, shared

GAZETTEER = shipped.gazetteer()
ELSEWHERE = read_elsewhere()
CITIES = [name for name in ELSEWHERE if not name.is_county and name.short]
OWN = {name.text for name in GAZETTEER.names} | {
    form for district in GAZETTEER.districts for form in (district.name, district.name[:-1])
}
AREAS = ("", "经济开发区", "高新技术产业开发区", "城关", "新区", "大学城")
STREETS = [street.name for street in GAZETTEER.streets]


def foreign() -> Iterator[str]:
    """Every name of the national list, full and short, alone and with its city; each before one of
    our streets, behind one of the areas that nobody knows."""
    streets, areas, cities = cycle(STREETS), cycle(AREAS), cycle(CITIES)
    for name in ELSEWHERE:
        yield f"{name.name}{next(areas)}{next(streets)}"
        city = next(cities)
        yield f"{city.name}{name.name}{next(streets)}"
        if city.short not in OWN:
            yield f"{city.short}{name.short or name.name}{next(streets)}"
        if not name.is_county and name.short and name.short not in OWN:
            yield f"{name.short}{next(areas)}{next(streets)}"


BEHIND = (
    *(
        "{city}，{street}有人占道",
        "{city}{street}北京路12号",
        "{city}的{street}",
        "我在{city}{street}",
    ),
    *("{city}那边的{street}", "{city}县城里{street}", "{city}境内 {street}"),
)


def odd_words() -> Iterator[str]:
    """Each name of the national list, by turns in a sentence with one of our streets behind it."""
    streets, sentences = cycle(STREETS), cycle(BEHIND)
    for name in ELSEWHERE:
        yield next(sentences).format(city=name.name, street=next(streets))
    for name in CITIES:
        if name.short not in OWN:
            yield next(sentences).format(city=name.short, street=next(streets))


@pytest.mark.parametrize("texts", [foreign, odd_words])
def test_the_national_list_before_our_streets_is_dispatched_nowhere(
    texts: Callable[[], Iterator[str]],
) -> None:
    sent = [text for text in texts() if route(text).decision is DecisionKind.DISPATCH]
    assert sent == []


@pytest.mark.parametrize("street", STREETS)
def test_each_of_our_streets_behind_another_city_is_not_ours(street: str) -> None:
    for city in ("广州市番禺区", "杭州余杭", "江苏南京", "上海市"):
        decision = route(f"{city}{street}")
        assert decision.decision is DecisionKind.PERSON, city
        assert decision.method == "outside"
        assert "is outside the area of Beijing" in decision.reason


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("朝阳区望京街道重庆饭店", "望京街道"),
        ("望京街道广州大厦", "望京街道"),
        ("北京市朝阳区望京街道上海路12号", "望京街道"),
        ("河北镇磁家务村", "河北镇"),
        ("我是河北省人，住在翠城馨园", "垡头街道"),
        ("四川饭店旁边，西城区金融街街道", "金融街街道"),
        ("重庆小面馆油烟，翠城馨园308楼", "垡头街道"),
        ("北京市通州区中仓街道", "中仓街道"),
        ("广州，北京朝阳区望京街道漏水", "望京街道"),
    ],
)
def test_what_beijing_named_after_a_city_stays_beijings(text: str, street: str) -> None:
    decision = route(text)
    assert decision.decision is DecisionKind.DISPATCH, decision.reason
    assert decision.candidates[0].office_name == street


@pytest.mark.parametrize(
    "text",
    [
        "广州市天河区体育西路",
        "于都县望京街道",
        "于都望京街道",
        "京山望京街道",
        "杭州余杭南苑街道",
        "吉林长春朝阳区红旗街",
    ],
)
def test_another_city_teaches_nothing(text: str) -> None:
    assert shared().key(text, "110105026", TODAY) is None

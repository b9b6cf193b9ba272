"""The learned numbers, and how texts and names are read for them."""

from functools import cache

import numpy as np
import pytest

from app.routing.load import DATA, read_elsewhere, read_ranker
from app.routing.memory import Memory
from app.routing.reading.spots import Spot
from app.routing.reading.text import read, value
from app.routing.weighing.grounds import COLUMNS, Ground, essence, lay
from app.routing.weighing.profile import Floats, Profile
from app.routing.weighing.similarity import COMMON, SOURCES, Index, Likeness, Part, Rarity, grams
from app.routing.weighing.traits import MOST_LIKELY, describe, likeliest
from tests.aids import shipped


@cache
def grounds() -> dict[str, Ground]:
    return lay(shipped.gazetteer())


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("望京西园三区", "望京西园3区"),
        ("望京西园３区", "望京西园3区"),
        ("十八里店", "18里店"),
        ("八一", "81"),
        ("朝陽區", "朝阳区"),
        ("a座", "A座"),
        ("黄松峪（地区）乡", "黄松峪地区乡"),
        ("甲、乙（丙）。丁", "甲/乙/丙|丁"),
        ("<b>望&nbsp;京</b>", "望京"),
        ("", ""),
    ],
)
def test_there_is_one_way_of_writing(text: str, form: str) -> None:
    assert read(text).text == form


@pytest.mark.parametrize(
    ("numeral", "figures"),
    [
        ("三", "3"),
        ("十", "10"),
        ("十八", "18"),
        ("二十", "20"),
        ("一百零八", "108"),
        ("一二三", "123"),
    ],
)
def test_a_chinese_numeral_has_its_value(numeral: str, figures: int) -> None:
    assert value(numeral) == str(figures)


def test_what_was_read_is_found_again_in_the_original() -> None:
    text = "住 在<b>望　京</b>西園十八區"
    reading = read(text)

    start, end = reading.span(reading.text.index("18"), len(reading.text))

    assert text[start:end] == "十八區"


def test_only_what_says_community_is_left_out_of_a_name() -> None:
    assert [essence(name) for name in ("翠城馨园社区", "社区", "张家村")] == [
        "翠城馨园",
        "社区",
        "张家村",
    ]


def index_of(*names: str) -> Index:
    """Each name is of a street of its own, and each street of a district of its own."""
    index = Index(Rarity.of(names), range(len(names)))
    for street, name in enumerate(names):
        index.add(name, street)
    return index


def liken(index: Index, place: str) -> Likeness:
    return index.liken(place, dict.fromkeys(grams(place)))


def test_a_name_taken_out_of_the_index_was_never_there() -> None:
    index = index_of("翠城馨园", "方庄芳群园")
    before = liken(index, "翠城趣园")

    index.drop(index.add("翠城趣园", 1))

    assert liken(index, "翠城趣园") == before


def test_a_likeness_tells_of_the_likest_name() -> None:
    alike = liken(index_of("翠城馨园", "方庄芳群园"), "翠城雅园")

    assert list(alike.likest) == [0]
    assert alike.likest[0][1] == 0
    assert alike.heads == {0: 2}


def test_a_place_is_wholly_like_itself() -> None:
    alike = liken(index_of("翠城馨园", "翠城雅园"), "翠城雅园")

    assert alike.likest[SOURCES][0] == pytest.approx(1)  # of the second street
    assert alike.heads == {0: 2, SOURCES: 4}
    assert alike.likest[0][0] < 1


def test_a_part_that_many_names_have_leads_to_none_of_them() -> None:
    index = index_of(*(chr(0x4E00 + at) * 2 + "东里" for at in range(COMMON + 1)))
    second = Part(SOURCES, 2 * SOURCES, 1)

    assert not liken(index, "琥珀东里").likest
    assert list(index.liken("琥珀东里", grams("琥珀东里"), second).likest) == [0]

    index.drop(0)
    assert len(liken(index, "琥珀东里").likest) == COMMON
    index.drop(1)
    assert not index.liken("琥珀东里", grams("琥珀东里"), second).likest


def test_what_is_told_of_a_street_stands_in_its_columns() -> None:
    ground = grounds()["110105"]
    name = "望京西园3区"

    sheet = describe(ground, Memory(), Spot(0, 6, name, 308), "308楼")

    columns = dict(zip(COLUMNS, sheet.matrix()[sheet.streets.index("110105026")], strict=True))
    assert columns["head"] == len(name)
    assert columns["cosine"] == pytest.approx(1)
    assert (columns["building"], columns["village"], columns["length"]) == (1, 0, len(name))
    assert columns["characters"] == pytest.approx(
        character_sums(ground.profile, name)[ground.position["110105026"]]
    )


def character_sums(profile: Profile, name: str) -> Floats:
    """What all of a name's characters say for each street."""
    lines = [np.frombuffer(line) for line in profile.tell(name)]
    return np.sum(lines, axis=0) if lines else np.zeros_like(profile.names)


def test_characters_speak_for_the_street_whose_names_hold_them() -> None:
    profile = Profile(np.array([2.0, 2.0]))
    for name, at in (("张家峪", 0), ("李家峪", 0), ("翠城馨园", 1), ("翠城雅园", 1)):
        profile.add(name, at)

    first, second = character_sums(profile, "王家峪")

    assert first > second


def test_a_name_taken_out_of_the_profile_was_never_there() -> None:
    profile = Profile(np.array([2.0, 2.0]))
    profile.add("张家峪", 0)
    before = character_sums(profile, "王家峪")

    profile.add("王家峪", 1)
    learned = character_sums(profile, "王家峪")
    profile.add("王家峪", 1, times=-1)

    assert not np.allclose(learned, before)
    assert np.allclose(character_sums(profile, "王家峪"), before)


@pytest.mark.parametrize(
    ("cosines", "worth", "streets"),
    [
        ({5: (0.4, 0), 2: (0.9, 1)}, [0.0, 3.0, 0.0], [1, 2, 0]),
        ({}, [1.0, 1.0, 2.0], [2, 1, 0]),
        ({}, [7.0] + [0.0] * MOST_LIKELY + [1.0], [0, MOST_LIKELY + 1, *range(MOST_LIKELY, 2, -1)]),
    ],
)
def test_the_citys_likeliest_streets_come_by_name_then_by_characters(
    cosines: dict[int, tuple[float, int]], worth: list[float], streets: list[int]
) -> None:
    kept = likeliest(Likeness(cosines), np.array(worth, dtype=np.float32))
    assert kept.tolist() == streets


def test_unknown_characters_say_nothing() -> None:
    assert Profile(np.array([1.0, 1.0])).tell("峪") == []


def test_the_learned_numbers_hold_no_name() -> None:
    text = (DATA / "ranker.json").read_text(encoding="utf-8")

    assert text.isascii()
    assert len(text) < 100_000


def test_shares_add_up_and_a_likelier_street_is_said_to_be_surer() -> None:
    ranker = read_ranker()
    sheet = describe(grounds()["110105"], Memory(), Spot(0, 6, "望京西园3区", 308), "308楼")

    ranked = ranker.rank(grounds()["110105"], sheet)

    shares = [share for _, share in ranked]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.0001


def test_no_other_street_is_told_as_surer_than_the_best() -> None:
    """The judge doubts all of them: much is left for streets that are not told."""
    ranker, ground = read_ranker(), grounds()[""]
    sheet = describe(ground, Memory(), Spot(0, 2, "西里"), "")

    ranked = ranker.rank(ground, sheet)

    chances = [chance for _, chance in ranked]
    assert set(chances) == {chances[0]}
    assert sum(chances) < 0.5


def test_no_district_of_beijing_is_another_city() -> None:
    assert not {district.name for district in shipped.gazetteer().districts} & {
        name.name for name in read_elsewhere()
    }

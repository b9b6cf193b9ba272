"""The learned numbers, and how texts and names are read for them."""

import pytest

from app.offices.files import read_gazetteer
from app.routing.files import DATA, read_elsewhere, read_ranker
from app.routing.grounds import essence, lay
from app.routing.memory import Memory
from app.routing.places import Spot
from app.routing.similarity import Index, Rarity, Trait
from app.routing.text import read, value
from app.routing.traits import describe

GROUNDS = lay(read_gazetteer())


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
    ("numeral", "said"),
    [
        ("三", "3"),
        ("十", "10"),
        ("十八", "18"),
        ("二十", "20"),
        ("一百零八", "108"),
        ("一二三", "123"),
    ],
)
def test_a_chinese_numeral_has_its_value(numeral: str, said: int) -> None:
    assert value(numeral) == str(said)


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


def test_a_name_taken_out_of_the_index_was_never_there() -> None:
    index = Index(2, Rarity.of(["翠城馨园", "翠城雅园"]))
    index.add("翠城馨园", 0)
    before = index.liken("翠城趣园")

    index.drop(index.add("翠城趣园", 1))

    assert (index.liken("翠城趣园") == before).all()


def test_a_likeness_tells_of_the_likest_name() -> None:
    index = Index(2, Rarity.of(["翠城馨园", "方庄芳群园"]))
    index.add("翠城馨园", 0)
    index.add("方庄芳群园", 1)

    near, far = index.liken("翠城雅园")

    assert near[Trait.HEAD] == 2
    assert near[Trait.PART_SHARE] == 1
    assert near[Trait.COSINE] > far[Trait.COSINE]


def test_the_learned_numbers_hold_no_name() -> None:
    text = (DATA / "ranker.json").read_text(encoding="utf-8")

    assert text.isascii()
    assert len(text) < 100_000


def test_shares_add_up_and_a_likelier_street_is_said_to_be_surer() -> None:
    ranker = read_ranker()
    sheet = describe(GROUNDS["110105"], Memory(), Spot(0, 6, "望京西园3区", 308), "308楼")

    ranked = ranker.rank(sheet)

    shares = [share for _, share in ranked]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.0001


def test_no_district_of_beijing_is_another_city() -> None:
    assert not {district.name for district in read_gazetteer().districts} & set(read_elsewhere())

"""D.11: what makes two requests one matter at one place, and one caller of two numbers."""

from itertools import combinations
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.keys import Merge
from app.tickets import telephones
from app.tickets.citizens import caller_hash
from app.tickets.life.likeness import (
    Likeness,
    Matching,
    Matter,
    Placing,
    alike,
    metres,
    similarity,
)

RULE = Merge(members=9, days=7, radius_m=100, similarity=0.85, count="group_once")
NOISE = "工地每天夜里十一点以后还在施工。"
HOME = Matter(place="望京西园3区", words=NOISE, category="0701", street_code="110105026")
BY_CATEGORY = Likeness(Matching.CATEGORY, Placing.ADDRESS)


def matter(**changed: object) -> Matter:
    fields = {name: getattr(HOME, name) for name in HOME.__dataclass_fields__}
    return Matter(**{**fields, **changed})


@pytest.mark.parametrize(
    ("second", "likeness"),
    [
        (matter(), BY_CATEGORY),
        (matter(words="完全不同的话"), BY_CATEGORY),
        (matter(category="0702"), Likeness(Matching.TEXT, Placing.ADDRESS)),
        (matter(category=None), Likeness(Matching.TEXT, Placing.ADDRESS)),
        (matter(category="0702", words="路灯不亮，已有三天。"), None),
        (matter(category=None, words="路灯不亮，已有三天。"), None),
        (matter(place="望京西园4区"), None),
        (matter(street_code="110105001"), None),
        (matter(street_code=None), BY_CATEGORY),
        (matter(praise=True), None),
    ],
)
def test_same_matter_is_an_equal_category_or_a_similar_text_at_the_same_place(
    second: Matter, likeness: Likeness | None
) -> None:
    assert alike(HOME, second, RULE) == likeness
    assert alike(second, HOME, RULE) == likeness


def test_two_requests_without_a_category_are_alike_by_their_text_only() -> None:
    first, second = matter(category=None), matter(category=None, words="路灯不亮，已有三天。")

    assert alike(first, first, RULE) == Likeness(Matching.TEXT, Placing.ADDRESS)
    assert alike(first, second, RULE) is None


@pytest.mark.parametrize(("north", "same"), [(0.0, True), (0.00089, True), (0.00091, False)])
def test_a_hundred_metres_are_the_same_place_whatever_it_is_called(
    north: float, same: bool
) -> None:
    here = matter(place="望京公园东门", lon=116.47, lat=40.0)
    there = matter(place="阜荣街10号", lon=116.47, lat=40.0 + north)

    expected = Likeness(Matching.CATEGORY, Placing.DISTANCE) if same else None
    assert alike(here, there, RULE) == expected


def test_a_degree_of_longitude_is_shorter_here_than_one_of_latitude() -> None:
    here = matter(lon=116.47, lat=40.0)

    east, north = matter(lon=116.471, lat=40.0), matter(lon=116.47, lat=40.001)
    assert metres(here, east) == pytest.approx(85.3, abs=0.2)
    assert metres(here, north) == pytest.approx(111.3, abs=0.2)
    assert metres(here, HOME) is None


@given(st.text(), st.text())
def test_similarity_lies_between_nothing_and_all_and_has_no_direction(
    first: str, second: str
) -> None:
    assert 0 <= similarity(first, second) <= 1
    assert similarity(first, second) == similarity(second, first)
    assert similarity(first, first) == 1


@pytest.mark.parametrize(
    ("first", "second", "high"),
    [
        (NOISE, "工地每天夜里十一点以后还在施工", True),
        (NOISE, "工地每天夜里 11 点以后还在施工，请管一管", False),
        (NOISE, "路灯不亮，已有三天。", False),
        ("", "", True),
        ("", NOISE, False),
    ],
)
def test_texts_are_similar_by_the_pairs_of_characters_they_share(
    first: str, second: str, high: bool
) -> None:
    assert (similarity(first, second) >= RULE.similarity) is high


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("13800000000", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("0086 13800000000", "13800000000"),
        ("(010) 6400 0000", "01064000000"),
        ("86000000", "01086000000"),
        ("+()- ", None),
    ],
)
def test_a_phone_number_is_the_same_however_it_is_written(written: str, key: str | None) -> None:
    read = telephones.read(written)
    assert (read and read.key) == key


def test_a_caller_is_found_again_by_a_keyed_hash_and_never_when_anonymous() -> None:
    secret = bytes(32)
    mine = caller_hash(secret, "13800000000", anonymous=False)

    assert mine == caller_hash(secret, "+86 138 0000 0000", anonymous=False)
    assert mine is not None
    assert b"13800000000" not in mine
    assert mine != caller_hash(bytes(31) + b"x", "13800000000", anonymous=False)
    assert mine != caller_hash(secret, "13800000001", anonymous=False)
    assert caller_hash(secret, "13800000000", anonymous=True) is None
    assert caller_hash(secret, None, anonymous=False) is None


def test_a_long_text_costs_what_its_beginning_costs() -> None:
    """However many it is compared with, and however long it is."""

    def compared(length: int) -> float:
        texts = [matter(category=None, words=story(n, length)) for n in range(30)]
        began = process_time()
        for first, second in combinations(texts, 2):
            alike(first, second, RULE)
        return process_time() - began

    assert min(compared(20_000) for _ in range(3)) < 3 * min(compared(2_000) for _ in range(3))


def story(seed: int, length: int) -> str:
    letters = Random(seed)
    return "".join(map(chr, letters.choices(range(0x4E00, 0x9000), k=length)))

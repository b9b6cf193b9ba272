"""The judge of the best street: its trees, and how sure is sure enough."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routing.load import read_ranker
from app.routing.record import (
    AT_ONCE,
    FEWEST_KEPT,
    KEPT,
    LATELY,
    Record,
    Said,
    least_enough,
    surely,
)
from app.routing.weighing.evidence import FALLING, NUMBERS, RISING
from app.routing.weighing.judge import EVERY_LEAF, KNOTS, NODES, UNBENT, Judge, bent_by

JUDGES = read_ranker().judges
SIZE = len(NUMBERS)


def judge_of(borders: Sequence[tuple[int, float, int]], values: Sequence[float]) -> Judge:
    """Of one tree: its nodes as feature, border, and the leaves left above it."""
    spare = NODES - len(borders)
    nodes = [*borders, *[(0, 0.0, EVERY_LEAF)] * spare]
    features, edges, masks = zip(*nodes, strict=True)
    document = {"features": features, "borders": edges, "masks": masks, "enough": 0.9}
    return Judge.of(document | {"values": [*values, *[0.0] * (NODES + 1 - len(values))]})


@pytest.mark.parametrize(
    ("numbers", "leaf"), [((0.0, 9.0), -2.0), ((1.0, 9.0), 3.0), ((1.0, 0.0), 1.0)]
)
def test_a_tree_ends_in_the_leaf_of_its_answers(numbers: tuple[float, float], leaf: float) -> None:
    """The first number above a half? If so, the second above five?"""
    judge = judge_of([(0, 0.5, 0b11111110), (1, 5.0, 0b11111101)], [-2.0, 1.0, 3.0])

    assert judge.chance(numbers) == pytest.approx(1 / (1 + math.exp(-leaf)))


@pytest.mark.parametrize(
    ("leaf", "cases", "chance"),
    [(0.0, 0, 0.53), (0.0, 300, 0.53), (0.0, 301, 0.5), (3.0, 0, 0.953)],
)
def test_what_the_trees_cannot_tell_apart_has_one_chance_while_cases_are_few(
    leaf: float, cases: int, chance: float
) -> None:
    judge = replace(judge_of([(0, 0.5, 0b11111110)], [leaf, leaf]), level=0.53)
    numbers = [0.0] * SIZE
    numbers[NUMBERS.index("memory")] = math.log1p(cases)

    assert judge.chance(numbers) == pytest.approx(chance, abs=1e-3)


@pytest.mark.parametrize(
    ("cases", "odds"), [(0, KNOTS[4]), (30, None), (500, KNOTS[4] - 0.2), (9_000, KNOTS[4] - 0.2)]
)
def test_the_more_is_confirmed_the_more_the_odds_are_bent(cases: int, odds: float | None) -> None:
    bend = [0.0] * len(KNOTS)
    bend[4] = -0.2
    judge = replace(judge_of([(0, 0.5, 0b11111110)], [KNOTS[4]] * 2), bend=bend)
    numbers = [0.0] * SIZE
    numbers[NUMBERS.index("memory")] = math.log1p(cases)

    chance = judge.chance(numbers)

    judged = math.log(chance / (1 - chance))
    between = KNOTS[4] - 0.2 < judged < KNOTS[4]
    assert between if odds is None else judged == pytest.approx(odds)


@pytest.mark.parametrize(
    ("odds", "by"),
    [(-9.0, 1.0), (KNOTS[0], 1.0), ((KNOTS[0] + KNOTS[1]) / 2, 2.0), (KNOTS[1], 3.0), (9.0, 0.0)],
)
def test_between_knots_odds_are_bent_in_proportion(odds: float, by: float) -> None:
    assert bent_by([1.0, 3.0, *UNBENT[2:]], odds) == pytest.approx(by)


NUMBER = st.floats(-5, 5)


@pytest.mark.parametrize("judge", JUDGES)
@given(numbers=st.lists(NUMBER, min_size=SIZE, max_size=SIZE), more=st.floats(0, 5), data=st.data())
def test_better_evidence_never_makes_a_street_less_sure(
    judge: Judge, numbers: list[float], more: float, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(RISING | FALLING)))
    better = list(numbers)
    better[NUMBERS.index(name)] += more if name in RISING else -more

    assert judge.chance(better) >= judge.chance(numbers) - 1e-4


def answers(chance: float, right: bool, places: Sequence[int]) -> list[Said]:
    return [Said(chance, right, place) for place in places]


def test_enough_is_the_least_chance_above_which_places_were_right() -> None:
    sure = answers(0.95, True, range(200))
    doubtful = [*answers(0.9, True, range(200, 210)), *answers(0.9, False, range(210, 240))]

    assert least_enough([*sure, *doubtful], 1.0) == 0.95


def test_a_place_has_one_vote_however_often_it_is_asked_of() -> None:
    rows = [*answers(0.95, True, range(200)), *answers(0.96, False, [7] * 500)]

    assert least_enough(rows, 1.0) == 0.95


def test_few_places_prove_nothing() -> None:
    assert least_enough(answers(0.99, True, range(50)), 1.0) == 1.0


@given(right=st.floats(0, 1), number=st.integers(1, 5_000))
def test_what_is_surely_so_is_no_more_than_what_was_seen(right: float, number: int) -> None:
    assert 0 <= surely(right, number, 1.0) <= right + 1e-9
    assert surely(right, number, 1.0) <= surely(right, number * 2, 1.0) + 1e-9


BEFORE = 0.93


def record_of(*rows: tuple[float, int, int]) -> Record:
    """Of so many answers with a chance, of which every so-manieth is wrong; each of a new place."""
    record = Record(BEFORE)
    for chance, number, every in rows:
        for at in range(number):
            record.note(Said(chance, at % every > 0, (chance, every, at)))
    return record


@pytest.mark.parametrize(
    ("rows", "enough"),
    [
        ([(0.8, FEWEST_KEPT - AT_ONCE, 10_000)], BEFORE),  # too few to tell
        ([(0.8, FEWEST_KEPT, 10_000)], 0.8),  # proven by more
        ([(0.95, FEWEST_KEPT, 33)], BEFORE),  # .97: neither proven nor disproved
        ([(0.95, FEWEST_KEPT, 10)], 1.0),  # disproved
        ([(0.95, KEPT, 33)], 1.0),  # as many are not proven either, and count alone
        ([(0.8, KEPT, 10_000), (0.95, KEPT, 10)], 1.0),  # what is long ago is forgotten
        ([(0.95, KEPT - LATELY, 20), (0.99, LATELY, 100)], 0.95),  # both true: now .99 are right
    ],
)
def test_a_record_says_how_sure_is_sure_enough(
    rows: list[tuple[float, int, int]], enough: float
) -> None:
    assert record_of(*rows).enough == enough

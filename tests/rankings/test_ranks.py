"""Places, ties and all; and the four classes."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from random import Random
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.documents import parse
from app.policy.keys import Class, Rank
from app.rankings.ranks import Form, classes, in_order, places
from app.rankings.rates import Counts, Rate, Score, Standing
from tests.aids.cases import fractions

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()
POLICY = parse("beijing-2019", DOCUMENT)


def scored(composite: Fraction | int | None, resolution: int = 0, late: int = 0) -> Score:
    return Score(
        counts=Counts(late=late),
        standing=Standing.INSUFFICIENT if composite is None else Standing.RANKED,
        response=Rate(Fraction(0), 100),
        resolution=Rate(Fraction(resolution), 100),
        satisfaction=Rate(Fraction(0), 100),
        composite=None if composite is None else Fraction(composite),
    )


def ranks(*composites: Fraction | int | None, rank: Rank = POLICY.rank) -> list[int | None]:
    placed = places({f"{n:03}": scored(c) for n, c in enumerate(composites)}, rank)
    return [placed.get(f"{n:03}") for n in range(len(composites))]


def test_equal_composites_share_a_place_and_the_next_is_skipped() -> None:
    assert ranks(99, 98, 98, 97) == [1, 2, 2, 4]


def test_who_has_no_composite_has_no_place() -> None:
    assert ranks(None, 0, None, 100) == [None, 2, None, 1]


def test_what_rounding_would_join_stays_apart() -> None:
    nearly = Fraction(86875, 1000) - Fraction(1, 10**12)

    assert ranks(nearly, Fraction(695, 8), Fraction(173750, 2000)) == [3, 1, 1]


def test_what_lies_closer_than_whole_numbers_tell_stays_apart() -> None:
    closer = Fraction(1, 10**40)

    assert ranks(90, 90 + closer, 90 - closer, 90) == [2, 1, 4, 2]


@given(st.lists(fractions(100, pieces=10**9), min_size=1, max_size=40))
def test_a_place_is_one_more_than_the_number_of_those_who_are_better(
    composites: list[Fraction],
) -> None:
    assert ranks(*composites) == [1 + sum(o > mine for o in composites) for mine in composites]


def test_a_policy_may_break_ties() -> None:
    rules = Rank(min_reached=1, tiebreak=("resolution", "fewer_overdue"), rollup="pooled")
    scores = {
        "a": scored(90, resolution=50, late=2),
        "b": scored(90, resolution=60, late=9),
        "c": scored(90, resolution=50, late=1),
        "d": scored(90, resolution=50, late=1),
        "e": scored(91),
    }

    assert places(scores, rules) == {"e": 1, "b": 2, "c": 3, "d": 3, "a": 5}


def test_rows_stand_by_place_then_by_code_and_the_unranked_last() -> None:
    assert in_order(["d", "c", "b", "a", "0"], {"b": 2, "d": 1, "c": 2}) == [
        "d",
        "b",
        "c",
        "0",
        "a",
    ]


COMPOSITES = st.lists(
    st.none() | fractions(100, pieces=7) | st.integers(85, 87).map(Fraction),
    max_size=30,
)


@given(COMPOSITES)
def test_a_place_is_one_more_than_the_number_of_better_ones(
    composites: list[Fraction | None],
) -> None:
    placed = ranks(*composites)

    for composite, rank in zip(composites, placed, strict=True):
        if composite is None:
            assert rank is None
        else:
            assert rank == 1 + sum(1 for c in composites if c is not None and c > composite)


@given(COMPOSITES, st.randoms(use_true_random=False))
def test_the_order_of_offices_does_not_matter(
    composites: list[Fraction | None], chance: Random
) -> None:
    pairs = [(f"{n:03}", scored(c)) for n, c in enumerate(composites)]
    shuffled = chance.sample(pairs, len(pairs))

    assert places(dict(shuffled), POLICY.rank) == places(dict(pairs), POLICY.rank)


def classed(*forms: Form, document: str = DOCUMENT) -> list[tuple[Class, ...]]:
    by_code = classes(
        {f"{n:03}": form for n, form in enumerate(forms)}, parse("x", document).classes
    )
    return [by_code[f"{n:03}"] for n in range(len(forms))]


def forms(
    *composites: int,
    volume: Mapping[int, int] = MappingProxyType({}),
    per_10k: Mapping[int, int] = MappingProxyType({}),
    former_composite: Mapping[int, int] = MappingProxyType({}),
    former_rank: Mapping[int, int] = MappingProxyType({}),
    assessed: Mapping[int, int] = MappingProxyType({}),
) -> list[Form]:
    """Streets with these composites, ten cases each; `volume={3: 10}` gives the fourth one a
    volume."""
    return [
        Form(
            assessed=assessed.get(n, 10),
            composite=Fraction(composite),
            rank=rank,
            former_composite=Fraction(former_composite[n]) if n in former_composite else None,
            former_rank=former_rank.get(n),
            volume=volume.get(n, 0),
            per_10k=Fraction(per_10k[n]) if n in per_10k else None,
        )
        for n, (composite, rank) in enumerate(zip(composites, ranks(*composites), strict=True))
    ]


EIGHT = (99, 99, 98, 97, 96, 95, 90, 90)


def test_the_class_example_of_d_21() -> None:
    assert ranks(*EIGHT) == [1, 1, 3, 4, 5, 6, 7, 7]
    assert classed(*forms(*EIGHT)) == [
        *[("advanced",)] * 2,
        *[()] * 4,
        *[("rectify",)] * 2,
    ]


@pytest.mark.parametrize(
    ("assessed", "advanced", "rectify"),
    [
        ({}, [0, 1], [6, 7]),
        ({0: 9}, [1], [6, 7]),
        ({0: 9, 1: 9, 2: 1, 3: 1}, [4], [6, 7]),
        ({7: 9}, [0, 1], [6]),
        (dict.fromkeys(range(5), 1), [], []),
        (dict.fromkeys(range(8), 1), [], []),
    ],
)
def test_the_classes_compare_streets_with_ten_cases_or_more(
    assessed: dict[int, int], advanced: list[int], rectify: list[int]
) -> None:
    """D.21-14: of seven streets left k is 1, and the best of them has the first place."""
    risen = dict.fromkeys(range(8), 1)
    named = classed(*forms(*EIGHT, assessed=assessed, volume={0: 9}, former_composite=risen))

    assert [n for n, names in enumerate(named) if "advanced" in names] == advanced
    assert [n for n, names in enumerate(named) if "rectify" in names] == rectify
    assert ("govern" in named[0]) is bool(advanced)
    few = [names for n, names in enumerate(named) if n in assessed]
    assert {name for names in few for name in names} <= {"govern"}


def test_when_all_are_equal_nobody_is_advanced_or_to_rectify() -> None:
    assert classed(*forms(*[95] * 8)) == [()] * 8


def test_too_few_streets_make_no_classes() -> None:
    assert classed(*forms(99, 98, 97, volume={0: 10})) == [()] * 3


def test_who_bears_most_is_to_be_governed_ties_included() -> None:
    named = classed(*forms(*EIGHT, volume={2: 50, 3: 40, 4: 40, 5: 39}))

    assert [n for n, names in enumerate(named) if "govern" in names] == [2, 3, 4]


def test_who_rose_most_has_improved_and_only_who_rose() -> None:
    named = classed(*forms(*EIGHT, former_composite={0: 98, 2: 90, 4: 96, 5: 97}))

    assert [n for n, names in enumerate(named) if "improved" in names] == [0, 2]


def test_improvement_may_be_by_rank() -> None:
    by_rank = DOCUMENT.replace('progress_by = "score"', 'progress_by = "rank"')

    named = classed(*forms(*EIGHT, former_rank={0: 2, 3: 9, 5: 8}), document=by_rank)

    assert [n for n, names in enumerate(named) if "improved" in names] == [3, 5]


def test_the_burden_may_be_by_residents() -> None:
    per_10k = DOCUMENT.replace('governance_by = "volume"', 'governance_by = "per_10k"')

    named = classed(*forms(*EIGHT, volume={0: 99}, per_10k={5: 7, 6: 9}), document=per_10k)

    assert [n for n, names in enumerate(named) if "govern" in names] == [5, 6]


def test_lists_overlap_and_the_class_that_precedes_comes_first() -> None:
    named = classed(*forms(*EIGHT, volume={0: 9, 7: 9}, former_composite={0: 9, 7: 9}))

    assert named[0] == ("govern", "advanced", "improved")
    assert named[7] == ("rectify", "govern", "improved")


@pytest.mark.parametrize(("streets", "k"), [(3, 0), (4, 1), (39, 9), (40, 10), (343, 10)])
def test_classes_have_ten_streets_or_a_quarter(streets: int, k: int) -> None:
    named = classed(*forms(*range(streets)))

    assert sum("advanced" in names for names in named) == k
    assert sum("rectify" in names for names in named) == k

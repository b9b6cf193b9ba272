"""点单: which grounds propose an office, which require it, and in what order, by tables."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.duty_list import DutyList
from app.duties.load import Known, read_duties
from app.offices.catalogue import Catalogue
from app.offices.directory import OfficeEntry
from app.offices.files import read_city
from app.whistles.proposing.rule import (
    Alike,
    Ground,
    Occasion,
    Past,
    Source,
    duty_grounds,
    past_grounds,
    propose,
    requires,
    roster_grounds,
)
from tests.aids.given import WANGJING

TODAY = date(2026, 10, 20)
POLICE, FIRE, MARKET = "110105-police", "110105-fire", "110105-market"
WORKING = frozenset({POLICE, FIRE, MARKET})

City = tuple[DutyList, Catalogue, OfficeEntry]


@pytest.fixture(scope="module")
def city() -> City:
    data = read_city()
    offices = {office.code: office for office in data.offices}
    return read_duties(Known.of(data.catalogue, offices)), data.catalogue, offices[WANGJING]


@pytest.mark.parametrize(
    ("category", "text", "grounds"),
    [
        (None, "占道经营", set()),
        ("0601", "", set()),
        (
            "060401",
            "",
            {
                ("110105-urban-enforcement", Source.JOINT),
                (MARKET, Source.JOINT),
                (POLICE, Source.DUTY),
                (FIRE, Source.DUTY),
                ("110105-transport", Source.DUTY),
                (MARKET, Source.DUTY),
                ("110105-urban-enforcement", Source.DUTY),
            },
        ),
        ("0103", "", {(MARKET, Source.CATALOGUE)}),
        (
            "0103",
            "学校食堂的饭菜",
            {(MARKET, Source.CATALOGUE), ("110105-education", Source.JOINT)},
        ),
    ],
)
def test_the_catalogue_and_the_duty_list_name_offices(
    city: City, category: str | None, text: str, grounds: set[tuple[str, Source]]
) -> None:
    duties, catalogue, street = city

    given_here = duty_grounds(duties, catalogue, Occasion(street, category, text), TODAY)

    assert {(ground.office_code, ground.source) for ground in given_here} == grounds


@pytest.mark.parametrize(
    ("called", "whistles", "proposed", "required"),
    [
        (1, 1, False, False),
        (2, 2, True, True),
        (2, 4, True, True),
        (2, 5, True, False),
        (2, 6, True, False),
        (2, 7, False, False),
        (3, 9, True, False),
        (3, 10, False, False),
    ],
)
def test_the_past_proposes_who_came_often_and_requires_who_came_to_half(
    called: int, whistles: int, proposed: bool, required: bool
) -> None:
    past = Past(whistles, {"*-fire": called}, Alike.CATEGORY)

    grounds = list(past_grounds(past, "110105"))

    assert [ground.office_code for ground in grounds] == ([FIRE] if proposed else [])
    assert [requires(ground) for ground in grounds] == ([required] if proposed else [])


def test_a_place_in_the_centre_proposes_to_enforcement_alone() -> None:
    grounds = list(roster_grounds({POLICE: 0, FIRE: 2}))

    assert [p.office_code for p in propose(grounds, WORKING, by_roster=True)] == [FIRE, POLICE]
    assert propose(grounds, WORKING, by_roster=False) == ()
    also = [*grounds, Ground(POLICE, Source.PAST, called=2, whistles=9)]
    [police] = propose(also, WORKING, by_roster=False)
    assert (police.office_code, police.required) == (POLICE, False)
    assert [ground.source for ground in police.because] == [Source.PAST, Source.ROSTER]


def test_the_strongest_ground_goes_first_and_who_does_not_work_is_left_out() -> None:
    grounds = [
        Ground(FIRE, Source.PAST, called=9, whistles=9),
        Ground(POLICE, Source.DUTY, "item"),
        Ground(MARKET, Source.CATALOGUE, "0103"),
        Ground("110105-gone", Source.CATALOGUE, "0103"),
    ]

    proposals = propose(grounds, WORKING, by_roster=True)

    assert [p.office_code for p in proposals] == [MARKET, POLICE, FIRE]
    assert all(p.required for p in proposals)


GROUNDS = st.lists(
    st.builds(
        Ground,
        st.sampled_from(sorted(WORKING)),
        st.sampled_from(Source),
        called=st.integers(0, 5),
        whistles=st.just(5),
        on_duty=st.integers(0, 3),
    ),
    max_size=8,
)


@given(GROUNDS, st.booleans(), st.randoms())
def test_the_order_of_grounds_changes_nothing_and_no_office_comes_twice(
    grounds: list[Ground], by_roster: bool, chance: Random
) -> None:
    shuffled = list(grounds)
    chance.shuffle(shuffled)

    proposals = propose(grounds, WORKING, by_roster)

    codes = [proposal.office_code for proposal in proposals]
    again = propose(shuffled, WORKING, by_roster)
    assert [(p.office_code, p.required) for p in again] == [
        (p.office_code, p.required) for p in proposals
    ]
    assert len(set(codes)) == len(codes)
    assert set(codes) <= {ground.office_code for ground in grounds}

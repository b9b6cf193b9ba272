"""Positions of China's maps, against values that others publish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.datum import in_city, moved, moved_back


def test_a_position_is_moved_as_others_move_it() -> None:
    assert moved(116.404, 39.915) == pytest.approx((116.41024449916938, 39.91640428150164))


@given(lon=st.floats(115.4, 117.6), lat=st.floats(39.4, 41.1))
def test_there_and_back_is_the_same_place(lon: float, lat: float) -> None:
    there = moved(lon, lat)

    assert moved_back(*there) == pytest.approx((lon, lat), abs=1e-8)
    assert 1e-3 < abs(there[0] - lon) < 1e-2


@pytest.mark.parametrize(
    ("lon", "lat", "inside"), [(116.4, 39.9, True), (0, 0, False), (39.9, 116.4, False)]
)
def test_the_city_is_where_it_is(lon: float, lat: float, inside: bool) -> None:
    assert in_city(lon, lat) is inside

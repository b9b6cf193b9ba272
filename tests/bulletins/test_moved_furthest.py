"""Streets that moved furthest in a month: ten, and all that moved as far as the tenth."""

from typing import Any

import pytest

from app.bulletins.monthly import furthest
from app.bulletins.schemas import PlaceView

TEN = [20, 19, 18, 17, 16, 15, 14, 13, 12, 11]


def place(gained: int) -> PlaceView:
    members: dict[str, Any] = {"gained": gained}
    return PlaceView.model_construct(**members)


@pytest.mark.parametrize(
    ("moved", "shown"),
    [
        ([], []),
        ([1, 3, 2], [3, 2, 1]),
        ([-1, -3, -2], [-3, -2, -1]),
        ([*TEN, 10], TEN),
        ([*TEN, 11, 11, 10], [*TEN, 11, 11]),
        ([5] * 12, [5] * 12),
    ],
)
def test_the_first_ten_and_whoever_equals_the_tenth(moved: list[int], shown: list[int]) -> None:
    assert [street.gained for street in furthest(map(place, moved))] == shown

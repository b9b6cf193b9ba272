"""Where streets lie, roughly: the nearest are candidates for a point that no polygon tells of."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from app.routing.areas import METRES_PER_DEGREE, SHRINK

FARTHEST_M = 10_000.0
"""A mountain township is as wide; beyond it lies another."""
MOST_NEAR = 3
ROUGHLY_M = 500.0
"""So near alike: a street is known by one point somewhere in it."""


class Lies(NamedTuple):
    """A point somewhere in a street, in degrees of WGS-84."""

    street_code: str
    lon: float
    lat: float

    def metres_to(self, lon: float, lat: float) -> float:
        east, north = (self.lon - lon) * SHRINK, self.lat - lat
        return math.hypot(east, north) * METRES_PER_DEGREE


def nearest(
    streets: Sequence[Lies], lon: float, lat: float, district_code: str | None
) -> list[tuple[str, float]]:
    """The streets nearest to a point, in a district where one is known, each with its share of
    them: the nearer, the greater."""
    apart = sorted(
        (street.metres_to(lon, lat), street.street_code)
        for street in streets
        if street.street_code.startswith(district_code or "")
    )
    near = [
        (code, 1 / (metres + ROUGHLY_M))
        for metres, code in apart[:MOST_NEAR]
        if metres <= FARTHEST_M
    ]
    total = sum(weight for _, weight in near)
    return [(code, weight / total) for code, weight in near]

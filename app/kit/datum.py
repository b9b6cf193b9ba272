"""Positions of Chinese maps: GCJ-02 is WGS-84 moved by some hundred metres, by a known formula."""

import math

AXIS = 6_378_245.0
"""Metres; of the ellipsoid of Krasovsky, by which positions are moved."""
ECCENTRICITY = 0.006_693_421_622_965_943
MIDDLE = 105.0, 35.0
STEPS = 4
"""The way back is found by trying: each step is some thousand times nearer, to a millimetre."""

BEIJING = (115.4, 39.4, 117.6, 41.1)
"""West, south, east, north."""


def in_city(lon: float, lat: float) -> bool:
    west, south, east, north = BEIJING
    return west <= lon <= east and south <= lat <= north


def moved(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 → GCJ-02, in degrees."""
    x, y = lon - MIDDLE[0], lat - MIDDLE[1]
    east = 300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    north = -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    fine = waves(x, (20.0, 6.0), (20.0, 2.0))
    east += fine + waves(x, (20.0, 1.0), (40.0, 1 / 3)) + waves(x, (150.0, 1 / 12), (300.0, 1 / 30))
    north += fine + waves(y, (20.0, 1.0), (40.0, 1 / 3))
    north += waves(y, (160.0, 1 / 12), (320.0, 1 / 30))
    bend = 1 - ECCENTRICITY * math.sin(math.radians(lat)) ** 2
    metres_north = AXIS * (1 - ECCENTRICITY) / (bend * math.sqrt(bend))
    metres_east = AXIS / math.sqrt(bend) * math.cos(math.radians(lat))
    return lon + math.degrees(east / metres_east), lat + math.degrees(north / metres_north)


def waves(at: float, *of: tuple[float, float]) -> float:
    """Two thirds of some sines, each with its height and its half waves for a degree."""
    return sum(height * math.sin(often * at * math.pi) for height, often in of) * 2 / 3


def moved_back(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 → WGS-84, in degrees."""
    back = lon, lat
    for _ in range(STEPS):
        there = moved(*back)
        back = back[0] + lon - there[0], back[1] + lat - there[1]
    return back

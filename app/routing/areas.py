"""Where a point lies: the polygons of streets that a city brings, as GeoJSON by 9-digit code."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from shapely import STRtree, make_valid
from shapely.affinity import scale
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from app.offices.gazetteer import in_force

METRES_PER_DEGREE = 111_320.0
MIDDLE_LATITUDE = 40.0
SHRINK = math.cos(math.radians(MIDDLE_LATITUDE))
"""A degree of longitude in Beijing, in degrees of latitude: within 1 % from 39.4 to 41.1 north."""

CODE_NAMES = ("code", "street_code", "adcode", "id")
CITY_BOX = (115.4, 39.4, 117.6, 41.1)
"""West, south, east, north of Beijing: a point outside is in another city."""


def in_city(lon: float, lat: float) -> bool:
    west, south, east, north = CITY_BOX
    return west <= lon <= east and south <= lat <= north


class BadAreas(ValueError):
    """A GeoJSON whose features are not areas of known streets."""


@dataclass(frozen=True, slots=True)
class Areas:
    """The streets' areas in a plane whose unit is a degree of latitude."""

    codes: tuple[str, ...]
    terms: tuple[tuple[date | None, date | None], ...]
    """From when and until when each is the area of its street."""
    shapes: tuple[BaseGeometry, ...]
    tree: STRtree

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From a FeatureCollection; the code stands in `id` or a property (CODE_NAMES)."""
        features = document.get("features", ())
        codes = tuple(code_of(feature) for feature in features)
        shapes = tuple(flat(feature["geometry"]) for feature in features)
        terms = tuple(term_of(feature) for feature in features)
        return cls(codes, terms, shapes, STRtree(shapes))

    def near(self, lon: float, lat: float, border_m: float, on: date) -> list[str]:
        """The streets within `border_m` of a point on a day, the one it lies in first."""
        point = Point(lon * SHRINK, lat)
        reach = border_m / METRES_PER_DEGREE
        found = self.tree.query(point, predicate="dwithin", distance=reach)
        valid = [at for at in found if in_force(self.terms[at][0], self.terms[at][1], on)]
        ranked = sorted((self.shapes[at].distance(point), self.codes[at]) for at in valid)
        return list(dict.fromkeys(code for _, code in ranked))


def code_of(feature: Mapping[str, Any]) -> str:
    said = {**feature.get("properties", {}), "id": feature.get("id")}
    code = next((str(said[name]) for name in CODE_NAMES if said.get(name)), "")
    if not (code.isdigit() and len(code) == len("110105026")):
        raise BadAreas(f"a feature without the 9-digit code of a street: {code!r}")
    return code


def term_of(feature: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """`active_from` and `active_to` of a feature's properties: borders are dated as names are."""
    said = feature.get("properties", {})
    first, last = said.get("active_from"), said.get("active_to")
    return first and date.fromisoformat(first), last and date.fromisoformat(last)


def flat(geometry: Mapping[str, Any]) -> BaseGeometry:
    whole: BaseGeometry = make_valid(shape(dict(geometry)))
    return scale(whole, xfact=SHRINK, yfact=1.0, origin=(0, 0))

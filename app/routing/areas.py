"""Where a point lies: the polygons of streets that a city brings, as GeoJSON by 9-digit code."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Self

import msgspec
from shapely import STRtree, make_valid
from shapely.affinity import scale
from shapely.errors import ShapelyError
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from app.kit.datum import in_city
from app.kit.messages import Message, reason_of
from app.kit.workdays import in_force

METRES_PER_DEGREE = 111_320.0
MIDDLE_LATITUDE = 40.0
SHRINK = math.cos(math.radians(MIDDLE_LATITUDE))
"""A degree of longitude in Beijing, in degrees of latitude: within 1 % from 39.4 to 41.1 north."""

CODE_NAMES = ("code", "street_code", "adcode", "id")


class BadAreas(ValueError):
    """The features of a GeoJSON are not areas of known streets."""


class Outline(msgspec.Struct):
    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Feature(msgspec.Struct):
    geometry: Outline
    properties: dict[str, Any] | None = None
    id: str | int | None = None


class Document(msgspec.Struct):
    features: Annotated[list[Feature], msgspec.Meta(min_length=1)]


class Area(NamedTuple):
    code: str
    term: tuple[date | None, date | None]
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Areas:
    """The streets' areas in a plane; its unit is a degree of latitude."""

    codes: tuple[str, ...]
    terms: tuple[tuple[date | None, date | None], ...]
    """From when and until when each is the area of its street."""
    shapes: tuple[BaseGeometry, ...]
    tree: STRtree

    @classmethod
    def of(cls, document: object) -> Self:
        """From a FeatureCollection; the code stands in `id` or a property (CODE_NAMES).

        Refuses BadAreas.
        """
        try:
            features = msgspec.convert(document, Document).features
        except msgspec.ValidationError as fault:
            reason = Message("no GeoJSON of areas: {fault}", fault=reason_of(fault))
            raise BadAreas(reason) from None
        codes, terms, shapes = zip(*map(area_of, features), strict=True)
        return cls(codes, terms, shapes, STRtree(shapes))

    def near(self, lon: float, lat: float, border_m: float, on: date) -> list[str]:
        """The streets within `border_m` of a point on a day, nearest first."""
        point = Point(lon * SHRINK, lat)
        reach = border_m / METRES_PER_DEGREE
        nearby = self.tree.query(point, predicate="dwithin", distance=reach)
        valid = [at for at in nearby if in_force(self.terms[at][0], self.terms[at][1], on)]
        ranked = sorted((self.shapes[at].distance(point), self.codes[at]) for at in valid)
        return list(dict.fromkeys(code for _, code in ranked))


def area_of(feature: Feature) -> Area:
    properties = {**(feature.properties or {}), "id": feature.id}
    code = next((str(properties[name]) for name in CODE_NAMES if properties.get(name)), "")
    if not (code.isdigit() and len(code) == len("110105026")):
        raise BadAreas(
            Message("a feature without the 9-digit code of a street: {code!r}", code=code)
        )
    try:
        return Area(code, term_of(properties), flat(feature.geometry))
    except (ValueError, TypeError, ShapelyError) as fault:
        reason = Message("the area of {code}: {fault}", code=code, fault=reason_of(fault))
        raise BadAreas(reason) from None


def term_of(properties: dict[str, Any]) -> tuple[date | None, date | None]:
    """`active_from` and `active_to` of a feature's properties: borders are dated as names are."""
    first, last = properties.get("active_from"), properties.get("active_to")
    return first and date.fromisoformat(first), last and date.fromisoformat(last)


def flat(outline: Outline) -> BaseGeometry:
    whole: BaseGeometry = make_valid(shape(msgspec.to_builtins(outline)))
    west, south, east, north = whole.bounds
    if not (in_city(west, south) and in_city(east, north)):
        raise ValueError(Message("lies outside Beijing; longitude comes before latitude"))
    return scale(whole, xfact=SHRINK, yfact=1.0, origin=(0, 0))

"""A community that a caller names beyond doubt: in full (望京西路社区), or behind the short name of
its own street (青塔蔚园, 苏家坨那边北安河村).

An estate may have a community's name and belong to another; whoever says 社区 means the community,
and an area and a community that agree are two signs for one street.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.routing.reading.names import PLACES, STEMS, Find, Kind, Meaning
from app.routing.reading.scene import Scene
from app.routing.reading.spots import AREA

IN_FULL = "社区"
ROAD = re.compile(".{0,2}(?:路|街|胡同|巷|桥)")
"""Behind a name it makes a road's: 清河小营西路."""


def named_beyond_doubt(scene: Scene) -> Meaning | None:
    """The community or village; None where no single street has one that is named so."""
    spot = scene.spot
    if spot is None:
        return None
    text = scene.reading.text
    stems: list[Find] = []
    for place in scene.named:
        if place.kinds & PLACES and spot.start <= place.start and place.end <= spot.end:
            areas = areas_before(text, stems, place) if stems else ()
            in_full = place.start == spot.start and text.endswith(IN_FULL, 0, place.end)
            if (areas or in_full) and not ROAD.match(text, place.end, spot.end):
                return the_only(meanings_within(scene, place), areas)
        if place.kinds & STEMS:
            stems.append(place)
    return None


def the_only(meant: Iterable[Meaning], areas: Sequence[set[str]]) -> Meaning | None:
    """The meaning in all the areas, if one street alone has such."""
    agreed = [meaning for meaning in meant if all(meaning.code in codes for codes in areas)]
    return agreed[0] if len({meaning.code for meaning in agreed}) == 1 else None


def meanings_within(scene: Scene, place: Find) -> Iterator[Meaning]:
    """The communities and villages that a find may mean in the district that is told."""
    district = scene.district or ""
    return (m for m in place.meanings if m.place_code and m.code.startswith(district))


def areas_before(text: str, stems: Sequence[Find], place: Find) -> Sequence[set[str]]:
    """Of each short name of a street just before a place its streets."""
    return [
        {meaning.code for meaning in area.meanings if meaning.kind is Kind.STEM}
        for area in stems
        if area.end == place.start or AREA.fullmatch(text, area.end, place.start)
    ]

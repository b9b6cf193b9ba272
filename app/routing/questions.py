"""What was understood of a text, and what to ask next, by what is missing."""

from collections.abc import Sequence

from app.routing.decision import Understood
from app.routing.locate import Location
from app.routing.reading.scene import Scene
from app.routing.reading.spots import Spot
from app.routing.reasons import Reason
from app.routing.spans import OFFICES
from app.routing.witnesses import LEAST_KNOWN, NEARBY

NOTHING = Understood()
MOST_ASKED = 2
"""Streets of which one may be right: of more, nobody is asked."""


def understood_of(place: Location) -> Understood:
    scene = place.scene
    if scene is None or scene.spot is None:
        return NOTHING
    names = [words(scene, f.start, f.end) for f in scene.finds if f.kinds & OFFICES]
    return Understood(scene.words, tuple(dict.fromkeys(names)), tuple(unknown(scene, scene.spot)))


def unknown(scene: Scene, spot: Spot) -> list[str]:
    """The parts of the place between the names that are known."""
    parts, begin = [], spot.start
    for find in scene.finds:
        if find.kinds & OFFICES and spot.start <= find.start and find.end <= spot.end:
            parts.append((begin, find.start))
            begin = find.end
    parts.append((begin, spot.end))
    return [words(scene, start, end) for start, end in parts if start < end]


def words(scene: Scene, start: int, end: int) -> str:
    """The caller's own characters."""
    begin, stop = scene.reading.span(start, end)
    return scene.text[begin:stop]


def candidates_of(place: Location) -> Sequence[tuple[str, float]]:
    return place.witness.ranked[:MOST_ASKED] if place.witness else ()


def question(place: Location, likeliest: Sequence[str]) -> Reason:
    """`likeliest`: the names of the streets most likely, the best first."""
    witness, scene = place.witness, place.scene
    if place.conflict:
        return Reason("which_is_right")
    if witness is not None and witness.method == "spelling":
        return Reason("which_name", {"names": witness.why.parts["names"]})
    if witness is not None and witness.method == "landmark" and len(witness.ranked) > 1:
        return Reason("which_side", {"place": witness.why.parts["place"]})
    if witness is not None and (witness.method == NEARBY or witness.sure >= LEAST_KNOWN):
        return Reason("which_street", {"streets": [*likeliest]})
    return missing(place, scene)


def missing(place: Location, scene: Scene | None) -> Reason:
    spot = scene.spot if scene else None
    if spot and scene and is_road(spot.name) and spot.number is None:
        return Reason("which_number", {"place": scene.words})
    return Reason("which_place" if place.district_code else "which_district")


def is_road(name: str) -> bool:
    return name.endswith(("路", "街", "大道", "胡同", "巷"))

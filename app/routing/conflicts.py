"""Contradictions about a place: a person decides, and the reason names both sides."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from app.kit.datum import in_city
from app.routing.decision import Query
from app.routing.reading.names import PLACES, STEMS, Find, Kind, Meaning
from app.routing.reading.scene import Scene
from app.routing.reading.spots import AREA, START
from app.routing.reasons import Reason
from app.routing.witnesses import Official, Witness, shared

SEVERAL = 2
DISTRICT_DIGITS = 6
SIDE = re.compile("[东西南北中前后]{1,3}大?[街路]")
"""Behind an area's name it makes a road's."""
Names = Mapping[str, str]


def two_districts(scene: Scene, names: Names) -> Reason | None:
    if len(scene.districts) < SEVERAL:
        return None
    return Reason(
        "two_districts", {"districts": [names.get(code, code) for code in scene.districts]}
    )


def two_streets(official_names: Sequence[Official], scene: Scene, names: Names) -> Reason | None:
    """Two official names of streets, or a street outside the district that the text names."""
    if not official_names:
        return None
    meant = shared(official_names)
    if not meant:
        both = dict.fromkeys(names[official.codes[0]] for official in official_names)
        return Reason("two_streets", {"streets": [*both]})
    district = scene.district
    if district and not any(code.startswith(district) for code in meant):
        parts = {"street": names[meant[0]], "district": names[district]}
        return Reason("street_elsewhere", parts)
    return None


def other_district(
    scene: Scene, witness: Witness | None, enough: float, names: Names
) -> Reason | None:
    """The place's whole name is a community's of one other district than the one that is said, and
    nothing is sure in that one (RULEBOOK D.5 6b)."""
    if scene.district is None or scene.spot is None or (witness and witness.sure >= enough):
        return None
    streets = own_streets(scene)
    districts = {code[:DISTRICT_DIGITS] for code in streets}
    if len(districts) != 1 or scene.district in districts:
        return None
    parts = {
        "district": names[scene.district],
        "place": scene.words,
        "known_district": names.get(districts.pop(), ""),
        "street": names[min(streets)],
    }
    return Reason("place_elsewhere", parts)


def young_memory(
    scene: Scene, witness: Witness | None, confirm: int, names: Names
) -> Reason | None:
    """A few cases against the community of just this name."""
    if witness is None or witness.method != "memory" or witness.cases >= confirm:
        return None
    own = own_streets(scene)
    if not own or witness.best in own:
        return None
    parts = {"why": witness.why, "street": names[witness.best], "own": names[min(own)]}
    return Reason("young_memory", parts)


def own_streets(scene: Scene) -> set[str]:
    """The streets of the communities and landmarks that bear the place's whole name."""
    spot = scene.spot
    if spot is None:
        return set()
    return {
        meaning.code
        for find in scene.finds
        if (find.start, find.end) == (spot.start, spot.end)
        for meaning in scene.meant_by(find)
        if meaning.code and (meaning.place_code or meaning.kind is Kind.LANDMARK)
    }


def bare_area(scene: Scene, witness: Witness | None, names: Names) -> Reason | None:
    """A stem (望京) before a community of another street is the area that a caller speaks of, as
    RULEBOOK D.5 has it."""
    if witness is None or scene.spot is None or witness.method in ("street", "memory"):
        return None
    places = [find for find in scene.named if find.kinds & PLACES]
    for area in areas_spoken_of(scene, witness):
        if place := known_elsewhere(scene, area, places):
            parts = {
                "area": area.meanings[0].name,
                "place": place.meanings[0].name,
                "street": names[min(codes(place, scene.district or ""))],
            }
            return Reason("bare_area", parts)
    return None


def areas_spoken_of(scene: Scene, witness: Witness) -> Iterator[Find]:
    """The short names of the best street, each where it stands first, and the one just before the
    place."""
    known: set[tuple[Meaning, ...]] = set()
    for area in scene.named:
        if area.kinds & STEMS:
            is_first = area.meanings not in known and witness.best in codes(area)
            if is_first or is_its_area(scene, area):
                known.add(area.meanings)
                yield area


def is_its_area(scene: Scene, area: Find) -> bool:
    """梨园那边云景里: the area is told just before the place."""
    spot = scene.spot
    return spot is not None and AREA.fullmatch(scene.reading.text, area.end, spot.start) is not None


def known_elsewhere(scene: Scene, area: Find, places: Sequence[Find]) -> Find | None:
    """The first of the communities and villages behind an area that is no street's of its name."""
    own = codes(area)
    for find in places[bisect_left(places, area.end, key=START) :]:
        if find.start == area.end and SIDE.fullmatch(scene.reading.text, find.start, find.end):
            continue  # 回龙观东大街 is a road's name as a whole
        streets = codes(find, scene.district or "")
        if streets and streets.isdisjoint(own):
            return find
    return None


def codes(find: Find, district: str = "") -> set[str]:
    """The streets that a find may mean, in a district."""
    return {m.code for m in find.meanings if m.code and m.code.startswith(district)}


def off_the_map(query: Query, witness: Witness | None, names: Names) -> Reason | None:
    """Coordinates of another city."""
    if query.lon is None or query.lat is None or in_city(query.lon, query.lat):
        return None
    if witness is None:
        return Reason("point_outside")
    return Reason("point_outside_text", {"street": names[witness.best]})


def wrong_point(
    near: Sequence[str], witness: Witness | None, scene: Scene, accept: float, names: Names
) -> Reason | None:
    """A district, a name or a past that the polygon contradicts."""
    if not near:
        return None
    lies = [names.get(code, code) for code in near]
    if scene.district and not any(code.startswith(scene.district) for code in near):
        return Reason("point_district", {"district": names[scene.district], "streets": lies})
    if witness and witness.sure >= accept and witness.best not in near:
        parts = {"why": witness.why, "street": names[witness.best], "streets": lies}
        return Reason("point_words", parts)
    return None

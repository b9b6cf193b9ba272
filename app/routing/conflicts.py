"""Contradictions about a place: a person decides, and the reason names both sides."""

from collections.abc import Mapping, Sequence

from app.routing.areas import in_city
from app.routing.decision import Query
from app.routing.reading.names import PLACES, Find, Kind, kinds
from app.routing.reading.scene import Scene
from app.routing.witnesses import Official, Witness, shared

SEVERAL = 2
DISTRICT_DIGITS = 6
STEMS = kinds(Kind.STEM)
Names = Mapping[str, str]


def two_districts(scene: Scene, names: Names) -> str:
    if len(scene.districts) < SEVERAL:
        return ""
    both = " and ".join(names.get(code, code) for code in scene.districts)
    return f"{both} are both named, and a place lies in one district"


def two_streets(official_names: Sequence[Official], scene: Scene, names: Names) -> str:
    """Two official names of streets, or a street outside the district that the text names."""
    if not official_names:
        return ""
    meant = shared(official_names)
    if not meant:
        both = " and ".join(dict.fromkeys(names[official.codes[0]] for official in official_names))
        return f"{both} are both named"
    district = scene.district
    if district and not any(code.startswith(district) for code in meant):
        return f"{names[meant[0]]} is not in {names[district]}, which is named"
    return ""


def other_district(scene: Scene, witness: Witness | None, enough: float, names: Names) -> str:
    """The place's whole name is a community's of one other district than the one that is said, and
    nothing is sure in that one (RULEBOOK D.5 6b)."""
    if scene.district is None or scene.spot is None or (witness and witness.sure >= enough):
        return ""
    streets = own_streets(scene)
    districts = {code[:DISTRICT_DIGITS] for code in streets}
    if len(districts) != 1 or scene.district in districts:
        return ""
    place, street = names.get(districts.pop(), ""), names[min(streets)]
    return f"{names[scene.district]} is said, but {scene.words} is known in {place}, {street}"


def young_memory(scene: Scene, witness: Witness | None, confirm: int, names: Names) -> str:
    """A few cases against the community of just this name."""
    if witness is None or witness.method != "memory" or witness.cases >= confirm:
        return ""
    own = own_streets(scene)
    if not own or witness.best in own:
        return ""
    street = names[min(own)]
    went = f"{witness.why} went to {names[witness.best]}"
    return f"{went}, but the place of that name is {street}'s"


def own_streets(scene: Scene) -> set[str]:
    """The streets of the communities that bear the place's whole name."""
    spot = scene.spot
    if spot is None:
        return set()
    return {
        meaning.code
        for find in scene.finds
        if (find.start, find.end) == (spot.start, spot.end)
        for meaning in scene.meant_by(find)
        if meaning.place_code and meaning.code
    }


def bare_area(scene: Scene, witness: Witness | None, names: Names) -> str:
    """A stem (望京) before a community of another street is the area that a caller speaks of, as
    RULEBOOK D.5 has it."""
    if witness is None or scene.spot is None or witness.method in ("street", "memory"):
        return ""
    areas = [find for find in scene.named if find.kinds & STEMS and witness.best in codes(find)]
    if not areas:
        return ""
    for find in scene.named:
        streets = codes(find, scene.district or "") if find.kinds & PLACES else set()
        if find.start >= areas[0].end and streets and witness.best not in streets:
            place, street = find.meanings[0].name, names[min(streets)]
            return f"{areas[0].meanings[0].name} is named, but {place} belongs to {street}"
    return ""


def codes(find: Find, district: str = "") -> set[str]:
    """The streets that a find may mean, in a district."""
    return {m.code for m in find.meanings if m.code and m.code.startswith(district)}


def off_the_map(query: Query, witness: Witness | None, names: Names) -> str:
    """Coordinates of another city."""
    if query.lon is None or query.lat is None or in_city(query.lon, query.lat):
        return ""
    place = f", while the text tells of {names[witness.best]}" if witness else ""
    return f"the coordinates lie outside the area of Beijing{place}"


def wrong_point(
    near: Sequence[str], witness: Witness | None, scene: Scene, accept: float, names: Names
) -> str:
    """A district, a name or a past that the polygon contradicts."""
    if not near:
        return ""
    lies = " or ".join(names.get(code, code) for code in near)
    if scene.district and not any(code.startswith(scene.district) for code in near):
        return f"{names[scene.district]} is named, but the point lies in {lies}"
    if witness and witness.sure >= accept and witness.best not in near:
        return f"{witness.why}, of {names[witness.best]}, but the point lies in {lies}"
    return ""

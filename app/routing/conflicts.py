"""Contradictions about a place: a person decides, and the reason names both sides."""

from collections.abc import Mapping, Sequence

from app.routing.areas import in_city
from app.routing.decision import Query
from app.routing.scene import Scene
from app.routing.witnesses import Official, Witness, shared

SEVERAL = 2
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

"""The location of a request: the witnesses are heard in their order, within the district."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec import Struct

from app.routing import conflicts
from app.routing.areas import Areas
from app.routing.decision import Query, Span, Thresholds, rounded
from app.routing.grounds import Ground
from app.routing.memory import Memory
from app.routing.ranker import Ranker
from app.routing.reading.elsewhere import Abroad
from app.routing.reading.names import PLACES, Kind, Lexicon, Meaning, kinds
from app.routing.reading.scene import DISTRICT_KINDS, DISTRICTS, STREETS, Scene, understand
from app.routing.reading.spots import Spot
from app.routing.traits import describe, likest
from app.routing.witnesses import (
    Official,
    Witness,
    by_official_name,
    by_past,
    by_point,
    by_stem,
    officials,
    remembered,
)

CITY_WIDE = ""
MOST_SPANS = 20
DISTRICT_DIGITS = 6
WHOLE_PLACE = ("memory", "similarity")
NOBODY = ("", 0.0)
OFFICES = DISTRICTS | STREETS | PLACES | kinds(Kind.STEM)


class Location(Struct, frozen=True, gc=False):
    """Where the place lies. With a `conflict` a person decides in any case; without one, `enough`
    is the confidence needed for a dispatch. `place` is the key of the place, if one `is_named`."""

    witness: Witness | None
    spans: tuple[Span, ...]
    district_code: str | None
    community_code: str | None
    enough: float
    place: str
    is_named: bool
    conflict: str = ""
    outside: str = ""

    @property
    def best(self) -> str | None:
        return self.witness.best if self.witness else None

    @property
    def first_two(self) -> tuple[float, float]:
        if self.witness is None:
            return 0.0, 0.0
        (_, first), (_, second) = (*self.witness.ranked, NOBODY)[:2]
        return first, second


@dataclass(slots=True)
class Locator:
    """Finds the location of a place by all that is known of the city."""

    grounds: Mapping[str, Ground]
    ranker: Ranker
    names: Mapping[str, str]
    memory: Memory
    abroad: Abroad
    areas: Areas | None = None

    def locate(self, lexicon: Lexicon, query: Query, policy: Thresholds, on: date) -> Location:
        scene = understand(lexicon, self.abroad, query)
        near = self.near(query, policy, on)
        official_names = officials(scene)
        witness = (
            self.official(official_names)
            or self.pointed(scene, near, policy)
            or self.by_words(scene)
        )
        enough = policy.enough(district_known=scene.district is not None)
        conflict = (
            conflicts.two_districts(scene, self.names)
            or conflicts.two_streets(official_names, scene, self.names)
            or conflicts.other_district(scene, witness, enough, self.names)
            or conflicts.young_memory(scene, witness, policy.confirm, self.names)
            or conflicts.bare_area(scene, witness, self.names)
            or conflicts.off_the_map(query, witness, self.names)
            or conflicts.wrong_point(near, witness, scene, policy.accept, self.names)
        )
        cited = cite(scene, witness, query.text) + cite_whole(scene, witness, query.text)
        return Location(
            witness=witness,
            spans=tuple(cited[:MOST_SPANS]),
            district_code=scene.district or inferred(witness, enough),
            community_code=community(scene, witness),
            enough=enough,
            place=scene.place,
            is_named=scene.is_named,
            conflict=conflict,
            outside=scene.elsewhere,
        )

    def near(self, query: Query, policy: Thresholds, on: date) -> list[str]:
        if self.areas is None or query.lon is None or query.lat is None:
            return []
        return self.areas.near(query.lon, query.lat, policy.border_m, on)

    def official(self, official_names: Sequence[Official]) -> Witness | None:
        return by_official_name(official_names, self.names) if official_names else None

    def pointed(self, scene: Scene, near: Sequence[str], policy: Thresholds) -> Witness | None:
        """The street by the polygons. Sure words for another street outrank the point: they choose
        between the two streets of a border, or contradict the point."""
        if not near:
            return None
        words = self.by_words(scene)
        if words is None or words.sure < policy.accept:
            return by_point(near, confirmed=False)
        return by_point(near, confirmed=True) if words.best == near[0] else words

    def by_words(self, scene: Scene) -> Witness | None:
        """The witness of the place's past, or else of the names on its ground."""
        if scene.spot is None or not scene.spot.name:
            return None
        past = remembered(self.memory, scene.spot, scene.district)
        if past:
            return by_past(past, everywhere=scene.district is None)
        return self.alike(scene, scene.spot)

    def alike(self, scene: Scene, spot: Spot) -> Witness | None:
        ground = self.grounds.get(scene.district or CITY_WIDE)
        if ground is None:
            return None
        sheet = describe(ground, self.memory, spot, scene.reading.text[spot.end :])
        if ground.whole_city and not sheet.alike.likest:
            return None
        ranked = self.ranker.rank(sheet)
        best = ranked[0][0]
        stem = stems_of(scene, spot)
        if stem and best not in stem:
            return by_stem(sorted(stem), scene.words, ranked)
        if meaning := standing(scene, spot, best):
            return Witness(ranked, meaning.kind.value, called(meaning))
        like = likest(ground, sheet.alike, best)
        by = f" is like {like}, which" if like else ", by the names around it,"
        return Witness(ranked, "similarity", f"{scene.words}{by}")


def stems_of(scene: Scene, spot: Spot) -> set[str]:
    """The streets whose short name the whole place is, where no number follows it."""
    if spot.number is not None:
        return set()
    whole = [find for find in scene.finds if (find.start, find.end) == (spot.start, spot.end)]
    return {
        meaning.code
        for find in whole
        for meaning in scene.meant_by(find)
        if meaning.kind is Kind.STEM
    }


def inferred(witness: Witness | None, enough: float) -> str | None:
    """The district of a street that is certain."""
    return witness.best[:DISTRICT_DIGITS] if witness and witness.sure >= enough else None


def standing(scene: Scene, spot: Spot, best: str) -> Meaning | None:
    """The community or village of the best street that the place's name contains."""
    for find in scene.finds:
        if find.kinds & PLACES and find.start >= spot.start:
            for meaning in find.meanings:
                if meaning.code == best and meaning.place_code:
                    return meaning
    return None


def cite(scene: Scene, witness: Witness | None, text: str) -> list[Span]:
    """The finds that speak for anything, in the caller's own words."""
    shares = dict(witness.ranked) if witness else {}
    spans: list[Span] = []
    for find in scene.finds:
        if find.kinds & OFFICES:
            start, end = scene.reading.span(find.start, find.end)
            for meaning in scene.meant_by(find):
                code, kind = meaning.code, meaning.kind
                if kind in DISTRICT_KINDS:
                    spans.append(Span(start, end, text[start:end], "district", code, 1.0))
                elif code:
                    sure = rounded(shares.get(code, 0.0))
                    spans.append(Span(start, end, text[start:end], kind.value, code, sure))
    return spans


def cite_whole(scene: Scene, witness: Witness | None, text: str) -> list[Span]:
    """The place as a whole, where memory or similarity gave its street."""
    if witness is None or scene.spot is None or witness.method not in WHOLE_PLACE:
        return []
    start, end = scene.reading.span(scene.spot.start, scene.spot.end)
    sure = rounded(witness.sure)
    return [Span(start, end, text[start:end], witness.method, witness.best, sure)]


def called(meaning: Meaning) -> str:
    """望京西园三区 → 望京西园三区社区."""
    known = meaning.name.endswith(("社区", "村")) or meaning.kind is Kind.VILLAGE
    return meaning.name if known else f"{meaning.name}社区"


def community(scene: Scene, witness: Witness | None) -> str | None:
    """The community or village named in the best street, where there is exactly one."""
    if witness is None:
        return None
    best = witness.best
    codes = {
        meaning.place_code
        for find in scene.finds
        if find.kinds & PLACES
        for meaning in find.meanings
        if meaning.place_code and meaning.code == best
    }
    return codes.pop() if len(codes) == 1 else None

"""The location of a request: the witnesses are heard in their order, within the district."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec import Struct

from app.kit.datum import in_city
from app.routing import conflicts, spans
from app.routing.areas import Areas
from app.routing.decision import Query, Span, Thresholds
from app.routing.memory import Key, Memory
from app.routing.positions import Lies, nearest
from app.routing.reading.elsewhere import Abroad
from app.routing.reading.named import named_beyond_doubt
from app.routing.reading.names import LANDMARKS, PLACES, Find, Kind, Lexicon, Meaning
from app.routing.reading.scene import Scene, again, understand
from app.routing.reading.spots import PART, Spot
from app.routing.reasons import Reason
from app.routing.record import Record, Said
from app.routing.spelling import Spellings
from app.routing.weighing.grounds import Ground
from app.routing.weighing.ranker import Ranker
from app.routing.weighing.traits import Sheet, describe, likest
from app.routing.witnesses import (
    LEAST_KNOWN,
    Official,
    Witness,
    by_landmark,
    by_name,
    by_nearby,
    by_official_name,
    by_past,
    by_point,
    by_spelling,
    by_stem,
    officials,
    remembered,
)

CITY_WIDE = ""
MOST_SPANS = 20
DISTRICT_DIGITS = 6
OFFICE = re.compile("..(?:街道|地区|镇|乡)")
"""An office's name: where it is none of ours, it is misspelled."""
NOBODY = ("", 0.0)


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
    conflict: Reason | None = None
    scene: Scene | None = None
    outside: str = ""

    @property
    def best(self) -> str | None:
        return self.witness.best if self.witness else None

    @property
    def known_best(self) -> str | None:
        """The best street, where it counts as known."""
        return None if self.witness is None or self.witness.is_faint else self.witness.best

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
    records: tuple[Record, Record]
    """Of places within a district, and of those without."""
    spellings: Spellings
    positions: Sequence[Lies] = ()
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
        if not near and (witness is None or witness.is_faint):
            witness = self.nearby(scene, query) or witness
        enough = self.enough(scene, witness, policy)
        conflict = (
            conflicts.two_districts(scene, self.names)
            or conflicts.two_streets(official_names, scene, self.names)
            or conflicts.other_district(scene, witness, enough, self.names)
            or conflicts.young_memory(scene, witness, policy.confirm, self.names)
            or conflicts.bare_area(scene, witness, self.names)
            or conflicts.off_the_map(query, witness, self.names)
            or conflicts.wrong_point(near, witness, scene, policy.accept, self.names)
        )
        cited = spans.cite(scene, witness, query.text) + spans.cite_whole(
            scene, witness, query.text
        )
        return Location(
            witness=witness,
            spans=tuple(cited[:MOST_SPANS]),
            district_code=scene.district or inferred(witness, enough),
            community_code=community(scene, witness),
            enough=enough,
            place=scene.place,
            is_named=scene.is_named,
            conflict=conflict,
            scene=scene,
            outside=scene.elsewhere,
        )

    def enough(self, scene: Scene, witness: Witness | None, policy: Thresholds) -> float:
        """The chance needed for a dispatch: what the policy asks for at least, and of a chance
        that the ranker gives so much that those above it were right often enough."""
        asked = policy.enough(district_known=scene.district is not None)
        if witness is None or not witness.is_judged:
            return asked
        return max(asked, self.records[scene.district is None].enough)

    def note(self, lexicon: Lexicon, key: Key, street_code: str, built: bool) -> None:
        """Take down what is said of a place before its street is learned, with its district and
        without."""
        spot = Spot(0, len(key.name), key.name, key.number, road=key.number is not None)
        for record, district in zip(self.records, (key.district_code, None), strict=True):
            witness = self.by_words(again(lexicon, spot, district, built))
            is_right = witness is not None and witness.best == street_code
            record.note(Said(witness.sure, is_right, key[:2]) if witness else None)

    def pass_over(self) -> None:
        """Ask nothing of a place: what is said of it would not count any more."""
        for record in self.records:
            record.note(None)

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

    def nearby(self, scene: Scene, query: Query) -> Witness | None:
        """The streets nearest to a point that no polygon tells of, where no words do either."""
        if query.lon is None or query.lat is None or not in_city(query.lon, query.lat):
            return None
        near = nearest(self.positions, query.lon, query.lat, scene.district)
        return by_nearby(near) if near else None

    def by_words(self, scene: Scene) -> Witness | None:
        """The witness of the place's past, or else of the names on its ground."""
        if scene.spot is None or not scene.spot.name:
            return None
        past = remembered(self.memory, scene.spot, scene.district)
        if past:
            return by_past(past, everywhere=scene.district is None)
        if community := named_beyond_doubt(scene):
            return by_name(community, called(community), everywhere=scene.district is None)
        if landmark := landmark_of(scene, scene.spot):
            meant = sorted(scene.meant_by(landmark), key=is_no_landmark)
            return by_landmark(meant[0].name, [*dict.fromkeys(meaning.code for meaning in meant)])
        alike = self.alike(scene, scene.spot)
        if alike and not alike.is_faint and not OFFICE.search(scene.spot.name):
            return alike
        return self.spelled(scene, scene.spot) or alike

    def spelled(self, scene: Scene, spot: Spot) -> Witness | None:
        """Names of which the place's, or the office's before it, may be a wrong spelling."""
        office = OFFICE.search(spot.name)
        for name in dict.fromkeys((spot.name, spot.name[: office.end()] if office else spot.name)):
            if meant := self.spellings.meant(name, scene.district):
                return by_spelling(scene.words, meant)
        return None

    def alike(self, scene: Scene, spot: Spot) -> Witness | None:
        ground = self.grounds.get(scene.district or CITY_WIDE)
        if ground is None:
            return None
        sheet = describe(ground, self.memory, spot, scene.reading.text[spot.end :])
        ranked = self.ranker.rank(ground, sheet) if is_ranked(ground, sheet) else (NOBODY,)
        best, sure = ranked[0]
        stem = stems_of(scene, spot)
        if stem and (best not in stem or sure < LEAST_KNOWN):
            return by_stem(sorted(stem), scene.words, ranked)
        if not best:
            return None
        if meaning := standing(scene, spot, best):
            why = Reason("community", {"place": called(meaning)})
            return Witness(ranked, meaning.kind.value, why, is_judged=True)
        like = likest(ground, sheet.alike, best)
        parts = {"place": scene.words} | ({"name": like} if like else {})
        why = Reason("like" if like else "around", parts)
        return Witness(ranked, "similarity", why, is_judged=True)


def is_ranked(ground: Ground, sheet: Sheet) -> bool:
    """Without a district a place is ranked where some name is like it, or begins it."""
    return bool(sheet.alike.likest) or not ground.whole_city or sheet.begins_with_stem


def landmark_of(scene: Scene, spot: Spot) -> Find | None:
    """The landmark that the place is, or a part of it (C口, 东门, 住院部), unless a community of
    its street has just that name."""
    for find in scene.finds:
        if (
            find.kinds & LANDMARKS
            and find.start == spot.start
            and not is_its_community(scene, find)
        ):
            rest = scene.reading.text[find.end : spot.end]
            return find if PART.fullmatch(rest) else None
    return None


def is_its_community(scene: Scene, find: Find) -> bool:
    """Whether the landmark's name is a community's, too, and one street has both."""
    return bool(find.kinds & PLACES) and len({m.code for m in scene.meant_by(find)}) == 1


def is_no_landmark(meaning: Meaning) -> bool:
    return meaning.kind is not Kind.LANDMARK


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

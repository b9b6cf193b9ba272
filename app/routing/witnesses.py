"""Witnesses for a street: official names, a point, the past of the place, similar names.

Each has a measured probability of being right. A higher one outranks the lower ones; where two of
them contradict (`conflicts`), a person decides.

1. An official name in the text (OFFICIAL; IN_SEVERAL when two districts have such a street).
2. The city's polygons, where they were loaded (INSIDE; on a border both streets, BORDER).
3. A clear past of just this place (PAST, by the number of confirmed cases).
4. A community named in full, or behind its own street's short name (NAMED; `named`).
5. A landmark (LANDMARK; astride several streets each of them alike).
6. The ranker's calibrated probability, from names and memory (ranker).
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from app.routing.memory import Memory, Past, is_clear, leader
from app.routing.reading.names import Find, Kind, Meaning
from app.routing.reading.scene import STREETS, Scene
from app.routing.reading.spots import Spot
from app.routing.reasons import Reason
from app.routing.weighing.traits import key_of

OFFICIAL = 0.99
IN_SEVERAL = 0.5
INSIDE = 0.98
BORDER = 0.80
PAST = (0.0, 0.98, 0.98, 0.99)
"""By the number of cases, three and more alike; measured as in docs/routing.md."""

NAMED = 0.98
"""Of 106 such addresses with a district all were right, of 95 without one 94."""

LANDMARK = 0.75
"""Not enough for a dispatch: a landmark's street is told by hand, and it may be as large as two."""

SPELLED = 0.30
"""A name that is another's by one character or by its sound: who is meant is asked. (Of 53 such
addresses a quarter was right.)"""
NEARBY = "nearby"
NEAR = 0.35
"""All streets near a point, where no polygon is known, together: less than LEAST_KNOWN, so that a
point alone decides nothing."""
LEAST_KNOWN = 0.40
"""Below this the street counts as unknown (RULEBOOK D.5 R4, R5), though candidates are shown."""
ASKED = ("landmark", "spelling", "stem")
"""Witnesses whose candidates are shown to a person, however many they are."""
UNCLEAR_PAST = 0.5
STEM_ALONE = 0.6
SUREST_ANYWHERE = 0.97
MOST_SPELLED = 5
SHORTEST_ANYWHERE = 4
"""A shorter remembered name counts only where the district is known."""


class Witness(Struct, frozen=True, gc=False):
    """Streets by falling probability, and the reason, as the beginning of a sentence."""

    ranked: tuple[tuple[str, float], ...]
    method: str
    why: Reason
    cases: int = 0
    """Of a past: how many speak for the best street."""
    is_judged: bool = False
    """Whether its chance is the judge's, and the record says how much of it is enough."""

    @property
    def best(self) -> str:
        return self.ranked[0][0]

    @property
    def sure(self) -> float:
        return self.ranked[0][1]

    @property
    def is_faint(self) -> bool:
        """Its street counts as unknown."""
        return self.sure < LEAST_KNOWN and self.method not in ASKED


class Official(Struct, frozen=True, gc=False):
    """An official name, and its streets in the districts in question."""

    find: Find
    codes: tuple[str, ...]


def officials(scene: Scene) -> list[Official]:
    """The official names of a text; of a name that several districts have, the district's own."""
    official_names = []
    for find in scene.finds:
        if find.kinds & STREETS:
            meant = [m for m in find.meanings if m.kind is Kind.STREET]
            own = [m.code for m in scene.meant_by(replace(find, meanings=tuple(meant)))]
            official_names.append(Official(find, tuple(dict.fromkeys(own))))
    return official_names


def shared(official_names: Sequence[Official]) -> tuple[str, ...]:
    """The streets that all the official names may mean."""
    common = set(official_names[0].codes).intersection(
        *(official.codes for official in official_names[1:])
    )
    return tuple(sorted(common))


def by_official_name(official_names: Sequence[Official], names: Mapping[str, str]) -> Witness:
    codes = shared(official_names) or official_names[0].codes
    sure = OFFICIAL if len(codes) == 1 else IN_SEVERAL
    why = Reason("street", {"street": names[codes[0]]})
    return Witness(tuple((code, sure) for code in codes), "street", why)


def by_stem(stem: Sequence[str], name: str, ranked: Sequence[tuple[str, float]]) -> Witness:
    """A street's short name alone, while the names around speak for another or for none: all that
    may be meant, for a person."""
    share = (1 - STEM_ALONE) / 2
    others = [(code, min(sure, share)) for code, sure in ranked if sure and code not in stem]
    own = tuple((code, STEM_ALONE / len(stem)) for code in stem)
    return Witness((*own, *others), "stem", Reason("stem", {"place": name}))


def by_point(near: Sequence[str], confirmed: bool) -> Witness:
    """`near`: the streets within the border's width, first the street that holds the point;
    `confirmed`: the words are sure of that street too."""
    if len(near) == 1 or confirmed:
        rest = tuple((code, 1 - INSIDE) for code in near[1:2])
        return Witness(((near[0], INSIDE), *rest), "coordinates", Reason("point"))
    return Witness(tuple((code, BORDER) for code in near), "coordinates", Reason("point"))


def by_nearby(near: Sequence[tuple[str, float]]) -> Witness:
    """`near`: the streets nearest to the point, with their shares."""
    ranked = tuple((code, NEAR * share) for code, share in near)
    return Witness(ranked, NEARBY, Reason(NEARBY))


def by_name(community: Meaning, name: str, everywhere: bool) -> Witness:
    sure = SUREST_ANYWHERE if everywhere else NAMED
    why = Reason("community", {"place": name})
    return Witness(((community.code, sure),), community.kind.value, why)


def by_landmark(name: str, codes: Sequence[str]) -> Witness:
    ranked = tuple((code, LANDMARK / len(codes)) for code in codes)
    return Witness(ranked, "landmark", Reason("landmark", {"place": name}))


def by_spelling(name: str, meant: Sequence[Meaning]) -> Witness:
    """`meant`: what the name may mean, of each street the likest."""
    of_street = {meaning.code: meaning for meaning in reversed(meant)}
    codes = list(dict.fromkeys(meaning.code for meaning in meant))[:MOST_SPELLED]
    ranked = tuple((code, SPELLED / len(codes)) for code in codes)
    known = list(dict.fromkeys(of_street[code].name for code in codes))
    return Witness(ranked, "spelling", Reason("spelling", {"place": name, "names": known}))


def by_past(past: Past, everywhere: bool) -> Witness:
    best, count, total = leader(past)
    sure = PAST[min(count, len(PAST) - 1)] if is_clear(past) else UNCLEAR_PAST
    sure = min(sure, SUREST_ANYWHERE) if everywhere else sure
    shares = {code: (1 - sure) * tally.count / total for code, tally in past.items()}
    ranked = sorted((shares | {best: sure}).items(), key=lambda item: (-item[1], item[0]))
    cases = f"{count} of {total}" if count < total else str(count)
    why = Reason("past", {"cases": cases, "requests": "request" if total == 1 else "requests"})
    return Witness(tuple(ranked), "memory", why, count)


def remembered(memory: Memory, spot: Spot, district_code: str | None) -> Past:
    """The past of this place; without a district, only if a single district has such a name."""
    if district_code:
        return memory.past(key_of(spot, district_code))
    if len(spot.name) < SHORTEST_ANYWHERE:
        return {}
    keys = memory.keys_named(spot.name, spot.number if spot.road else None)
    return memory.past(keys[0]) if len(keys) == 1 else {}

"""The evidence for the best street in numbers: what its share rests on, and the runner-up's.

The share tells how far ahead a street is of the others; whether its likest name can be trusted is
seen in what is left of the name, in who else has such names, and in the kind of place.
"""

import math
import re
from collections.abc import Sequence

from msgspec import Struct

from app.routing.weighing.grounds import AT, CHARACTERS, LENGTH, Ground
from app.routing.weighing.similarity import GAZETTEER, HEAD, LONGEST_HEAD, SOURCES
from app.routing.weighing.traits import Sheet

SHARES = ("first", "second", "third", "odds", "lead")
SOURCED = (
    *("gazetteer_cosine", "learned_cosine", "gazetteer_head", "learned_head"),
    *("gazetteer_vote", "learned_vote", "gazetteer_same", "learned_same"),
)
LIKEST = ("of_village", "of_compound", "begins_name", "begins_place", "rest_place", "rest_name")
AROUND = ("cosine_lead", "likest_built", "learned_cases", "begin_streets", "first_two_streets")
PLACE = ("inside", "compound", "streets", "village_share", "characters", "pairs", "length")
COPIED = (
    *("number_near", "number_between", "stem_begins", "stem_within", "memory_volume", "places"),
    *("township", "road", "village", "building", "memory"),
)
SECOND = ("cosine", "head", "memory_volume", "township")
NUMBERS = (
    *(*SHARES, *SOURCED, *LIKEST, *AROUND, *PLACE, *COPIED),
    *(f"second_{name}" for name in (*SECOND, "characters", "pairs", "built")),
)
RISING = frozenset(
    {
        *("first", "odds", "lead", *SOURCED, "begins_name", "begins_place", "cosine_lead"),
        *("characters", "pairs", "number_near", "number_between"),
    }
)
FALLING = frozenset(("second", "of_village"))
"""More of these never makes the street less, or more, likely to be right."""

COMPOUND = re.compile("小区|家园|花园|嘉园|佳园|苑|公寓|园|里|居|府|城$")
GENERIC = frozenset(
    "小区社家花园嘉佳苑公寓里居府城期号院楼组团条段村庄新大厦广场东西南北中上下前后甲乙丙丁第0123456789ABCDEFG-"
)
"""What is left of a name is general where it is made of these characters alone."""
LEAST_SHARE = 1e-6
LITTLE = 0.02
"""Added to a sum of votes: a single weak vote is not all of them."""
ABSENT = (0.0, -1)
AT_COPIED = tuple(AT[name] for name in COPIED)
AT_SECOND = tuple(AT[name] for name in SECOND)


class Side(Struct, gc=False):
    """A street of a sheet: its position on the ground, its lines of the sheet, and the slot and
    name that are likest in the gazetteer."""

    position: int
    lines: list[float]
    slot: int
    cosine: float
    likest: int


def evidence(ground: Ground, sheet: Sheet, ranked: Sequence[tuple[int, float]]) -> list[float]:
    """The NUMBERS of the best street. `ranked`: columns of the sheet with their shares, the best
    first."""
    best = side(ground, sheet, ranked[0][0])
    return [
        *shares(ranked),
        *sourced(ground, sheet, best.slot),
        *likest(ground, sheet, best),
        *around(ground, sheet, best),
        *place(ground, sheet, best),
        *[best.lines[at] for at in AT_COPIED],
        *second(ground, sheet, ranked),
    ]


def side(ground: Ground, sheet: Sheet, column: int) -> Side:
    position = ground.position[sheet.streets[column]]
    slot = position * SOURCES + GAZETTEER
    cosine, name_id = sheet.alike.likest.get(slot, ABSENT)
    return Side(position, sheet.numbers[:, column].tolist(), slot, cosine, name_id)


def shares(ranked: Sequence[tuple[int, float]]) -> tuple[float, ...]:
    first, second, third = ([share for _, share in ranked[:3]] + [0.0, 0.0])[:3]
    odds = math.log(max(first, LEAST_SHARE) / max(1.0 - first, LEAST_SHARE))
    lead = math.log(max(first, LEAST_SHARE) / max(second, LEAST_SHARE))
    return first, second, third, odds, lead


def sourced(ground: Ground, sheet: Sheet, slot: int) -> tuple[float, ...]:
    """The same of the gazetteer's names and of the learned ones."""
    alike, names = sheet.alike, ground.index.names
    own = alike.likest.get(slot, ABSENT), alike.likest.get(slot + 1, ABSENT)
    same = [float(near >= 0 and names[near] == sheet.name) for _, near in own]
    heads = alike.heads.get(slot, 0), alike.heads.get(slot + 1, 0)
    return own[0][0], own[1][0], *heads, *votes(sheet, slot), *same


def votes(sheet: Sheet, slot: int) -> tuple[float, float]:
    """The share of the street's names among all like names, by the cube of the cosine."""
    little = sheet.alike.size**3 * LITTLE
    sums, own = [little, little], [0.0, 0.0]
    for other, share, _ in sheet.alike.rising:
        vote = share * share * share
        source = other % SOURCES
        sums[source] += vote
        if other - source == slot:
            own[source] += vote
    return own[0] / sums[0], own[1] / sums[1]


def likest(ground: Ground, sheet: Sheet, best: Side) -> tuple[float, ...]:
    """The likest name of the gazetteer: its kind, and what is left beside its beginning."""
    if best.likest < 0:
        return (0.0,) * len(LIKEST)
    name = ground.index.names[best.likest]
    same = shared(name, sheet.name)
    is_village = best.likest in ground.villages
    return (
        float(is_village and sheet.inside),
        float(is_village and is_compound(sheet.name)),
        same / len(name),
        same / max(len(sheet.name), 1),
        rest(sheet.name[same:]),
        rest(name[same:]),
    )


def shared(name: str, other: str) -> int:
    """The number of characters that two names share from the beginning."""
    same = 0
    for character, its in zip(name, other, strict=False):
        if character != its:
            break
        same += 1
    return same


def is_compound(name: str) -> bool:
    return COMPOUND.search(name, HEAD) is not None


def rest(characters: str) -> float:
    """Nothing, only what is general, or more."""
    if not characters:
        return 0.0
    return 1.0 if GENERIC.issuperset(characters) else 2.0


def around(ground: Ground, sheet: Sheet, best: Side) -> tuple[float, ...]:
    """The other streets with such names, and the cases of the likest learned one."""
    near = sheet.alike.likest
    own, others = 0.0, 0.0
    for slot, (cosine, _) in near.items():
        if slot // SOURCES == best.position:
            own = max(own, cosine)
        else:
            others = max(others, cosine)
    learned = near.get(best.slot + 1, ABSENT)[1]
    begin = ""
    if best.likest >= 0:
        same = shared(ground.index.names[best.likest], sheet.name)
        begin = sheet.name[: min(same, LONGEST_HEAD)]
    return (
        own - others,
        built(ground, sheet, likest_of_all(sheet)),
        math.log1p(ground.cases.get(learned, 0)),
        math.log1p(ground.beginnings.get(begin, 0)),
        math.log1p(ground.beginnings.get(sheet.name[:HEAD], 0)),
    )


def likest_of_all(sheet: Sheet) -> int:
    """The gazetteer's likest name, of whichever street; -1 where there is none."""
    own = [near for slot, near in sheet.alike.likest.items() if slot % SOURCES == GAZETTEER]
    return max(own, default=ABSENT)[1]


def built(ground: Ground, sheet: Sheet, name_id: int) -> float:
    """Whether a name is a village's, and the place is built over."""
    return float(name_id in ground.villages and (sheet.inside or is_compound(sheet.name)))


def place(ground: Ground, sheet: Sheet, best: Side) -> tuple[float, ...]:
    size = ground.sizes[best.position]
    return (
        float(sheet.inside),
        float(is_compound(sheet.name)),
        float(ground.width),
        float(ground.village_counts[best.position] / max(size, 1.0)),
        sum(best.lines[CHARACTERS:]),
        ground.pairs.tell(sheet.name, best.position),
        best.lines[LENGTH],
    )


def second(ground: Ground, sheet: Sheet, ranked: Sequence[tuple[int, float]]) -> tuple[float, ...]:
    if len(ranked) == 1:
        return (0.0,) * (len(SECOND) + 3)
    other = side(ground, sheet, ranked[1][0])
    return (
        *[other.lines[at] for at in AT_SECOND],
        sum(other.lines[CHARACTERS:]),
        ground.pairs.tell(sheet.name, other.position),
        built(ground, sheet, other.likest),
    )

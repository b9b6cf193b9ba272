"""The evidence for the best street in numbers: what its share rests on.

The share tells how far ahead a street is of the others; whether its likest name can be trusted is
seen in what is left of the name, in who else has such names, and in the kind of place.
"""

import math
import re
from collections.abc import Sequence

from app.routing.weighing.grounds import AT, CHARACTERS, LENGTH, Ground
from app.routing.weighing.similarity import GAZETTEER, HEAD, LONGEST_HEAD, SOURCES
from app.routing.weighing.traits import Sheet

SHARES = ("first", "second", "third", "odds", "lead")
SOURCED = ("gazetteer_cosine", "learned_cosine", "gazetteer_head", "learned_head")
LIKEST = ("of_village", "of_compound", "begins_name", "begins_place", "rest_place", "rest_name")
SPREAD = ("begin_streets", "first_two_streets")
PLACE = ("inside", "compound", "streets", "village_share", "characters", "length")
COPIED = (
    *("number_near", "number_between", "stem_begins", "stem_within", "memory_volume", "places"),
    *("township", "road", "village", "building", "memory"),
)
NUMBERS = (*SHARES, *SOURCED, *LIKEST, *SPREAD, *PLACE, *COPIED)
RISING = frozenset(
    {
        *("first", "odds", "lead", *SOURCED, "begins_name", "begins_place"),
        *("characters", "number_near", "number_between"),
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
ABSENT = (0.0, -1)
NO_LIKEST = (0.0,) * 4
AT_COPIED = tuple(AT[name] for name in COPIED)


def evidence(ground: Ground, sheet: Sheet, ranked: Sequence[tuple[int, float]]) -> list[float]:
    """The NUMBERS of the best street. `ranked`: columns of the sheet with their shares, the best
    first."""
    column = ranked[0][0]
    position, lines = ground.position[sheet.streets[column]], sheet.numbers[:, column].tolist()
    slot = position * SOURCES + GAZETTEER
    alike, name = sheet.alike, sheet.name
    near, heads = alike.likest.get, alike.heads.get
    cosine, name_id = near(slot, ABSENT)
    known = ground.index.names[name_id] if name_id >= 0 else ""
    same = shared(known, name)
    is_compound, is_village = COMPOUND.search(name, HEAD) is not None, name_id in ground.villages
    begins = ground.beginnings.get
    return [
        *shares(ranked),
        *(cosine, near(slot + 1, ABSENT)[0], heads(slot, 0), heads(slot + 1, 0)),
        *(float(is_village and sheet.inside), float(is_village and is_compound)),
        *(likest(known, name, same) if known else NO_LIKEST),
        math.log1p(begins(known[: min(same, LONGEST_HEAD)], 0)),
        math.log1p(begins(name[:HEAD], 0)),
        *(float(sheet.inside), float(is_compound), float(ground.width)),
        ground.village_shares[position],
        sum(lines[CHARACTERS:]),
        lines[LENGTH],
        *[lines[at] for at in AT_COPIED],
    ]


def shares(ranked: Sequence[tuple[int, float]]) -> tuple[float, ...]:
    first, second, third = ([share for _, share in ranked[:3]] + [0.0, 0.0])[:3]
    odds = math.log(max(first, LEAST_SHARE) / max(1.0 - first, LEAST_SHARE))
    lead = math.log(max(first, LEAST_SHARE) / max(second, LEAST_SHARE))
    return first, second, third, odds, lead


def likest(known: str, name: str, same: int) -> tuple[float, float, float, float]:
    """The likest name of the gazetteer, of which the place shares so many characters: what part
    they are of either, and what is left of the place and of it."""
    return same / len(known), same / max(len(name), 1), rest(name[same:]), rest(known[same:])


def shared(name: str, other: str) -> int:
    """The number of characters that two names share from the beginning."""
    same = 0
    for character, its in zip(name, other, strict=False):
        if character != its:
            break
        same += 1
    return same


def rest(characters: str) -> float:
    """Nothing, only what is general, or more."""
    if not characters:
        return 0.0
    return 1.0 if GENERIC.issuperset(characters) else 2.0

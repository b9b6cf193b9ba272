"""What a caller takes back: 望京西园二区，不对，是西园三区; 不是清河，是上地."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from app.routing.reading.names import PLACES, STEMS, Find, Lexicon
from app.routing.reading.spots import Spot
from app.routing.reading.text import BREAK, JOIN, Edit, Reading

WRONG = re.compile("不对|说错了?|讲错了?|记错了?|报错了?|错了|不是(?=[啊呀吧哦]?[|])")
INSTEAD = re.compile("不是([^|]{2,20})[|]+(?:而|应该|它|那)?是")
TAIL_NUMBER = re.compile("(?<![0-9])[0-9]++(?:号院|[区里期村条队])")
PART_OF_ESTATE = re.compile(
    f"[{BREAK}{JOIN}](?:就是|是)?(?=(?:第?[0-9]+|[东西南北中])[0-9]*(?:社区|[区里期村条园]))"
)
"""Between an estate and the part of it that is meant: 建新北区，第二社区; 十里堡，是北里那个."""
LONGEST_JOINED = 12


class Corrected(NamedTuple):
    """The places that still stand, and the finds in them that only both parts together name."""

    places: list[Spot]
    finds: list[Find]


def corrected(lexicon: Lexicon, text: str, places: list[Spot]) -> Corrected:
    """Without the places that the caller takes back, where he names another."""
    wrong = WRONG.search(text)
    if wrong:
        before = [spot for spot in places if spot.start < wrong.end()]
        after = [spot for spot in places if spot.start >= wrong.end()]
        if before and after and is_told(after[0]):
            return completed(lexicon, before, after)
    if instead := INSTEAD.search(text):
        kept = [spot for spot in places if not instead.start() <= spot.start < instead.end(1)]
        return Corrected(kept or places, [])
    return Corrected(places, [])


def is_told(spot: Spot) -> bool:
    return bool(spot.name or spot.divisions)


def completed(lexicon: Lexicon, before: Sequence[Spot], after: list[Spot]) -> Corrected:
    """三区 behind 望京西园二区 is 望京西园三区: where the two together are a known name."""
    new = after[0]
    standing = [spot for spot in before if spot.divisions and not spot.name]
    for old in reversed(before):
        for name in together(old.name, new.name):
            whole = [f for f in lexicon.find(name) if f.kinds & PLACES and f.end == len(name)]
            if whole:
                find = msgspec.structs.replace(whole[0], start=new.start, end=new.end)
                spot = msgspec.structs.replace(
                    new, name=name, known=True, divisions=new.divisions or old.divisions
                )
                return Corrected([spot, *after[1:]], [find])
    kept = standing if not any(spot.divisions for spot in after) else []
    if not after[0].divisions and not kept:
        divisions = next((spot.divisions for spot in reversed(before) if spot.divisions), ())
        after = [msgspec.structs.replace(after[0], divisions=divisions), *after[1:]]
    return Corrected([*kept, *after], [])


def together(old: str, new: str) -> list[str]:
    """The names that an old one and what is said instead of a part of it make."""
    names = []
    if TAIL_NUMBER.fullmatch(new):
        names.append(TAIL_NUMBER.sub("", old) + new)
    at = old.find(new[:2]) if len(new) > 1 else -1
    if at > 0:
        names.append(old[:at] + new)
    return names


def joined(lexicon: Lexicon, reading: Reading, finds: Sequence[Find]) -> Reading:
    """望京，西园四区 as 望京西园四区, where that is a known name: an area or an estate, then the
    estate or its part."""
    text = reading.text
    for start, end, behind in signs(text, finds):
        if is_one_name(lexicon, text[start:end], text[behind:]):
            for _ in range(end, behind):
                reading = without(reading, end)
            return reading
    return reading


def signs(text: str, finds: Sequence[Find]) -> Iterator[tuple[int, int, int]]:
    """What may stand between two parts of a name: where the first begins and ends, and where the
    other begins."""
    for find in finds:
        if find.kinds & STEMS and text[find.end : find.end + 1] in (BREAK, JOIN):
            yield find.start, find.end, find.end + 1
    for sign in PART_OF_ESTATE.finditer(text):
        yield 0, sign.start(), sign.end()


def is_one_name(lexicon: Lexicon, before: str, behind: str) -> bool:
    """Whether a known name begins before a sign and ends behind it."""
    before = before[-LONGEST_JOINED:]
    whole = lexicon.find(before + behind[:LONGEST_JOINED])
    return any(find.kinds & PLACES and find.start < len(before) < find.end for find in whole)


def without(reading: Reading, at: int) -> Reading:
    """The reading without the sign at `at`."""
    edits = tuple(
        edit if edit.end <= at else replace_edit(edit, edit.start - (edit.start > at))
        for edit in reading.edits
    )
    starts = tuple(edit.start for edit in edits)
    return Reading(reading.text[:at] + reading.text[at + 1 :], edits, starts)


def replace_edit(edit: Edit, start: int) -> Edit:
    return Edit(start, edit.end - 1, edit.old_start, edit.old_end)

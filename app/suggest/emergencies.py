"""Words of an emergency: danger to life or property in a caller's words (RULEBOOK D.4).

A list of words says what is danger; `denial` says when the caller speaks of a danger that there is
not: none, a past one, a feared one. The list never dispatches: it raises a level, and says why.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

import ahocorasick

from app.offices.catalogue import Urgency
from app.suggest.denial import denial
from app.suggest.reading import SENTENCE_END, Part, Reading, Sign
from app.suggest.suggestion import Suggestion, Word

NEAR = 16
"""Characters between a thing and its fault."""

BESIDE = 12
"""Characters between a danger and a word that excludes it."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A kind of danger, as a line of the list has it; `tell` are services such as 119."""

    category: str
    urgency: Urgency
    words: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    lasting: bool = False


class Role(IntEnum):
    """What a word of the list is in its line."""

    WORD = 0
    THING = 1
    FAULT = 2
    UNLESS = 3
    INNOCENT = 4


Finds = dict[tuple[Role, int], list[Part]]
"""By role and line of the list, in order of their ends."""


@dataclass(frozen=True)
class Emergencies:
    """The list in force from a day; words are written as `reading.plain` writes them."""

    effective_from: date
    dangers: Sequence[Danger]
    innocent: Sequence[str]
    ended: Sequence[str]
    automaton: ahocorasick.Automaton = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "automaton", compile_words(self.dangers, self.innocent))

    def suggest(self, text: str) -> Suggestion | None:
        """The gravest danger that the text speaks of as present, with its words; else None."""
        reading = Reading(text)
        finds = find(self.automaton, reading.text)
        if not any(role < Role.UNLESS for role, _ in finds):
            return None
        signs = list(self.signs(reading, finds))
        named = [sign for sign in signs if not self.denied(reading, sign)]
        present = without_heading(reading, signs, named)
        return self.gravest(reading, present) if present else None

    def signs(self, reading: Reading, finds: Finds) -> Iterator[tuple[int, Sign]]:
        """Every word or pair of a danger, with the danger's line, whether denied or not."""
        innocent = Cover(finds.get((Role.INNOCENT, 0), []))
        for line in sorted({line for role, line in finds if role in (Role.WORD, Role.FAULT)}):
            excluded = finds.get((Role.UNLESS, line), [])
            for sign in [*words(finds, line), *pairs(reading, finds, line)]:
                if not innocent.holds(sign.core) and not stands_near(reading, sign, excluded):
                    yield line, sign

    def denied(self, reading: Reading, sign: tuple[int, Sign]) -> bool:
        line, place = sign
        danger = self.dangers[line]
        ended = (*danger.over, *self.ended)
        return denial(reading, place, danger.lasting, ended) is not None

    def gravest(self, reading: Reading, signs: Sequence[tuple[int, Sign]]) -> Suggestion:
        """L1 before L2; of equals not what is a part of another, then what the list names first."""
        level = min(self.dangers[line].urgency for line, _ in signs)
        grave = [sign for sign in signs if self.dangers[sign[0]].urgency is level]
        whole = Cover([Part(sign.start, sign.end) for _, sign in grave])
        first = min(line for line, sign in grave if not whole.exceeds(Part(sign.start, sign.end)))
        danger = self.dangers[first]
        spans = [reading.span(sign.start, sign.end) for line, sign in grave if line == first]
        return Suggestion(
            danger.category,
            danger.urgency,
            tuple(Word(*span, reading.original[slice(*span)]) for span in outermost(spans)),
            tell=tuple(dict.fromkeys(self.services(signs))),
            emergency=True,
        )

    def services(self, signs: Sequence[tuple[int, Sign]]) -> Iterator[str]:
        for line, _ in sorted(signs):
            yield from self.dangers[line].tell


def without_heading(
    reading: Reading, signs: Sequence[tuple[int, Sign]], present: Sequence[tuple[int, Sign]]
) -> Sequence[tuple[int, Sign]]:
    """A heading names a danger without telling of it; where the text below it denies every danger
    of that line, the heading is none either: 着火 above 昨天着火已扑灭."""
    heading = reading.heading
    if not heading:
        return present
    below = {line for line, sign in signs if sign.start > heading}
    real = {line for line, sign in present if sign.start > heading}
    return [
        (line, sign) for line, sign in present if sign.start > heading or line not in below - real
    ]


class Cover:
    """Whether a part of a text lies within one of these parts."""

    def __init__(self, finds: Sequence[Part]) -> None:
        ordered = sorted(finds)
        self.starts = [find.start for find in ordered]
        self.furthest: list[int] = []
        for find in ordered:
            self.furthest.append(max(find.end, self.furthest[-1] if self.furthest else 0))

    def holds(self, part: Part) -> bool:
        return self.end_before(bisect_right(self.starts, part.start)) >= part.end

    def exceeds(self, part: Part) -> bool:
        """Whether it lies within a longer part."""
        wider = self.end_before(bisect_left(self.starts, part.start)) >= part.end
        return wider or self.end_before(bisect_right(self.starts, part.start)) > part.end

    def end_before(self, index: int) -> int:
        return self.furthest[index - 1] if index else -1


def compile_words(dangers: Sequence[Danger], innocent: Sequence[str]) -> ahocorasick.Automaton:
    """One automaton that finds every word of the list in a single pass, with its roles."""
    roles: dict[str, tuple[tuple[Role, int], ...]] = {}
    for line, danger in enumerate(dangers):
        parts = (danger.words, danger.things, danger.faults, danger.unless)
        for role, words in zip(
            (Role.WORD, Role.THING, Role.FAULT, Role.UNLESS), parts, strict=True
        ):
            use = ((role, line),)
            for word in words:
                roles[word] = roles.get(word, ()) + use
    for word in innocent:
        roles[word] = (*roles.get(word, ()), (Role.INNOCENT, 0))
    automaton = ahocorasick.Automaton()
    for word, uses in roles.items():
        automaton.add_word(word, (len(word), uses))
    automaton.make_automaton()
    return automaton


def find(automaton: ahocorasick.Automaton, text: str) -> Finds:
    finds: Finds = {}
    for last, (length, uses) in automaton.iter(text):
        part = Part(last + 1 - length, last + 1)
        for use in uses:
            finds.setdefault(use, []).append(part)
    return finds


def words(finds: Finds, line: int) -> Iterator[Sign]:
    for part in longest(finds.get((Role.WORD, line), [])):
        yield Sign(part.start, part.end, part)


def pairs(reading: Reading, finds: Finds, line: int) -> Iterator[Sign]:
    """A fault with the nearest thing of its line; the fault is what may be denied."""
    things = finds.get((Role.THING, line), [])
    for fault in longest(finds.get((Role.FAULT, line), [])) if things else []:
        near = [thing for thing in around(things, fault) if are_near(reading, thing, fault, NEAR)]
        if near:
            thing = min(near, key=lambda thing: (gap(thing, fault), thing))
            yield Sign(min(thing.start, fault.start), max(thing.end, fault.end), fault)


def longest(parts: Sequence[Part]) -> list[Part]:
    """Those that are no part of a longer one."""
    cover = Cover(parts)
    return [part for part in parts if not cover.exceeds(part)]


def gap(part: Part, other: Part) -> int:
    return max(part.start - other.end, other.start - part.end, 0)


def are_near(reading: Reading, part: Part, other: Part, most: int) -> bool:
    """Within one sentence, at most so many characters apart."""
    between = reading.text[min(part.end, other.end) : max(part.start, other.start)]
    return gap(part, other) <= most and not SENTENCE_END.search(between)


def stands_near(reading: Reading, sign: Sign, excluded: Sequence[Part]) -> bool:
    whole = Part(sign.start, sign.end)
    return any(are_near(reading, part, whole, BESIDE) for part in around(excluded, whole))


def around(parts: Sequence[Part], part: Part) -> Sequence[Part]:
    """Those, of parts in order of their ends, that may be near."""
    low = bisect_left(parts, part.start - NEAR, key=end_of)
    return parts[low : bisect_right(parts, part.end + NEAR + NEAR, key=end_of)]


def end_of(part: Part) -> int:
    return part.end


def outermost(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of ordered parts those that lie in no other."""
    furthest = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > furthest:
            yield start, end
            furthest = end

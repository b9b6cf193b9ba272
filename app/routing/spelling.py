"""Names that are spelled otherwise: by one wrong character, by characters of the same sound, or in
pinyin. Who is meant is asked, never guessed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from operator import ne

from app.routing.reading.names import Kind, Meaning
from app.routing.reading.text import read

SPELLED = frozenset({Kind.COMMUNITY, Kind.VILLAGE, Kind.LANDMARK, Kind.STREET})
HEARD = SPELLED | {Kind.STEM}
"""A stem is known by its sound alone: of two characters each is another's."""
BLANK = "?"
SHORTEST = 4
"""Of a shorter name one wrong character leaves another name."""
SHORTEST_SOUND = 6
"""Letters: a shorter sound is many names'."""
MOST_READINGS = 8
FIGURES = ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu")
TEN = "shi"
PART = re.compile("[0-9]+|.")
HEADS = ("beijingshi", "beijing")

Sounds = Mapping[str, Sequence[str]]
"""Of a character its sounds, without tones."""


class Spellings:
    """The names of a day by how they may be misspelled."""

    def __init__(self, named: Iterable[tuple[str, Meaning]], sounds: Sounds) -> None:
        self.sounds = sounds
        self.known: dict[str, dict[Meaning, None]] = {}
        self.halves: dict[str, list[str]] = {}
        self.heard: dict[str, list[str]] = {}
        self.heads = dict.fromkeys(HEADS)
        heard: dict[str, str] = {}
        spelled: dict[str, None] = {}
        for name, meaning in named:
            if meaning.kind in HEARD and meaning.code:
                form = heard[name] = heard.get(name) or read(name).text
                self.known.setdefault(form, {})[meaning] = None
                if meaning.kind in SPELLED:
                    spelled[form] = None
            elif meaning.kind is Kind.DISTRICT:
                self.heads |= dict.fromkeys(self.sounds_of(name))
        self.hear(heard)
        self.spell(spelled)

    def hear(self, names: Mapping[str, str]) -> None:
        for name, form in names.items():
            for sound in self.sounds_of(name):
                if len(sound) >= SHORTEST_SOUND:
                    self.heard.setdefault(sound, []).append(form)

    def spell(self, forms: Iterable[str]) -> None:
        for form in forms:
            if len(form) >= SHORTEST:
                for half in halves(form):
                    self.halves.setdefault(half, []).append(form)

    def meant(self, name: str, district: str | None) -> list[Meaning]:
        """What a misspelled name may mean, names of the same sound first; in the district told, if
        there is any; nothing where the name is known as it is."""
        if name in self.known:
            return []
        forms = dict.fromkeys([*self.of_sound(name), *self.of_letters(name)])
        meanings = [meaning for form in forms for meaning in self.known[form]]
        inside = [m for m in meanings if district and m.code.startswith(district)]
        return inside or meanings

    def of_letters(self, name: str) -> list[str]:
        """Names of which one character is wrong, the first one's first."""
        if len(name) < SHORTEST:
            return []
        near = [form for half in halves(name) for form in self.halves.get(half, ())]
        wrong = {form: places for form in near if len(places := differences(name, form)) == 1}
        return sorted(wrong, key=wrong.__getitem__)

    def of_sound(self, name: str) -> Iterator[str]:
        for sound in self.sounds_of(name):
            for rest in self.without_heads(sound):
                yield from self.heard.get(rest, ())

    def without_heads(self, sound: str) -> Iterator[str]:
        """望京 of `beijingshichaoyangquwangjing`; of `beijingshifandaxue` 师范大学, too, for
        where a head ends is not written."""
        heads = [head for head in self.heads if sound.startswith(head)]
        for head in heads:
            yield from self.without_heads(sound[len(head) :])
        if not heads:
            yield sound

    def sounds_of(self, name: str) -> list[str]:
        """The sounds of a name, letters as they are; none where a character is unknown."""
        parts = [*self.parts(name)]
        if not all(parts):
            return []
        return [*map("".join, islice(product(*parts), MOST_READINGS))]

    def parts(self, name: str) -> Iterator[Sequence[str]]:
        for part in PART.findall(name):
            if part.isascii():
                yield (spoken(part) if part[0].isdigit() else part.lower(),)
            else:
                yield self.sounds.get(part, ())


def halves(form: str) -> tuple[str, str]:
    """Every second character: one wrong character leaves one half right."""
    return form[::2], BLANK + form[1::2]


def differences(name: str, form: str) -> list[int]:
    """The places of the characters that differ, of two names of one length; else none."""
    if len(name) != len(form):
        return []
    return [at for at, differs in enumerate(map(ne, name, form)) if differs]


def spoken(digits: str) -> str:
    """18 → shiba, 3 → san, 308 → sanlingba."""
    tens, ones = divmod(int(digits), 10)
    if tens in range(1, 10) and digits[0] != "0":
        return (FIGURES[tens] if tens > 1 else "") + TEN + (FIGURES[ones] if ones else "")
    return "".join(FIGURES[int(digit)] for digit in digits)

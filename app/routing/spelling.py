"""Names that are spelled otherwise: by one wrong character, by characters of the same sound, or in
pinyin. Who is meant is asked, never guessed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from app.routing.reading.names import LANDMARKS, PLACES, Kind, Meaning, kinds
from app.routing.reading.text import read

SPELLED = PLACES | LANDMARKS | kinds(Kind.STREET)
HEARD = SPELLED | kinds(Kind.STEM)
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
        self.blanked: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.heard: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.heads: set[str] = set(HEADS)
        for name, meaning in named:
            self.add(name, meaning)

    def add(self, name: str, meaning: Meaning) -> None:
        if meaning.kind is Kind.DISTRICT:
            self.heads.update(self.sounds_of(name))
        elif meaning.code and kinds(meaning.kind) & HEARD:
            form = read(name).text
            self.known.setdefault(form, {})[meaning] = None
            self.spell(name, form, kinds(meaning.kind) & SPELLED)

    def spell(self, name: str, form: str, may_be_misspelled: int) -> None:
        """A stem is known by its sound alone: of two characters each is another's."""
        if may_be_misspelled and len(form) >= SHORTEST:
            for blanked in blanks(form):
                self.blanked[blanked][form] = None
        for sound in self.sounds_of(name):
            if len(sound) >= SHORTEST_SOUND:
                self.heard[sound][form] = None

    def meant(self, name: str, district: str | None) -> list[Meaning]:
        """What a misspelled name may mean, names of the same sound first; in the district told, if
        there is any; nothing where the name is known as it is."""
        if name in self.known:
            return []
        forms = dict.fromkeys([*self.of_sound(name), *self.of_blanks(name)])
        meanings = [meaning for form in forms for meaning in self.known[form]]
        inside = [m for m in meanings if district and m.code.startswith(district)]
        return inside or meanings

    def of_blanks(self, name: str) -> Iterator[str]:
        if len(name) >= SHORTEST:
            for blanked in blanks(name):
                yield from self.blanked.get(blanked, ())

    def of_sound(self, name: str) -> Iterator[str]:
        for sound in self.sounds_of(name):
            yield from self.heard.get(self.without_heads(sound), ())

    def without_heads(self, sound: str) -> str:
        """望京 of `beijingshichaoyangquwangjing`."""
        while head := next((head for head in self.heads if sound.startswith(head)), ""):
            sound = sound[len(head) :]
        return sound

    def sounds_of(self, name: str) -> list[str]:
        """The sounds of a name, letters as they are; none where a character is unknown."""
        parts = [*self.parts(name)]
        if not all(parts):
            return []
        readings = product(*parts)
        return [
            "".join(reading) for reading, _ in zip(readings, range(MOST_READINGS), strict=False)
        ]

    def parts(self, name: str) -> Iterator[Sequence[str]]:
        for part in PART.findall(name):
            if part.isascii():
                yield (spoken(part) if part[0].isdigit() else part.lower(),)
            else:
                yield self.sounds.get(part, ())


def blanks(form: str) -> list[str]:
    return [f"{form[:at]}{BLANK}{form[at + 1 :]}" for at in range(len(form))]


def spoken(digits: str) -> str:
    """18 → shiba, 3 → san, 308 → sanlingba."""
    tens, ones = divmod(int(digits), 10)
    if tens in range(1, 10) and digits[0] != "0":
        return (FIGURES[tens] if tens > 1 else "") + TEN + (FIGURES[ones] if ones else "")
    return "".join(FIGURES[int(digit)] for digit in digits)

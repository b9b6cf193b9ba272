"""Codes in words: the values of enums and the names of columns as a Chinese reader knows them. In
English the code is the word.

They stand in `app/data/locale/zh/words/<room>.po`, each with its kind as `msgctxt`: the code
`accepted` of a summons is another word than that of a ticket.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

WORDS = Path(__file__).parent.parent / "data" / "locale" / "zh" / "words"


class Vocabulary:
    """The codes of one kind; `Vocabulary.of(Standing)` has those of an enum."""

    every: dict[str, "Vocabulary"] = {}
    """By kind, for the test that each code has its word."""

    def __init__(self, kind: str, codes: Iterable[str]) -> None:
        self.kind = kind
        self.codes = tuple(codes)
        self.every[kind] = self

    @classmethod
    def of(cls, enum: type[StrEnum]) -> "Vocabulary":
        return cls(enum.__name__, enum)

    def chinese(self, code: str) -> str:
        return chinese().get((self.kind, code), code)


@cache
def chinese() -> Mapping[tuple[str, str], str]:
    """By kind and code."""
    return dict(entry for path in sorted(WORDS.glob("*.po")) for entry in entries(path))


def entries(path: Path) -> Iterator[tuple[tuple[str, str], str]]:
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh", charset="utf-8", abort_invalid=True)
    for entry in catalogue:
        if entry.id and entry.context:
            yield (entry.context, str(entry.id)), str(entry.string)

"""The catalogues of messages: gettext's, one file a room, `app/data/locale/zh/<room>.po`.

Their `msgid` is the English template, their `msgctxt` the enumeration of which it is a value.
`python -m scripts.messages` brings them up to date with the code.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parents[2] / "data" / "locale" / "zh"
WORDS = CATALOGUES / "words"
"""Of codes that are no enumeration's, such as the columns of sheets: kept by hand."""


class Entry(NamedTuple):
    """`context` is empty, or the name of the enumeration of which `words` is a value."""

    context: str
    words: str
    chinese: str


@cache
def templates() -> Mapping[str, str]:
    """The Chinese template of each English one, of all rooms."""
    return {entry.words: entry.chinese for entry in all_entries() if not entry.context}


@cache
def values() -> Mapping[tuple[str, str], str]:
    """The Chinese word of each value of each enumeration, by the enumeration's name, and of the
    other codes by their kind."""
    return {entry[:2]: entry.chinese for entry in (*all_entries(), *words()) if entry.context}


def words() -> Iterator[Entry]:
    for path in sorted(WORDS.glob("*.po")):
        yield from entries(path)


def all_entries() -> Iterator[Entry]:
    for path in sorted(CATALOGUES.glob("*.po")):
        yield from entries(path)


def entries(path: Path) -> Iterator[Entry]:
    """Of one room's file; what is not translated is left out."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh", charset="utf-8", abort_invalid=True)
    for entry in catalogue:
        if entry.id and entry.string:
            yield Entry(entry.context or "", str(entry.id), str(entry.string))

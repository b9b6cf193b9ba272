"""What a person reads, in his language: Chinese, unless he asks for English.

A message is an English template with named parts; only who shows it chooses the language. The
catalogues are gettext's, one file a room, `app/data/locale/zh/<room>.po`; their `msgid` is the
template. `python -m scripts.messages` brings them up to date with the code.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

Language = Literal["zh", "en"]

CHINESE: Language = "zh"
ENGLISH: Language = "en"

CATALOGUES = Path(__file__).parent.parent / "data" / "locale" / CHINESE
WORDS = CATALOGUES / "words"
BEIJING = timezone(timedelta(hours=8))
BETWEEN: Mapping[Language, str] = {"zh": "、", "en": ", "}
MOMENT: Mapping[Language, str] = {"zh": "%Y年%-m月%-d日 %H:%M", "en": "%Y-%m-%d %H:%M (Beijing)"}
DAY: Mapping[Language, str] = {"zh": "%Y年%-m月%-d日", "en": "%Y-%m-%d"}

language: ContextVar[Language] = ContextVar("language", default=CHINESE)
"""The reader's: set for each request by its `Accept-Language`, for a command by its terminal."""


class Message:
    """`Message("no key {key}", key=key_id)`; `str` tells it in English. A part that is a message
    is told in the same language, a list is joined, an instant is told in Beijing's time."""

    __slots__ = ("parts", "template")

    def __init__(self, template: str, /, **parts: object) -> None:
        self.template = template
        self.parts = parts

    def __str__(self) -> str:
        return in_language(self, ENGLISH)

    def __repr__(self) -> str:
        return f"Message({self.template!r}, {self.parts!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.template, self.parts) == (other.template, other.parts)

    def __hash__(self) -> int:
        return hash(self.template)


@dataclass(frozen=True, slots=True)
class Word:
    """A code as a part of a message: in Chinese the word of its kind, in English the code. A member
    of an enum needs none: its kind is the enum's name."""

    code: str
    kind: str


class Vocabulary:
    """The codes of one kind, which have words in Chinese: the columns of a sheet, an enum. The code
    `accepted` of a summons is another word than that of a ticket."""

    every: ClassVar[dict[str, set[str]]] = {}
    """Codes by kind: the test wants a word for each."""

    def __init__(self, kind: str, codes: Iterable[str]) -> None:
        self.kind = kind
        self.codes = tuple(codes)
        self.every.setdefault(kind, set()).update(self.codes)

    @classmethod
    def of(cls, enum: type[StrEnum]) -> "Vocabulary":
        return cls(enum.__name__, enum)

    def word(self, code: str, reader: Language) -> str:
        return word(code, self.kind, reader)


def template(words: str) -> str:
    """The words themselves: marks a template which stands in a table, for the catalogues."""
    return words


def plural(count: int) -> str:
    """The English ending of a noun; a Chinese template leaves this part away."""
    return "" if count == 1 else "s"


def in_language(words: Message | str, reader: Language) -> str:
    if isinstance(words, str):
        return words
    wording = words.template if reader == ENGLISH else chinese().get(words.template, words.template)
    return wording.format_map({name: part(value, reader) for name, value in words.parts.items()})


def for_reader(words: Message | str) -> str:
    """In the language of who reads now."""
    return in_language(words, language.get())


def phrase(words: str, /, **parts: object) -> str:
    """For the templates of pages, as `_`."""
    return for_reader(Message(words, **parts))


def in_words(value: object, reader: Language) -> object:
    """A JSON value with each message in it told in one language."""
    if isinstance(value, Message):
        return in_language(value, reader)
    if isinstance(value, Mapping):
        return {name: in_words(each, reader) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [in_words(each, reader) for each in value]
    return value


def part(value: object, reader: Language) -> object:
    for kind, tell in TELLERS:
        if isinstance(value, kind):
            return tell(value, reader)
    return value


def joined(values: Iterable[object], reader: Language) -> str:
    return BETWEEN[reader].join(str(part(each, reader)) for each in values)


TELLERS: Sequence[tuple[type[Any], Callable[[Any, Language], str]]] = (
    (Message, in_language),
    (Word, lambda value, reader: word(value.code, value.kind, reader)),
    (StrEnum, lambda value, reader: word(value, type(value).__name__, reader)),
    (list, joined),
    (tuple, joined),
    (datetime, lambda value, reader: value.astimezone(BEIJING).strftime(MOMENT[reader])),
    (date, lambda value, reader: value.strftime(DAY[reader])),
)
"""How a part is told, by its kind."""


def word(code: str, kind: str, reader: Language) -> str:
    return code if reader == ENGLISH else vocabulary().get((kind, code), code)


@cache
def vocabulary() -> Mapping[tuple[str, str], str]:
    """The Chinese word of each code, by its kind: the `msgctxt` in `words/<room>.po`."""
    return {
        (str(entry.context), str(entry.id)): str(entry.string)
        for path in sorted(WORDS.glob("*.po"))
        for entry in read(path)
        if entry.id
    }


@cache
def chinese() -> Mapping[str, str]:
    """The Chinese template of each English one, of all rooms."""
    return dict(entry for path in sorted(CATALOGUES.glob("*.po")) for entry in entries(path))


def entries(path: Path) -> Iterable[tuple[str, str]]:
    """English and Chinese templates of one room's file; what is not translated is left out."""
    for entry in read(path):
        if entry.id and entry.string:
            yield str(entry.id), str(entry.string)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=CHINESE, charset="utf-8", abort_invalid=True)

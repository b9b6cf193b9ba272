"""What a person reads, in his language: Chinese, unless he asks for English.

A message is an English template with named parts; only who shows it chooses the language. The
catalogues are gettext's, one file a room, `app/data/locale/zh/<room>.po`; their `msgid` is the
template. `python -m scripts.messages` brings them up to date with the code.
"""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po

Language = Literal["zh", "en"]

CHINESE: Language = "zh"
ENGLISH: Language = "en"

CATALOGUES = Path(__file__).parent.parent / "data" / "locale" / CHINESE
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
    if isinstance(value, Message):
        return in_language(value, reader)
    if isinstance(value, list | tuple):
        return BETWEEN[reader].join(str(part(each, reader)) for each in value)
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).strftime(MOMENT[reader])
    if isinstance(value, date):
        return value.strftime(DAY[reader])
    return value


@cache
def chinese() -> Mapping[str, str]:
    """The Chinese template of each English one, of all rooms."""
    return dict(entry for path in sorted(CATALOGUES.glob("*.po")) for entry in entries(path))


def entries(path: Path) -> Iterable[tuple[str, str]]:
    """English and Chinese templates of one room's file; what is not translated is left out."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=CHINESE, charset="utf-8", abort_invalid=True)
    for entry in catalogue:
        if entry.id and entry.string:
            yield str(entry.id), str(entry.string)

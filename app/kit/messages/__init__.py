"""What a person reads, in his language: Chinese, unless he asks for English.

A message is an English template with named parts; only who shows it chooses the language.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from functools import cache
from typing import Any, ClassVar, Literal, TypeVar

from app.kit.messages import foreign
from app.kit.messages.catalogues import templates, values
from app.kit.messages.marks import Texts as Texts
from app.kit.messages.marks import template as template

Language = Literal["zh", "en"]

CHINESE: Language = "zh"
ENGLISH: Language = "en"

BEIJING = timezone(timedelta(hours=8))
BETWEEN: Mapping[Language, str] = {"zh": "、", "en": ", "}
DAY = "%Y年%-m月%-d日"
UNITS: Mapping[Language, Sequence[str]] = {
    "zh": ("天", "小时", "分钟", "秒"),
    "en": (" d", " h", " min", " s"),
}

E = TypeVar("E", bound=Enum)

language: ContextVar[Language] = ContextVar("language", default=CHINESE)
"""The reader's: set for each request by its `Accept-Language`, for a command by its terminal."""


class Message:
    """`Message("no key {key}", key=key_id)`; `str` tells it in English. A part that is a message
    is told in the same language, a member of an enumeration by its word, an instant in Beijing's
    time, a list joined, an error of a library in our words."""

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
    """A code that is no member of an enumeration, as a part of a message: `Word("advanced",
    "Class")` is told by the word of its kind."""

    code: str
    kind: str


class Vocabulary:
    """The codes of one kind, told in words on a sheet: its columns, a policy's literals."""

    kinds: ClassVar[dict[str, set[str]]] = {}
    """Codes by kind: the test wants a word for each."""

    def __init__(self, kind: str, codes: Iterable[str]) -> None:
        self.kind = kind
        self.codes = tuple(codes)
        self.kinds.setdefault(kind, set()).update(self.codes)

    @classmethod
    def of(cls, enumeration: type[StrEnum]) -> "Vocabulary":
        return cls(enumeration.__name__, enumeration)

    def word(self, code: str, reader: Language) -> str:
        return word_of(self.kind, code, reader)


SHAPES: dict[str, str] = {}
"""The template of each pattern's words."""


def shape(pattern: str, words: str) -> str:
    """The pattern of a field, known by the words that a refusal tells in its place: the pattern is
    the machine's. `words` is a template which goes on after the field's name: `is no web address`.
    """
    if SHAPES.setdefault(pattern, words) != words:
        raise RuntimeError(f"two wordings of {pattern}")
    return pattern


def worded(enumeration: type[E]) -> type[E]:
    """Marks an enumeration whose values have Chinese words in the catalogues."""
    return enumeration


def plural(count: int) -> str:
    """The English ending of a noun; a Chinese template leaves this part away."""
    return "" if count == 1 else "s"


def in_language(message: Message | str, reader: Language) -> str:
    if isinstance(message, str):
        return message
    wording = message.template
    if reader == CHINESE:
        wording = templates().get(wording, wording)
    return wording.format_map({name: part(value, reader) for name, value in message.parts.items()})


def for_reader(message: Message | str) -> str:
    """In the language of who reads now."""
    return in_language(message, language.get())


def tongue() -> str:
    """The reader's, as a page says it in `lang`."""
    return "zh-CN" if language.get() == CHINESE else "en"


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


def reason_of(error: Exception) -> Message:
    """What an error says."""
    [*_, reason] = error.args or ("",)
    return reason if isinstance(reason, Message) else Message("{reason}", reason=error)


PLAIN = frozenset({str, int, float})


def part(value: object, reader: Language) -> object:
    kind: Any = type(value)
    if kind in PLAIN:
        return value
    tell = teller(kind)
    return tell(value, reader) if tell else value


@cache
def teller(kind: type) -> Callable[[Any, Language], str] | None:
    return next((tell for known, tell in TELLING.items() if issubclass(kind, known)), None)


def word(member: Enum, reader: Language) -> str:
    """A member of a `worded` enumeration: its word in Chinese, its value in English."""
    return word_of(type(member).__name__, str(member.value), reader)


def word_of(enumeration: str, value: str, reader: Language) -> str:
    return values().get((enumeration, value), value) if reader == CHINESE else value


def series(members: Sequence[object], reader: Language) -> str:
    return BETWEEN[reader].join(str(part(member, reader)) for member in members)


def moment(at: datetime, reader: Language) -> str:
    """In Beijing's time in Chinese; in English RFC 3339 in UTC, as in JSON."""
    if reader == CHINESE:
        return at.astimezone(BEIJING).strftime(f"{DAY}%H:%M")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(on: date, reader: Language) -> str:
    return on.strftime(DAY) if reader == CHINESE else on.isoformat()


def fault(error: Exception, reader: Language) -> str:
    """Of an error: its message, or what a library says, in English in its own words."""
    [*_, reason] = error.args or ("",)
    if not isinstance(reason, Message):
        if reader == ENGLISH:
            return str(getattr(error, "strerror", None) or error)
        words, parts = foreign.words_of(error)
        reason = Message(words, **parts)
    return in_language(reason, reader)


def span(length: timedelta, reader: Language) -> str:
    """`2小时30分钟`, `2 h 30 min`; less than a minute in seconds."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    counts = (minutes // 1440, minutes // 60 % 24, minutes % 60, 0 if minutes else seconds)
    units = UNITS[reader]
    pieces = [f"{count}{unit}" for count, unit in zip(counts, units, strict=True) if count]
    return ("" if reader == CHINESE else " ").join(pieces) or f"0{units[-1]}"


TELLING: Mapping[type, Callable[[Any, Language], str]] = {
    Message: in_language,
    Enum: word,
    Word: lambda word, reader: word_of(word.kind, word.code, reader),
    list: series,
    tuple: series,
    datetime: moment,
    date: day,
    timedelta: span,
    Exception: fault,
}

"""What a caller's words suggest: a category, a level, and the words that say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.offices.catalogue import Urgency


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """A part of the caller's text, at `start:end` of it, in his own writing."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`confidence` is 0 to 1; `tell` names services that must be told, such as 119."""

    category: str
    urgency: Urgency
    words: tuple[Word, ...]
    confidence: float = 1.0
    tell: tuple[str, ...] = ()
    emergency: bool = False
    """By the list of words of an emergency."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A danger that the list does not know may be meant; `likelihood` is 0 to 1."""

    likelihood: float
    clause: Word
    """What says most of it."""


def spoken(words: Sequence[Word]) -> list[str]:
    """The words, each once."""
    return list(dict.fromkeys(word.text for word in words))

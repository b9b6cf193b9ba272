"""A street's mark of a department in a term: its word, or else what the record proposes (D.15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from app.kit import decimals


class Word(StrEnum):
    """What a street says of a department."""

    ITEMS = "items"
    CONFIRM = "confirm"
    """The mark is what the record proposes."""
    NO_DEALINGS = "no_dealings"


class MarkStatus(StrEnum):
    OPEN = "open"
    MARKED = "marked"
    NO_DEALINGS = "no_dealings"
    DEFAULTED = "defaulted"
    """The street was silent, or its word was set aside: the record's proposal counts."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A street's last word on a department."""

    word: Word
    items: Mapping[str, Fraction] | None = None
    veto: bool = False
    set_aside: bool = False
    """The district approved an appeal against it."""

    @property
    def total(self) -> Fraction:
        return decimals.total((self.items or {}).values())

    @property
    def vetoes(self) -> bool:
        return self.veto and not self.set_aside


class Standing(NamedTuple):
    status: MarkStatus
    mark: Fraction | None


def standing(opinion: Opinion | None, proposed: Fraction | None, over: bool) -> Standing:
    """What stands of a mark; `over`: the deadline has passed.

    A confirmed mark follows the record, and "no dealings" holds while there are none on record:
    so a whistle that is ruled false afterwards leaves no trace in either.
    """
    if opinion and not opinion.set_aside:
        if opinion.word is Word.ITEMS:
            return Standing(MarkStatus.MARKED, opinion.total)
        if opinion.word is Word.CONFIRM and proposed is not None:
            return Standing(MarkStatus.MARKED, proposed)
        if opinion.word is Word.NO_DEALINGS and proposed is None:
            return Standing(MarkStatus.NO_DEALINGS, None)
    return silent(proposed, over)


def silent(proposed: Fraction | None, over: bool) -> Standing:
    if not over:
        return Standing(MarkStatus.OPEN, None)
    if proposed is None:
        return Standing(MarkStatus.NO_DEALINGS, None)
    return Standing(MarkStatus.DEFAULTED, proposed)

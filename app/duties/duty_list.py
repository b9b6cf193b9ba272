"""The street's duty list (职责清单) and the powers handed down to it (RULEBOOK D.14.1).

What is not at hand stays open: the share of a duty may be unknown, and a list that is not complete
tells how many of its items are missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.workdays import in_force
from app.offices.directory import OfficeKind

HUNDRED = 100


class DutyShare(StrEnum):
    """How far a duty is the street's own."""

    BEAR = "bear"  # 负责承担
    ORGANISE = "organise"  # 组织协调
    ASSIST = "assist"  # 参与协助


class MappedBy(StrEnum):
    """Who says which categories belong to a board, a duty or a power."""

    OURS = "ours"
    CITY = "city"


class BadDutyList(Invalid):
    title = "The duty list breaks a rule"


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A list as a whole, of the kinds `offices`. `percentages`: of its items, by share; empty where
    none is known."""

    code: str
    name: str
    offices: tuple[OfficeKind, ...]
    items: int
    complete: bool
    mapped_by: MappedBy
    basis: str
    percentages: Mapping[DutyShare, int]


@dataclass(frozen=True, slots=True)
class Board:
    """A board (板块) of the duty list, and the categories that belong to it."""

    code: str
    name: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyItem:
    """An item of the list. `joint` are the departments without which the street cannot do it; in
    them `*` stands for its district. `share` is None where no source tells it."""

    code: str
    board: str
    name: str
    share: DutyShare | None
    offices: tuple[OfficeKind, ...]
    joint: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class PowerGroup:
    """Powers of enforcement handed down to streets and townships, of the department `former`."""

    code: str
    name: str
    former: str
    number: int
    categories: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DutyList:
    """Duties and powers of a city's streets, as its files have them."""

    duties: ListFacts
    powers: ListFacts
    boards: tuple[Board, ...]
    items: tuple[DutyItem, ...]
    power_groups: tuple[PowerGroup, ...]

    def board(self, category: str) -> Board | None:
        """The board of a category: the one that names most of its code."""
        fitting = [(depth(board.categories, category), board) for board in self.boards]
        longest, board = max(fitting, key=lambda fit: fit[0], default=(0, None))
        return board if longest else None

    def items_on(self, on: date, kind: OfficeKind | None = None) -> tuple[DutyItem, ...]:
        """The duties of a day, all or those of streets or of townships."""
        return tuple(
            item
            for item in self.items
            if in_force(item.effective_from, item.effective_to, on)
            and (kind is None or kind in item.offices)
        )

    def powers_on(self, on: date) -> tuple[PowerGroup, ...]:
        return tuple(
            group
            for group in self.power_groups
            if in_force(group.effective_from, group.effective_to, on)
        )

    def items_of(self, category: str, on: date) -> tuple[DutyItem, ...]:
        """The duties that cover a category or one above it."""
        return tuple(item for item in self.items_on(on) if depth(item.categories, category))

    def powers_of(self, category: str, on: date) -> tuple[PowerGroup, ...]:
        """The powers that cover a category or one above it."""
        return tuple(group for group in self.powers_on(on) if depth(group.categories, category))


NOTHING_NAMED = DutyList(
    ListFacts("duties", "", (), 0, False, MappedBy.OURS, "", {}),
    ListFacts("powers", "", (), 0, False, MappedBy.OURS, "", {}),
    (),
    (),
    (),
)
"""Of a city that has no duty list at hand."""


def depth(categories: Iterable[str], category: str) -> int:
    """The digits of the narrowest of `categories` that contains a category; 0: none does."""
    return max((len(code) for code in categories if category.startswith(code)), default=0)


def check(duties: DutyList) -> None:
    """Refuses (BadDutyList) a list with more items than it has, or fewer though it calls itself
    complete, and shares over 100 per cent."""
    counts = (
        (duties.duties, "duties.csv", len(duties.items)),
        (duties.powers, "powers.csv", sum(group.number for group in duties.power_groups)),
    )
    for facts, file, named in counts:
        if named > facts.items or (facts.complete and named != facts.items):
            raise BadDutyList(
                Message(
                    "duty_lists.csv, {list}: has {items} items, {file} names {named}",
                    list=facts.code,
                    items=facts.items,
                    file=file,
                    named=named,
                )
            )
        if sum(facts.percentages.values()) > HUNDRED:
            raise BadDutyList(
                Message("duty_lists.csv, {list}: the shares are over 100 per cent", list=facts.code)
            )

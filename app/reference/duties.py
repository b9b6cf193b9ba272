"""The duty list and the powers, looked up in the city that is held in memory (D.14.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query

from app import codes
from app.city import City
from app.duties.duty_list import DutyItem, DutyList, DutyShare, ListFacts, PowerGroup
from app.kit.messages import Message, shape
from app.kit.web.wire import Keepable
from app.offices.directory import STREET_KINDS
from app.offices.service import NoSuchOffice
from app.reference.schemas import (
    BoardView,
    DutyListView,
    DutyView,
    OfficeDutiesView,
    PowersView,
    PowerView,
)

BOARD = shape(r"^[a-z0-9+-]{1,60}$", "is no board's code")


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """The filter of the duty list; `q` is a part of a duty's name."""

    board: Annotated[str | None, Query(pattern=BOARD)] = None
    share: Annotated[DutyShare | None, Query()] = None
    q: Annotated[str | None, Query(min_length=1, max_length=100), Keepable] = None

    def fits(self, item: DutyItem) -> bool:
        return (
            self.board in (None, item.board)
            and self.share in (None, item.share)
            and (self.q or "") in item.name
        )


def check_board(duties: DutyList, code: str | None) -> None:
    """Refuses (NoSuchCode) a board that the list has not."""
    if code is not None and code not in {board.code for board in duties.boards}:
        codes.refuse({"board": Message("there is no board {code}", code=code)})


def duty_list(duties: DutyList, wanted: DutyFilter, on: date) -> DutyListView:
    """The duties of a day that fit the filter, with the list as a whole."""
    check_board(duties, wanted.board)
    items = duties.items_on(on)
    return DutyListView(
        **whole(duties.duties, len(items), on),
        percentages=dict(duties.duties.percentages),
        boards=[
            BoardView(
                code=board.code,
                name=board.name,
                categories=list(board.categories),
                named=sum(item.board == board.code for item in items),
            )
            for board in duties.boards
        ],
        items=in_order(item for item in items if wanted.fits(item)),
    )


def powers(duties: DutyList, on: date) -> PowersView:
    """The powers of a day, the largest group first."""
    groups = duties.powers_on(on)
    named = sum(group.number for group in groups)
    return PowersView(**whole(duties.powers, named, on), items=by_number(groups))


def whole(facts: ListFacts, named: int, on: date) -> dict[str, object]:
    return {
        "as_of": on,
        "name": facts.name,
        "complete": facts.complete,
        "listed": facts.items,
        "named": named,
        "mapped_by": facts.mapped_by,
        "basis": facts.basis,
    }


def of_office(city: City, code: str, on: date) -> OfficeDutiesView:
    """What a street or township bears, organises and assists with. Refuses (NoSuchOffice) every
    other office: the list is theirs."""
    office = city.offices.get(code)
    if office is None or office.kind not in STREET_KINDS:
        raise NoSuchOffice(Message("no street or township has the code {code!r}", code=code))
    facts, items = city.duties.duties, city.duties.items_on(on, office.kind)
    has_list = office.kind in facts.offices
    by_share = {
        share: in_order(item for item in items if item.share is share)
        for share in (*DutyShare, None)
    }
    return OfficeDutiesView(
        office_code=office.code,
        office_name=office.name,
        as_of=on,
        complete=facts.complete and has_list,
        missing=facts.items - len(items) if has_list else None,
        bear=by_share[DutyShare.BEAR],
        organise=by_share[DutyShare.ORGANISE],
        assist=by_share[DutyShare.ASSIST],
        unshared=by_share[None],
        powers=by_number(city.duties.powers_on(on)),
    )


def in_order(items: Iterable[DutyItem]) -> list[DutyView]:
    return [DutyView.model_validate(item) for item in sorted(items, key=lambda item: item.code)]


def by_number(groups: Iterable[PowerGroup]) -> list[PowerView]:
    ranked = sorted(groups, key=lambda group: (-group.number, group.code))
    return [PowerView.model_validate(group) for group in ranked]

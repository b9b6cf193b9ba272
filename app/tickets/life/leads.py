"""Who led a ticket at an instant, of all the dispatches that it ever had to a lead office.

A dispatch leads from its instant until the instant of its end, at which the next one may begin. The
record of an instant shows the lead after all acts of that instant. An act of that instant is of the
same lead, or of the dispatch that ends with it where no other begins. `rankings/counting/as_of.py`
says both in SQL.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class Led(Protocol):
    """A dispatch to a lead office."""

    @property
    def dispatched_at(self) -> datetime: ...

    @property
    def ended_at(self) -> datetime | None: ...


D = TypeVar("D", bound=Led)


def leads(dispatch: Led, at: datetime) -> bool:
    begun, ended_at = dispatch.dispatched_at <= at, dispatch.ended_at
    return begun and (ended_at is None or at < ended_at)


def lead_of_record(newest_first: Iterable[D], at: datetime) -> D | None:
    return next((dispatch for dispatch in newest_first if leads(dispatch, at)), None)


def lead_of_act(newest_first: Iterable[D], at: datetime) -> D | None:
    of_act = (d for d in newest_first if leads(d, at) or d.dispatched_at <= at == d.ended_at)
    return next(of_act, None)

"""An office on the wire, and the filter of a list of offices."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query

from app.kit.web.wire import DISTRICT, Keepable, View
from app.offices.directory import OfficeKind


class OfficeView(View):
    """`active_from` is the first day, `active_to` the first day no longer; null is unbounded."""

    code: str
    name: str
    kind: OfficeKind
    district_code: str | None
    district_name: str | None
    aliases: list[str]
    population: int | None
    active_from: date | None
    active_to: date | None


@dataclass(frozen=True, slots=True)
class OfficeFilter:
    """The filter of a list of offices; `q` is a part of any of their names."""

    kind: Annotated[OfficeKind | None, Query()] = None
    district_code: Annotated[str | None, Query(pattern=DISTRICT)] = None
    q: Annotated[str | None, Query(min_length=1, max_length=100), Keepable] = None

"""What lies in an inbox beside tickets, as another room wrote it: whistles 吹哨, evaluations."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import select

from app.feed.models import Errand
from app.kit.ready import parameter
from app.kit.web.paging import Order, beyond
from app.offices.catalogue import Urgency
from app.tickets.life.duties import DESK_COLUMNS
from app.tickets.views import scope
from app.tickets.views.rows import Row

EVALUATION = "evaluation"
"""The kind of errands about an evaluation; all others are about whistles."""

TOLD = "errand_data"
"""The column that a ticket has not."""

ORDERED = {
    "errand": Errand.kind,
    "errand_until": Errand.until,
    "errand_since": Errand.since,
    "errand_seq": Errand.seq,
    "number": Errand.number,
    "urgency": sa.cast(sa.literal_column(f"'{Urgency.L1}'"), sa.Text),
}
"""Its columns under the names of a ticket's; at a desk of the city it is as urgent as an L1."""

SINCE = frozenset(DESK_COLUMNS.values())
"""Since when a ticket waits for each desk."""


def beside(tickets: sa.Subquery, by: Order, goes_on: bool, limit: int) -> sa.CompoundSelect[Any]:
    """The tickets of a page, and as many errands of the same office after the same place."""
    values = {column.key: value_of(column) for column in tickets.c}
    place = [sa.type_coerce(values[column.key], column.type) for column in by.columns]
    also = sa.func.json_build_object("because", Errand.because, "told", Errand.data)
    columns = [value.label(name) for name, value in values.items()]
    errands = (
        select(*columns, sa.cast(also, sa.Text).label(TOLD))
        .where(Errand.office_code == scope.OWN_OFFICE)
        .order_by(*place)
        .limit(sa.literal_column(str(limit + 1)))
    )
    if goes_on:
        key = [parameter(f"key_{n}", column.type) for n, column in enumerate(by.columns)]
        errands = errands.where(beyond(place, key))
    no_errand = sa.cast(sa.null(), sa.Text).label(TOLD)
    return sa.union_all(select(*tickets.c, no_errand), errands)


def value_of(column: sa.ColumnElement[Any]) -> Any:
    """An errand's, under the name of a ticket's column; null where it has none."""
    if column.key in ORDERED:
        return ORDERED[column.key]
    if column.key in SINCE:
        return Errand.since
    untyped = isinstance(column.type, sa.types.NullType)
    return sa.null() if untyped else sa.cast(sa.null(), column.type)


def as_json(row: Row) -> bytes:
    """An ErrandView."""
    data = msgspec.json.decode(getattr(row, TOLD))
    of_whistle = row.errand != EVALUATION
    return msgspec.json.encode(
        {
            "kind": row.errand,
            "because": data["because"],
            "waits_since": row.errand_since,
            "waits_until": row.errand_until,
            "alarms": [],
            "whistle_number": row.number if of_whistle else None,
            "whistle": data["told"] if of_whistle else None,
            "evaluation": None if of_whistle else data["told"],
        }
    )

"""Tickets asked for by number: several callers' in one statement, each his own to see or not."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.access.roles import CITY, Caller, Role
from app.kit.ready import Ready, parameter
from app.tickets.models import Ticket
from app.tickets.views import scope


class Asked(NamedTuple):
    """Which ticket, and for whom."""

    role: Role
    office_code: str | None
    number: str


def asked_by(caller: Caller, number: str) -> Asked:
    return Asked(caller.role, caller.office_code, scope.printable(number))


TEXTS = ARRAY(sa.Text)
QUESTIONS = (
    func.unnest(parameter("numbers", TEXTS), parameter("offices", TEXTS))
    .table_valued("number", "own_office", with_ordinality="place", name="asked")
    .render_derived()
)
PLACE = QUESTIONS.c.place
"""Of a question in its group, counted from one."""


def in_scope(role: Role) -> sa.Select[Any]:
    """The tickets asked for that someone of this role may see, each with its question's place."""
    number, own_office = (
        sa.type_coerce(column, sa.Text).collate("C")
        for column in (QUESTIONS.c.number, QUESTIONS.c.own_office)
    )
    return (
        select(Ticket, PLACE)
        .select_from(QUESTIONS)
        .join(Ticket, Ticket.number == number)
        .where(scope.visible_to(role, own_office))
    )


Statements = Mapping[Role, Ready]


def statements(told: Callable[[Role], sa.Select[Any]]) -> Statements:
    """One for each scope; its lines end with the question's place."""
    city_wide = Ready(told(Role.OPERATOR))
    return {role: city_wide if role in CITY else Ready(told(role)) for role in scope.READERS}


def lines(
    connection: sa.Connection, by_role: Statements, questions: Sequence[Asked]
) -> Iterator[tuple[Asked, Sequence[Any]]]:
    """The lines of all tickets that were asked for and may be seen, beside their questions."""
    groups: dict[Ready, list[Asked]] = defaultdict(list)
    for asked in questions:
        groups[by_role[asked.role]].append(asked)
    for statement, group in groups.items():
        numbers, offices = [one.number for one in group], [one.office_code for one in group]
        for *line, place in statement.rows(connection, numbers=numbers, offices=offices):
            yield group[place - 1], line

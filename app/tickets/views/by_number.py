"""Tickets by their numbers: one statement for several callers, each within his own scope."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.access.roles import CITY, Caller, Role
from app.kit.ready import Ready, parameter
from app.tickets.models import Ticket
from app.tickets.views import scope


class Asked(NamedTuple):
    """A ticket by its number, and the scope of the caller who asks for it."""

    role: Role
    office_code: str | None
    number: str


def asked_by(caller: Caller, number: str) -> Asked:
    return Asked(caller.role, caller.office_code, scope.printable(number))


TEXTS = ARRAY(sa.Text)
MANY = (
    func.unnest(parameter("numbers", TEXTS), parameter("offices", TEXTS))
    .table_valued("number", "own_office", with_ordinality="place", name="asked")
    .render_derived()
)
"""A group of questions; a place in it is counted from one."""

ONE = select(
    *(sa.cast(parameter(name, sa.Text), sa.Text).label(name) for name in ("number", "own_office")),
    sa.literal_column("1").label("place"),
).subquery("asked")
"""A question alone: PostgreSQL keeps its plan (see kit/ready.py). For a list, whose length it does
not know, it makes one each time, in 2 ms, ten times as long as the answer takes."""


def in_scope(role: Role, questions: sa.FromClause) -> sa.Select[Any]:
    """The tickets asked for that someone of this role may see, each with its question's place."""
    number, own_office = (
        sa.type_coerce(column, sa.Text).collate("C")
        for column in (questions.c.number, questions.c.own_office)
    )
    return (
        select(Ticket, questions.c.place)
        .select_from(questions)
        .join(Ticket, Ticket.number == number)
        .where(scope.visible_to(role, own_office))
    )


Lines = Sequence[Sequence[Any]]
"""The rows that are read of one ticket."""


class InScope:
    """Reads the tickets of a group of questions, as far as each caller may see them."""

    def __init__(self, select_for: Callable[[Role, sa.FromClause], sa.Select[Any]]) -> None:
        self.select_for = select_for
        self.by_role: dict[tuple[Role, bool], Ready] = {}
        """Two for each scope, made when first asked for; a line ends with the question's place."""

    def ready(self, role: Role, is_alone: bool) -> Ready:
        if (role, is_alone) not in self.by_role:
            questions = ONE if is_alone else MANY
            self.by_role[role, is_alone] = Ready(self.select_for(role, questions))
        return self.by_role[role, is_alone]

    def __call__(self, connection: sa.Connection, questions: Sequence[Asked]) -> dict[Asked, Lines]:
        groups: dict[Role, list[Asked]] = defaultdict(list)
        for asked in questions:
            groups[Role.OPERATOR if asked.role in CITY else asked.role].append(asked)
        lines: dict[Asked, list[Sequence[Any]]] = defaultdict(list)
        for role, group in groups.items():
            for *line, place in self.rows(connection, role, group):
                lines[group[place - 1]].append(line)
        return dict(lines)

    def rows(
        self, connection: sa.Connection, role: Role, group: Sequence[Asked]
    ) -> Sequence[Sequence[Any]]:
        if len(group) == 1:
            [asked] = group
            alone = self.ready(role, is_alone=True)
            return alone.rows(connection, number=asked.number, own_office=asked.office_code)
        numbers = [asked.number for asked in group]
        offices = [asked.office_code for asked in group]
        together = self.ready(role, is_alone=False)
        return together.rows(connection, numbers=numbers, offices=offices)

    def of(self, connection: sa.Connection, caller: Caller, number: str) -> Lines:
        """Refuses (NoSuchTicket) as `scope.get` does."""
        asked = asked_by(caller, number)
        return scope.existing(number, self(connection, [asked]).get(asked))

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


Lines = Sequence[Sequence[Any]]
"""The rows that are read of one ticket."""


class InScope:
    """Reads the tickets of a group of questions, as far as each caller may see them."""

    def __init__(self, select_for: Callable[[Role], sa.Select[Any]]) -> None:
        self.select_for = select_for
        self.by_role: dict[Role, Ready] = {}
        """One for each scope, made when first asked for; a line ends with the question's place."""

    def ready(self, role: Role) -> Ready:
        like = Role.OPERATOR if role in CITY else role
        if like not in self.by_role:
            self.by_role[like] = Ready(self.select_for(like))
        return self.by_role[like]

    def __call__(self, connection: sa.Connection, questions: Sequence[Asked]) -> dict[Asked, Lines]:
        groups: dict[Ready, list[Asked]] = defaultdict(list)
        for asked in questions:
            groups[self.ready(asked.role)].append(asked)
        lines: dict[Asked, list[Sequence[Any]]] = defaultdict(list)
        for statement, group in groups.items():
            numbers = [asked.number for asked in group]
            offices = [asked.office_code for asked in group]
            for *line, place in statement.rows(connection, numbers=numbers, offices=offices):
                lines[group[place - 1]].append(line)
        return dict(lines)

    def of(self, connection: sa.Connection, caller: Caller, number: str) -> Lines:
        """Refuses (NoSuchTicket) as `scope.get` does."""
        asked = asked_by(caller, number)
        return scope.existing(number, self(connection, [asked]).get(asked))

"""What of an assessed ticket is counted, packed into two small numbers.

Rankings read millions of assessments. So the table keeps beside the facts two generated columns,
narrow enough for a covering index: `kind` (who asked what, by which way: decides whether it counts
at all) and `outcome` (what the citizen said and whether the office was in time: decides what it
counts). Each field has a few bits: 0 is none, n its n-th value; so new values go to the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import NamedTuple

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.tickets.lifecycle import Channel, TicketType


@dataclass(frozen=True, slots=True)
class Kind:
    type: TicketType
    channel: Channel
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """`contact_ok`: responded in time (D.6.4); `late`: replied after due_at, or never."""

    reach: Reach
    contacted: Contacted | None = None
    resolved: Resolved | None = None
    satisfied: Satisfied | None = None
    contact_ok: bool = False
    late: bool = False


class Field(NamedTuple):
    name: str
    values: Sequence[object]
    bits: int


FLAG = (True,)
KIND = (
    Field("type", tuple(TicketType), 4),
    Field("channel", tuple(Channel), 5),
    Field("anonymous", FLAG, 1),
)
OUTCOME = (
    Field("reach", tuple(Reach), 3),
    Field("contacted", tuple(Contacted), 3),
    Field("resolved", tuple(Resolved), 3),
    Field("satisfied", tuple(Satisfied), 3),
    Field("contact_ok", FLAG, 1),
    Field("late", FLAG, 1),
)

KINDS = tuple(Kind(*values) for values in product(TicketType, Channel, (False, True)))
SAID = tuple(product(Contacted, Resolved, Satisfied))
OUTCOMES = tuple(
    Outcome(reach, *answers, *flags)
    for reach in Reach
    for answers in (SAID if reach is Reach.REACHED else [(None, None, None)])
    for flags in product((False, True), repeat=2)
)
"""Every outcome there is: who was not reached gave no answer."""


def code(fields: Sequence[Field], packed: object) -> int:
    """The number under which a kind or an outcome is kept; `packed` has the fields by name."""
    return reduce(lambda high, field: high << field.bits | digit(field, packed), fields, 0)


def digit(field: Field, packed: object) -> int:
    value = getattr(packed, field.name)
    return field.values.index(value) + 1 if value in field.values else 0


def code_sql(fields: Sequence[Field]) -> str:
    """The same number, as PostgreSQL generates it from the columns of these names."""
    return reduce(lambda high, field: f"({high} << {field.bits} | {digit_sql(field)})", fields, "0")


def digit_sql(field: Field) -> str:
    if field.values == FLAG:
        return f"{field.name}::int"
    listed = ", ".join(f"'{value}'" for value in field.values)
    return f"coalesce(array_position(ARRAY[{listed}], {field.name}::text), 0)"


def mask(fields: Sequence[Field], codes: Iterable[int]) -> bytes:
    """A set of codes as bits, for PostgreSQL's get_bit(mask, code)."""
    size = 1 << sum(field.bits for field in fields)
    return sum(1 << number for number in codes).to_bytes(size // 8, "little")

"""Outcomes: the counted facts of an assessed ticket, packed into a number and a short text.

Rankings read millions of assessments. So the table keeps generated columns beside the facts, narrow
enough for a covering index: `kind` (type, channel, anonymity: they decide whether it counts), and
for each owner a `tally` (the owner's code, the citizen's answers and the office's punctuality, as
far as any policy distinguishes them). Grouping by one text is nearly as fast as counting. Each
field has a few bits: 0 is any other value, n its n-th group; so new groups go to the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import NamedTuple

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.tickets.life.lifecycle import Channel, TicketType


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
    """The values that make a difference: a group's values are told apart from all others only."""

    name: str
    groups: Sequence[frozenset[object]]
    bits: int


def singly(values: Iterable[object]) -> tuple[frozenset[object], ...]:
    return tuple(frozenset({value}) for value in values)


FLAG = singly([True])
CONTENT = frozenset({Satisfied.VERY, Satisfied.SATISFIED})
DISCONTENT = frozenset({Satisfied.DISSATISFIED, Satisfied.VERY_DISSATISFIED})
KIND = (
    Field("type", singly(TicketType), 4),
    Field("channel", singly(Channel), 5),
    Field("anonymous", FLAG, 1),
)
OUTCOME = (
    Field("reach", singly([Reach.REACHED]), 1),
    Field("contacted", singly([Contacted.NO]), 1),
    Field("resolved", singly([Resolved.RESOLVED, Resolved.PARTLY, Resolved.UNRESOLVED]), 2),
    Field("satisfied", (CONTENT, frozenset({Satisfied.BASIC}), DISCONTENT), 2),
    Field("contact_ok", FLAG, 1),
    Field("late", FLAG, 1),
)

KINDS = tuple(Kind(*values) for values in product(TicketType, Channel, (False, True)))
ANSWERS = tuple(product(Contacted, Resolved, Satisfied))
SEEN = tuple((None, resolved, None) for resolved in Resolved if resolved is not Resolved.NO_ANSWER)
SPOKEN = {Reach.REACHED: ANSWERS, Reach.VERIFIED: SEEN}
OUTCOMES = tuple(
    Outcome(reach, *answers, *flags)
    for reach in Reach
    for answers in SPOKEN.get(reach, ((None, None, None),))
    for flags in product((False, True), repeat=2)
)
"""Every possible outcome: a citizen who was not reached gave no answer, and a verification says
whether it is resolved. Its code is no callback's: not reached, and yet with an answer."""


def code(fields: Sequence[Field], packed: object) -> int:
    """The number of a kind or an outcome; `packed` has the fields by name."""
    return reduce(lambda high, field: high << field.bits | digit(field, packed), fields, 0)


def digit(field: Field, packed: object) -> int:
    value = getattr(packed, field.name)
    return next((n for n, group in enumerate(field.groups, 1) if value in group), 0)


def code_sql(fields: Sequence[Field]) -> str:
    """The same number, as PostgreSQL generates it from the columns of these names."""
    return reduce(lambda high, field: f"({high} << {field.bits} | {digit_sql(field)})", fields, "0")


def digit_sql(field: Field) -> str:
    if field.groups == FLAG:
        return f"{field.name}::int"
    cases = (
        f"WHEN '{value}' THEN {n}"
        for n, group in enumerate(field.groups, 1)
        for value in sorted(map(str, group))
    )
    return f"CASE {field.name} {' '.join(cases)} ELSE 0 END"


FIRST_TALLY = 256
"""Beyond ASCII, so that no owner's code can end with it."""


def tally(owner: str, outcome: Outcome) -> str:
    """The owner of a ticket and its outcome, as one short text to group by."""
    return owner + chr(FIRST_TALLY + code(OUTCOME, outcome))


def tally_sql(owner: str) -> str:
    return f"{owner} || chr({FIRST_TALLY} + {code_sql(OUTCOME)})"


def mask(fields: Sequence[Field], codes: Iterable[int]) -> bytes:
    """A set of codes as bits, for PostgreSQL's get_bit(mask, code)."""
    size = 1 << sum(field.bits for field in fields)
    return sum(1 << number for number in codes).to_bytes(size // 8, "little")

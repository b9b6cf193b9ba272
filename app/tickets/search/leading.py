"""The keys by which the tickets of a question are looked for."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.tickets.life.lifecycle import OPEN
from app.tickets.search import keys

CHOSEN = ("type", "channel", "urgency")
"""Filters of one value or several, each of which is a key."""

Values = Mapping[str, Any]
"""Of a question's filters, by name."""


def of_filters(values: Values) -> Iterator[int]:
    """The keys that every ticket of a list has, but for those of which it has one of several."""
    yield from keys.of_text(" ".join(values.get("q", ())))
    yield from (keys.of_end(values[name]) for name in ("end",) if name in values)
    offices = (values.get("office_code"), values.get("district_code"))
    yield from (keys.fact("office", code) for code in offices if code)
    if len(values.get("category", "")) % 2 == 0 and "category" in values:
        yield keys.fact("category", values["category"])
    if "community_code" in values:
        yield keys.fact("community_code", values["community_code"])
    for every in alternatives(values).values():
        yield from every if len(every) == 1 else ()


def alternatives(values: Values) -> dict[str, list[int]]:
    """Of each filter of several values the keys of which a ticket has one."""
    chosen = {
        name: [keys.fact(name, value) for value in values[name]]
        for name in CHOSEN
        if values.get(name)
    }
    states = of_statuses(values)
    return {**chosen, "status": states} if states else chosen


def of_statuses(values: Values) -> list[int]:
    """None where a ticket of one of the statuses has no key for it, or all are open."""
    states = {keys.OPEN if s in OPEN else keys.ENDS.get(s) for s in values.get("status", ())}
    known = sorted(key for key in states if key is not None)
    return [] if None in states or known == [keys.OPEN] else known


def narrow(every: Collection[int], common: Collection[int]) -> list[int]:
    """Those that lead to few tickets, or else all."""
    return sorted(set(every) - set(common)) or sorted(every)

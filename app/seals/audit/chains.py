"""Chains of events beside the tickets': each event by its link, its words by their hash, its head.

Events, statements and heads are rows as the tables have them, by name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.seals.audit.faults import Fault, Kind
from app.tickets.life import links

Row = Mapping[Any, Any]


def linked(
    number: str,
    events: Sequence[Row],
    statements: Sequence[Row],
    head: Row | None,
    names: Sequence[str],
) -> Iterator[Fault]:
    """The first event that is missing or not the one that was linked; words that are not its own;
    a head (`version`, `chain_head`) that is not the last event. `names`: what a link is over."""
    former, words = links.BEFORE_ALL, {row["seq"]: row for row in statements}
    for place, event in enumerate(events, 1):
        if event["seq"] != place:
            yield Fault(fault=Kind.MISSING_EVENT, number=number, seq=place)
            return
        former = links.link(former, event, names)
        if event["link"] != former:
            yield Fault(fault=Kind.WRONG_LINK, number=number, seq=place)
            return
        yield from worded(number, event, words.pop(place, None))
    for place in words:
        yield Fault(fault=Kind.WRONG_WORDS, number=number, seq=place)
    yield from headed(number, len(events), former, head)


def worded(number: str, event: Row, spoken: Row | None) -> Iterator[Fault]:
    """Words that were erased are none; words without a hash are nobody's."""
    if spoken and event["words_hash"] != links.words_hash(spoken["salt"], spoken["words"]):
        yield Fault(fault=Kind.WRONG_WORDS, number=number, seq=event["seq"])


def headed(number: str, length: int, last: bytes, head: Row | None) -> Iterator[Fault]:
    if head is None:
        if length:
            yield Fault(fault=Kind.MISSING_ROW, number=number)
    elif head["version"] > length:
        yield Fault(fault=Kind.MISSING_EVENT, number=number, seq=length + 1)
    elif head["version"] < length or head["chain_head"] != last:
        yield Fault(fault=Kind.WRONG_LINK, number=number, seq=length)

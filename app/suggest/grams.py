"""Grams: the letters of a text, and the pairs of letters that stand near each other.

Chinese is written without spaces: 电梯一个礼拜坏三回 shares the pairs 电梯, 梯坏 with 电梯坏了.
"""

import re
from collections.abc import Iterator
from itertools import islice, pairwise

NEAR = 5
"""Characters from the first of a pair to the second."""

LONGEST = 1_000
"""Characters of a text that are read: a matter is told at the beginning."""

CLAUSE = re.compile(r"[^\W\d_]+")

Place = tuple[int, int]


def grams(text: str) -> dict[str, Place]:
    """Each gram with the places of its first and last letter, where it first stands."""
    places: dict[str, Place] = {}
    for start, clause in clauses(text):
        for at, letter in enumerate(clause):
            places.setdefault(letter, (start + at, start + at))
            for other in range(at + 1, min(at + NEAR + 1, len(clause))):
                places.setdefault(letter + clause[other], (start + at, start + other))
    return places


def neighbours(text: str, most: int) -> tuple[str, ...]:
    """The first pairs of letters that stand side by side, each once."""
    pairs: dict[str, None] = {}
    for _, clause in clauses(text):
        pairs |= dict.fromkeys(map("".join, pairwise(clause)))
    return tuple(islice(pairs, most))


def clauses(text: str) -> Iterator[tuple[int, str]]:
    for clause in CLAUSE.finditer(text[:LONGEST]):
        yield clause.start(), clause.group()

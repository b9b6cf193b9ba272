"""Grams: the letters of a text, and the pairs of letters that stand near each other.

Chinese is written without spaces: 电梯一个礼拜坏三回 shares the pairs 电梯, 梯坏 with 电梯坏了.
"""

import re
from collections.abc import Iterator

NEAR = 5
"""Characters from the first of a pair to the second."""

LONGEST = 1_000
"""Characters of a text that are read: a matter is told at the beginning."""

CLAUSE = re.compile(r"[^\W\d_]+")

Place = tuple[int, int]


def grams(text: str) -> dict[str, Place]:
    """Each gram with the places of its first and last character, where it first stands."""
    places: dict[str, Place] = {}
    for gram, first, last in every_gram(text[:LONGEST], NEAR):
        places.setdefault(gram, (first, last))
    return places


def neighbours(text: str, most: int) -> tuple[str, ...]:
    """The first pairs of characters that stand side by side, each once."""
    pairs: dict[str, None] = {}
    for gram, first, last in every_gram(text[:LONGEST], 1):
        if first != last and len(pairs) < most:
            pairs[gram] = None
    return tuple(pairs)


def every_gram(text: str, near: int) -> Iterator[tuple[str, int, int]]:
    for clause in CLAUSE.finditer(text):
        words, start = clause.group(), clause.start()
        for at, character in enumerate(words):
            yield character, start + at, start + at
            for other in range(at + 1, min(at + near + 1, len(words))):
                yield character + words[other], start + at, start + other

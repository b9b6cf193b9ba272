"""Memory of confirmed categories: which pairs of characters stood in requests of which category.

A ticket teaches one lesson at a time: a later one takes the place of its former, and what is
forgotten leaves nothing. Each category keeps its newest MOST lessons, so that memory is bounded
and a question takes as long on the first day as after years.
"""

import math
from collections import OrderedDict, defaultdict

import numpy as np

from app.suggest.profiles import Floats

MOST = 50
"""Lessons of one category that are kept."""

MOST_PAIRS = 100
"""Pairs of characters of a text that are learned, and asked about."""

PRIOR = 3
"""A pair says something after so many requests with it, not after one."""

WIDEST = 60
"""A pair that stands in requests of more categories tells nothing."""

LEARNED = 2.5
"""Weight of what is learned, beside names and synonyms."""


class Memory:
    def __init__(self, categories: int) -> None:
        self.categories = categories
        self.lessons: list[OrderedDict[str, tuple[str, ...]]] = [
            OrderedDict() for _ in range(categories)
        ]
        self.category_of: dict[str, int] = {}
        self.counts: defaultdict[str, dict[int, int]] = defaultdict(dict)

    def learn(self, ticket: str, category: int, pairs: tuple[str, ...]) -> None:
        """The ticket's words belong to this category, and no more to a former one."""
        self.forget(ticket)
        lessons = self.lessons[category]
        if len(lessons) >= MOST:
            self.forget(next(iter(lessons)))
        lessons[ticket] = pairs
        self.category_of[ticket] = category
        for pair in pairs:
            counts = self.counts[pair]
            counts[category] = counts.get(category, 0) + 1

    def forget(self, ticket: str) -> None:
        category = self.category_of.pop(ticket, None)
        if category is None:
            return
        for pair in self.lessons[category].pop(ticket):
            counts = self.counts[pair]
            counts[category] -= 1
            if not counts[category]:
                del counts[category]
            if not counts:
                del self.counts[pair]

    def scores(self, pairs: tuple[str, ...]) -> Floats:
        """For each category, how much of these pairs speaks for it by the lessons; a category that
        has few of them says little, however rare those are."""
        scores: Floats = np.zeros(self.categories)
        known = np.zeros(self.categories)
        for pair in pairs:
            counts = self.counts.get(pair, {})
            if not counts or len(counts) > WIDEST:
                continue
            weight = math.log(self.categories / len(counts)) / (sum(counts.values()) + PRIOR)
            for category, times in counts.copy().items():
                scores[category] += weight * times
                known[category] += 1
        scores *= LEARNED * known / max(len(pairs), 1)
        return scores

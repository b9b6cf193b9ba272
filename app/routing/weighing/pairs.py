"""The pairs of characters in the names of each street's places, as `profile` has the characters.

A pair's weight for a street is `log(1 + held / (PRIOR · share))` less its mean over the streets:
`held` are the street's names with the pair, `share` is the street's share of all names.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from operator import add

from app.routing.weighing.profile import PRIOR, Floats

BEGIN = "^"


def pairs(name: str) -> list[str]:
    return [BEGIN + name[:2], *map(add, name, name[1:])]


class Pairs:
    """Of each pair the number of its names in each street, by position, and the weights drawn of
    them. Who reads meanwhile reads the weights of before or of after a change."""

    def __init__(self, names: Floats) -> None:
        """`names`: the number of names of each street in the gazetteer, counted elsewhere."""
        self.names = names
        self.held: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self.drawn: dict[str, tuple[dict[int, float], float]] = {}

    def add(self, name: str, at: int, times: int = 1) -> None:
        """Count a name of a street in; with -1, out again. `draw` its pairs before they tell."""
        for pair in set(pairs(name)):
            held = self.held[pair]
            held[at] = held.get(at, 0) + times

    def draw(self, changed: Iterable[str]) -> None:
        prior = (PRIOR * (self.names + 1.0) / (self.names + 1.0).sum()).tolist()
        for pair in changed:
            weights = {
                at: math.log1p(count / prior[at]) for at, count in self.held[pair].items() if count
            }
            self.drawn[pair] = weights, sum(weights.values()) / len(prior)

    def tell(self, name: str, at: int) -> float:
        """What the pairs of a name say for a street together."""
        known = [drawn for pair in pairs(name) if (drawn := self.drawn.get(pair))]
        return sum([weights.get(at, 0.0) - mean for weights, mean in known])

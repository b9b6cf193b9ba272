"""The record of what was said of places before they were confirmed, and how sure is sure enough.

A chance is enough for a dispatch where, of all places that were said to be at least as sure, so
many were right for certain: the lower end of Wilson's interval, each place with one vote. What a
city's own cases tell takes the place of what the numbers were learned from.
"""

import math
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from statistics import fmean
from typing import NamedTuple

WANTED = 0.97
FEWEST_PLACES = 60
KEPT, FEWEST_KEPT, AT_ONCE = 3_000, 500, 100
PUSHED_OUT = KEPT + 5 * AT_ONCE
"""Of so many later lessons KEPT surely count: the others withdraw, or their names are no places."""
DEVIATIONS = 1.0


class Said(NamedTuple):
    """The chance that was said of a street, whether it was right, and of which place."""

    chance: float
    right: bool
    place: Hashable


class Record:
    """The answers about the places of the last KEPT lessons, each asked for before its lesson was
    learned. They count AT_ONCE at a time, so that the chance is drawn seldom and is the same in
    every process.

    `before` is enough while fewer than FEWEST_KEPT are confirmed. Until KEPT are, the city's own
    lower it where they prove it too high, and raise it only where they disprove it: few answers
    leave more doubt than those that the numbers were learned from.
    """

    def __init__(self, before: float) -> None:
        self.before = before
        self.answers: deque[Said | None] = deque(maxlen=KEPT)
        self.lessons = 0
        self.enough = before
        """The least chance to be sent with."""

    def note(self, answer: Said | None) -> None:
        """Take down the answer about a lesson's place; None where there was none, or where later
        lessons push it out before it counts."""
        self.answers.append(answer)
        self.lessons += 1
        if self.lessons % AT_ONCE == 0:
            self.enough = self.drawn()

    def drawn(self) -> float:
        answers = [answer for answer in self.answers if answer is not None]
        if len(answers) < FEWEST_KEPT:
            return self.before
        proven = least_enough(answers, DEVIATIONS)
        is_young = len(self.answers) < KEPT
        if is_young and proven > self.before and not disproved(answers, self.before):
            return self.before
        return proven


def disproved(answers: Iterable[Said], chance: float) -> bool:
    """Whether too few places were right, for certain, of those said to be so sure."""
    votes = votes_of(answer for answer in answers if answer.chance >= chance)
    return bool(votes) and at_most(fmean(votes), len(votes), DEVIATIONS) < WANTED


def votes_of(answers: Iterable[Said]) -> list[float]:
    """One for each place: the share of its answers that were right."""
    of_place: dict[Hashable, list[bool]] = {}
    for answer in answers:
        of_place.setdefault(answer.place, []).append(answer.right)
    return [fmean(vote) for vote in of_place.values()]


def least_enough(answers: Iterable[Said], deviations: float) -> float:
    """The least chance above which enough places were right; 1 where none is. A place's vote is
    the share of its answers that were right."""
    votes: dict[Hashable, list[bool]] = {}
    least, sum_of_shares = 1.0, 0.0
    by_chance = attrgetter("chance")
    for chance, alike in groupby(sorted(answers, key=by_chance, reverse=True), key=by_chance):
        for answer in alike:
            vote = votes.setdefault(answer.place, [])
            sum_of_shares -= share(vote)
            vote.append(answer.right)
            sum_of_shares += share(vote)
        number = len(votes)
        if number >= FEWEST_PLACES and surely(sum_of_shares / number, number, deviations) >= WANTED:
            least = chance
    return least


def share(vote: Sequence[bool]) -> float:
    return sum(vote) / len(vote) if vote else 0.0


def surely(right: float, number: int, deviations: float) -> float:
    """The least that a share seen in so many may be: the lower end of Wilson's interval."""
    doubt = deviations**2 / number
    spread = deviations * math.sqrt(max(right * (1 - right), 0.0) / number + doubt / number / 4)
    return (right + doubt / 2 - spread) / (1 + doubt)


def at_most(right: float, number: int, deviations: float) -> float:
    """The most that it may be: the upper end."""
    return 1.0 - surely(1.0 - right, number, deviations)

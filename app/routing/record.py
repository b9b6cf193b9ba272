"""The record of what was said of places before they were confirmed, and how sure is sure enough.

A chance is enough for a dispatch where, of all places that were said to be at least as sure, so
many are right for certain: the lower end of Wilson's interval, each place with one vote. What a
city's own cases tell takes the place of what the numbers were learned from.

What was said with a smaller memory was right less often, and was said to be. So it is not counted
how much of it was right, but how far it was off, and what is said lately is corrected by that.
"""

import math
from collections import deque
from collections.abc import Hashable, Sequence
from itertools import groupby
from statistics import fmean
from typing import NamedTuple

WANTED = 0.97
FEWEST_PLACES = 60
KEPT, FEWEST_KEPT, AT_ONCE = 3_000, 500, 100
LATELY = 500
"""So many of the newest answers tell what is said with the memory of now."""
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
        proven = least_enough(answers, DEVIATIONS, LATELY)
        is_young = len(self.answers) < KEPT
        if is_young and proven > self.before and not disproved(answers, self.before):
            return self.before
        return proven


class Votes:
    """Values of answers; each place has one vote, the mean of its values."""

    def __init__(self) -> None:
        self.of_place: dict[Hashable, list[float]] = {}
        self.sum = 0.0

    def add(self, place: Hashable, value: float) -> None:
        values = self.of_place.setdefault(place, [])
        self.sum -= fmean(values) if values else 0.0
        values.append(value)
        self.sum += fmean(values)

    @property
    def mean(self) -> float:
        return self.sum / len(self.of_place)


class Proof:
    """Answers about places, and the share of them that would be right now: what is said lately,
    corrected by how far all that was said was off."""

    def __init__(self) -> None:
        self.off, self.lately = Votes(), Votes()

    def add(self, answer: Said, *, is_late: bool) -> None:
        self.off.add(answer.place, answer.right - answer.chance)
        if is_late:
            self.lately.add(answer.place, answer.chance)

    @property
    def places(self) -> int:
        return len(self.off.of_place) if self.lately.of_place else 0

    @property
    def right(self) -> float:
        return min(max(self.lately.mean + self.off.mean, 0.0), 1.0)


def disproved(answers: Sequence[Said], chance: float) -> bool:
    """Whether too few places are right, for certain, of those said to be so sure."""
    proof = Proof()
    for number, answer in enumerate(reversed(answers)):
        if answer.chance >= chance:
            proof.add(answer, is_late=number < LATELY)
    return proof.places > 0 and at_most(proof.right, proof.places, DEVIATIONS) < WANTED


def least_enough(answers: Sequence[Said], deviations: float, lately: int | None = None) -> float:
    """The least chance above which enough places are right; 1 where none is. `lately`: so many of
    the last answers are of now, all where it is not told."""
    first = 0 if lately is None else len(answers) - lately
    falling = sorted(enumerate(answers), key=lambda asked: asked[1].chance, reverse=True)
    proof, least = Proof(), 1.0
    for chance, alike in groupby(falling, key=lambda asked: asked[1].chance):
        for at, answer in alike:
            proof.add(answer, is_late=at >= first)
        number = proof.places
        if number >= FEWEST_PLACES and surely(proof.right, number, deviations) >= WANTED:
            least = chance
    return least


def surely(right: float, number: int, deviations: float) -> float:
    """The least that a share seen in so many may be: the lower end of Wilson's interval."""
    doubt = deviations**2 / number
    spread = deviations * math.sqrt(max(right * (1 - right), 0.0) / number + doubt / number / 4)
    return (right + doubt / 2 - spread) / (1 + doubt)


def at_most(right: float, number: int, deviations: float) -> float:
    """The most that it may be: the upper end."""
    return 1.0 - surely(1.0 - right, number, deviations)

"""The second ear: how likely a text tells of a danger for which the list has no word.

A logistic regression over runs of one, two and three letters, learned from phrases that ring and
that do not (`scripts/learn_dangers.py`). It raises no level: it asks the operator.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.suggest.grams import LONGEST, clauses
from app.suggest.reading import SENTENCE_END, Reading
from app.suggest.suggestion import Doubt, Word

LETTERS = 3
LENGTHS = range(1, LETTERS + 1)
SHOWN = 40

Weights = dict[str, float]


@dataclass(frozen=True)
class SecondEar:
    """`weights` by gram: positive ones speak for a danger; `asks_from` is a likelihood."""

    weights: Mapping[str, float]
    bias: float
    asks_from: float

    def doubt(self, text: str) -> Doubt | None:
        """The sentence of its beginning that most likely tells of a danger, or the whole text;
        None where none is as likely as `asks_from`."""
        reading = Reading(text[: LONGEST * 2])
        heard = [(at, self.known(clause)) for at, clause in clauses(reading.text)]
        parts = {(0, len(reading.text)), *sentences(reading.text[:LONGEST])}
        likelihood, start, end = max(
            (self.likelihood(within(heard, start, end)), -start, end) for start, end in parts
        )
        if likelihood < self.asks_from:
            return None
        return Doubt(round(likelihood, 4), self.clause(reading, -start, end))

    def known(self, clause: str) -> Weights:
        return {gram: self.weights[gram] for gram in runs(clause) if gram in self.weights}

    def likelihood(self, known: Weights) -> float:
        """Of a part of a text, by its known grams, 0 to 1; 0 where it has none."""
        if not known:
            return 0.0
        score = sum(known.values()) / math.sqrt(len(known)) + self.bias
        return 1 / (1 + math.exp(-score))

    def clause(self, reading: Reading, start: int, end: int) -> Word:
        """The clause that says most, or its beginning, in the caller's own writing."""
        places = [(start + at, clause) for at, clause in clauses(reading.text[start:end])]
        first, clause = max(places, key=lambda place: self.likelihood(self.known(place[1])))
        span = reading.span(first, first + min(len(clause), SHOWN))
        return Word(*span, reading.original[slice(*span)])


def sentences(text: str) -> Iterator[tuple[int, int]]:
    lengths = [len(sentence) + 1 for sentence in SENTENCE_END.split(text)]
    for after, length in zip(accumulate(lengths), lengths, strict=True):
        yield after - length, after - 1


def distinct(text: str) -> dict[str, None]:
    """The grams of a text, each once, in their order: a sum does not depend on chance."""
    return dict.fromkeys(gram for _, clause in clauses(text) for gram in runs(clause))


def runs(clause: str) -> list[str]:
    """Its grams; at its end a run is one that was there before."""
    return [clause[at : at + length] for at in range(len(clause)) for length in LENGTHS]


def within(heard: Sequence[tuple[int, Weights]], start: int, end: int) -> Weights:
    """The grams of the clauses that begin in a part of a text, each once, in their order."""
    grams: Weights = {}
    for at, known in heard:
        if start <= at < end:
            grams |= known
    return grams

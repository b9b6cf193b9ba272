"""Profiles of categories: what grams their names and synonyms have, and how telling each is.

A gram weighs by its rarity among the categories (IDF), so that 的 counts little and 暖 much. A
category has the grams of those above it, too, at a part of their weight.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.suggest.grams import grams
from app.suggest.reading import Reading

INHERITED = 0.3
"""Of the weight that a gram has for the category above."""

PHRASE = 5.0
"""Weight of a whole phrase for each character but its first."""

SHORTEST = 2
DIGITS = 2
NAME_PARTS = re.compile(r"[/与和、()]")

Floats = NDArray[np.float64]
Weights = dict[str, float]


class Evidence(NamedTuple):
    """Row by row: a gram (by its place among the text's), a category, and what it says for it."""

    grams: NDArray[np.intp]
    columns: NDArray[np.intp]
    weights: Floats

    def of(self, at: int) -> dict[int, float]:
        """What each gram says for one category."""
        rows = self.columns == at
        return dict(zip(self.grams[rows].tolist(), self.weights[rows].tolist(), strict=True))


class Profiles:
    """Made once of names and synonyms; `scores` reads a text in time that its length bounds."""

    def __init__(self, names: Mapping[str, str], synonyms: Mapping[str, Sequence[str]]) -> None:
        """By the code of the category: its name, and what callers call it."""
        phrases = {
            code: tuple(dict.fromkeys(phrases_of(name, synonyms.get(code, ()))))
            for code, name in names.items()
        }
        above = {code[:-DIGITS] for code in names}
        self.codes = tuple(sorted(names.keys() - above))
        self.position = {code: at for at, code in enumerate(self.codes)}
        self.phrases = phrase_weights(self.position, phrases)
        self.longest: dict[str, int] = {}
        for phrase in self.phrases:
            beginning = phrase[:SHORTEST]
            self.longest[beginning] = max(len(phrase), self.longest.get(beginning, 0))
        self._arrange(weigh(phrases))

    def _arrange(self, weights: Mapping[str, Weights]) -> None:
        """All weights in two rows, gram by gram; the rows of a gram begin at its start."""
        by_gram: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for code, at in self.position.items():
            for gram, weight in weights[code].items():
                by_gram[gram].append((at, weight))
        rows = [row for places in by_gram.values() for row in places]
        self.grams = {gram: number for number, gram in enumerate(by_gram)}
        self.sizes = np.array([len(places) for places in by_gram.values()])
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.columns = np.array([at for at, _ in rows], dtype=np.intp)
        self.weights: Floats = np.array([weight for _, weight in rows])

    def evidence(self, text_grams: Sequence[str]) -> Evidence:
        looked_up = enumerate(map(self.grams.get, text_grams))
        known = [(at, number) for at, number in looked_up if number is not None]
        numbers = np.array([number for _, number in known], dtype=np.intp)
        sizes = self.sizes[numbers]
        before = self.starts[numbers] - (np.cumsum(sizes) - sizes)
        rows = np.repeat(before, sizes) + np.arange(sizes.sum())
        places = np.repeat(np.array([at for at, _ in known], dtype=np.intp), sizes)
        return Evidence(places, self.columns[rows], self.weights[rows])

    def scores(self, evidence: Evidence, hits: Iterable[str]) -> Floats:
        """For each of `codes`, how much of the text speaks for it."""
        scores = np.zeros(len(self.codes))
        np.add.at(scores, evidence.columns, evidence.weights)
        for phrase in hits:
            for at, weight in self.phrases[phrase]:
                scores[at] += weight
        return scores

    def hits(self, text: str) -> set[str]:
        """The phrases of the text that lie in no longer one."""
        hits: set[str] = set()
        covered = 0
        for start in [at for at in range(len(text)) if text[at : at + SHORTEST] in self.longest]:
            end = self.phrase_end(text, start)
            if end > covered:
                hits.add(text[start:end])
                covered = end
        return hits

    def phrase_end(self, text: str, start: int) -> int:
        """Where the longest phrase ends that begins here, where one may; 0 for none."""
        longest = self.longest[text[start : start + SHORTEST]]
        for end in range(min(len(text), start + longest), start + SHORTEST - 1, -1):
            if text[start:end] in self.phrases:
                return end
        return 0


def phrases_of(name: str, synonyms: Sequence[str]) -> Iterator[str]:
    for phrase in (*NAME_PARTS.split(name), *synonyms):
        written = Reading(phrase).text
        if len(written) >= SHORTEST:
            yield written


def phrase_weights(
    position: Mapping[str, int], phrases: Mapping[str, Sequence[str]]
) -> dict[str, tuple[tuple[int, float], ...]]:
    """A phrase speaks for its categories; of several each has its part."""
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for code, words in phrases.items():
        for phrase in words:
            codes[phrase].append(code)
    return {
        phrase: tuple(
            (position[code], PHRASE * (len(phrase) - 1) / len(having))
            for code in having
            if code in position
        )
        for phrase, having in codes.items()
    }


def weigh(phrases: Mapping[str, Sequence[str]]) -> dict[str, Weights]:
    """The weight of each gram for each category."""
    counts = {code: count(words) for code, words in phrases.items()}
    spread = Counter(gram for gram_counts in counts.values() for gram in gram_counts)
    rarity = {gram: math.log(len(phrases) / among) for gram, among in spread.items()}
    own = {
        code: {gram: (1 + math.log(times)) * rarity[gram] for gram, times in gram_counts.items()}
        for code, gram_counts in counts.items()
    }
    return {code: weights_of(code, own, rarity) for code in phrases}


def count(phrases: Sequence[str]) -> Counter[str]:
    """In how many phrases each gram stands."""
    return Counter(gram for phrase in phrases for gram in grams(phrase))


def weights_of(code: str, own: Mapping[str, Weights], rarity: Weights) -> Weights:
    """Its own grams and those above it; a category of many words gains little by their number."""
    weights = dict(own[code])
    for end in range(DIGITS, len(code), DIGITS):
        for gram, weight in own.get(code[:end], {}).items():
            weights[gram] = weights.get(gram, 0.0) + INHERITED * weight
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {gram: weight * rarity[gram] / math.sqrt(length) for gram, weight in weights.items()}

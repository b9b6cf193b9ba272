"""Suggests categories of a request from its words: an emergency first, then likely matters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from threading import Lock

import numpy as np

from app.offices.catalogue import Catalogue
from app.suggest.emergencies import Emergencies
from app.suggest.grams import LONGEST, Place, grams, neighbours
from app.suggest.memory import MOST_PAIRS, Memory
from app.suggest.profiles import Floats, Profiles
from app.suggest.reading import Reading
from app.suggest.second_ear import SecondEar
from app.suggest.suggestion import Suggestion, Word

CHINESE = re.compile(r"[\u3400-\u9fff]")

MOST = 5
LEAST = 0.02
"""A candidate that is less likely is not named."""

SHARPNESS = 0.22
"""Scores become confidences by a softmax with this factor; docs/suggest.md compares the two."""

TELLING = 0.25
"""A gram is shown among the words if it says so much of what the most telling one says."""


class Suggester:
    """Holds names, synonyms and memory; only `memory` changes, by lessons."""

    def __init__(
        self,
        catalogue: Catalogue,
        emergencies: Emergencies,
        synonyms: Mapping[str, Sequence[str]],
        second_ear: SecondEar,
    ) -> None:
        self.catalogue = catalogue
        self.emergencies = emergencies
        self.second_ear = second_ear
        names = {code: entry.name for code, entry in catalogue.categories.items()}
        self.profiles = Profiles(names, synonyms)
        self.memory = Memory(len(self.profiles.codes))
        self.learned_to = (0, 0)
        self.learning = Lock()

    def suggest(self, text: str, most: int = MOST) -> list[Suggestion]:
        """Candidates, likeliest first; an emergency stands before all. None: no word is known."""
        emergency = self.emergencies.suggest(text)
        likely = self.likely(text, most)
        if emergency is None:
            return likely
        others = [other for other in likely if other.category != emergency.category]
        return [emergency, *others[: most - 1]]

    def likely(self, text: str, most: int = MOST) -> list[Suggestion]:
        """Candidates by names, synonyms and lessons; none of a text in another language, of which
        they know single letters only."""
        reading = Reading(text[: LONGEST * 2])
        if not CHINESE.search(reading.text):
            return []
        places = grams(reading.text)
        evidence = self.profiles.evidence(list(places))
        scores = self.profiles.scores(evidence, self.profiles.hits(reading.text[:LONGEST]))
        scores += self.memory.scores(neighbours(reading.text, MOST_PAIRS))
        confidences = softmax(scores)
        likely = [at for at in best(scores, most) if confidences[at] >= LEAST]
        words = (words_of(reading, list(places.values()), evidence.of(at)) for at in likely)
        return [
            self.candidate(at, float(confidences[at]), tuple(parts))
            for at, parts in zip(likely, words, strict=True)
        ]

    def candidate(self, at: int, confidence: float, words: tuple[Word, ...]) -> Suggestion:
        entry = self.catalogue.category(self.profiles.codes[at])
        return Suggestion(entry.code, entry.urgency, words, round(confidence, 4), entry.tell)


def best(scores: Floats, most: int) -> list[int]:
    """The places of the highest, of equal ones the first; none where all are 0. New requests ask
    for one, and sort nothing."""
    if not scores.any():
        return []
    if most == 1:
        return [int(scores.argmax())]
    places: list[int] = np.argsort(-scores, kind="stable")[:most].tolist()
    return places


def softmax(scores: Floats) -> Floats:
    powers: Floats = np.exp((scores - scores.max()) * SHARPNESS)
    powers /= powers.sum()
    return powers


def words_of(
    reading: Reading, places: Sequence[Place], shares: Mapping[int, float]
) -> Iterator[Word]:
    """The parts of the text that say most, in its own writing; no Latin letter alone, as of a
    mark-up, for it tells a reader nothing."""
    least = TELLING * max(shares.values(), default=0.0)
    strong = [places[gram] for gram, share in shares.items() if 0 < share >= least]
    marked = {at for place in strong if not is_letter(reading.text, place) for at in place}
    for start, end in runs(sorted(marked)):
        span = reading.span(start, end)
        yield Word(*span, reading.original[slice(*span)])


def is_letter(text: str, gram: Place) -> bool:
    first, last = gram
    return first == last and text[first].isascii()


def runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of consecutive numbers, each from its first up to, without, its end."""
    for _, stretch in groupby(enumerate(numbers), lambda item: item[1] - item[0]):
        members = [number for _, number in stretch]
        yield members[0], members[-1] + 1

"""Learn the numbers of app/data/suggest/second_ear.csv from phrases that ring and that do not.

    python -m scripts.learn_dangers [--check] [--phrases OWN.csv] [--to second_ear.csv]

Phrases are the tests' tables (`tests/suggest`), all but those kept apart; synonyms of categories
that are no danger and simulated requests, which do not ring and count less. A city adds its own
(`text,rings`) and lays what is written into its overlay. With --check nothing is written: the
figures of a fivefold cross-check are printed. The tables kept apart are measured by
`python -m bench.suggest`.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.offices.catalogue import Catalogue, Urgency
from app.offices.files import lines, many, read_catalogue
from app.suggest.emergencies import Emergencies
from app.suggest.load import ASKS_FROM, BIAS, DATA, read_emergencies
from app.suggest.reading import Reading
from app.suggest.second_ear import SecondEar, distinct
from bench.suggest import simulated
from tests.suggest.calls import calls, emergencies, phrases, taught

APART = ("seventh", "eighth", "ninth")
FOLDS, SEED = 5, 15
PENALTY, STEPS, POWERS = 0.02, 400, 30
LEAST_OFTEN = 2
WEAK = 0.3
"""What a phrase counts that no caller said."""
FALSE = 0.03
"""Of ordinary calls so many may be asked about."""
ORDINARY = ("calls", "taught")
SMALLEST = 0.05

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    group: str
    text: str
    rings: bool
    counts: float = 1.0


class Examples:
    """Grams of the texts in rows; each text's vector has length one."""

    def __init__(self, texts: Sequence[str], numbers: Mapping[str, int]) -> None:
        known = [
            [numbers[gram] for gram in distinct(Reading(text).text) if gram in numbers]
            for text in texts
        ]
        sizes = np.array([len(grams) for grams in known])
        self.shape = (len(texts), len(numbers))
        self.rows = np.repeat(np.arange(len(texts)), sizes)
        self.columns = np.array([gram for grams in known for gram in grams], dtype=np.intp)
        self.values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)

    def scores(self, weights: Floats) -> Floats:
        return np.bincount(self.rows, self.values * weights[self.columns], self.shape[0])

    def back(self, errors: Floats) -> Floats:
        return np.bincount(self.columns, self.values * errors[self.rows], self.shape[1])


def examples(catalogue: Catalogue, own: Path | None) -> Iterator[Example]:
    """Those that may ring by their tables, and those of which the list hears no danger."""
    yield from (Example("emergencies", text, bool(codes)) for text, codes in emergencies())
    seen = (phrase for phrase in phrases() if phrase.table not in APART)
    yield from (Example("apart before", phrase.text, phrase.rings) for phrase in seen)
    yield from (Example("taught", text, rings) for text, rings in taught())
    heard = read_emergencies(catalogue)
    ordinary = (call.text for call in calls() if heard.suggest(call.text) is None)
    yield from (Example("calls", text, False) for text in ordinary)
    yield from (Example("weak", text, False, WEAK) for text in harmless(catalogue, heard))
    yield from (Example("own", line["text"], line["rings"] == "1") for line in own_lines(own))


def own_lines(path: Path | None) -> Iterator[Mapping[str, str]]:
    return lines(path) if path else iter(())


def harmless(catalogue: Catalogue, heard: Emergencies) -> Iterator[str]:
    for line in lines(DATA / "synonyms.csv"):
        if catalogue.urgency(line["code"]) is not Urgency.L1:
            yield from (word for word in many(line["words"]) if heard.suggest(word) is None)
    for call in simulated(catalogue):
        if heard.suggest(call.text) is None:
            yield call.text


def learn(known: Sequence[Example]) -> SecondEar:
    """A logistic regression with a penalty on squares, by Nesterov's steps."""
    often = Counter(gram for each in known for gram in distinct(Reading(each.text).text))
    grams = [gram for gram, times in often.items() if times >= LEAST_OFTEN]
    table = Examples([each.text for each in known], {gram: at for at, gram in enumerate(grams)})
    rings = np.array([each.rings for each in known], dtype=float)
    counts = np.array([each.counts for each in known])
    weights, bias = descended(table, rings, counts)
    named = zip(grams, weights.tolist(), strict=True)
    strong = {gram: round(weight, 2) for gram, weight in named if abs(weight) >= SMALLEST}
    return SecondEar(strong, round(bias, 2), 0.0)


def descended(table: Examples, rings: Floats, counts: Floats) -> tuple[Floats, float]:
    steepness = steepest(table, counts) / 4 + 2 * PENALTY
    weights = ahead = np.zeros(table.shape[1] + 1)
    for step in range(1, STEPS + 1):
        likely = 1 / (1 + np.exp(-table.scores(ahead[:-1]) - ahead[-1]))
        errors = counts * (likely - rings)
        slope = np.append(table.back(errors) + 2 * PENALTY * ahead[:-1], errors.sum())
        before, weights = weights, ahead - slope / steepness
        ahead = weights + (step / (step + 3)) * (weights - before)
    return weights[:-1], float(weights[-1])


def steepest(table: Examples, counts: Floats) -> float:
    """The greatest curvature, by powers; the bias is a gram that every text has."""
    direction = np.ones(table.shape[1] + 1)
    length = 1.0
    for _ in range(POWERS):
        errors = counts * (table.scores(direction[:-1]) + direction[-1])
        turned = np.append(table.back(errors), errors.sum())
        length = float(np.linalg.norm(turned))
        direction = turned / length
    return length * 1.05


def cross_checked(known: Sequence[Example]) -> Floats:
    """Of each example the likelihood by an ear that never heard it."""
    likelihoods = np.zeros(len(known))
    order = list(range(len(known)))
    Random(SEED).shuffle(order)
    for fold in range(FOLDS):
        asked = order[fold::FOLDS]
        others = set(order) - set(asked)
        ear = learn([known[at] for at in sorted(others)])
        for at in asked:
            likelihoods[at] = ear.likelihood(Reading(known[at].text).text)
    return likelihoods


def report(known: Sequence[Example], likelihoods: Floats, asks_from: float) -> None:
    print(f"asks from {asks_from:.2f}\n| phrases | ring | asked about | do not | asked about |")
    print("|---|---|---|---|---|")
    for group in dict.fromkeys(each.group for each in known):
        of_group = [at for at, each in enumerate(known) if each.group == group]
        asked = [(known[at].rings, bool(likelihoods[at] >= asks_from)) for at in of_group]
        must = [is_asked for rings, is_asked in asked if rings]
        false = [is_asked for rings, is_asked in asked if not rings]
        print(f"| {group} | {len(must)} | {sum(must)} | {len(false)} | {sum(false)} |")


def write(ear: SecondEar, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(("gram", "weight"))
        sheet.writerow((BIAS, f"{ear.bias:.2f}"))
        sheet.writerow((ASKS_FROM, f"{ear.asks_from:.2f}"))
        sheet.writerows((gram, f"{weight:.2f}") for gram, weight in sorted(ear.weights.items()))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    asked.add_argument("--phrases", type=Path)
    asked.add_argument("--to", type=Path, default=DATA / "second_ear.csv")
    arguments = asked.parse_args()
    known = list(examples(read_catalogue(), arguments.phrases))
    likelihoods = cross_checked(known)
    ordinary = [
        likelihoods[at]
        for at, each in enumerate(known)
        if each.group in ORDINARY and not each.rings
    ]
    asks_from = round(float(np.quantile(ordinary, 1 - FALSE)), 2)
    report(known, likelihoods, asks_from)
    if not arguments.check:
        ear = learn(known)
        write(SecondEar(ear.weights, ear.bias, asks_from), arguments.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())

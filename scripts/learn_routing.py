"""Learn the numbers of app/data/routing/ranker.json from labelled addresses.

    python -m scripts.learn_routing ADDRESSES.csv [--check] [--folds FOLDS.json]

The file has the columns `address_text`, `place_text`, `street_code`. What is written are weights,
means, spreads and the trees of two judges: no address, no place, no name. Each row is asked several
times: with an empty memory and with memories made of other rows, with and without its district.
Rows of one place stand together on one side of every split; the judges learn from answers of
numbers that never saw the place. With --check nothing is written: the figures of five-fold
cross-validation are printed. With --folds the numbers of each fold, ranker and judges, are written
there, with the hashes of the places that they never saw: for `python -m bench.learning_curve`. The
trees are grown by LightGBM (`pip install lightgbm==4.7.0`), which
the service does without.
"""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from app.offices.files import read_gazetteer
from app.routing.decision import Query
from app.routing.load import DATA, read_elsewhere, read_older_places
from app.routing.memory import Lesson, Memory, is_clear
from app.routing.reading.elsewhere import Abroad
from app.routing.reading.named import named_beyond_doubt
from app.routing.reading.names import Lexicon, meanings
from app.routing.reading.scene import understand
from app.routing.reading.spots import Spot, spots
from app.routing.reading.text import read
from app.routing.record import Said, least_enough
from app.routing.weighing.evidence import FALLING, NUMBERS, RISING, evidence
from app.routing.weighing.grounds import COLUMNS, Ground, lay
from app.routing.weighing.grounds import learn as take_in
from app.routing.weighing.judge import (
    EVERY_LEAF,
    KNOTS,
    LEAVES,
    MANY,
    MEMORY,
    NODES,
    bent_by,
    is_flat,
)
from app.routing.weighing.profile import Floats
from app.routing.weighing.traits import describe, key_of
from bench.learning_curve import place_hash

ON = date(2026, 1, 1)
FOLDS, SPLITS = 5, 6
"""Each row is answered once by each of six ways to part the places: the judges learn from all."""
FRACTIONS = (0.0, 0.2, 0.5, 0.8)
"""Of the other rows that a memory is made of, for the ranker."""
JUDGED_WITH = (0.0, 0.2, *(0.5,) * 2, *(0.8,) * 2, *(0.9,) * 4)
"""For the judges: the larger a memory, the fewer rows are left to ask."""
WHOLE_CITY = (0.0, 0.5, 0.9)
HIDDEN, BAGS = 8, 3
STEPS, RATE, PENALTY = 130, 0.02, 4e-3
GROWN = {
    "objective": "binary",
    "learning_rate": 0.12,
    "num_leaves": LEAVES,
    "min_data_in_leaf": 40 * SPLITS,
    "lambda_l2": 5.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "extra_trees": True,
    "monotone_constraints": [(name in RISING) - (name in FALLING) for name in NUMBERS],
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
"""Small trees with borders drawn by chance, for they learn from some thousand answers."""
TREES, SEED = 80, 1
JUDGED = (("district", False, 1.645), ("city", True, 1.0))
"""Each judge's name, whether it is of the whole city, and for how certain the places that are at
least as sure as is enough must be right enough, in deviations: within a district 19 times in 20,
without one five times in six, since the policy asks for more there already."""
JUDGES = 5
"""Judges that differ by chance alone; in their mean so much is enough."""
STIFFNESS, CAUTION = 100.0, 1.0
"""How little a judge's bend may turn from knot to knot, and how small it stays without a cause."""
STEPS_OF_BEND = 30
DECIMALS = 5
BANDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.01)
FEWEST_IN_BAND = 200


@dataclass(frozen=True)
class Row:
    spot: Spot
    tail: str
    bare: tuple[Spot, str]
    street_code: str
    is_named: tuple[bool, bool]
    """Whether a community is named beyond doubt, with the district and without: then no judge is
    asked."""

    @property
    def district(self) -> str:
        return self.street_code[:6]


@dataclass(frozen=True)
class Sample:
    x: Floats
    truth: int
    row: int
    memory: float
    whole_city: bool
    judged_by: Callable[[Floats], list[float]]
    """The evidence for the street with the greatest share; asked for before memory changes."""


@dataclass(frozen=True)
class Answer:
    """The shares of a sample from numbers that never saw its place, and the best's evidence."""

    row: int
    memory: float
    whole_city: bool
    truth: int
    shares: Floats
    numbers: list[float]

    @property
    def right(self) -> bool:
        return int(self.shares.argmax()) == self.truth


Judged = tuple[float, Answer]
"""An answer with its chance by a judge that never saw its place."""


def read_rows(path: Path) -> list[Row]:
    lexicon = Lexicon(meanings(read_gazetteer(), ON))

    abroad = Abroad.of(read_elsewhere())

    def is_named(text: str) -> bool:
        return named_beyond_doubt(understand(lexicon, abroad, Query(text))) is not None

    def first(text: str) -> tuple[Spot, str] | None:
        reading = read(text)
        places = spots(reading.text, lexicon.find(reading.text))
        return (places[0], reading.text[places[0].end :]) if places else None

    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            whole, bare = first(line["address_text"]), first(line["place_text"])
            if whole and bare:
                named = is_named(line["address_text"]), is_named(line["place_text"])
                rows.append(Row(*whole, bare, line["street_code"], named))
    return rows


def folds(rows: Sequence[Row], split: int = 0) -> NDArray[np.int64]:
    """Rows of one place in one fold."""
    places = sorted({place_of(row) for row in rows})
    parts = np.random.default_rng(split).permutation(len(places)) % FOLDS
    fold = dict(zip(places, parts, strict=True))
    return np.array([fold[place_of(row)] for row in rows])


def remember(rows: Sequence[Row], taught: Sequence[int]) -> tuple[dict[str, Ground], Memory]:
    grounds, memory = lay(read_gazetteer(), read_older_places()), Memory()
    for at in taught:
        row = rows[at]
        for key in memory.learn(
            Lesson.CONFIRM, key_of(row.spot, row.district), row.street_code, ON
        ):
            take_in(grounds, memory, [key])
    return grounds, memory


def samples(
    rows: Sequence[Row], asked: Sequence[int], fractions: Sequence[float], seed: int
) -> Iterator[Sample]:
    """Every asked row against memories of several sizes made of the others."""
    rng = np.random.default_rng(seed)
    for fraction in fractions:
        taught = [at for at in asked if rng.random() < fraction]
        grounds, memory = remember(rows, taught)
        within = set(taught)
        for at in asked:
            row = rows[at]
            if at in within or known(memory, row):
                continue
            yield from sample(
                grounds[row.district], memory, (row.spot, row.tail), (at, fraction), row
            )
            if fraction in WHOLE_CITY:
                yield from sample(grounds[""], memory, row.bare, (at, fraction), row)


def known(memory: Memory, row: Row) -> bool:
    past = memory.past(key_of(row.spot, row.district))
    return bool(past) and is_clear(past)


def sample(
    ground: Ground, memory: Memory, where: tuple[Spot, str], of: tuple[int, float], row: Row
) -> Iterator[Sample]:
    """One, or none where no street has anything like the place."""
    sheet = describe(ground, memory, *where)
    codes = list(sheet.streets)
    truth = codes.index(row.street_code) if row.street_code in codes else -1
    if sheet.alike.likest or not ground.whole_city:
        yield Sample(
            sheet.matrix(),
            truth,
            *of,
            ground.whole_city,
            lambda shares: evidence(ground, sheet, best_three(shares)),
        )


def best_three(shares: Floats) -> list[tuple[int, float]]:
    return [(int(at), float(shares[at])) for at in (-shares).argsort(kind="stable")[:3]]


class Net:
    """The ranker's sums, learned by Adam on the cross-entropy of the right street."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        width = len(COLUMNS)
        self.parts = [
            rng.normal(size=(width, HIDDEN)) * 0.6 / np.sqrt(width),
            np.zeros(HIDDEN),
            rng.normal(size=HIDDEN) * 0.3,
            np.zeros(width),
        ]
        self.parts = [part.astype(np.float32) for part in self.parts]

    def fit(self, x: Floats, starts: NDArray[np.int64], right: Floats, weight: Floats) -> "Net":
        """`starts`: the first line of each question; `right`: 1 on the line of its answer."""
        lengths = np.diff(np.append(starts, len(x)))
        first = [np.zeros_like(part) for part in self.parts]
        second = [np.zeros_like(part) for part in self.parts]
        line_weight = np.repeat(weight / weight.sum(), lengths).astype(np.float32)
        for step in range(1, STEPS + 1):
            hidden, sums = self.sums(x)
            odds = np.exp(sums - np.repeat(np.maximum.reduceat(sums, starts), lengths))
            shares = odds / np.repeat(np.add.reduceat(odds, starts), lengths)
            pull = (shares - right.astype(np.float32)) * line_weight
            for at, slope in enumerate(self.slopes(x, hidden, pull)):
                first[at] = 0.9 * first[at] + 0.1 * slope
                second[at] = 0.999 * second[at] + 0.001 * slope**2
                size = np.sqrt(second[at] / (1 - 0.999**step)) + 1e-8
                self.parts[at] = self.parts[at] - RATE * first[at] / (1 - 0.9**step) / size
        return self

    def sums(self, x: Floats) -> tuple[Floats, Floats]:
        bent, turn, hands, straight = self.parts
        hidden = np.maximum(x @ bent + turn, 0.0)
        return hidden, hidden @ hands + x @ straight

    def slopes(self, x: Floats, hidden: Floats, pull: Floats) -> list[Floats]:
        bent, _, hands, straight = self.parts
        back = np.outer(pull, hands) * (hidden > 0)
        return [
            x.T @ back + PENALTY * bent,
            back.sum(axis=0),
            hidden.T @ pull + PENALTY * hands,
            x.T @ pull + PENALTY * straight,
        ]


def learn(samples: Sequence[Sample]) -> dict[str, object]:
    """The document, without its calibration."""
    usable = [sample for sample in samples if sample.truth >= 0]
    x = np.concatenate([sample.x for sample in usable])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    lengths = [len(sample.x) for sample in usable]
    starts = np.cumsum([0, *lengths[:-1]])
    right = np.zeros(len(x))
    right[starts + [sample.truth for sample in usable]] = 1
    weight = np.array([0.3 if sample.whole_city else 1.0 for sample in usable])
    scaled = ((x - mean) / spread).astype(np.float32)
    nets = [Net(seed).fit(scaled, starts, right, weight).parts for seed in range(BAGS)]
    return {
        "columns": list(COLUMNS),
        "mean": mean,
        "spread": spread,
        "straight": np.mean([parts[3] for parts in nets], axis=0),
        "bent": np.concatenate([parts[0] for parts in nets], axis=1),
        "turn": np.concatenate([parts[1] for parts in nets]),
        "hands": np.concatenate([parts[2] for parts in nets]) / BAGS,
    }


def shares(document: dict[str, object], x: Floats) -> Floats:
    part = {name: np.asarray(value) for name, value in document.items() if name != "columns"}
    scaled = (x - part["mean"]) / part["spread"]
    bent = np.maximum(scaled @ part["bent"] + part["turn"], 0.0)
    sums = scaled @ part["straight"] + bent @ part["hands"]
    odds = np.exp(sums - sums.max())
    result: Floats = odds / odds.sum()
    return result


def cross_validate(rows: Sequence[Row]) -> list[Answer]:
    """Every sample, answered by numbers that never saw its place: once for each split."""
    return [answer for split in range(SPLITS) for answer in answers_of(rows, split)]


def answers_of(rows: Sequence[Row], split: int) -> Iterator[Answer]:
    fold, documents = folds(rows, split), documents_of(rows, split)
    for sample in samples(rows, range(len(rows)), JUDGED_WITH, seed=100 + split):
        share = shares(documents[fold[sample.row]], sample.x)
        asked = (sample.row, sample.memory, sample.whole_city, sample.truth)
        yield Answer(*asked, share, sample.judged_by(share))


def documents_of(rows: Sequence[Row], split: int) -> list[dict[str, object]]:
    """For each fold the numbers that never saw its places."""
    fold = folds(rows, split)
    return [
        learn(list(samples(rows, list(map(int, np.nonzero(fold != out)[0])), FRACTIONS, seed=out)))
        for out in range(FOLDS)
    ]


def grow(answers: Sequence[Answer], seed: int) -> lightgbm.Booster:
    """The trees of a judge: how often was the best street of such an answer right?"""
    numbers = np.array([answer.numbers for answer in answers])
    right = np.array([float(answer.right) for answer in answers])
    return lightgbm.train({**GROWN, "seed": seed}, lightgbm.Dataset(numbers, right), TREES)


def judge(rows: Sequence[Row], answers: Sequence[Answer], deviations: float) -> dict[str, Any]:
    """A judge's document, with the least chance to be sent with."""
    trees = [
        Tree.of(tree["tree_structure"]) for tree in grow(answers, SEED).dump_model()["tree_info"]
    ]
    return {
        "features": [feature for tree in trees for feature in tree.features],
        "borders": [border for tree in trees for border in tree.borders],
        "masks": [mask for tree in trees for mask in tree.masks],
        "values": [value for tree in trees for value in tree.values],
        "enough": round(enough(rows, answers, deviations), DECIMALS),
        "bend": np.round(bend(rows, judged(rows, answers)), DECIMALS).tolist(),
    }


def judged(rows: Sequence[Row], answers: Sequence[Answer], seed: int = SEED) -> list[Judged]:
    """Every answer with its chance by a judge that never saw its place."""
    fold = folds(rows)
    of_row = np.array([fold[answer.row] for answer in answers])
    pairs = []
    for out in sorted(set(of_row.tolist())):
        booster = grow([answers[at] for at in np.nonzero(of_row != out)[0]], seed)
        asked = [answers[at] for at in np.nonzero(of_row == out)[0]]
        chances = booster.predict(np.array([answer.numbers for answer in asked]))
        pairs += list(zip(map(float, chances), asked, strict=True))
    return pairs


@dataclass
class Tree:
    """A tree of the judge: nodes that fill up what is missing rule out no leaf."""

    features: list[int]
    borders: list[float]
    masks: list[int]
    values: list[float]

    @classmethod
    def of(cls, root: Mapping[str, Any]) -> "Tree":
        tree = cls([], [], [], [])
        tree.add(root)
        spare = NODES - len(tree.features)
        tree.features += [0] * spare
        tree.borders += [0.0] * spare
        tree.masks += [EVERY_LEAF] * spare
        tree.values += [0.0] * (LEAVES - len(tree.values))
        return tree

    def add(self, node: Mapping[str, Any]) -> None:
        if "leaf_value" in node:
            self.values.append(round(node["leaf_value"], DECIMALS))
            return
        at, first = len(self.features), len(self.values)
        self.features.append(node["split_feature"])
        self.borders.append(round(node["threshold"], DECIMALS))
        self.masks.append(EVERY_LEAF)
        self.add(node["left_child"])
        self.masks[at] -= sum(1 << leaf for leaf in range(first, len(self.values)))
        self.add(node["right_child"])


def enough(rows: Sequence[Row], answers: Sequence[Answer], deviations: float) -> float:
    """The least chance to be sent with, by answers without a memory."""
    pairs = [judged(rows, answers, SEED + at) for at in range(JUDGES)]
    return float(np.mean([least_enough(alone(rows, pair), deviations) for pair in pairs]))


def alone(rows: Sequence[Row], pairs: Sequence[Judged]) -> list[Said]:
    """What was said without a memory."""
    return [
        Said(chance, answer.right, place_of(rows[answer.row]))
        for chance, answer in pairs
        if answer.memory == 0
    ]


def level_of(pairs: Sequence[Judged]) -> float:
    """The share right of what the trees cannot tell apart."""
    return float(np.mean([answer.right for chance, answer in pairs if is_level(chance, answer)]))


def is_level(chance: float, answer: Answer) -> bool:
    return answer.memory == 0 and is_flat(chance)


def bend(rows: Sequence[Row], pairs: Sequence[Judged]) -> Floats:
    """How far off the trees' odds are with a memory, at each of the KNOTS, each row with one vote:
    the likeliest bend that is stiff and small."""
    asked = [(chance, answer) for chance, answer in pairs if is_bent(rows, answer)]
    odds = np.array([log_odds(chance) for chance, _ in asked])
    right = np.array([float(answer.right) for _, answer in asked])
    times = Counter(answer.row for _, answer in asked)
    vote = np.array([1 / times[answer.row] for _, answer in asked])
    near = np.array([np.interp(odds, KNOTS, unit) for unit in np.eye(len(KNOTS))]).T
    turns = np.diff(np.eye(len(KNOTS)), 2, axis=0)
    held = STIFFNESS * turns.T @ turns + CAUTION * np.eye(len(KNOTS))
    bent = np.zeros(len(KNOTS))
    for _ in range(STEPS_OF_BEND):
        chance = 1 / (1 + np.exp(-(odds + near @ bent)))
        slope = near.T @ (vote * (right - chance)) - held @ bent
        steep = (near * (vote * chance * (1 - chance))[:, None]).T @ near + held
        bent = bent + np.linalg.solve(steep, slope)
    if (np.diff(np.array(KNOTS) + bent) < 0).any():
        raise ValueError("a surer answer would be told as less sure: the bend is too steep")
    return bent


def is_bent(rows: Sequence[Row], answer: Answer) -> bool:
    """Whether a judge is asked of it in the service, with a memory."""
    return answer.memory > 0 and not rows[answer.row].is_named[answer.whole_city]


def log_odds(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


def as_the_service(rows: Sequence[Row], pairs: Sequence[Judged], whole_city: bool) -> list[Judged]:
    """The pairs as the service tells them, with the bend and the level of the other folds."""
    fold = folds(rows)
    of_fold = {}
    for out in range(FOLDS):
        others = [pair for pair in pairs if fold[pair[1].row] != out]
        of_fold[out] = bend(rows, others), level_of(others) if whole_city else None
    return [
        (as_told(chance, answer, *of_fold[fold[answer.row]]), answer) for chance, answer in pairs
    ]


def as_told(chance: float, answer: Answer, bend: Floats, level: float | None) -> float:
    if level is not None and is_level(chance, answer):
        return level
    odds = log_odds(chance)
    odds += min(answer.numbers[MEMORY] / MANY, 1.0) * bent_by(bend.tolist(), odds)
    return float(1 / (1 + np.exp(-odds)))


def place_of(row: Row) -> tuple[str, str]:
    return row.district, row.spot.name


def report(rows: Sequence[Row], answers: Sequence[Answer]) -> None:
    for name, whole_city, deviations in JUDGED:
        of_kind = [answer for answer in answers if answer.whole_city == whole_city]
        pairs = as_the_service(rows, judged(rows, of_kind), whole_city)
        print(f"{name}: enough is {enough(rows, of_kind, deviations):.4f}")
        for fraction in dict.fromkeys(JUDGED_WITH):
            some = [pair for pair in pairs if pair[1].memory == fraction]
            if some:
                print(f"memory {fraction:.1f} {name:8}", figures(some))
                print(*bands(some), sep="\n")


def figures(pairs: Sequence[Judged]) -> str:
    right = np.array([answer.right for _, answer in pairs])
    three = np.mean([a.truth in (-a.shares).argsort()[:3] for _, a in pairs])
    order = np.argsort([-chance for chance, _ in pairs], kind="stable")
    at = {c: right[order[: int(len(order) * c)]].mean() for c in (0.3, 0.5, 0.6, 0.7, 0.8)}
    curve = " ".join(f"p@{c:.1f} {value:.3f}" for c, value in at.items())
    return f"n {len(right)} top1 {right.mean():.3f} top3 {three:.3f} {curve}"


def bands(pairs: Sequence[Judged]) -> Iterator[str]:
    """What was said, what was right, and how far they may differ by chance alone."""
    chances = np.array([chance for chance, _ in pairs])
    right = np.array([answer.right for _, answer in pairs])
    for low, high in pairwise(BANDS):
        inside = (chances >= low) & (chances < high)
        number = int(inside.sum())
        if number >= FEWEST_IN_BAND * SPLITS:
            chance, share_right = chances[inside].mean(), right[inside].mean()
            error = np.sqrt(chance * (1 - chance) / number * SPLITS)
            yield f"  {low:.2f}-{high:.2f} {number:5} {chance:.3f} {share_right:.3f} +-{error:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addresses", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--folds", type=Path)
    given = parser.parse_args()
    rows = read_rows(given.addresses)
    answers = cross_validate(rows)
    report(rows, answers)
    if given.folds:
        write(given.folds, json.dumps(unseen(rows, answers)))
    if given.check:
        return
    numbers = learn(list(samples(rows, range(len(rows)), FRACTIONS, seed=0)))
    write(DATA / "ranker.json", json.dumps(document(rows, answers, numbers), indent=1) + "\n")


def document(
    rows: Sequence[Row], answers: Sequence[Answer], numbers: Mapping[str, object]
) -> dict[str, Any]:
    """The whole file: the ranker's numbers, the judges that these answers teach, and a version."""
    plain = {
        name: value if isinstance(value, list) else np.round(np.asarray(value), DECIMALS).tolist()
        for name, value in numbers.items()
    }
    plain["numbers"] = list(NUMBERS)
    for name, whole_city, deviations in JUDGED:
        of_kind = [answer for answer in answers if answer.whole_city == whole_city]
        plain[f"judge_{name}"] = judge(rows, of_kind, deviations)
        if whole_city:
            growths = [judged(rows, of_kind, SEED + at) for at in range(JUDGES)]
            level = float(np.mean([level_of(pairs) for pairs in growths]))
            plain[f"judge_{name}"]["level"] = round(level, DECIMALS)
    content = json.dumps(plain, sort_keys=True).encode()
    return {**plain, "version": sha256(content).hexdigest()[:12]}


def unseen(rows: Sequence[Row], answers: Sequence[Answer]) -> dict[str, Any]:
    """The whole document of each fold, and the fold of each place by its hash."""
    fold = folds(rows)
    documents = [
        document(rows, [answer for answer in answers if fold[answer.row] != out], numbers)
        for out, numbers in enumerate(documents_of(rows, 0))
    ]
    places = {place_hash(*place_of(row)): int(out) for row, out in zip(rows, fold, strict=True)}
    return {"folds": documents, "places": places}


def write(path: Path, content: str) -> None:
    """Whole or not at all: who reads meanwhile finds the old file."""
    new = path.with_suffix(".new")
    new.write_text(content, encoding="utf-8")
    new.replace(path)


if __name__ == "__main__":
    main()

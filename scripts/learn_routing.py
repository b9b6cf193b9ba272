"""Learn the numbers of app/data/routing/ranker.json from labelled addresses.

    python scripts/learn_routing.py ADDRESSES.csv [--check]

The file has the columns `address_text`, `place_text`, `street_code`. What is written are weights,
means, spreads and a table of calibration: no address, no place, no name. Each row is asked several
times: with an empty memory and with memories made of other rows, with and without its district.
Rows of one place stand together on one side of every split. With --check nothing is written: the
figures of five-fold cross-validation are printed.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.offices.files import read_gazetteer
from app.routing.grounds import COLUMNS, Ground, lay
from app.routing.load import DATA
from app.routing.memory import Lesson, Memory, is_clear
from app.routing.profile import Floats
from app.routing.reading.names import Lexicon, meanings
from app.routing.reading.spots import Spot, spots
from app.routing.reading.text import read
from app.routing.traits import describe, key_of

ON = date(2026, 1, 1)
FOLDS = 5
FRACTIONS = (0.0, 0.2, 0.5, 0.8)
WHOLE_CITY = (0.0, 0.5)
HIDDEN, BAGS = 8, 3
STEPS, RATE, PENALTY = 130, 0.02, 4e-3
BINS = 16
CALIBRATED = (("district", False, 1.645), ("city", True, 0.0))
"""Each table's name, whether it is of the whole city, and how sure what it says must be, in
deviations of a normal distribution: without a district far more is asked for already."""
DECIMALS = 5


@dataclass(frozen=True)
class Row:
    spot: Spot
    tail: str
    bare: tuple[Spot, str]
    street_code: str

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


def read_rows(path: Path) -> list[Row]:
    lexicon = Lexicon(meanings(read_gazetteer(), ON))

    def first(text: str) -> tuple[Spot, str] | None:
        reading = read(text)
        places = spots(reading.text, lexicon.find(reading.text))
        return (places[0], reading.text[places[0].end :]) if places else None

    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            whole, bare = first(line["address_text"]), first(line["place_text"])
            if whole and bare:
                rows.append(Row(*whole, bare, line["street_code"]))
    return rows


def folds(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Rows of one place in one fold."""
    places = sorted({(row.district, row.spot.name) for row in rows})
    fold = dict(zip(places, np.random.default_rng(0).permutation(len(places)) % FOLDS, strict=True))
    return np.array([fold[row.district, row.spot.name] for row in rows])


def remember(rows: Sequence[Row], taught: Sequence[int]) -> tuple[dict[str, Ground], Memory]:
    grounds, memory = lay(read_gazetteer()), Memory()
    for at in taught:
        row = rows[at]
        for key in memory.learn(
            Lesson.CONFIRM, key_of(row.spot, row.district), row.street_code, ON
        ):
            for code in ("", key.district_code):
                grounds[code].update(memory, key)
    return grounds, memory


def samples(
    rows: Sequence[Row], asked: Sequence[int], memory_rows: Sequence[int], seed: int
) -> Iterator[Sample]:
    """Every asked row against memories of several sizes made of `memory_rows`, itself left out."""
    rng = np.random.default_rng(seed)
    for fraction in FRACTIONS:
        taught = [at for at in memory_rows if rng.random() < fraction]
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
        yield Sample(sheet.matrix(), truth, of[0], of[1], ground.whole_city)


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

    def fit(self, x: Floats, starts: NDArray[np.int64], right: Floats, weight: Floats) -> "Net":
        """`starts`: the first line of each question; `right`: 1 on the line of its answer."""
        lengths = np.diff(np.append(starts, len(x)))
        first = [np.zeros_like(part) for part in self.parts]
        second = [np.zeros_like(part) for part in self.parts]
        line_weight = np.repeat(weight / weight.sum(), lengths)
        for step in range(1, STEPS + 1):
            hidden, sums = self.sums(x)
            odds = np.exp(sums - np.repeat(np.maximum.reduceat(sums, starts), lengths))
            shares = odds / np.repeat(np.add.reduceat(odds, starts), lengths)
            pull = (shares - right) * line_weight
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
    scaled = (x - mean) / spread
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


def cross_validate(rows: Sequence[Row]) -> list[tuple[Sample, Floats]]:
    """Every sample with the shares it got from numbers that never saw its place."""
    fold = folds(rows)
    answers = []
    for out in range(FOLDS):
        inside = [int(at) for at in np.nonzero(fold != out)[0]]
        outside = [int(at) for at in np.nonzero(fold == out)[0]]
        document = learn(list(samples(rows, inside, inside, seed=out)))
        tests = samples(rows, outside, range(len(rows)), seed=100 + out)
        answers += [(sample, shares(document, sample.x)) for sample in tests]
    return answers


def calibrate(answers: Sequence[tuple[Sample, Floats]], sure: float) -> list[list[float]]:
    """Said and surely true, in bins of equal size, never falling (pool adjacent violators)."""
    shown = np.array([share.max() for _, share in answers])
    true = np.array([float(share.argmax() == sample.truth) for sample, share in answers])
    order = shown.argsort()
    pools = [
        [shown[part].mean(), true[part].mean(), float(len(part))]
        for part in np.array_split(order, BINS)
    ]
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and merged[-2][1] > merged[-1][1]:
            merged.append(pooled(merged.pop(), merged.pop()))
    least = np.maximum.accumulate([surely(true, number, sure) for _, true, number in merged])
    return [[round(p[0], DECIMALS) for p in merged], np.round(least, DECIMALS).tolist()]


def surely(share: float, number: float, sure: float) -> float:
    """The least that a share seen in so many may be (Wilson's bound)."""
    doubt = sure**2 / number
    spread = sure * np.sqrt(share * (1 - share) / number + doubt / number / 4)
    return float((share + doubt / 2 - spread) / (1 + doubt))


def pooled(first: list[float], other: list[float]) -> list[float]:
    """Two bins of shares, truths and numbers, put together."""
    size = first[2] + other[2]
    shown, true = ((first[at] * first[2] + other[at] * other[2]) / size for at in (0, 1))
    return [shown, true, size]


def report(answers: Sequence[tuple[Sample, Floats]]) -> None:
    for fraction in FRACTIONS:
        for whole_city in (False, True):
            some = [a for a in answers if a[0].memory == fraction and a[0].whole_city == whole_city]
            if some:
                print(
                    f"memory {fraction:.1f} {'city' if whole_city else 'district':8}", figures(some)
                )


def figures(answers: Sequence[tuple[Sample, Floats]]) -> str:
    right = np.array([share.argmax() == sample.truth for sample, share in answers])
    three = np.mean([sample.truth in (-share).argsort()[:3] for sample, share in answers])
    order = np.argsort([-share.max() for _, share in answers])
    at = {c: right[order[: int(len(order) * c)]].mean() for c in (0.3, 0.5, 0.6, 0.7, 0.8)}
    curve = " ".join(f"p@{c:.1f} {value:.3f}" for c, value in at.items())
    return f"n {len(right)} top1 {right.mean():.3f} top3 {three:.3f} {curve}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addresses", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    rows = read_rows(given.addresses)
    answers = cross_validate(rows)
    report(answers)
    if given.check:
        return
    everything = range(len(rows))
    document = learn(list(samples(rows, everything, everything, seed=0)))
    plain = {
        name: value if isinstance(value, list) else np.round(np.asarray(value), DECIMALS).tolist()
        for name, value in document.items()
    }
    for name, whole_city, sure in CALIBRATED:
        of_kind = [answer for answer in answers if answer[0].whole_city == whole_city]
        plain[f"calibration_{name}"] = calibrate(of_kind, sure)
    content = json.dumps(plain, sort_keys=True).encode()
    plain["version"] = sha256(content).hexdigest()[:12]
    write(DATA / "ranker.json", json.dumps(plain, indent=1) + "\n")


def write(path: Path, content: str) -> None:
    """Whole or not at all: who reads meanwhile finds the old file."""
    new = path.with_suffix(".new")
    new.write_text(content, encoding="utf-8")
    new.replace(path)


if __name__ == "__main__":
    main()

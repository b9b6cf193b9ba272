"""How routing gains by confirmed cases, each address asked by numbers that never saw its place.

    python -m scripts.learn_routing FILE.csv --check --folds FOLDS.json
    BENCH_ADDRESSES=FILE.csv python -m bench.learning_curve FOLDS.json [ORDERS]

The file is the one of `bench.routing`. In each order of it (1 where none is told; the first is the
file's own) the second half is asked with so many of the first half confirmed, one by one; then each
address with all others confirmed; with the district and without. At the end all orders together:
what is reached, and whether the confidence is true. An order takes about half a minute of one core.
FOLDS.json tells of places by their hashes, and stays where it was made.
"""

import csv
import json
import math
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from app.routing.decide import Router
from app.routing.memory import Lesson
from app.routing.weighing.ranker import Ranker
from bench.reliability import WITHIN, Band, Outcome, bands, largest_part, right_of
from bench.routing import ASKED, ON, Answer, Asked, Figures, Row, ask, confirm, plain, start

STEPS = (0, 500)
"""Addresses confirmed before the second half is asked, and then the whole first half."""
JUDGED = 0.95
"""Below it nearly all confidence is the judge's; above lies also what has its chance by rule."""
PART = 0.75
"""How many are right where just so large a part is sent."""
WORDINGS = {"": plain, ", no district": ASKED["without district"]}
Asking = tuple[str, list[Answer]]
"""What was confirmed and how it was asked; the answers."""


def place_hash(district_code: str, name: str) -> str:
    return sha256(f"{district_code}{name}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Unseen:
    """For each fold its numbers, and the fold of each place."""

    rankers: Sequence[Ranker]
    places: Mapping[str, int]

    @classmethod
    def read(cls, path: Path) -> "Unseen":
        document = json.loads(path.read_text(encoding="utf-8"))
        return cls([Ranker.of(numbers) for numbers in document["folds"]], document["places"])

    def fit(self, router: Router, row: Row) -> None:
        """The router asks and learns by numbers that never saw this row's place."""
        key = router.key(row["address_text"], row["street_code"], ON)
        fold = self.places.get(place_hash(key.district_code, key.name), 0) if key else 0
        router.locator.ranker = self.rankers[fold]

    def ask(self, router: Router, rows: Sequence[Row], asked: Asked = plain) -> list[Answer]:
        answers = []
        for row in rows:
            self.fit(router, row)
            answers += ask(router, [row], asked)
        return answers

    def confirm(self, router: Router, rows: Sequence[Row], lesson: Lesson = Lesson.CONFIRM) -> None:
        for row in rows:
            self.fit(router, row)
            confirm(router, [row], lesson)

    def ask_knowing_the_others(self, router: Router, rows: Sequence[Row]) -> Iterator[Asking]:
        answers: defaultdict[str, list[Answer]] = defaultdict(list)
        for row in rows:
            self.confirm(router, [row], Lesson.WITHDRAW)
            for name, wording in WORDINGS.items():
                answers[name] += self.ask(router, [row], wording)
            self.confirm(router, [row])
        return ((f"all others{name}", some) for name, some in answers.items())


@dataclass(frozen=True)
class Point:
    """Of an order's answers: the figures of what the policy sends, and of the surest."""

    figures: Figures
    largest_part: float
    right_of_part: float

    @classmethod
    def of(cls, answers: Sequence[Answer], outcomes: Sequence[Outcome]) -> "Point":
        return cls(Figures.of(answers), largest_part(outcomes), right_of(outcomes, PART))

    def cells(self) -> tuple[float, ...]:
        of = self.figures
        as_sent = (of.coverage, of.precision, of.top1, of.top3)
        return (*as_sent, self.largest_part, self.right_of_part)


def curve(unseen: Unseen, rows: Sequence[Row]) -> Iterator[Asking]:
    """The answers to the second half after each step, and to all with all others confirmed."""
    half = len(rows) // 2
    first, second = rows[:half], rows[half:]
    router, _, _ = start()
    done = 0
    for upto in (*(step for step in STEPS if step < half), half):
        unseen.confirm(router, first[done:upto])
        done = upto
        for name, wording in WORDINGS.items():
            yield f"{upto}{name}", unseen.ask(router, second, wording)
    unseen.confirm(router, second)
    yield from unseen.ask_knowing_the_others(router, rows)


def show_heads(title: str) -> None:
    heads = ("sent", "right", "best", "three", "part .97", f"at {PART}")
    print(f"\n{title:28}" + "".join(f"{head:>10}" for head in heads))


def worst(figures: Iterable[float]) -> float:
    """The least; none is worse than any."""
    return min(figures, key=lambda figure: -math.inf if math.isnan(figure) else figure)


def show_reach(points: Mapping[str, Sequence[Point]]) -> None:
    """The mean of all orders, and the worst of each figure."""
    for title, choose in (("mean of orders", statistics.fmean), ("worst order", worst)):
        show_heads(title)
        for name, some in points.items():
            columns = zip(*(point.cells() for point in some), strict=True)
            print(f"{name:28}" + "".join(f"{choose(column):10.3f}" for column in columns))


def show_truth(outcomes: Mapping[str, Sequence[Outcome]]) -> None:
    counting: list[Band] = []
    for name, some in outcomes.items():
        print(f"\n{name}", *bands(some), sep="\n")
        counting += [band for band in bands(some) if band.counts]
    off, by_chance = sum(band.is_off for band in counting), sum(b.off_by_chance for b in counting)
    print(f"\n{len(counting)} bands, {off} off by more than {WITHIN}; by chance {by_chance:.1f}")
    judged = [(band.off / band.error) ** 2 for band in counting if band.high <= JUDGED]
    if judged:
        square = statistics.fmean(judged)
        print(f"{len(judged)} below {JUDGED}, mean square {square:.2f}, where all is true 1")


def main() -> None:
    given = os.environ.get("BENCH_ADDRESSES")
    if not given or len(sys.argv) < 2:
        print("skipped: BENCH_ADDRESSES and FOLDS.json are wanted", file=sys.stderr)
        return
    with Path(given).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unseen = Unseen.read(Path(sys.argv[1]))
    points: defaultdict[str, list[Point]] = defaultdict(list)
    outcomes: defaultdict[str, list[Outcome]] = defaultdict(list)
    for order in range(int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        turned = Random(order).sample(rows, len(rows)) if order else rows
        show_heads(f"order {order}")
        for name, answers in curve(unseen, turned):
            some = [Outcome.of(answer) for answer in answers]
            points[name].append(Point.of(answers, some))
            outcomes[name] += some
            print(f"{name:28}" + "".join(f"{cell:10.3f}" for cell in points[name][-1].cells()))
    show_reach(points)
    show_truth(outcomes)


if __name__ == "__main__":
    main()

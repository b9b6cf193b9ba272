"""How routing gains by confirmed cases, each address asked by numbers that never saw its place.

    python scripts/learn_routing.py FILE.csv --check --folds FOLDS.json
    BENCH_ADDRESSES=FILE.csv python -m bench.learning_curve FOLDS.json [ORDERS]

The file is the one of `bench.routing`. In each order of it (1 where none is told; the first is the
file's own) the second half is asked with so many of the first half confirmed, one by one; then each
address with all others confirmed. An order takes about half a minute of one core. FOLDS.json
tells of places by their hashes, and stays where it was made.
"""

import csv
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from app.routing.decide import Router
from app.routing.memory import Lesson
from app.routing.weighing.ranker import Ranker
from bench.routing import (
    ASKED,
    ON,
    Answer,
    Asked,
    Figures,
    Row,
    ask,
    believed,
    confirm,
    plain,
    show,
    show_bands,
    start,
)

FEWEST = 200
"""Answers in a band that is shown."""
STEPS = (0, 500, 1_000)
"""Addresses confirmed before the second half is asked, and then the whole first half."""


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

    def ask_knowing_the_others(self, router: Router, rows: Sequence[Row]) -> list[Answer]:
        answers = []
        for row in rows:
            self.confirm(router, [row], Lesson.WITHDRAW)
            answers += self.ask(router, [row])
            self.confirm(router, [row])
        return answers


def curve(unseen: Unseen, rows: Sequence[Row]) -> dict[str, list[Answer]]:
    """The answers to the second half after each step, and to all with all others confirmed."""
    half = len(rows) // 2
    first, second = rows[:half], rows[half:]
    router, _, _ = start()
    answers: dict[str, list[Answer]] = {}
    done = 0
    for upto in (*(step for step in STEPS if step < half), half):
        unseen.confirm(router, first[done:upto])
        done = upto
        enough = router.records[0].enough
        answers[f"{upto}, enough {enough:.3f}"] = unseen.ask(router, second)
    answers[f"{half}, no district"] = unseen.ask(router, second, ASKED["without district"])
    unseen.confirm(router, second)
    answers["all others"] = unseen.ask_knowing_the_others(router, rows)
    return answers


def main() -> None:
    given = os.environ.get("BENCH_ADDRESSES")
    if not given or len(sys.argv) < 2:
        print("skipped: BENCH_ADDRESSES and FOLDS.json are wanted", file=sys.stderr)
        return
    with Path(given).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unseen = Unseen.read(Path(sys.argv[1]))
    for order in range(int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        turned = Random(order).sample(rows, len(rows)) if order else rows
        answers = curve(unseen, turned)
        show(f"order {order}", {name: Figures.of(some) for name, some in answers.items()})
        for name, some in answers.items():
            show_bands(name, [band for band in believed(some) if band[1] >= FEWEST])


if __name__ == "__main__":
    main()

"""Routing on labelled addresses: its precision, the truth of its confidence, and its time.

    BENCH_ADDRESSES=FILE.csv python -m bench.routing

The file has the columns address_text, place_text, address_with_street, street_code, district, kind,
balanced.
The router never knows the street of an address measured: the learning curve confirms the first
half, row by row, and measures the second, and then each address with all others confirmed. Times
stand beside that of `sum(range(1000))` in the same minute: machines differ.
"""

import csv
import json
import os
import statistics
import sys
import time
import timeit
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import psutil

from app.offices.catalogue import compile_catalogue
from app.offices.files import read_gazetteer
from app.routing.decide import Router
from app.routing.decision import Decision, DecisionKind, Query, Thresholds
from app.routing.load import make_router
from app.routing.memory import Lesson
from bench import sentences

ON = date(2026, 1, 1)
POLICY = Thresholds("bench", accept=0.85, margin=0.10)
ACCEPTS = (0.80, 0.85, 0.90, 0.95)
SENTENCES = (
    "我家住在{}楼下饭馆油烟大",
    "您好，我要反映{}附近夜间施工噪声扰民",
    "{}，暖气一直不热，物业不管",
    "市民来电反映{}门口垃圾没人清运",
)
BELIEFS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.01)
STEPS = (500, 1_300)
"""Addresses confirmed before the second half is asked of."""
REQUESTS, QUARTERS = 12_000, 4
"""Of an imagined year: few places are told of often, and most of them once."""
CONFIRMED, MISTAKEN = 0.9, 0.01
"""Of its requests so many are confirmed, and of these so many to a wrong street of the district."""
MEGABYTE = 1 << 20
RUNS = 9
YARDSTICK = "sum(range(1000))"

Row = dict[str, str]
Asked = Callable[[int, Row], str]
Band = tuple[str, int, float, float]
"""A band of confidence: its bounds, the number of answers, their mean, and the share right."""


@dataclass(frozen=True)
class Answer:
    row: Row
    decision: Decision
    seconds: float

    @property
    def dispatched(self) -> bool:
        return self.decision.decision is DecisionKind.DISPATCH

    @property
    def right(self) -> bool:
        return self.is_among(1)

    def is_among(self, among: int) -> bool:
        codes = [candidate.office_code for candidate in self.decision.candidates[:among]]
        return self.row["street_code"] in codes


@dataclass(frozen=True)
class Figures:
    rows: int
    coverage: float
    precision: float
    top1: float
    top3: float
    median_us: float

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Figures":
        sent = [answer for answer in answers if answer.dispatched]
        return cls(
            len(answers),
            share(answer.dispatched for answer in answers),
            share(answer.right for answer in sent),
            share(answer.is_among(1) for answer in answers),
            share(answer.is_among(3) for answer in answers),
            round(statistics.median(answer.seconds for answer in answers) * 1e6, 1),
        )


def share(so: Iterable[bool]) -> float:
    values = list(so)
    return round(sum(values) / len(values), 4) if values else 0.0


def plain(_: int, row: Row) -> str:
    return row["address_text"]


def in_a_sentence(at: int, row: Row) -> str:
    return SENTENCES[at % len(SENTENCES)].format(row["address_text"])


ASKED: dict[str, Asked] = {
    "address": plain,
    "without district": lambda _, row: row["place_text"],
    "street named": lambda _, row: row["address_with_street"],
    "in a sentence": in_a_sentence,
}


def ask(
    router: Router, rows: Sequence[Row], asked: Asked = plain, policy: Thresholds = POLICY
) -> list[Answer]:
    answers = []
    for at, row in enumerate(rows):
        query = Query(asked(at, row))
        begun = time.perf_counter()
        decision = router.route(query, policy, ON)
        answers.append(Answer(row, decision, time.perf_counter() - begun))
    return answers


def confirm(router: Router, rows: Iterable[Row], lesson: Lesson = Lesson.CONFIRM) -> None:
    for row in rows:
        place = router.named_place(row["address_text"], row["street_code"], ON)
        if place:
            router.learn(lesson, place.key, row["street_code"], ON, built=place.built)


def ask_knowing_the_others(router: Router, rows: Sequence[Row]) -> list[Answer]:
    """Each address, with all others confirmed."""
    answers = []
    for row in rows:
        confirm(router, [row], Lesson.WITHDRAW)
        answers += ask(router, [row])
        confirm(router, [row])
    return answers


def believed(answers: Sequence[Answer]) -> list[Band]:
    """The bands of confidence that have answers."""
    table = []
    for low, high in pairwise(BELIEFS):
        inside = [a for a in answers if low <= a.decision.confidence < high]
        if inside:
            confidence = statistics.fmean(a.decision.confidence for a in inside)
            band = f"{low:.2f}-{min(high, 1):.2f}"
            table.append((band, len(inside), round(confidence, 3), share(a.right for a in inside)))
    return table


def by(answers: Sequence[Answer], column: str) -> dict[str, Figures]:
    groups: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.row[column]].append(answer)
    return {name: Figures.of(group) for name, group in sorted(groups.items())}


def start() -> tuple[Router, float, float]:
    """A router of the files, the seconds it took and the megabytes."""
    memory = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    router = make_router(read_gazetteer(), compile_catalogue([], []), {})
    seconds = time.perf_counter() - begun
    return router, seconds, (psutil.Process().memory_info().rss - memory) / MEGABYTE


def learning(rows: Sequence[Row]) -> dict[str, Figures]:
    """The second half measured with parts of the first confirmed; then its new places alone."""
    half = max(len(rows) // 2, *STEPS)
    first, second = rows[:half], rows[half:]
    router, _, _ = start()
    curve = {"0 confirmed": Figures.of(ask(router, second))}
    done = 0
    for upto in STEPS:
        confirm(router, first[done:upto])
        done = upto
        curve[f"{done} confirmed"] = Figures.of(ask(router, second))
    answers = ask(router, second)
    new = [answer for answer in answers if answer.decision.method != "memory"]
    curve["new places only"] = Figures.of(new)
    curve["in a sentence"] = Figures.of(ask(router, second, in_a_sentence))
    confirm(router, second)
    curve["all others confirmed"] = Figures.of(ask_knowing_the_others(router, rows))
    return curve


def year(rows: Sequence[Row]) -> dict[str, Figures]:
    """An imagined year, by quarters: each request is asked of, then confirmed or not."""
    chance = Random(17)
    places = chance.sample(list(rows), len(rows))
    weights = [1 / rank for rank in range(1, len(places) + 1)]
    router, _, _ = start()
    table = {}
    for quarter in range(QUARTERS):
        answers = []
        for row in chance.choices(places, weights, k=REQUESTS // QUARTERS):
            answers += ask(router, [row])
            if chance.random() < CONFIRMED:
                confirm(router, [mistaken(row, rows, chance)])
        table[f"quarter {quarter + 1}"] = Figures.of(answers)
    return table


def mistaken(row: Row, rows: Sequence[Row], chance: Random) -> Row:
    """Now and then with another street of the district."""
    if chance.random() >= MISTAKEN:
        return row
    others = [other for other in rows if other["district"] == row["district"]]
    return {**row, "street_code": chance.choice(others)["street_code"]}


def yardstick() -> tuple[float, float]:
    """Microseconds of the YARDSTICK here and now: the median, and the least."""
    took = timeit.repeat(YARDSTICK, number=1, repeat=2000)
    return round(statistics.median(took) * 1e6, 1), round(min(took) * 1e6, 1)


def undisturbed(router: Router, rows: Sequence[Row]) -> float:
    """Microseconds for an address, the median of the fastest of RUNS for each: other work on the
    machine slows many runs, and speeds up none."""
    runs = zip(*(ask(router, rows) for _ in range(RUNS)), strict=True)
    least: list[float] = [min(answer.seconds for answer in same) for same in runs]
    return round(statistics.median(least) * 1e6, 1)


def measure(rows: Sequence[Row]) -> dict[str, object]:
    router, seconds, megabytes = start()
    ask(router, rows)  # the first pass draws the sheets and profiles
    answers = ask(router, rows)
    tables: dict[str, dict[str, Figures]] = {
        "how it is said": {
            name: Figures.of(ask(router, rows, wording)) for name, wording in ASKED.items()
        },
        "thresholds": {
            f"accept {accept:.2f}": Figures.of(
                ask(router, rows, policy=replace(POLICY, accept=accept))
            )
            for accept in ACCEPTS
        },
        "kinds": by(answers, "kind"),
        "balanced": {
            "at most 4 a street": Figures.of([a for a in answers if a.row["balanced"] == "1"])
        },
        "districts": by(answers, "district"),
        "learning": learning(rows),
        "a simulated year": year(rows),
    }
    for name, table in tables.items():
        show(name, table)
    callers = sentences.measure(router)
    sentences.show(callers)
    reliability = {
        "confidence": believed(answers),
        "without district": believed(ask(router, rows, ASKED["without district"])),
    }
    for name, bands in reliability.items():
        show_bands(name, bands)
    took, least = yardstick()
    alone = undisturbed(router, rows)
    print(f"\nindex ready in {seconds:.2f} s, {megabytes:.0f} MB; {YARDSTICK} takes {took} µs here")
    print(f"undisturbed, the fastest of {RUNS} runs: an address {alone} µs, {YARDSTICK} {least} µs")
    return {
        **{name: {key: vars(row) for key, row in table.items()} for name, table in tables.items()},
        "reliability": reliability,
        "sentences": {name: vars(line) for name, line in callers.items()},
        "yardstick_us": took,
        "undisturbed_us": alone,
        "undisturbed_yardstick_us": least,
        "ready_seconds": round(seconds, 3),
        "megabytes": round(megabytes, 1),
    }


def show(title: str, table: dict[str, Figures]) -> None:
    heads = ("rows", "coverage", "precision", "top-1", "top-3", "µs median")
    print(f"\n{title:24}" + f"{heads[0]:>7}" + "".join(f"{head:>10}" for head in heads[1:]))
    for name, figures in table.items():
        shown = (figures.coverage, figures.precision, figures.top1, figures.top3)
        print(
            f"{name:24}{figures.rows:7}"
            + "".join(f"{v:10.3f}" for v in shown)
            + f"{figures.median_us:10.0f}"
        )


def show_bands(title: str, bands: Sequence[Band]) -> None:
    print(f"\n{title:24}{'rows':>7}{'mean':>10}{'right':>10}")
    for band, count, confidence, right in bands:
        print(f"{band:24}{count:7}{confidence:10.3f}{right:10.3f}")


def main() -> None:
    given = os.environ.get("BENCH_ADDRESSES")
    if not given:
        print("routing: skipped, BENCH_ADDRESSES names no labelled file", file=sys.stderr)
        return
    with Path(given).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print(json.dumps({"routing": measure(rows)}, ensure_ascii=False))


if __name__ == "__main__":
    main()

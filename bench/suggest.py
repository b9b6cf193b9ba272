"""Suggested categories on calls in callers' words: how often right; emergencies; and the time.

    python -m bench.suggest

The calls are the tests' own (`tests/suggest`), written by hand; those `apart` were never used for
tuning. "After lessons" asks each call after all others were confirmed. Simulated requests are
`jiesu simulate`'s. Times stand beside that of `sum(range(1000))` in the same minute.
"""

import statistics
import sys
import timeit
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random

from app.offices.catalogue import Catalogue
from app.offices.files import read_catalogue
from app.simulate.requests import LEAF, request
from app.suggest.grams import neighbours
from app.suggest.load import make_suggester
from app.suggest.memory import MOST_PAIRS, Memory
from app.suggest.reading import Reading
from app.suggest.suggester import Suggester
from app.tickets.life.lifecycle import TicketType
from tests.suggest.calls import Call, calls, emergencies, phrases

CANDIDATES = 3
RUNS = 9
SEED = 15
BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.01)
YARDSTICK = "sum(range(1000))"
ORDINARY = (
    "我要反映我们小区三号楼二单元楼道里的灯坏了有一个多礼拜了，晚上老人上下楼看不见，找物业没人管。"
)
EMERGENCY = "我家楼道里有特别大的煤气味，物业说没有漏气，可是味道越来越大，赶紧派人来看看。"


def ranks(suggester: Suggester, asked: Iterable[Call]) -> Iterator[int | None]:
    """Of each call the rank of its first right candidate, from 1; None among none of three."""
    for call in asked:
        yield rank(suggester, call)


def rank(suggester: Suggester, call: Call) -> int | None:
    named = [each.category for each in suggester.likely(call.text, CANDIDATES)]
    return next((at for at, code in enumerate(named, 1) if code in call.categories), None)


def after_lessons(suggester: Suggester, asked: Sequence[Call]) -> Iterator[int | None]:
    position = suggester.profiles.position
    for number, call in enumerate(asked):
        if call.categories[0] in position:
            pairs = neighbours(Reading(call.text).text, MOST_PAIRS)
            suggester.memory.learn(str(number), position[call.categories[0]], pairs)
    for number, call in enumerate(asked):
        pairs = neighbours(Reading(call.text).text, MOST_PAIRS)
        suggester.memory.forget(str(number))
        yield rank(suggester, call)
        if call.categories[0] in position:
            suggester.memory.learn(str(number), position[call.categories[0]], pairs)
    suggester.memory = Memory(len(suggester.profiles.codes))


def simulated(catalogue: Catalogue) -> list[Call]:
    chance = Random(SEED)
    leaves = [entry for entry in catalogue.categories.values() if entry.level == LEAF]
    made = [(leaf, request(chance, leaf, TicketType.COMPLAINT, "望京街道")) for leaf in leaves]
    return [Call(f"{new.title}\n{new.content}", (leaf.code,), True) for leaf, new in made]


def report(name: str, reached: Sequence[int | None]) -> None:
    first = sum(rank == 1 for rank in reached) / len(reached)
    third = sum(rank is not None for rank in reached) / len(reached)
    print(f"| {name} | {len(reached)} | {first:.3f} | {third:.3f} |")


def report_emergencies(suggester: Suggester) -> None:
    heard = [(suggester.emergencies.suggest(text), code) for text, code in emergencies()]
    rings = [(suggestion, code) for suggestion, code in heard if code]
    rung = [(suggestion, code) for suggestion, code in rings if suggestion is not None]
    quiet = [suggestion for suggestion, code in heard if not code]
    exact = sum(suggestion.category in codes for suggestion, codes in rung)
    false = sum(suggestion is not None for suggestion in quiet)
    print("\n| emergencies | must ring | ring | category right | must not | ring all the same |")
    print("|---|---|---|---|---|---|")
    figures = (
        f"recall {len(rung) / len(rings):.3f}",
        len(rings),
        len(rung),
        exact,
        len(quiet),
        false,
    )
    print("| " + " | ".join(map(str, figures)) + " |")


def report_confidence(suggester: Suggester, asked: Sequence[Call]) -> None:
    best = [(suggester.likely(call.text, 1), call) for call in asked]
    sure = [
        (each[0].confidence, each[0].category in call.categories) for each, call in best if each
    ]
    print("\n| confidence of the first | calls | mean | right |\n|---|---|---|---|")
    for low, high in pairwise(BANDS):
        band = [(mean, is_right) for mean, is_right in sure if low <= mean < high]
        if band:
            mean = statistics.mean(mean for mean, _ in band)
            right = statistics.mean(is_right for _, is_right in band)
            print(f"| {low:.1f} to {min(high, 1):.1f} | {len(band)} | {mean:.2f} | {right:.2f} |")


def report_times(suggester: Suggester) -> None:
    yard = best_time(lambda: sum(range(1000)))
    print(f"\n| time | µs | × {YARDSTICK} |\n|---|---|---|")
    works = {
        "ordinary call, words of an emergency": lambda: suggester.emergencies.suggest(ORDINARY),
        "emergency, words of an emergency": lambda: suggester.emergencies.suggest(EMERGENCY),
        "ordinary call, second ear": lambda: suggester.second_ear.doubt(ORDINARY),
        "20,000 characters, second ear": lambda: suggester.second_ear.doubt(
            (ORDINARY * 500)[:20_000]
        ),
        "ordinary call, candidates": lambda: suggester.suggest(ORDINARY),
        "20,000 characters, candidates": lambda: suggester.suggest((ORDINARY * 500)[:20_000]),
    }
    for name, work in works.items():
        seconds = best_time(work)
        print(f"| {name} | {seconds * 1e6:.0f} | {seconds / yard:.1f} |")


def report_apart(suggester: Suggester) -> None:
    """Of each table what rings, and what rings or is asked about."""
    tables: dict[tuple[str, bool], list[tuple[bool, bool]]] = defaultdict(list)
    for phrase in phrases():
        rings = suggester.emergencies.suggest(phrase.text) is not None
        is_asked = suggester.second_ear.doubt(phrase.text) is not None
        tables[phrase.table, phrase.rings].append((rings, rings or is_asked))
    print("\n| measured before seen, now | | texts | ring | ring or are asked about |")
    print("|---|---|---|---|---|")
    for (table, must), pairs in tables.items():
        ring, heard = (sum(each) for each in zip(*pairs, strict=True))
        print(f"| {table} | {'must' if must else 'must not'} | {len(pairs)} | {ring} | {heard} |")


def best_time(work: Callable[[], object]) -> float:
    """Seconds of one go: the fastest of some."""
    timer = timeit.Timer(work)
    goes, _ = timer.autorange()
    return min(timer.repeat(RUNS, max(goes // 10, 1))) / max(goes // 10, 1)


def main() -> int:
    catalogue = read_catalogue()
    suggester = make_suggester(catalogue)
    asked = calls()
    print("| calls | n | top-1 | top-3 |\n|---|---|---|---|")
    report("by hand, for tuning", list(ranks(suggester, (c for c in asked if not c.apart))))
    report("by hand, apart", list(ranks(suggester, (c for c in asked if c.apart))))
    report("by hand, all, after lessons", list(after_lessons(suggester, asked)))
    report("simulated, one of each category", list(ranks(suggester, simulated(catalogue))))
    report_confidence(suggester, asked)
    report_emergencies(suggester)
    report_apart(suggester)
    report_times(suggester)
    return 0


if __name__ == "__main__":
    sys.exit(main())

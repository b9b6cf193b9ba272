"""Routing of callers' sentences: written for this, with the streets that each one means.

    python -m bench.sentences [--all]

`sentences.csv` has the columns text, street_codes (none: nothing may be dispatched), kept_apart
(yes: looked at only after what reads them was done). With --all each sentence that is not answered
as it should be is printed.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.offices.catalogue import compile_catalogue
from app.offices.files import read_gazetteer
from app.routing.decide import Router
from app.routing.decision import Decision, DecisionKind, Query, Thresholds
from app.routing.load import make_router

ON = date(2026, 1, 1)
POLICY = Thresholds("bench", accept=0.85, margin=0.10)
FILE = Path(__file__).parent / "sentences.csv"


@dataclass(frozen=True)
class Sentence:
    text: str
    streets: frozenset[str]
    kept_apart: bool


@dataclass(frozen=True)
class Answered:
    sentence: Sentence
    decision: Decision

    @property
    def sent(self) -> bool:
        return self.decision.decision is DecisionKind.DISPATCH

    @property
    def right(self) -> bool:
        """The best candidate is a street that is meant."""
        best = self.decision.candidates[:1]
        return any(candidate.office_code in self.sentence.streets for candidate in best)


@dataclass(frozen=True)
class Figures:
    """Shares: of the sentences with a street those dispatched rightly, and with the right best
    candidate; of all sentences those dispatched wrongly; of those without a street those not
    dispatched."""

    sentences: int
    right_sent: float
    wrong_sent: float
    right_best: float
    asked_back: float


def read_sentences() -> list[Sentence]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Sentence(
                line["text"], frozenset(line["street_codes"].split()), line["kept_apart"] == "yes"
            )
            for line in csv.DictReader(file)
        ]


def ask(router: Router, sentences: Iterable[Sentence]) -> list[Answered]:
    return [
        Answered(sentence, router.route(Query(sentence.text), POLICY, ON)) for sentence in sentences
    ]


def figures(answers: Sequence[Answered]) -> Figures:
    placed = [answer for answer in answers if answer.sentence.streets]
    bare = [answer for answer in answers if not answer.sentence.streets]
    return Figures(
        len(answers),
        share(answer.sent and answer.right for answer in placed),
        share(answer.sent and not answer.right for answer in answers),
        share(answer.right for answer in placed),
        share(not answer.sent for answer in bare),
    )


def share(so: Iterable[bool]) -> float:
    values = list(so)
    return round(sum(values) / len(values), 4) if values else 0.0


def measure(router: Router) -> dict[str, Figures]:
    answers = ask(router, read_sentences())
    return {
        "all": figures(answers),
        "tuned by": figures([a for a in answers if not a.sentence.kept_apart]),
        "kept apart": figures([a for a in answers if a.sentence.kept_apart]),
    }


def show(table: dict[str, Figures]) -> None:
    heads = ("sentences", "right sent", "wrong sent", "right best", "asked back")
    print(f"\n{'sentences':24}" + "".join(f"{head:>12}" for head in heads))
    for name, line in table.items():
        print(f"{name:24}" + "".join(f"{value:12}" for value in vars(line).values()))


def main() -> None:
    router = make_router(read_gazetteer(), compile_catalogue([], []), {})
    show(measure(router))
    if "--all" in sys.argv:
        for answer in ask(router, read_sentences()):
            if not answer.sentence.kept_apart and not (answer.right or not answer.sentence.streets):
                print(answer.sentence.text, "|", answer.decision.reason)


if __name__ == "__main__":
    main()

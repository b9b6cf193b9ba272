"""Calls of the tests and of the bench: in callers' words, with what they are about."""

from dataclasses import dataclass
from pathlib import Path

from app.offices.files import lines, many

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Call:
    """`categories` are right, the first one most; a call `apart` was never used for tuning."""

    text: str
    categories: tuple[str, ...]
    apart: bool


def calls() -> list[Call]:
    """Written by hand, not from templates, over all 20 groups."""
    return [
        Call(line["text"], many(line["categories"]), line["apart"] == "yes")
        for line in lines(HERE / "calls.csv")
    ]


def emergencies() -> list[tuple[str, tuple[str, ...]]]:
    """Texts with the categories to which each may be raised; with none, it must not ring."""
    return [(line["text"], many(line["category"])) for line in lines(HERE / "emergencies.csv")]


@dataclass(frozen=True)
class Phrase:
    """A text of a table that was measured before the list had seen it, and whether it must ring."""

    table: str
    text: str
    rings: bool


def phrases() -> list[Phrase]:
    return [
        Phrase(line["table"], line["text"], line["rings"] == "1")
        for line in lines(HERE / "apart.csv")
    ]


def taught() -> list[tuple[str, bool]]:
    """Texts that only the second ear learns from, and whether each must ring."""
    return [(line["text"], line["rings"] == "1") for line in lines(HERE / "taught.csv")]

"""Scruples: what speaks against a whistle, told to the street and refused by nobody (H1)."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from app.whistles.life.loop import SummonsKind, WhistleKind

FEWEST = 2


class Scruple(StrEnum):
    FEW_DEPARTMENTS = "few_departments"
    """An enforcement names two at least."""


def scruples(kind: WhistleKind, summonses: Iterable[SummonsKind]) -> Iterator[Scruple]:
    departments = [each for each in summonses if each is SummonsKind.DEPARTMENT]
    if kind is WhistleKind.ENFORCEMENT and len(departments) < FEWEST:
        yield Scruple.FEW_DEPARTMENTS

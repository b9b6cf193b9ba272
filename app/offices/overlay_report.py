"""What a city's overlay adds to the shipped data, and what of them it takes the place of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.offices.directory import OfficeEntry
from app.offices.files import read_city
from app.offices.overlay_files import COLUMNS, WORDS, Row, key_of, rows

TITLES = ("name", "population", "keywords", "category")
"""The first of these columns that a file has tells a row apart for a reader."""


@dataclass(frozen=True, slots=True)
class OverlayRow:
    """`shipped` is what stands under its key in the shipped data; None: the row is new."""

    key: str
    title: str
    shipped: str | None


@dataclass(frozen=True, slots=True)
class OverlayFile:
    """A file `in_place` of the shipped one leaves nothing of it; else row is added to row."""

    name: str
    rows: tuple[OverlayRow, ...]
    in_place: bool

    @property
    def new(self) -> int:
        return sum(row.shipped is None for row in self.rows)


def report(folder: Path) -> list[OverlayFile]:
    """The files of an overlay, in the order in which they are read."""
    return [read_file(folder / name) for name in (*COLUMNS, *WORDS) if (folder / name).exists()]


def read_file(path: Path) -> OverlayFile:
    if path.name not in COLUMNS:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        return OverlayFile(path.name, tuple(OverlayRow("", line, None) for line in lines), True)
    shipped = shipped_titles().get(path.name)
    listed = tuple(read_row(row, shipped or {}) for row in rows(path))
    return OverlayFile(path.name, listed, in_place=shipped is None)


def read_row(row: Row, shipped: Mapping[str, str]) -> OverlayRow:
    key = key_of(row)
    title = next((row.cells[column] for column in TITLES if column in row.cells), "")
    return OverlayRow(key, title, shipped.get(key))


@cache
def shipped_titles() -> Mapping[str, Mapping[str, str]]:
    """By file and key. The files that are not here are replaced whole."""
    city = read_city()
    ranked = city.catalogue.rules.values()
    return {
        "districts.csv": {district.code: district.name for district in city.gazetteer.districts},
        "offices.csv": {office.code: office.name for office in city.offices},
        "names.csv": {
            f"{name.street_code} {name.kind} {name.text}": name.text
            for name in city.gazetteer.names
        },
        "population.csv": dict(residents(city.offices)),
        "places.csv": {place.code: place.name for place in city.places},
        "categories.csv": {code: entry.name for code, entry in city.catalogue.categories.items()},
        "rules.csv": {rule.id: rule.category for rules in ranked for rule in rules},
    }


def residents(offices: Iterable[OfficeEntry]) -> Iterator[tuple[str, str]]:
    for office in offices:
        if office.population is not None:
            yield office.code, str(office.population)

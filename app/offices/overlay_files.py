"""The files of a city's overlay: their columns, and each line with its number."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.kit.errors import Invalid
from app.kit.messages import Message, reason_of
from app.offices.catalogue import BadCatalogue
from app.offices.files import Line

T = TypeVar("T")

DUTY = ("target_kind", "target", "joint", "department_duty")
DAYS = ("active_from", "active_to")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "districts.csv": ("code", "name"),
    "offices.csv": ("code", "kind", "name", "district_code", "line", "aliases", *DAYS),
    "names.csv": ("street_code", "kind", "name", *DAYS),
    "population.csv": ("code", "population"),
    "places.csv": ("code", "street_code", "kind", "name"),
    "categories.csv": (
        *("code", "name", "urgency", *DUTY, "industry_office", "goals", "season", "marks"),
    ),
    "rules.csv": (
        *("id", "category", "subjects", "keywords", "area", *DUTY, "priority"),
        *("effective_from", "effective_to", "basis"),
    ),
    "duty_lists.csv": (
        *("code", "name", "offices", "items", "complete"),
        *("bear", "organise", "assist", "mapping", "basis"),
    ),
    "duty_boards.csv": ("code", "name", "categories"),
    "duties.csv": (
        *("code", "board", "name", "share", "offices", "joint", "categories"),
        *("effective_from", "effective_to", "basis"),
    ),
    "powers.csv": (
        *("code", "name", "former", "number", "categories"),
        *("effective_from", "effective_to", "basis"),
    ),
    "centre_seats.csv": ("code", "model", "name", "kind", "offices", "least", "most", "basis"),
}
WORDS = ("emergencies.toml", "second_ear.csv", "synonyms.csv")
"""A city's own words; `suggest.load` reads them."""
BESIDE = {"categories.csv": ("parent",)}
"""Columns that may be left out."""


class BadOverlay(Invalid):
    title = "The city's overlay is not right"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file; the first one has the columns' names."""

    file: str
    number: int
    cells: Line

    def refused(self, why: Message) -> BadOverlay:
        return BadOverlay(
            Message("{file} line {number}: {why}", file=self.file, number=self.number, why=why)
        )

    def read(self, read: Callable[[Line], T]) -> T:
        """Refuses (BadOverlay) cells that `read` cannot read."""
        try:
            return read(self.cells)
        except KeyError as fault:
            raise self.refused(Message("{name!r} is not known", name=fault.args[0])) from None
        except (ValueError, BadCatalogue) as fault:
            raise self.refused(reason_of(fault)) from None


def check_folder(folder: Path) -> None:
    """Refuses (BadOverlay) a file that is none of an overlay's: its name may be misspelt."""
    for path in sorted(folder.iterdir()):
        known = path.name in COLUMNS or path.name in WORDS
        if not known and not path.name.startswith((".", "README")):
            raise BadOverlay(
                Message(
                    "{name}: an overlay has only {files}",
                    name=path.name,
                    files=[*COLUMNS, *WORDS],
                )
            )


def rows(path: Path) -> Iterator[Row]:
    """Of a file that may not be there. Refuses (BadOverlay) other columns, a line of another
    length, a key that stands there twice."""
    if not path.exists():
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadOverlay(Message("{name}: is not UTF-8", name=path.name)) from None
    reader = csv.DictReader(text.splitlines(keepends=True))
    check_columns(path.name, reader.fieldnames or ())
    seen: dict[str, int] = {}
    for row in numbered(path.name, reader):
        cells = row.cells
        if None in cells or None in cells.values():
            raise row.refused(Message("has more or fewer cells than the first line"))
        key = key_of(row)
        if key in seen:
            raise row.refused(
                Message("{key} stands already in line {seen}", key=key, seen=seen[key])
            )
        seen[key] = row.number
        yield row


def numbered(file: str, reader: "csv.DictReader[str]") -> Iterator[Row]:
    """The lines, each by the number of its first; one whose quotation mark is never closed has all
    that follow. Refuses (BadOverlay) a cell longer than any of people."""
    try:
        for cells in reader:
            breaks = sum(cell.rstrip().count("\n") for cell in cells.values() if type(cell) is str)
            yield Row(file, reader.line_num - breaks, cells)
    except csv.Error:
        row, most = Row(file, reader.line_num + 1, {}), csv.field_size_limit()
        raise row.refused(Message("a cell has more than {most} characters", most=most)) from None


def check_columns(name: str, given: Iterable[str]) -> None:
    columns = set(given)
    missing = set(COLUMNS[name]) - columns
    unknown = columns - set(COLUMNS[name]) - set(BESIDE.get(name, ()))
    if missing or unknown:
        which = (
            Message("no column {name!r}", name=min(missing))
            if missing
            else Message("a column {name!r}", name=min(unknown))
        )
        raise BadOverlay(
            Message(
                "{name} line 1: has {which}; its columns are {columns}",
                name=name,
                which=which,
                columns=list(COLUMNS[name]),
            )
        )


def key_of(row: Row) -> str:
    cells = row.cells
    if row.file == "names.csv":
        return " ".join((cells["street_code"], cells["kind"], cells["name"]))
    return cells["id" if row.file == "rules.csv" else "code"]

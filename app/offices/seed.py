"""Seeding: fills the tables from app/data, and changes only rows that differ from the files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.kit.db import Base
from app.kit.ready import Statement
from app.kit.rows import as_json, insertion, table_of
from app.offices.catalogue import Catalogue, CatalogueRule, CategoryEntry, Duty
from app.offices.directory import OfficeEntry
from app.offices.files import DATA, read_city
from app.offices.gazetteer import District, Gazetteer, NameKind, Place
from app.offices.models import (
    CatalogueRuleRow,
    CategoryRow,
    DistrictRow,
    Office,
    OfficeName,
    PlaceRow,
    SeedFile,
)
from app.offices.overlay import overlaid

FOLDERS = ("gazetteer", "offices", "catalogue")
BY_HAND = "_by_hand.csv"
"""Sources of scripts/make_gazetteer.py for names.csv and streets.csv; not read here."""

REPLACED = frozenset({OfficeName, CatalogueRuleRow})
"""Rows that a file no longer has are removed. Rows of other tables, to which tickets may point, end
by their dates."""

Row = dict[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Seeded:
    """The changes of a seeding to a table."""

    table: str
    inserted: int = 0
    changed: int = 0
    removed: int = 0


def seed(
    session: Session, now: datetime, data: Path = DATA, overlay: Path | None = None
) -> list[Seeded]:
    """Fill all tables of this room from the files, and from a city's own if it has any; a second
    time changes nothing.

    Refuses BadCatalogue or BadOverlay before anything is written.
    """
    city = read_city(data)
    city = overlaid(city, overlay) if overlay else city
    tables: dict[type[Base], Rows] = {
        DistrictRow: [district_row(district) for district in city.gazetteer.districts],
        Office: [office_row(office) for office in city.offices],
        OfficeName: list(name_rows(city.gazetteer, city.offices)),
        PlaceRow: [place_row(place) for place in city.places],
        CategoryRow: [category_row(entry) for entry in city.catalogue.categories.values()],
        CatalogueRuleRow: [rule_row(rule) for rule in all_rules(city.catalogue)],
        SeedFile: changed_files(session, files_of(data, overlay), now),
    }
    return [put(session, model, rows) for model, rows in tables.items()]


def put(session: Session, model: type[Base], rows: Rows) -> Seeded:
    """Insert new rows, update changed ones, and from a REPLACED table remove all others."""
    table = table_of(model)
    removed = remove_others(session, table, rows) if model in REPLACED else 0
    if not rows:
        return Seeded(table.name, removed=removed)
    put_in = Statement(insertion_of_changes(model, tuple(rows[0])), {table.name: as_json(rows)})
    were_new = [new for (new,) in put_in.run(session.connection())]
    return Seeded(table.name, sum(were_new), len(were_new) - sum(were_new), removed)


def insertion_of_changes(model: type[Base], names: tuple[str, ...]) -> str:
    """A row that is the same is not even locked: most starts change nothing."""
    table, columns = table_of(model), ", ".join(names)
    key = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return (
        f"{insertion(model, names)} EXCEPT SELECT {columns} FROM {table.name}"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes} RETURNING xmax = 0"
    )


def remove_others(session: Session, table: sa.Table, rows: Rows) -> int:
    key = [column.name for column in table.primary_key]
    kept = {tuple(row[name] for name in key) for row in rows}
    columns = [table.c[name] for name in key]
    gone = [row for row in session.execute(sa.select(*columns)) if tuple(row) not in kept]
    if gone:
        session.execute(sa.delete(table).where(sa.tuple_(*columns).in_(gone)))
    return len(gone)


def files_of(data: Path, overlay: Path | None) -> Iterator[tuple[str, Path]]:
    """Each file that is seeded, by its name."""
    for folder in FOLDERS:
        for path in sorted((data / folder).glob("*.csv")):
            if not path.name.endswith(BY_HAND):
                yield path.relative_to(data).as_posix(), path
    for path in sorted(overlay.glob("*.csv")) if overlay else ():
        yield f"overlay/{path.name}", path


def changed_files(session: Session, files: Iterable[tuple[str, Path]], now: datetime) -> Rows:
    """The files with a new content."""
    known = {file.name: file.sha256 for file in session.scalars(sa.select(SeedFile))}
    hashes = {name: sha256(path.read_bytes()).hexdigest() for name, path in files}
    return [
        {"name": name, "sha256": content, "seeded_at": now}
        for name, content in hashes.items()
        if known.get(name) != content
    ]


def district_row(district: District) -> Row:
    return {"code": district.code, "name": district.name}


def office_row(office: OfficeEntry) -> Row:
    return {
        "code": office.code,
        "name": office.name,
        "kind": office.kind,
        "district_code": office.district_code,
        "parent_code": office.parent_code,
        "population": office.population,
        "active_from": office.active_from,
        "active_to": office.active_to,
        "line": office.line,
    }


def name_rows(gazetteer: Gazetteer, offices: Iterable[OfficeEntry]) -> Iterator[Row]:
    """The gazetteer's names of streets, and every other office's own name and short names."""
    for name in gazetteer.names:
        yield named(name.street_code, name.kind, name.text, name.active_from, name.active_to)
    streets = {street.code for street in gazetteer.streets}
    for office in offices:
        if office.code not in streets:
            yield named(office.code, NameKind.OFFICIAL, office.name)
            yield from (named(office.code, NameKind.ALIAS, alias) for alias in office.aliases)


def named(
    code: str,
    kind: NameKind,
    name: str,
    active_from: date | None = None,
    active_to: date | None = None,
) -> Row:
    return {
        "office_code": code,
        "kind": kind,
        "name": name,
        "active_from": active_from,
        "active_to": active_to,
    }


def place_row(place: Place) -> Row:
    return {
        "code": place.code,
        "street_code": place.street_code or None,
        "kind": place.kind,
        "name": place.name,
    }


def duty_row(duty: Duty) -> Row:
    return {
        "target_kind": duty.target_kind,
        "target": duty.target,
        "joint": list(duty.joint),
        "department_duty": duty.department_duty,
    }


def category_row(entry: CategoryEntry) -> Row:
    return {
        "code": entry.code,
        "name": entry.name,
        "urgency": entry.urgency,
        **duty_row(entry.duty),
        "industry_office": entry.industry_office,
        "goals": [goal.value for goal in entry.goals],
        "season": entry.season,
        "marks": [mark.value for mark in entry.marks],
    }


def all_rules(catalogue: Catalogue) -> Iterator[CatalogueRule]:
    return chain.from_iterable(catalogue.rules.values())


def rule_row(rule: CatalogueRule) -> Row:
    return {
        "id": rule.id,
        "category": rule.category,
        "subjects": list(rule.subjects),
        "keywords": list(rule.keywords),
        "area": rule.area,
        **duty_row(rule.duty),
        "priority": rule.priority,
        "effective_from": rule.effective_from,
        "effective_to": rule.effective_to,
        "basis": rule.basis,
    }

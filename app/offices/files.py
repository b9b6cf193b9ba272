"""The seed files of app/data, read into the rules' own types."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.kit.messages import Message
from app.offices.catalogue import (
    BadCatalogue,
    Catalogue,
    CatalogueRule,
    CategoryEntry,
    Duty,
    Goal,
    Mark,
    Season,
    TargetKind,
    Urgency,
    compile_catalogue,
)
from app.offices.directory import Department, OfficeEntry, OfficeKind, compile_directory
from app.offices.gazetteer import (
    District,
    Gazetteer,
    Name,
    NameKind,
    Place,
    PlaceKind,
    Street,
    StreetKind,
    compile_gazetteer,
)

DATA = Path(__file__).parent.parent / "data"
YES_NO = {"yes": True, "no": False}

Line = dict[str, str]


def lines(path: Path) -> Iterator[Line]:
    """Each line of a CSV file, by its columns' names."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def many(text: str) -> tuple[str, ...]:
    """The values of a list in a column: `ecology|urban`."""
    return tuple(part for part in text.split("|") if part)


def read_gazetteer(folder: Path = DATA / "gazetteer") -> Gazetteer:
    """The gazetteer of the files, without a database: for seeding, tests and benches."""
    return compile_gazetteer(
        districts=(District(**line) for line in lines(folder / "districts.csv")),
        streets=(read_street(line) for line in lines(folder / "streets.csv")),
        names=(read_name(line) for line in lines(folder / "names.csv")),
        places=read_places(folder),
    )


def read_places(folder: Path = DATA / "gazetteer") -> tuple[Place, ...]:
    """Every community and village, also those without a street."""
    return tuple(read_place(line) for line in lines(folder / "places.csv"))


def read_street(line: Line) -> Street:
    return Street(
        code=line["code"],
        district_code=line["district_code"],
        name=line["name"],
        kind=StreetKind(line["kind"]),
        population=int(line["population"]) if line["population"] else None,
        active_from=day(line["active_from"]),
        active_to=day(line["active_to"]),
    )


def read_name(line: Line) -> Name:
    return Name(
        street_code=line["street_code"],
        text=line["name"],
        kind=NameKind(line["kind"]),
        active_from=day(line["active_from"]),
        active_to=day(line["active_to"]),
    )


def read_place(line: Line) -> Place:
    return Place(line["code"], line["street_code"], line["name"], PlaceKind(line["kind"]))


@dataclass(frozen=True, slots=True)
class CityData:
    """All that the tables of offices are seeded from."""

    gazetteer: Gazetteer
    places: tuple[Place, ...]
    departments: tuple[Department, ...]
    offices: tuple[OfficeEntry, ...]
    catalogue: Catalogue


def read_city(data: Path = DATA) -> CityData:
    """Refuses (BadCatalogue) a contradicting catalogue."""
    gazetteer = read_gazetteer(data / "gazetteer")
    return CityData(
        gazetteer=gazetteer,
        places=read_places(data / "gazetteer"),
        departments=read_departments(data / "offices"),
        offices=read_directory(gazetteer, data / "offices"),
        catalogue=read_catalogue(data / "catalogue"),
    )


def read_catalogue(folder: Path = DATA / "catalogue") -> Catalogue:
    """The catalogue of the files. Refuses (BadCatalogue) as `compile_catalogue` does."""
    categories = (read_category(line) for line in lines(folder / "categories.csv"))
    return compile_catalogue(categories, (read_rule(line) for line in lines(folder / "rules.csv")))


def read_duty(line: Line) -> Duty:
    return Duty(
        target_kind=TargetKind(line["target_kind"]),
        target=line["target"],
        joint=many(line["joint"]),
        department_duty=YES_NO[line["department_duty"]],
    )


def read_category(line: Line) -> CategoryEntry:
    return CategoryEntry(
        code=line["code"],
        name=line["name"],
        urgency=Urgency(line["urgency"]),
        duty=read_duty(line),
        industry_office=line["industry_office"],
        goals=tuple(Goal(code) for code in many(line["goals"])),
        season=Season(line["season"]) if line["season"] else None,
        marks=read_marks(line),
    )


def read_marks(line: Line) -> tuple[Mark, ...]:
    """Refuses (BadCatalogue) a mark that there is not."""
    words = many(line["marks"])
    unknown = [word for word in words if word not in set(Mark)]
    if unknown:
        raise BadCatalogue(
            Message(
                "category {line}: there is no mark {unknown!r}",
                line=line["code"],
                unknown=unknown[0],
            )
        )
    return tuple(map(Mark, words))


def read_rule(line: Line) -> CatalogueRule:
    return CatalogueRule(
        id=line["id"],
        category=line["category"],
        duty=read_duty(line),
        subjects=many(line["subjects"]),
        keywords=many(line["keywords"]),
        area=line["area"],
        priority=int(line["priority"]),
        effective_from=date.fromisoformat(line["effective_from"]),
        effective_to=day(line["effective_to"]),
        basis=line["basis"],
    )


def read_directory(
    gazetteer: Gazetteer, folder: Path = DATA / "offices"
) -> tuple[OfficeEntry, ...]:
    """Every office: the gazetteer's, and the departments and enterprises of `folder`."""
    kinds = read_departments(folder)
    city = (read_office(line) for line in lines(folder / "city.csv"))
    return compile_directory(gazetteer.districts, gazetteer.streets, kinds, city)


def read_departments(folder: Path = DATA / "offices") -> tuple[Department, ...]:
    return tuple(read_department(line) for line in lines(folder / "departments.csv"))


def read_department(line: Line) -> Department:
    return Department(
        kind=line["kind"],
        name=line["name"],
        aliases=many(line["aliases"]),
        active_from=day(line["active_from"]),
        active_to=day(line["active_to"]),
    )


def read_office(line: Line) -> OfficeEntry:
    return OfficeEntry(
        code=line["code"],
        name=line["name"],
        kind=OfficeKind(line["kind"]),
        aliases=many(line["aliases"]),
        active_from=day(line["active_from"]),
        active_to=day(line["active_to"]),
    )

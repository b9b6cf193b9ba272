"""A city's overlay: its own districts, offices, names, population, places, categories and rules.

CSV files of a folder outside the source tree (`JIESU_DATA_OVERLAY`), each as it stands in app/data.
A row is added to the shipped ones, or takes the place of the one with its code. The overlay is
taken as a whole or refused with the file and the line that is wrong.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from app.kit.messages import Message, reason_of
from app.offices.catalogue import (
    BadCatalogue,
    Catalogue,
    CatalogueRule,
    CategoryEntry,
    Duty,
    compile_catalogue,
)
from app.offices.directory import (
    STREET_KINDS,
    OfficeEntry,
    OfficeKind,
    centre,
    departments,
    street_of,
)
from app.offices.files import (
    CityData,
    Line,
    day,
    many,
    read_category,
    read_name,
    read_place,
    read_rule,
)
from app.offices.gazetteer import (
    District,
    Gazetteer,
    Name,
    NameKind,
    Place,
    Street,
    compile_gazetteer,
)
from app.offices.overlay_checks import check_days, check_kinds
from app.offices.overlay_files import COLUMNS, BadOverlay, Row, check_folder, rows

CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
OF_KIND = {
    OfficeKind.STREET: re.compile(r"[0-9]{9}"),
    OfficeKind.TOWNSHIP: re.compile(r"[0-9]{9}"),
}
CATEGORY = re.compile(r"([0-9]{2}){1,3}")
IN_DISTRICT = STREET_KINDS | {OfficeKind.DISTRICT_DEPT, OfficeKind.BRANCH}
MOST_PEOPLE = 50_000_000


def overlaid(base: CityData, folder: Path) -> CityData:
    """The shipped data with a city's own. Refuses BadOverlay."""
    check_folder(folder)
    files = {name: list(rows(folder / name)) for name in COLUMNS}
    districts = {d.code: d for d in base.gazetteer.districts}
    districts |= {row.cells["code"]: row.read(read_district) for row in files["districts.csv"]}
    own = {row.cells["code"]: office(row, districts) for row in files["offices.csv"]}
    offices = {office.code: office for office in base.offices}
    check_kinds(files["offices.csv"], own, offices)
    for district in districts.values():
        for entry in (centre(district), *departments(base.departments, district)):
            offices.setdefault(entry.code, entry)
    offices |= {code: completed(entry, offices.get(code)) for code, entry in own.items()}
    offices |= dict(populated(files["population.csv"], offices))
    gazetteer, places = mapped(base, files, districts, offices)
    return CityData(
        gazetteer=gazetteer,
        places=places,
        departments=base.departments,
        offices=tuple(offices[code] for code in sorted(offices)),
        catalogue=catalogue(base.catalogue, files, offices),
    )


def read_district(line: Line) -> District:
    if not re.fullmatch(r"[0-9]{6}", line["code"]):
        raise ValueError(Message("{line!r} is no district's code of six digits", line=line["code"]))
    return District(**{name: line[name] for name in COLUMNS["districts.csv"]})


def office(row: Row, districts: Mapping[str, District]) -> OfficeEntry:
    entry = row.read(read_office)
    check_days(row)
    if not OF_KIND.get(entry.kind, CODE).fullmatch(entry.code):
        raise row.refused(
            Message("{code!r} is no code of a {kind}", code=entry.code, kind=entry.kind)
        )
    if entry.district_code is None and entry.kind in IN_DISTRICT:
        raise row.refused(
            Message("a {kind} has a district: district_code is empty", kind=entry.kind)
        )
    if entry.district_code is not None and entry.district_code not in districts:
        raise row.refused(
            Message("there is no district {district_code}", district_code=entry.district_code)
        )
    return entry


def read_office(line: Line) -> OfficeEntry:
    if not line["name"]:
        raise ValueError(Message("the name is empty"))
    district = line["district_code"] or None
    return OfficeEntry(
        code=line["code"],
        name=line["name"],
        kind=OfficeKind(line["kind"]),
        district_code=district,
        parent_code=district if district != line["code"] else None,
        aliases=many(line["aliases"]),
        active_from=day(line["active_from"]),
        active_to=day(line["active_to"]),
        line=line["line"] or None,
    )


def completed(own: OfficeEntry, shipped: OfficeEntry | None) -> OfficeEntry:
    """What an overlay's office leaves open it has from the shipped one."""
    if shipped is None:
        return own
    return replace(
        own,
        parent_code=own.parent_code or shipped.parent_code,
        line=own.line or shipped.line,
        population=shipped.population,
    )


def populated(
    given: Iterable[Row], offices: Mapping[str, OfficeEntry]
) -> Iterator[tuple[str, OfficeEntry]]:
    """The offices with residents; a district has those of its streets, if all have a number."""
    numbers = {row.cells["code"]: residents(row, offices) for row in given}
    known = {code: replace(offices[code], population=n) for code, n in numbers.items()}
    yield from known.items()
    for district in (o for o in offices.values() if o.kind is OfficeKind.DISTRICT_CENTRE):
        streets = [
            known.get(entry.code, entry).population
            for entry in offices.values()
            if entry.kind in STREET_KINDS and entry.district_code == district.code
            if entry.active_to is None
        ]
        counted = [number for number in streets if number is not None]
        if streets and len(counted) == len(streets) and district.code not in known:
            yield district.code, replace(district, population=sum(counted))


def residents(row: Row, offices: Mapping[str, OfficeEntry]) -> int:
    code, number = row.cells["code"], row.cells["population"]
    entry = offices.get(code)
    if entry is None or entry.kind not in STREET_KINDS | {OfficeKind.DISTRICT_CENTRE}:
        raise row.refused(Message("there is no street, township or district {code!r}", code=code))
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number) or int(number) > MOST_PEOPLE:
        raise row.refused(
            Message(
                "{number!r} is no whole number from 1 to {most_people}",
                number=number,
                most_people=MOST_PEOPLE,
            )
        )
    return int(number)


def mapped(
    base: CityData,
    files: Mapping[str, list[Row]],
    districts: Mapping[str, District],
    offices: Mapping[str, OfficeEntry],
) -> tuple[Gazetteer, tuple[Place, ...]]:
    """The gazetteer of all streets, and every place."""
    streets = {street.code: street for street in base.gazetteer.streets}
    own = [row.cells["code"] for row in files["offices.csv"]]
    new = [offices[code] for code in own if offices[code].kind in STREET_KINDS]
    streets |= {entry.code: street_of(entry) for entry in new}
    streets |= {
        code: replace(street, population=offices[code].population)
        for code, street in streets.items()
    }
    names = {name_key(name): name for name in base.gazetteer.names}
    names |= {name_key(name): name for entry in new for name in names_of(entry)}
    names |= {name_key(name): name for name in own_names(files["names.csv"], streets)}
    places = {place.code: place for place in base.places}
    for row in files["places.csv"]:
        place = row.read(read_place)
        if place.street_code not in streets:
            raise row.refused(
                Message("there is no street {street_code!r}", street_code=place.street_code)
            )
        places[place.code] = place
    every = tuple(places.values())
    return compile_gazetteer(districts.values(), streets.values(), names.values(), every), every


def names_of(entry: OfficeEntry) -> Iterator[Name]:
    yield Name(entry.code, entry.name, NameKind.OFFICIAL, entry.active_from, entry.active_to)
    yield from (Name(entry.code, alias, NameKind.ALIAS) for alias in entry.aliases)


def own_names(given: Iterable[Row], streets: Mapping[str, Street]) -> Iterator[Name]:
    for row in given:
        name = row.read(read_name)
        check_days(row)
        if name.street_code not in streets:
            raise row.refused(
                Message(
                    "there is no street or township {street_code!r}", street_code=name.street_code
                )
            )
        yield name


def name_key(name: Name) -> tuple[str, NameKind, str]:
    return name.street_code, name.kind, name.text


def catalogue(
    base: Catalogue, files: Mapping[str, list[Row]], offices: Mapping[str, OfficeEntry]
) -> Catalogue:
    """The tree and the rules. Refuses (BadOverlay) a category without its parent, a cycle, a duty
    of an office that there is not, and what `compile_catalogue` refuses."""
    in_file = {row.cells["code"]: row for row in files["categories.csv"]}
    tree: dict[str, CategoryEntry] = dict(base.categories)
    tree |= {code: row.read(read_category) for code, row in in_file.items()}
    check_tree(in_file, tree)
    rules = {rule.id: rule for ranked in base.rules.values() for rule in ranked}
    of_rule = {row.cells["id"]: row for row in files["rules.csv"]}
    rules |= {key: row.read(read_rule) for key, row in of_rule.items()}
    for row in (*in_file.values(), *of_rule.values()):
        entry: CategoryEntry | CatalogueRule = (
            rules[row.cells["id"]] if row.file == "rules.csv" else tree[row.cells["code"]]
        )
        check_offices(row, entry.duty, offices)
    named = {f"category {code}": row for code, row in in_file.items()}
    named |= {f"rule {key}": row for key, row in of_rule.items()}
    try:
        return compile_catalogue(tree.values(), rules.values())
    except BadCatalogue as fault:
        why = reason_of(fault)
        words = str(fault)
        wrong = next((row for name, row in named.items() if re.search(rf"{name}\b", words)), None)
        raise (
            wrong.refused(why) if wrong else BadOverlay(Message("rules.csv: {why}", why=why))
        ) from None


def check_tree(in_file: Mapping[str, Row], tree: Mapping[str, CategoryEntry]) -> None:
    """A code tells its parent: `0701` lies in `07`. A column `parent` may say it, too."""
    parents = {code: row.cells.get("parent") or code[:-2] for code, row in in_file.items()}
    for code, row in in_file.items():
        path = line_of(code, parents)
        if path[-1] in path[:-1]:
            raise row.refused(Message("{path} is a cycle of categories", path=list(path)))
        if not CATEGORY.fullmatch(code):
            raise row.refused(
                Message("{code!r} is no category's code of two, four or six digits", code=code)
            )
        if parents[code] != code[:-2]:
            raise row.refused(
                Message(
                    "the parent of {code} is {parent}, by its code",
                    code=code,
                    parent=code[:-2] or Message("none"),
                )
            )
        if parents[code] and parents[code] not in tree:
            raise row.refused(
                Message(
                    "there is no category {parents}, in which {code} lies",
                    parents=parents[code],
                    code=code,
                )
            )


def line_of(code: str, parents: Mapping[str, str]) -> list[str]:
    """From a category to its uppermost one, or to the first that comes again."""
    path = [code]
    while above := parents.get(path[-1]):
        path.append(above)
        if above in path[:-1]:
            break
    return path


def check_offices(row: Row, duty: Duty, offices: Mapping[str, OfficeEntry]) -> None:
    """`*` stands for any district."""
    industry = row.cells.get("industry_office")
    named = [duty.target, *duty.joint, *([industry] if industry is not None else [])]
    for code in filter(None, named):
        pattern = re.compile(re.escape(code).replace(r"\*", "[0-9]{6}"))
        if not any(pattern.fullmatch(known) for known in offices):
            raise row.refused(Message("there is no office {code}", code=code))
    if industry == "":
        raise row.refused(Message("industry_office is empty"))

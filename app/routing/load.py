"""The files that routing is made of: learned numbers, names of other cities, a city's polygons."""

import csv
import json
from collections.abc import Container, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

from app.kit.messages import Message, reason_of
from app.routing.areas import Areas, BadAreas
from app.routing.decide import Beyond, Router
from app.routing.given import Catalogue, Gazetteer
from app.routing.positions import Lies
from app.routing.reading.elsewhere import ForeignName
from app.routing.reading.names import FormerDistrict, Landmark
from app.routing.teaching.teachable import Generic
from app.routing.weighing.grounds import OlderPlace
from app.routing.weighing.ranker import Ranker

DATA = Path(__file__).parent.parent / "data" / "routing"
NAMES = (".csv", ".txt")
VERSION_LENGTH = 12


def read_ranker(path: Path = DATA / "ranker.json") -> Ranker:
    """The numbers that scripts/learn_routing.py learned."""
    return Ranker.of(json.loads(path.read_text(encoding="utf-8")))


def read_elsewhere(path: Path = DATA / "elsewhere.csv") -> list[ForeignName]:
    """Provinces, cities and counties that are not Beijing's, with their short names."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            ForeignName(line["name"], line["short"], line["kind"] == "county")
            for line in csv.DictReader(file)
        ]


def read_former_districts(path: Path = DATA / "former_districts.csv") -> list[FormerDistrict]:
    """Districts and counties of Beijing that are another's now (RULEBOOK D.5)."""
    with path.open(encoding="utf-8", newline="") as file:
        return [FormerDistrict(line["name"], line["code"]) for line in csv.DictReader(file)]


def read_older_places(path: Path = DATA / "older_places.csv") -> list[OlderPlace]:
    """Communities and villages that were renamed or joined."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            OlderPlace(
                line["name"],
                line["kind"],
                line["street_code"],
                date.fromisoformat(line["last_seen"]),
            )
            for line in csv.DictReader(file)
        ]


def read_landmarks(path: Path = DATA / "landmarks.csv") -> list[Landmark]:
    """Names that callers use; written by hand, and not verified where the file says so."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Landmark(line["name"], line["kind"], tuple(line["street_codes"].split()))
            for line in csv.DictReader(file)
        ]


def read_sounds(path: Path = DATA / "pinyin.csv") -> dict[str, Sequence[str]]:
    """Of each character of our names its sounds."""
    with path.open(encoding="utf-8", newline="") as file:
        return {line["character"]: line["sounds"].split() for line in csv.DictReader(file)}


def read_positions(folder: Path = DATA) -> list[Lies]:
    """Points in streets: GeoNames', and some by hand where it has none."""
    known = []
    for name in ("positions.csv", "positions_by_hand.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            known += [
                Lies(line["street_code"], float(line["lon"]), float(line["lat"]))
                for line in csv.DictReader(file)
            ]
    return known


def version_of(folder: Path = DATA) -> str:
    """A hash of all names here, so that a decision can tell which it was made with."""
    files = sorted(path for path in folder.iterdir() if path.suffix in NAMES)
    content = b"".join(path.name.encode() + path.read_bytes() for path in files)
    return sha256(content).hexdigest()[:VERSION_LENGTH]


def read_generic(path: Path = DATA / "generic.txt") -> Generic:
    """Words that teach no place: one or more a line, `#` begins a remark."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return Generic.of(word for line in lines if line[:1] != "#" for word in line.split())


def read_areas(path: Path | None, known: Container[str]) -> Areas | None:
    """The streets' polygons, as GeoJSON, where a city brings them; `known` are the offices' codes.

    Refuses BadAreas, with the file and its fault.
    """
    if path is None:
        return None
    try:
        areas = Areas.of(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError) as fault:
        raise BadAreas(Message("{path}: {fault}", path=path, fault=reason_of(fault))) from None
    unknown = [code for code in areas.codes if code not in known]
    if unknown:
        raise BadAreas(
            Message("{path}: there is no office {unknown}", path=path, unknown=unknown[0])
        )
    return areas


def make_router(
    gazetteer: Gazetteer,
    catalogue: Catalogue,
    office_names: Mapping[str, str],
    areas: Path | None = None,
) -> Router:
    """A router with all that the project ships, its memory still empty."""
    return Router(
        gazetteer,
        catalogue,
        office_names,
        read_ranker(),
        Beyond(
            read_elsewhere(),
            read_former_districts(),
            read_generic(),
            read_older_places(),
            read_landmarks(),
            read_sounds(),
            read_positions(),
            version_of(),
        ),
        read_areas(areas, office_names),
    )

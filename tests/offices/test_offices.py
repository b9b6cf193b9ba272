"""Offices over HTTP, and the seed that fills their tables."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.kit.db import Sessions
from app.offices import service
from app.offices.catalogue import ConflictingRules
from app.offices.files import DATA, read_catalogue, read_gazetteer
from app.offices.models import Office
from app.offices.seed import Seeded, seed
from tests.aids.given import People, Person

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def anyone(people: People) -> Person:
    return people("analyst")


@pytest.fixture
def session(app: FastAPI) -> Iterator[Session]:
    """Nothing of these tests is kept."""
    sessions: Sessions = app.state.sessions
    with sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The seed files, to be changed."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def did(session: Session, data: Path = DATA) -> dict[str, Seeded]:
    """The tables that seeding changed, by name."""
    return {
        table.table: table for table in seed(session, NOW, data) if table != Seeded(table.table)
    }


def codes(anyone: Person, **wanted: Any) -> list[str]:
    answer = anyone.get("/offices", **wanted)
    assert answer.status_code == 200
    return [office["code"] for office in answer.json()["items"]]


def test_an_office_is_shown_with_its_district_and_its_other_names(anyone: Person) -> None:
    answer = anyone.get("/offices/110105026")

    assert answer.status_code == 200
    assert answer.json() == {
        "code": "110105026",
        "name": "望京街道",
        "kind": "street",
        "district_code": "110105",
        "district_name": "朝阳区",
        "aliases": ["望京", "望京开发街道", "望京街", "望京街道办事处"],
        "population": None,
        "active_from": None,
        "active_to": None,
    }


@pytest.mark.parametrize(
    ("code", "kind", "district"),
    [
        ("110108", "district_centre", "海淀区"),
        ("110108023", "township", "海淀区"),
        ("110108-market", "district_dept", "海淀区"),
        ("city-urban-management", "city_dept", None),
        ("ent-heat", "enterprise", None),
        ("city-centre", "city_centre", None),
    ],
)
def test_every_kind_of_office_has_its_code(
    anyone: Person, code: str, kind: str, district: str | None
) -> None:
    office = anyone.get(f"/offices/{code}").json()

    assert (office["kind"], office["district_name"]) == (kind, district)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"q": "万柳地区"}, ["110108023"]),  # an alias of 海淀镇
        ({"q": "八里庄街道"}, ["110105015", "110108005"]),
        ({"q": "八里庄街道", "district_code": "110108"}, ["110108005"]),
        ({"kind": "city_centre"}, ["city-centre"]),
        ({"q": "%"}, []),
        ({"q": "海淀", "kind": "street"}, ["110108012"]),
    ],
)
def test_offices_are_found_by_kind_district_and_any_of_their_names(
    anyone: Person, wanted: dict[str, str], expected: list[str]
) -> None:
    assert codes(anyone, **wanted) == expected


def test_pages_show_every_office_once_in_order_of_code(anyone: Person) -> None:
    walked: list[str] = []
    cursor: dict[str, Any] = {}
    while not walked or cursor:
        page = anyone.get("/offices", kind="street", limit=40, **cursor).json()
        walked += [office["code"] for office in page["items"]]
        cursor = {"cursor": page["next"]} if page["next"] else {}

    assert len(walked) == 165
    assert walked == sorted(set(walked))
    assert walked == codes(anyone, kind="street", limit=500)


@pytest.mark.parametrize("code", ["110105999", "%00", "no%20such"])
def test_an_unknown_office_is_not_found(anyone: Person, code: str) -> None:
    answer = anyone.get(f"/offices/{code}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/no-such-office"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "community"),
        ("district_code", "朝阳区"),
        ("q", ""),
        ("q", "望京\x00"),
        ("limit", "501"),
        ("cursor", "not-a-cursor"),
        ("name", "望京"),
    ],
)
def test_a_malformed_or_unknown_parameter_is_refused_by_name(
    anyone: Person, name: str, value: str
) -> None:
    asked: dict[str, Any] = {name: value}
    answer = anyone.get("/offices", **asked)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"/query/{name}"]


def test_seeding_again_changes_nothing(session: Session) -> None:
    seed(session, NOW)

    assert did(session) == {}


def test_the_database_gives_back_what_the_files_say(session: Session) -> None:
    seed(session, NOW)

    assert service.gazetteer(session, service.directory(session)) == read_gazetteer()
    assert service.catalogue(session) == read_catalogue()
    assert service.directory(session)["110105026"].name == "望京街道"


def test_a_changed_file_changes_only_what_it_says(session: Session, data: Path) -> None:
    seed(session, NOW)
    rewrite(data / "offices" / "city.csv", "市水务局,,", "市水务局,,2027-01-01")
    rewrite(data / "catalogue" / "rules.csv", "city-parks,0803,颐和园", "parks,0803,颐和园")

    assert did(session, data) == {
        "office": Seeded("office", changed=1),
        "catalogue_rule": Seeded("catalogue_rule", inserted=1, removed=1),
        "seed_file": Seeded("seed_file", changed=2),
    }
    session.expire_all()
    assert str(session.get_one(Office, "city-water").active_to) == "2027-01-01"


def test_a_renamed_office_keeps_its_code(session: Session, data: Path) -> None:
    seed(session, NOW)
    rewrite(data / "offices" / "city.csv", "北京市水务局", "北京市水务和河湖局")

    assert did(session, data) == {
        "office": Seeded("office", changed=1),
        "office_name": Seeded("office_name", inserted=1, removed=1),
        "seed_file": Seeded("seed_file", changed=1),
    }


def test_a_catalogue_that_contradicts_itself_is_refused_whole(session: Session, data: Path) -> None:
    rewrite(data / "catalogue" / "rules.csv", "no,50,2019", "no,60,2019")

    with pytest.raises(ConflictingRules) as refused:
        seed(session, NOW, data)

    assert refused.value.facts["rules"] == ["manhole-gas", "manhole-power"]

"""The polygons that a city brings (`JIESU_AREAS`): coordinates are routed by them, and what is
wrong with a file is told before anything is served."""

import argparse
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app import commands as command
from app import preparation
from app.city import City
from app.routing.areas import BadAreas
from app.routing.load import read_areas
from app.settings import Settings
from app.tickets.intake import rerouting
from app.tickets.views.scope import NoSuchTicket
from tests.aids.client import Client
from tests.aids.given import WANGJING, People, ticket
from tests.conftest import forget_lessons
from tests.serving.test_serve import forked, refusal

JINZHAN = "110105036"
WEST, EAST = (116.40, 116.45), (116.45, 116.50)


def area(code: str, sides: tuple[float, float]) -> dict[str, Any]:
    west, east = sides
    ring = [[west, 39.90], [east, 39.90], [east, 39.95], [west, 39.95], [west, 39.90]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": outline}


TWO = {"type": "FeatureCollection", "features": [area(WANGJING, WEST), area(JINZHAN, EAST)]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "areas.geojson"


@pytest.fixture(scope="module")
def made(
    app: FastAPI, served: Client, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, City]:
    file = tmp_path_factory.mktemp("areas") / "two.geojson"
    file.write_text(json.dumps(TWO))
    given = settings.model_copy(update={"areas": file})
    with app.state.sessions() as session:
        return given, preparation.make_city(session, given)


@pytest.fixture
def mapped(app: FastAPI, people: People, made: tuple[Settings, City]) -> Settings:
    """The service as it is with the setting."""
    given, app.state.city = made
    forget_lessons(app.state.city.router)
    return given


def test_coordinates_are_routed_by_the_polygons_of_the_setting(
    people: People, mapped: Settings
) -> None:
    for lon, street in ((116.42, WANGJING), (116.48, JINZHAN)):
        view = people.operator.get("/route", text="这里", lon=lon, lat=39.92).json()
        assert (view["decision"], view["office_code"]) == ("dispatch", street)
        assert view["method"] == "coordinates"


def test_a_ticket_lies_where_its_point_does_and_its_route_can_be_made_again(
    people: People, mapped: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    number = ticket(people, address={"text": "这里", "lon": 116.48, "lat": 39.92})

    assert people.operator.get(f"/tickets/{number}").json()["office"]["code"] == JINZHAN
    command.reroute(mapped, argparse.Namespace(number=number))
    assert capsys.readouterr().out == "the same route\n"


def test_a_route_by_other_polygons_is_another_and_the_command_says_where(
    people: People, mapped: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    number = ticket(people, address={"text": "这里", "lon": 116.48, "lat": 39.92})
    without = mapped.model_copy(update={"areas": None})

    with pytest.raises(SystemExit) as ended:
        command.reroute(without, argparse.Namespace(number=number))

    printed = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert "decision: stored 'dispatch', now 'person'" in printed
    assert f"office_code: stored '{JINZHAN}', now None" in printed


def test_a_ticket_that_is_none_or_was_not_routed_here_has_no_route_to_make_again(
    app: FastAPI, people: People, settings: Settings
) -> None:
    with app.state.sessions() as session:
        for number in ("BJ202610209999999", "", "\x00"):
            with pytest.raises(NoSuchTicket):
                list(rerouting.differences(session, app.state.city, number))
    with pytest.raises(NoSuchTicket):
        command.reroute(settings, argparse.Namespace(number="BJ202610209999999"))


BROKEN = {
    "no JSON": ("{", "Expecting property name"),
    "nothing": ("", "Expecting value"),
    "a list": ("[]", "Expected `object`"),
    "no area": ('{"features": []}', "length >= 1"),
    "a point": (
        '{"features": [{"id": "110105026", "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
        "'Point' - at `$.features[0].geometry.type`",
    ),
    "no geometry": ('{"features": [{"id": "110105026", "geometry": null}]}', "`null` - at"),
    "no code": (json.dumps({"features": [area("110105", WEST)]}), "9-digit code"),
    "no such street": (json.dumps({"features": [area("110105999", WEST)]}), "no office 110105999"),
    "another country": (json.dumps({"features": [area(WANGJING, (2.2, 2.4))]}), "outside Beijing"),
    "no ring": (
        json.dumps(TWO).replace("[116.45, 39.9], [116.45, 39.95], [116.4, 39.95], ", "", 1),
        "the area of 110105026: ",
    ),
    "no number": (json.dumps(TWO).replace("116.45", '"x"', 1), "the area of 110105026: "),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_holds_no_areas_is_told_in_one_line(
    app: FastAPI, file: Path, broken: str
) -> None:
    text, fault = BROKEN[broken]
    file.write_text(text)

    with pytest.raises(BadAreas) as refused:
        read_areas(file, app.state.city.offices)

    assert str(refused.value).startswith(f"{file}: ")
    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)


def test_it_is_told_before_serving(people: People, settings: Settings, file: Path) -> None:
    file.write_text("{}")

    with pytest.raises(BadAreas):
        preparation.prepare(settings.model_copy(update={"areas": file}))


def test_the_command_ends_with_that_line(
    people: People, settings: Settings, file: Path, tmp_path: Path
) -> None:
    file.write_text("{}")

    ended = forked(
        "seed",
        tmp_path,
        AREAS=str(file),
        DATABASE_URL=settings.database,
        SECRET_KEY=b64encode(settings.secret_key).decode(),
    )

    assert refusal(ended).startswith(f"jiesu: {file}: no GeoJSON of areas: ")

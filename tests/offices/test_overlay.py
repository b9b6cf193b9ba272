"""A city's overlay: taken as a whole beside the shipped data, or refused with the line at fault."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.kit.db import Sessions
from app.offices import service
from app.offices.files import CityData, read_city
from app.offices.gazetteer import NameKind
from app.offices.overlay import overlaid
from app.offices.overlay_files import BadOverlay
from app.offices.seed import Seeded, seed
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.past import Store, case

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OFFICES = "code,kind,name,district_code,line,aliases,active_from,active_to\n"
NAMES = "street_code,kind,name,active_from,active_to\n"
POPULATION = "code,population\n"
DUTY = "target_kind,target,joint,department_duty"
CATEGORIES = f"code,parent,name,urgency,{DUTY},industry_office,goals,season,marks\n"
RULES = f"id,category,subjects,keywords,area,{DUTY},priority,effective_from,effective_to,basis\n"
NOISE = "L3,street,,,no,city-ecology,WX2,,"
WHOLE = {
    "districts.csv": "code,name\n110199,雄安区\n",
    "offices.csv": OFFICES
    + "110199001,street,容东街道,110199,,容东|容东片区,,\n"
    + "110105-grid,branch,朝阳区网格中心,110105,grid,,,\n"
    + "110105-market,district_dept,北京市朝阳区市场局,110105,,朝阳市场局,,\n"
    + "ent-data,enterprise,北京数据集团,,,,2026-01-01,\n",
    "names.csv": NAMES + f"{WANGJING},alias,大望京,,\n",
    "population.csv": POPULATION + f"{WANGJING},120000\n110199001,50000\n",
    "places.csv": "code,street_code,kind,name\n110199001001,110199001,community,容和社区\n",
    "categories.csv": CATEGORIES + f"21,,低空飞行,{NOISE}\n2101,21,无人机噪声,{NOISE}\n",
    "rules.csv": RULES + "drone,2101,,,,district_dept,*-police,*-grid,yes,0,2026-01-01,,本市规定\n",
}

Write = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="module")
def shipped() -> CityData:
    return read_city()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return written


@pytest.fixture
def session(app: FastAPI) -> Iterator[Session]:
    """Nothing of these tests is kept."""
    sessions: Sessions = app.state.sessions
    with sessions() as session:
        yield session
        session.rollback()


def test_an_overlay_stands_beside_the_shipped_data(shipped: CityData, write: Write) -> None:
    city = overlaid(shipped, write(WHOLE))

    offices = {office.code: office for office in city.offices}
    assert offices.keys() >= {office.code for office in shipped.offices}
    assert (offices["110199001"].population, offices[WANGJING].population) == (50_000, 120_000)
    assert offices["110199"].population == 50_000
    assert offices[CHAOYANG].population is None
    assert offices["110199-market"].line == offices["110105-market"].line == "market"
    assert offices["110105-market"].name == "北京市朝阳区市场局"
    assert (offices["110105-grid"].line, offices["110105-grid"].parent_code) == ("grid", "110105")
    names = {(name.street_code, name.text) for name in city.gazetteer.names}
    assert names >= {(WANGJING, "大望京"), ("110199001", "容东街道"), ("110199001", "容东片区")}
    assert {"21", "2101", "0701"} <= city.catalogue.categories.keys()
    assert [rule.id for rule in city.catalogue.rules["2101"]] == ["drone"]
    assert "110199001001" in {place.code for place in city.places}


def test_an_empty_overlay_changes_nothing(shipped: CityData, tmp_path: Path) -> None:
    assert overlaid(shipped, tmp_path) == shipped


def test_it_is_seeded_once_and_taken_back_as_far_as_may_be(session: Session, write: Write) -> None:
    folder = write(WHOLE)
    first = {table.table: table for table in seed(session, NOW, overlay=folder)}
    again = seed(session, NOW, overlay=folder)

    assert (first["district"].inserted, first["category"].inserted) == (1, 2)
    assert [table for table in again if table != Seeded(table.table)] == []
    assert service.directory(session)[WANGJING].population == 120_000
    known = service.gazetteer(session, service.directory(session))
    aliases = [n for n in known.names if n.text == "大望京"]
    assert [(name.street_code, name.kind) for name in aliases] == [(WANGJING, NameKind.ALIAS)]

    seed(session, NOW)
    session.expire_all()
    left = service.directory(session)
    assert left[WANGJING].population is None
    assert left["110199001"].name == "容东街道"
    assert "2101" not in service.catalogue(session).rules


WRONG: list[tuple[str, str, str]] = [
    ("offices.csv", "110105900,street,甲街道,,,,,\n", "line 2: a street has a district"),
    ("offices.csv", "110105900,street,甲街道,990000,,,,\n", "line 2: there is no district 990000"),
    ("offices.csv", "1101059,street,甲街道,110105,,,,\n", "line 2: '1101059' is no code"),
    ("offices.csv", "x y,enterprise,甲,,,,,\n", "line 2: 'x y' is no code"),
    ("offices.csv", "ent-a,enterprise,甲,,,,,\nent-a,enterprise,乙,,,,,\n", "line 3: ent-a stands"),
    ("offices.csv", "ent-a,enterprize,甲,,,,,\n", "line 2: 'enterprize'"),
    ("offices.csv", "ent-a,enterprise,,,,,,\n", "line 2: the name is empty"),
    ("offices.csv", "ent-a,enterprise,甲,,,,2026-02-30,\n", "line 2: day is out of range"),
    ("offices.csv", "ent-a,enterprise,甲\n", "line 2: has more or fewer cells"),
    ("offices.csv", "ent-a,enterprise,甲,,,,2026-02-01,2025-02-01\n", "line 2: it ends on 2025"),
    ("offices.csv", "110108900,street,甲街道,110105,,,,\n", "line 2: the code of a street begins"),
    (
        "offices.csv",
        "110105900,street,望京街道,110105,,,,\n",
        "line 2: 110105 has another 望京街道",
    ),
    ("offices.csv", f"{WANGJING},enterprise,望京,,,,,\n", f"line 2: {WANGJING} is a street"),
    ("offices.csv", 'ent-a,enterprise,"甲\n乙",,,,,\nent-b,,乙,,,,,\n', "line 4: '' is"),
    ("population.csv", f'"{WANGJING},5\n110105001,6\n', "line 2: has more or fewer cells"),
    ("population.csv", "1" * 200_000 + ",5\n", "line 2: a cell has more than 131072"),
    ("names.csv", f"{WANGJING},alias,大望京,2026-02-01,2026-01-31\n", "line 2: it ends on 2026"),
    ("names.csv", "110105999,alias,某街,,\n", "line 2: there is no street or township"),
    ("names.csv", f"{WANGJING},nickname,某街,,\n", "line 2: 'nickname'"),
    ("population.csv", f"{WANGJING},12.5\n", "line 2: '12.5' is no whole number"),
    ("population.csv", f"{WANGJING},-1\n", "line 2: '-1' is no whole number"),
    ("population.csv", f"{WANGJING},0\n", "line 2: '0' is no whole number"),
    ("population.csv", f"{WANGJING},99999999\n", "line 2: '99999999' is no whole number"),
    ("population.csv", "city-police,100\n", "line 2: there is no street, township or district"),
    ("population.csv", f"{WANGJING},1\n{WANGJING},2\n", f"line 3: {WANGJING} stands already"),
    ("categories.csv", f"21,2101,甲,{NOISE}\n2101,21,乙,{NOISE}\n", "line 2: 21, 2101, 21 is"),
    ("categories.csv", f"21,21,甲,{NOISE}\n", "line 2: 21, 21 is a cycle"),
    ("categories.csv", f"2101,,甲,{NOISE}\n", "line 2: there is no category 21, in which"),
    ("categories.csv", f"2101,07,甲,{NOISE}\n", "line 2: the parent of 2101 is 21, by its code"),
    ("categories.csv", f"A1,,甲,{NOISE}\n", "line 2: 'A1' is no category's code"),
    ("categories.csv", "21,,甲,L9,street,,,no,city-ecology,,,\n", "line 2: 'L9'"),
    (
        "categories.csv",
        "21,,甲,L3,street,,,maybe,city-ecology,,,\n",
        "line 2: 'maybe' is not",
    ),
    ("categories.csv", "21,,甲,L3,street,,,no,city-moon,,,\n", "line 2: there is no office city-m"),
    ("categories.csv", "21,,甲,L3,street,,,yes,city-ecology,,,\n", "line 2: category 21: a depart"),
    ("rules.csv", "a,9999,,,,street,,,no,0,2026-01-01,,本市\n", "line 2: rule a: no category"),
    ("rules.csv", "a,0701,,,,city_dept,city-moon,,no,0,2026-01-01,,本市\n", "line 2: there is no"),
    ("rules.csv", "a,0701,,,,street,,,no,x,2026-01-01,,本市\n", "line 2: invalid literal"),
    ("rules.csv", "a,0701,,,,street,,,no,0,2026-01-01,2025-01-01,本市\n", "line 2: rule a: ends"),
]
HEADS = {
    "offices.csv": OFFICES,
    "names.csv": NAMES,
    "population.csv": POPULATION,
    "categories.csv": CATEGORIES,
    "rules.csv": RULES,
}


@pytest.mark.parametrize(("name", "lines", "fault"), WRONG, ids=[row[2] for row in WRONG])
def test_a_wrong_line_is_named(
    shipped: CityData, write: Write, name: str, lines: str, fault: str
) -> None:
    with pytest.raises(BadOverlay) as refusal:
        overlaid(shipped, write({name: HEADS[name] + lines}))

    assert str(refusal.value).startswith(f"{name} {fault}")


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("popualtion.csv", POPULATION, "popualtion.csv: an overlay has only"),
        ("population.csv", "code,people\n", "population.csv line 1: has no column 'population'"),
        ("population.csv", "code,population,x\n", "population.csv line 1: has a column 'x'"),
        ("population.csv", "", "population.csv line 1: has no column 'code'"),
    ],
)
def test_a_wrong_file_is_named(
    shipped: CityData, write: Write, name: str, text: str, fault: str
) -> None:
    with pytest.raises(BadOverlay, match=fault):
        overlaid(shipped, write({name: text}))


def test_what_is_no_text_is_refused(shipped: CityData, tmp_path: Path) -> None:
    (tmp_path / "population.csv").write_bytes("编码,人口".encode("gb18030"))

    with pytest.raises(BadOverlay, match=r"population.csv: is not UTF-8"):
        overlaid(shipped, tmp_path)


def test_a_refused_overlay_leaves_nothing(session: Session, write: Write) -> None:
    folder = write({**WHOLE, "population.csv": POPULATION + f"{WANGJING},many\n"})

    with pytest.raises(BadOverlay, match=r"population.csv line 2: 'many'"):
        seed(session, NOW, overlay=folder)

    assert "110199001" not in service.directory(session)


def test_with_residents_the_requests_of_10_000_are_ranked_beside(
    people: People,
    store: Store,
    reseeded: Callable[..., None],
    shipped: CityData,
    write: Write,
) -> None:
    city = overlaid(shipped, write({"population.csv": WHOLE["population.csv"].split("110199")[0]}))
    store([case(n) for n in range(3)])
    assert row(people) is None

    reseeded(offices={office.code: office for office in city.offices})

    assert row(people) == 0.25


def row(people: People) -> float | None:
    answer = people("analyst").get(f"/rankings/2026-09/offices/{WANGJING}").json()
    per_10k: float | None = answer["per_10k"]
    return per_10k

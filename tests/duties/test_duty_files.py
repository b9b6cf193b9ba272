"""The duty list's files: the shipped ones, a city's own in their place, bad rows by line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.duties.duty_list import BadDutyList, DutyList, DutyShare
from app.duties.load import Known, read_centres, read_duties
from app.offices.files import read_city
from app.offices.overlay_files import COLUMNS, BadOverlay

LISTS = "code,name,offices,items,complete,bear,organise,assist,mapping,basis\n"
ITEMS = "code,board,name,share,offices,joint,categories,effective_from,effective_to,basis\n"
POWERS = "code,name,former,number,categories,effective_from,effective_to,basis\n"
OF_POWERS = "powers,职权,street,3,yes,,,,city,本市\n"
OWN = {
    "duty_lists.csv": f"{LISTS}duties,清单,street,2,yes,50,50,0,city,本市\n{OF_POWERS}",
    "duty_boards.csv": "code,name,categories\na,甲板块,01|0201\nb,乙板块,02\n",
    "duties.csv": f"{ITEMS}1,a,甲事,bear,street,,0101,,,本市\n2,b,乙事,,street,*-water,,,,本市\n",
    "powers.csv": f"{POWERS}w,水务,*-water,3,0202,2021-01-01,,本市\n",
}


@pytest.fixture(scope="module")
def known() -> Known:
    city = read_city()
    return Known.of(city.catalogue, {office.code: office for office in city.offices})


@pytest.fixture
def shipped(known: Known) -> DutyList:
    return read_duties(known)


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_lists_have_what_the_sources_count(shipped: DutyList) -> None:
    assert (shipped.duties.items, shipped.powers.items) == (111, 431)
    assert not shipped.duties.complete
    assert not shipped.powers.complete
    assert shipped.duties.percentages == {
        DutyShare.BEAR: 25,
        DutyShare.ORGANISE: 35,
        DutyShare.ASSIST: 40,
    }
    assert [board.name for board in shipped.boards] == [
        *("党群工作", "平安建设", "城市管理", "社区建设", "民生保障", "综合保障")
    ]
    assert {group.name: group.number for group in shipped.power_groups} == {
        "城管执法": 393,
        "水务": 22,
        "卫生健康": 11,
        "生态环境": 4,
        "农业农村": 1,
    }


def test_no_item_is_without_its_source(shipped: DutyList) -> None:
    assert all("SOURCES" in item.basis or "条例第" in item.basis for item in shipped.items)


def test_a_citys_own_file_takes_the_place_of_the_shipped_one(known: Known, tmp_path: Path) -> None:
    duties = read_duties(known, written(tmp_path, OWN))

    assert [item.name for item in duties.items] == ["甲事", "乙事"]
    assert duties.duties.complete
    assert [board.code for board in duties.boards] == ["a", "b"]


def test_an_overlay_without_them_leaves_the_shipped_ones(
    known: Known, shipped: DutyList, tmp_path: Path
) -> None:
    assert read_duties(known, tmp_path) == shipped


WRONG = [
    ("duties.csv", "1,c,甲事,bear,street,,,,,\n", "line 2: there is no board 'c'"),
    ("duties.csv", "1,a,甲事,own,street,,,,,\n", "line 2: 'own' is not"),
    ("duties.csv", "1,a,甲事,bear,district_dept,,,,,\n", "line 2: offices: is street, township"),
    ("duties.csv", "1,a,甲事,bear,,,,,,\n", "line 2: offices: is street, township"),
    ("duties.csv", "1,a,甲事,bear,street,*-moon,,,,\n", "line 2: there is no office '*-moon'"),
    ("duties.csv", "1,a,甲事,bear,street,,9901,,,\n", "line 2: there is no category 9901"),
    ("duties.csv", "1,a, ,bear,street,,,,,\n", "line 2: the name is empty"),
    ("duties.csv", "A B,a,甲,bear,street,,,,,\n", "line 2: 'A B' is no code"),
    ("duties.csv", "1,a,甲,,street,,,2021-01-01,2020-01-01,\n", "line 2: ends before it begins"),
    ("duties.csv", "1,a,甲,,street,,,2021-13-01,,\n", "line 2: month must be"),
    ("duties.csv", "1,a,甲,,street,,,,,\n1,a,乙,,street,,,,,\n", "line 3: 1 stands already"),
    ("duties.csv", "1,a,甲\n", "line 2: has more or fewer cells"),
    ("powers.csv", "w,水务,*-water,0,,,,\n", "line 2: number: '0' is no whole number"),
    ("powers.csv", "w,水务,*-moon,1,,,,\n", "line 2: there is no office '*-moon'"),
    ("duty_boards.csv", "a,甲,7\nb,乙,\n", "line 2: there is no category 7"),
    ("duty_lists.csv", "duties,清单,street,2,perhaps,,,,city,\n", "line 2: 'perhaps' is not"),
    ("duty_lists.csv", "duties,清单,street,2,yes,,,,theirs,\n", "line 2: 'theirs' is not"),
]


@pytest.mark.parametrize(("file", "text", "why"), WRONG)
def test_a_bad_row_is_refused_by_file_and_line(
    known: Known, tmp_path: Path, file: str, text: str, why: str
) -> None:
    folder = written(tmp_path, {**OWN, file: ",".join(COLUMNS[file]) + "\n" + text})

    with pytest.raises(BadOverlay) as refusal:
        read_duties(known, folder)

    assert f"{file} {why}" in str(refusal.value)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("duties,清单,street,3,yes,,,,city,\n", "duties: has 3 items, duties.csv names 2"),
        ("duties,清单,street,1,no,,,,city,\n", "duties: has 1 items, duties.csv names 2"),
        ("duties,清单,street,2,no,50,50,1,city,\n", "duties: the shares are over 100"),
        ("", "has one line for each of duties and powers"),
    ],
)
def test_a_list_that_contradicts_its_items_is_refused(
    known: Known, tmp_path: Path, line: str, why: str
) -> None:
    folder = written(tmp_path, {**OWN, "duty_lists.csv": LISTS + line + OF_POWERS})

    with pytest.raises(BadDutyList) as refusal:
        read_duties(known, folder)

    assert why in str(refusal.value)


SEATS = ",".join(COLUMNS["centre_seats.csv"]) + "\n"


def test_a_city_has_models_of_its_own(known: Known, tmp_path: Path) -> None:
    seats = "t,2+N,执法队,core,,1,,本市\np,2+N,公安,posted,*-police|*-fire,1,3,本市\n"

    models = read_centres(known, written(tmp_path, {"centre_seats.csv": SEATS + seats}))

    assert list(models) == ["2+N"]
    team, police = models["2+N"].seats
    assert team.offices_of("110105026", "110105") == ("110105026",)
    assert police.offices_of("110105026", "110105") == ("110105-police", "110105-fire")


@pytest.mark.parametrize(
    ("seat", "why"),
    [
        ("p,2+N,公安,posted,,1,,\n", "line 2: offices: are named for posted"),
        ("p,2+N,公安,core,*-police,1,,\n", "line 2: offices: are named for posted"),
        ("p,2+N,公安,posted,*-moon,1,,\n", "line 2: there is no office '*-moon'"),
        ("p,2+N,公安,sent,*-police,1,,\n", "line 2: 'sent' is not"),
        ("p,2+N,公安,posted,*-police,0,,\n", "line 2: least: '0' is no whole number"),
        ("p,2+N,公安,posted,*-police,3,2,\n", "line 2: most: 2 is fewer than least, 3"),
        ("p,二,公安,posted,*-police,1,,\n", "line 2: '二' is no name"),
        ("p,2+N,,posted,*-police,1,,\n", "line 2: the name is empty"),
        ("p,2+N,甲,core,,1,,\np,2+N,乙,core,,1,,\n", "line 3: p stands already"),
    ],
)
def test_a_bad_seat_is_refused_by_file_and_line(
    known: Known, tmp_path: Path, seat: str, why: str
) -> None:
    with pytest.raises(BadOverlay) as refusal:
        read_centres(known, written(tmp_path, {"centre_seats.csv": SEATS + seat}))

    assert f"centre_seats.csv {why}" in str(refusal.value)

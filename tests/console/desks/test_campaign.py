"""A campaign by its page: organised, logged, corrected, met for, told of, ended."""

import pytest

from tests.aids.given import People
from tests.console.visitor import Visitor, alert
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE
from tests.whistles.campaigns import CHIEF, day, organised, seen

HEAD = "张书记，望京街道，总指挥"
LOG = {"people": "李四，望京街道\n甲一，望京街道", "work": "入户宣传"}


@pytest.fixture
def chief(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people(*CHIEF))


def done(visitor: Visitor, path: str, act: str, **typed: str) -> None:
    answer = visitor.fills_in(visitor.get(path), f"{path}/{act}", **typed)
    assert answer.status_code == 303, alert(answer.text)


def test_command_and_teams_are_named(people: People, chief: Visitor) -> None:
    calls = [blown.call(office) for office in (MARKET, POLICE)]
    number = blown.blow(people, kind="key_work", summonses=calls)["number"]
    path = f"/whistles/{number}/campaign"
    assert path in chief.get(f"/whistles/{number}").text
    command = {"command.head": HEAD, "teams.0.name": "清退组", "teams.0.members": "甲一 望京街道"}
    answer = chief.fills_in(chief.get(path), f"{path}/organise", **command)
    assert answer.status_code == 422
    assert "联络员" in alert(answer.text)
    assert "甲一 望京街道</textarea>" in answer.text
    whole = {**command, "teams.0.liaison": "李四、望京街道", "until": "2026-12-20T18:00"}
    assert chief.fills_in(answer, f"{path}/organise", **whole).status_code == 303
    done(chief, path, "organise")  # as it stands
    campaign = seen(people, number)
    assert campaign["command"]["head"]["duty"] == "总指挥"
    assert [team["liaison"]["name"] for team in campaign["teams"]] == ["李四"]
    assert campaign["until"] == "2026-12-20T10:00:00Z"


def test_a_day_is_logged_and_corrected(people: People, chief: Visitor) -> None:
    number = organised(people)
    path = f"/whistles/{number}/campaign"
    answer = chief.fills_in(chief.get(path), f"{path}/log", **LOG, figures="摊位 十二")
    assert answer.status_code == 422
    assert "摊位 十二</textarea>" in answer.text
    again = chief.fills_in(answer, f"{path}/log", **LOG, figures="摊位 12\nm² 30.5")
    assert again.status_code == 303, alert(again.text)
    done(chief, path, "correct-log", figures="摊位：13", reason="漏记一处")
    [log] = seen(people, number)["days"][-1]["logs"]
    assert (log["figures"], log["reason"]) == ({"摊位": 13}, "漏记一处")
    assert [person["name"] for person in log["people"]] == ["李四", "甲一"]


def test_a_campaign_meets_tells_and_ends(people: People, chief: Visitor) -> None:
    number = organised(people)
    path = f"/whistles/{number}/campaign"
    meeting = {"held_at": "2026-10-20T00:10", "people": HEAD, "text": "部署", "resolutions": "清退"}
    done(chief, path, "meet", **meeting)
    blown.does(people, CHIEF, number, "campaign/log", **day())
    for act in ("notify", "conclude"):
        done(chief, path, act, text="已清退")
    campaign = seen(people, number)
    assert campaign["meetings"][0]["resolutions"] == ["清退"]
    assert [notice["text"] for notice in campaign["notices"]] == ["已清退"]
    assert campaign["summary"] == "已清退"


def test_a_teams_office_logs_its_own_day(people: People) -> None:
    number = organised(people)
    market = Visitor(people.client).signs_in(people("handler", MARKET))
    path = f"/whistles/{number}/campaign"
    other = market.fills_in(market.get(path), f"{path}/log", **LOG)
    assert other.status_code == 403
    assert "入户宣传</textarea>" in other.text

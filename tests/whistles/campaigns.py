"""Campaigns to test with: key work with a command and teams."""

from typing import Any

from tests.aids.given import WANGJING, People
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, does

CHIEF = ("chief", WANGJING)


def person(name: str, office_code: str = WANGJING, duty: str | None = None) -> dict[str, Any]:
    return {"name": name, "office_code": office_code, "duty": duty}


def crew(initial: str, number: int, office_code: str = WANGJING) -> list[dict[str, Any]]:
    """So many people of one office, each with his own name."""
    return [person(f"{initial}{place}", office_code) for place in range(number)]


def plan(**changed: Any) -> dict[str, Any]:
    """A chief commands; the street's team and that of the market regulators."""
    teams = [
        {"name": "清退组", "liaison": person("李四"), "members": crew("甲", 5)},
        {"name": "查处组", "liaison": person("王强", MARKET), "members": crew("乙", 6, MARKET)},
    ]
    command = {"head": person("张书记", duty="总指挥"), "members": [person("赵局", POLICE)]}
    return {"command": command, "teams": teams, **changed}


def organised(people: People, *offices: str, **changed: Any) -> str:
    """The number of a campaign that a chief has blown and organised."""
    calls = [blown.call(office) for office in offices or (MARKET, POLICE)]
    whistle = blown.blow(people, kind="key_work", summonses=calls, **changed)
    number = str(whistle["number"])
    does(people, CHIEF, number, "campaign", **plan())
    return number


def day(team: int = 1, on: str = "2026-10-20", **changed: Any) -> dict[str, Any]:
    own = crew("甲", 3) if team == 1 else crew("乙", 3, MARKET)
    day = {"team": team, "day": on, "people": own, "work": "入户宣传，清退摊位"}
    return {**day, "figures": {"摊位": 12, "m²": 30.5}, **changed}


def seen(people: People, number: str, who: tuple[str, str | None] = CHIEF) -> dict[str, Any]:
    answer = people(*who).get(f"/whistles/{number}/campaign")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())

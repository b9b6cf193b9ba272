"""Whistles to test with: a street blows, departments come."""

from typing import Any

from fastapi import FastAPI
from httpx import Response

from app.sweep import sweep
from tests.aids.given import CHAOYANG, WANGJING, People

Who = tuple[str, str | None]
"""A role, and the office that its key is bound to."""

MARKET = "110105-market"
POLICE = "110105-police"
POWER = "ent-power"
POINT = {"text": "望京街与阜通东大街路口东北角", "lon": 116.4806, "lat": 39.9958}
NEAR = {"lon": 116.4810, "lat": 39.9960}
FAR = {"lon": 116.5400, "lat": 39.9958}


def call(office_code: str, *actions: str, **more: Any) -> dict[str, Any]:
    return {"office_code": office_code, "actions": list(actions or ("到场查处",)), **more}


def body(*offices: str, **changed: Any) -> dict[str, Any]:
    """A joint enforcement against unlicensed trading."""
    return {
        "kind": "enforcement",
        "matter": "占道无照经营反弹，商户抗拒检查",
        "why": "街道无市场监管和治安处罚权",
        "place": POINT,
        "meeting_point": POINT,
        "origin": "street",
        "summonses": [call(office) for office in offices or (MARKET, POLICE)],
        **changed,
    }


def blow(people: People, *offices: str, street: str = WANGJING, **changed: Any) -> dict[str, Any]:
    """A whistle that the chief has blown."""
    answer = people("chief", street).post("/whistles", body(*offices, **changed))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def act(people: People, who: Who, number: str, path: str, form: Any = None) -> Response:
    return people(*who).post(f"/whistles/{number}/{path}", form)


def does(people: People, who: Who, number: str, path: str, /, **members: Any) -> dict[str, Any]:
    """An action that must succeed; the whistle as it then is."""
    answer = people(*who).post(f"/whistles/{number}/{path}", members)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def reports_in(people: People, number: str, office: str, **changed: Any) -> dict[str, Any]:
    members = {"person": "王强", "duty": "执法队长", **NEAR, **changed}
    return does(people, ("handler", office), number, f"summonses/{office}/report-in", **members)


def feeds_back(people: People, number: str, office: str) -> dict[str, Any]:
    results = [{"action": 1, "result": "已查处", "document": "京朝市监罚〔2026〕1号"}]
    path = f"summonses/{office}/feed-back"
    return does(people, ("handler", office), number, path, results=results)


def releases(people: People, number: str, office: str, street: str = WANGJING) -> dict[str, Any]:
    path = f"summonses/{office}/release"
    return does(people, ("chief", street), number, path, text="现场核实，已整改")


def swept(app: FastAPI) -> int:
    """How many whistles and tickets have changed by themselves."""
    return sweep(app.state.sessions, app.state.city, app.state.clock)


def of(whistle: dict[str, Any], office: str) -> dict[str, Any]:
    return next(dict(s) for s in whistle["summonses"] if s["office_code"] == office)


def settled(people: People, *offices: str, **changed: Any) -> dict[str, Any]:
    """A whistle whose departments came in time, fed back and were released; then settled."""
    street = changed.get("street", WANGJING)
    number = str(blow(people, *offices, **changed)["number"])
    for office in offices or (MARKET, POLICE):
        reports_in(people, number, office)
        feeds_back(people, number, office)
        releases(people, number, office, street)
    return settles(people, number, street)


def settles(people: People, number: str, street: str = WANGJING) -> dict[str, Any]:
    """Verified by the street and settled by the district."""
    seen = {"text": "现场已清理。", "evidence": ["照片 0117"]}
    does(people, ("handler", street), number, "verify", **seen)
    return does(people, ("district", CHAOYANG), number, "settle", text="核实无误，结项。")

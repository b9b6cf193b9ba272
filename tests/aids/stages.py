"""Tickets brought to where a test begins: each status reached over HTTP by those who may."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from httpx import Response

from app.tickets.life.lifecycle import Status
from tests.aids import given
from tests.aids.given import WANGJING, People, Person
from tests.conftest import StillClock

JIUXIANQIAO = "110105011"  # 酒仙桥街道, also in 朝阳区
MAIZIDIAN = "110105012"  # 麦子店街道, also in 朝阳区
DONGHUAMEN = "110101001"  # 东华门街道, in 东城区
MARKET = "110105-market"  # 朝阳区's market supervision
UNCLEAR = {"text": "北京市"}

Build = Callable[[People, StillClock], str]


def objection(**changed: Any) -> dict[str, Any]:
    """Inside the district: 酒仙桥街道's, says 望京街道."""
    return {
        "ground": "not_my_area",
        "text": "楼在酒仙桥路，不在望京。",
        "evidence": "地图截图",
        "proposed_office_code": JIUXIANQIAO,
        **changed,
    }


def objected(people: People, office: str = WANGJING, **changed: Any) -> str:
    number = given.ticket(people)
    people.street(office).does("object", number, **objection(**changed))
    return number


def objected_outside(people: People, clock: StillClock) -> str:
    """Another district's, says 望京街道, so that the city rules."""
    return objected(people, proposed_office_code=DONGHUAMEN)


def in_progress(people: People, clock: StillClock) -> str:
    return working(people)


def working(people: People, **changed: Any) -> str:
    """Acknowledged, and its citizen contacted."""
    number = given.ticket(people, **changed)
    people.street().does("acknowledge", number)
    people.street().does("contact", number, method="call", reached=True)
    return number


def acknowledged(people: People, clock: StillClock) -> str:
    number = given.ticket(people)
    people.street().does("acknowledge", number)
    return number


def to_dispatch(people: People, clock: StillClock) -> str:
    """Back with the dispatchers, by the ruling that its information is wrong."""
    number = objected(people, proposed_office_code=DONGHUAMEN)
    people.dispatcher.does("rule-objection", number, decision="info_wrong", text="地址有误")
    return number


def need_info(people: People, clock: StillClock) -> str:
    number = to_dispatch(people, clock)
    people.operator.does("ask", number, text="请说明是哪一栋楼")
    return number


def consulting(people: People, clock: StillClock) -> str:
    number = objected(people, proposed_office_code=DONGHUAMEN)
    people.dispatcher.does("rule-objection", number, decision="consult", text="会商")
    return number


def replied(people: People, clock: StillClock) -> str:
    number = given.ticket(people)
    given.replied(people, number)
    return number


def awaiting(people: People, clock: StillClock) -> str:
    number = given.ticket(people)
    given.awaiting(people, number)
    return number


def called(people: People, number: str, **body: Any) -> dict[str, Any]:
    answer = people.callback.post(f"/tickets/{number}/callbacks", {**given.CONTENT, **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def rework(people: People, clock: StillClock) -> str:
    number = awaiting(people, clock)
    called(people, number, resolved="unresolved", satisfied="dissatisfied")
    return number


def closed(people: People, clock: StillClock) -> str:
    number = awaiting(people, clock)
    called(people, number)
    return number


def hold(clock: StillClock, days: float = 60) -> dict[str, Any]:
    review_at = clock() + timedelta(days=days)
    return {
        "reason_code": "planning",
        "plan": "管线改造，先立项，再施工。",
        "review_at": review_at.isoformat(),
    }


def held(people: People, number: str, clock: StillClock, days: float = 60) -> None:
    """Asked for, and approved by district and supervisor."""
    people.street().does("request-hold", number, **hold(clock, days))
    people.district().does("decide-hold", number, approve=True, text="同意上报")
    people.supervisor.does("decide-hold", number, approve=True, text="已书面告知")


def on_hold(people: People, clock: StillClock) -> str:
    number = working(people)
    held(people, number, clock)
    return number


def received(people: People, clock: StillClock) -> str:
    return given.ticket(people, type="consult")


def ended(action: str, role: str, begin: Build = received, **body: Any) -> Build:
    def build(people: People, clock: StillClock) -> str:
        number = begin(people, clock)
        people(role).does(action, number, **{**given.BODIES[action], **body})
        return number

    return build


def dispatched(people: People, clock: StillClock) -> str:
    return given.ticket(people)


def merged(people: People, clock: StillClock) -> str:
    parent = given.ticket(people)
    clock.tick(seconds=1)
    child = given.ticket(people)
    people.dispatcher.does("merge", child, parent_number=parent)
    return child


def doubted(people: People, clock: StillClock) -> str:
    """Its demand was called unreasonable; a supervisor decides."""
    number = awaiting(people, clock)
    called(people, number, **given.DISCONTENT, reasonable=False)
    return number


def queued(people: People, clock: StillClock) -> str:
    """In its district's queue (D.5 R4); no office ever had it."""
    return given.ticket(people, address={"text": "朝阳区某处"})


def nowhere(people: People, clock: StillClock) -> str:
    """Nobody knows where it lies (D.5 R5)."""
    return given.ticket(people, address=UNCLEAR)


STAGES: dict[str, Build] = {
    Status.RECEIVED: received,
    Status.NEED_INFO: need_info,
    Status.TO_DISPATCH: to_dispatch,
    Status.DISPATCHED: dispatched,
    Status.ACKNOWLEDGED: acknowledged,
    Status.IN_PROGRESS: in_progress,
    Status.OBJECTED: objected_outside,
    Status.CONSULTING: consulting,
    Status.REPLIED: replied,
    Status.AWAITING_CALLBACK: awaiting,
    Status.REWORK: rework,
    Status.ON_HOLD: on_hold,
    Status.CLOSED: closed,
    Status.ANSWERED: ended("answer", "operator"),
    Status.TRANSFERRED: ended("transfer", "operator"),
    Status.NOT_ACCEPTED: ended("decline", "operator"),
    Status.MERGED: merged,
    Status.WITHDRAWN: ended("withdraw", "operator", in_progress),
    Status.VOID: ended("void", "supervisor", dispatched),
    "doubted": doubted,
    "queued": queued,
    "nowhere": nowhere,
}
"""Each status, and three more stages of a ticket."""


def stands(people: People, stage: str) -> str:
    """The number of a new ticket, brought to a stage by real calls."""
    app: Any = people.client.app
    return STAGES[stage](people, app.state.clock)


def refused(answer: Response, status: int, problem: str) -> dict[str, Any]:
    """A refusal must be of this kind; the problem."""
    assert answer.status_code == status, answer.text
    body = dict(answer.json())
    assert body["type"] == f"/problems/{problem}", body
    return body


def tries(person: Person, action: str, number: str, /, **body: Any) -> Response:
    return person.post(f"/tickets/{number}/{action}", body)


def status(people: People, number: str) -> str:
    return str(seen(people, number)["status"])


def seen(people: People, number: str) -> dict[str, Any]:
    return dict(people.supervisor.get(f"/tickets/{number}").json())


def events(people: People, number: str) -> list[dict[str, Any]]:
    return list(people.supervisor.get(f"/tickets/{number}/events").json())


def actions(people: People, number: str) -> list[str]:
    return [event["action"] for event in events(people, number)]


def warned(people: People, number: str) -> list[str]:
    """The names of the warnings on record, in order."""
    return [e["data"]["warning"] for e in events(people, number) if "warning" in e["data"]]


def alarms(people: People, number: str) -> list[tuple[str, list[str], str]]:
    """The alarms on record, in order: which, for whom, and the instant it was due."""
    of_alarms = (e for e in events(people, number) if e["action"] == "alarm")
    return [(e["data"]["alarm"], e["data"]["to"], e["due_at"]) for e in of_alarms]


def inbox(person: Person) -> list[str]:
    return [item["number"] for item in person.get("/inbox").json()["items"]]


def news(person: Person, number: str) -> list[str]:
    """The kinds of entries in this office's feed of a ticket, in order."""
    entries = person.get("/feed", limit=500).json()["items"]
    return [entry["kind"] for entry in entries if entry["ticket_number"] == number]


def at_once(acts: Sequence[Callable[[], Response]]) -> list[int]:
    """All of them at the same time; the statuses of their answers, sorted."""
    with ThreadPoolExecutor(len(acts)) as pool:
        answers = [pool.submit(act) for act in acts]
        return sorted(answer.result().status_code for answer in answers)


def rows(people: People, query: str) -> list[tuple[Any, ...]]:
    """What the database holds."""
    app: Any = people.client.app
    with app.state.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def register(person: Person) -> list[dict[str, Any]]:
    """Every matter now on hold."""
    return list(person.get("/holds").json()["items"])

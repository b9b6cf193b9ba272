"""A city whose people write scripts and endless words into everything that may be written."""

from typing import Any

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE
from tests.whistles.campaigns import CHIEF, plan

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>"
WORD = SCRIPT + "W" * 4_900
TEXT = SCRIPT + "W" * 300
LINE = SCRIPT + "W" * 120
NAME = SCRIPT[:20] + "W" * 20
CITIZEN = {"name": NAME, "phone": "13800000000"}
OFFICES = {"handler": WANGJING, "chief": WANGJING, "district": CHAOYANG}


def staff(people: People) -> dict[str, Person]:
    """Each role's holder, by the role; `department` handles for the market's office. The labels of
    their keys are scripts."""
    roles = [("department", "handler", MARKET)]
    for role in ("operator", "dispatcher", "callback", "supervisor", "panel", "evaluator"):
        roles.append((role, role, ""))
    roles += [(role, role, office) for role, office in OFFICES.items()]
    roles += [(role, role, "") for role in ("auditor", "analyst")]
    made = {"admin": people.admin}
    for name, role, office in roles:
        new = {"role": role, "office_code": office or None, "label": LINE[:100]}
        key = people.admin.post("/keys", new).json()
        made[name] = people.made[role, office or None] = Person(people.client, key["key"])
        people.key_ids[role, office or None] = key["id"]
    return made


def tickets(people: People, clock: StillClock) -> dict[str, str]:
    """Numbers of tickets in several stages, by the stage."""
    words = {"title": LINE, "content": TEXT}
    street = people.street()
    made = {"working": stages.working(people, title=LINE, content=WORD, citizen=CITIZEN)}
    street.does("note", made["working"], text=TEXT)
    people("chief", WANGJING).does("note", made["working"], text=LINE)
    people.supervisor.does(
        "supervise",
        made["working"],
        level="city",
        reason=TEXT,
        answer_due_at=stages.hold(clock)["review_at"],
    )
    made["to_dispatch"] = given.ticket(people, **words, address={"text": f"望京{LINE}"})
    made["objected"] = given.ticket(people, **words)
    street.does("object", made["objected"], **stages.objection(text=TEXT, evidence=LINE))
    made["replied"] = stages.working(people, **words)
    feedback = {"method": "call", "person": NAME}
    street.does("reply", made["replied"], text=TEXT, measures=TEXT, citizen_feedback=feedback)
    made["on_hold"] = stages.working(people, **words)
    street.does("request-hold", made["on_hold"], **{**stages.hold(clock), "plan": TEXT})
    made["called"] = given.ticket(people, **words)
    given.awaiting(people, made["called"])
    discontent = {**given.DISCONTENT, "reasonable": False, "reason": TEXT, "recording": LINE}
    stages.called(people, made["called"], **discontent)
    people.supervisor.does("review", made["called"], approve=True)
    exclusion = {"code": "X2", "text": TEXT, "evidence": LINE}
    answer = street.post(f"/tickets/{made['called']}/exclusion", exclusion)
    assert answer.status_code == 200, answer.text
    made["awaiting"] = given.ticket(people, **words)
    given.awaiting(people, made["awaiting"])
    return made


def whistle(people: People, number: str) -> str:
    """A campaign for a ticket, with its command and teams."""
    spot = {**blown.POINT, "text": LINE}
    calls = [blown.call(office, LINE) for office in (MARKET, POLICE)]
    words = {"matter": LINE, "why": TEXT, "place": spot, "meeting_point": spot}
    body: dict[str, Any] = {**words, "kind": "key_work", "summonses": calls}
    made = blown.blow(people, ticket_numbers=[number], **body)
    blown.does(people, CHIEF, made["number"], "campaign", **plan())
    day = {"team": 1, "day": "2026-10-20", "people": plan()["teams"][0]["members"], "work": TEXT}
    people(*CHIEF).post(f"/whistles/{made['number']}/campaign/log", day)
    return str(made["number"])


def roster(people: People) -> None:
    member = {"office_code": POLICE, "kind": "posted", "phone": "13800000001"}
    new = {"members": [{**member, "name": NAME, "duty": LINE}]}
    answer = people("chief", WANGJING).post(f"/offices/{WANGJING}/roster/members", new)
    assert answer.status_code == 201, answer.text

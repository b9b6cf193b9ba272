"""What tests begin with: people with keys, and requests that are fit to be made."""

import re
from itertools import count
from typing import Any

from fastapi import FastAPI
from httpx import Request, Response

from tests.aids.client import Client

ADMIN_KEY = "an-administrators-key-for-tests"
CALLERS = count(1)
WANGJING = "110105026"
CHAOYANG = "110105"


class Person:
    """Someone with a key: calls what he likes, and gets what comes."""

    def __init__(self, client: Client, key: str) -> None:
        self.client = client
        self.key = key
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, headers: Any = None, **asked: Any) -> Response:
        sent = {**self.headers, **(headers or {})}
        answer: Response = self.client.get(f"/v1{path}", params=asked, headers=sent)
        return answer

    def asking(self, path: str, **headers: str) -> Request:
        """What a `get` sends, to be sent together with others'."""
        sent = {**self.headers, **headers}
        request: Request = self.client.build_request("GET", f"/v1{path}", headers=sent)
        return request

    def post(
        self, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Response:
        sent = {**self.headers, **(headers or {})}
        json = {} if body is None else body
        answer: Response = self.client.post(f"/v1{path}", json=json, headers=sent)
        return answer

    def send(self, path: str, content: bytes, headers: dict[str, str] | None = None) -> Response:
        sent = {**self.headers, **(headers or {})}
        answer: Response = self.client.post(f"/v1{path}", content=content, headers=sent)
        return answer

    def put(self, path: str, body: object) -> Response:
        answer: Response = self.client.put(f"/v1{path}", json=body, headers=self.headers)
        return answer

    def delete(self, path: str) -> Response:
        answer: Response = self.client.delete(f"/v1{path}", headers=self.headers)
        return answer

    def does(self, action: str, number: str, /, **body: Any) -> dict[str, Any]:
        """An action on a ticket that must succeed; the ticket as it then is."""
        answer = self.post(f"/tickets/{number}/{action}", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


CHINESE = {"Accept-Language": "zh-CN"}
"""Headers of whoever reads Chinese: the tests' client asks for English."""


class People:
    """Each role's holder, made when first asked for."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.admin = Person(client, ADMIN_KEY)
        self.made: dict[tuple[str, str | None], Person] = {}
        self.key_ids: dict[tuple[str, str | None], str] = {}

    def __call__(self, role: str, office_code: str | None = None) -> Person:
        if (role, office_code) not in self.made:
            new = {"role": role, "office_code": office_code, "label": f"{role} {office_code}"}
            answer = self.admin.post("/keys", new)
            assert answer.status_code == 201, answer.text
            key = answer.json()
            self.made[role, office_code] = Person(self.client, key["key"])
            self.key_ids[role, office_code] = key["id"]
        return self.made[role, office_code]

    @property
    def operator(self) -> Person:
        return self("operator")

    @property
    def dispatcher(self) -> Person:
        return self("dispatcher")

    @property
    def callback(self) -> Person:
        return self("callback")

    @property
    def supervisor(self) -> Person:
        return self("supervisor")

    def street(self, code: str = WANGJING) -> Person:
        return self("handler", code)

    def district(self, code: str = CHAOYANG) -> Person:
        return self("district", code)


def request(**changed: Any) -> dict[str, Any]:
    """A complaint about noise in 望京街道."""
    return {
        "channel": "phone",
        "type": "complaint",
        "title": "夜间施工噪声",
        "content": "工地每天夜里十一点以后还在施工。",
        "address": {"text": "朝阳区望京街道望京西园三区308楼"},
        "citizen": {"name": "张三", "phone": "13800000000"},
        **changed,
    }


def ticket(people: People, **changed: Any) -> str:
    """The number of a request just taken in; each is another citizen's, unless `citizen` says."""
    caller = {"name": "张三", "phone": f"139{next(CALLERS):08}"}
    answer = people.operator.post("/tickets", request(**{"citizen": caller, **changed}))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


BESIDE = frozenset({"related", "suggested", "possible_danger", "tell", "warnings"})
"""What the answer to a new request tells beside its ticket."""


def alone(answer: dict[str, Any]) -> dict[str, Any]:
    """The ticket in the answer to a new request."""
    assert answer.keys() >= BESIDE
    return {name: value for name, value in answer.items() if name not in BESIDE}


def replied(people: People, number: str, office: str = WANGJING) -> None:
    """A street that does all that is asked of it, up to its reply."""
    street = people.street(office)
    ticket = street.does("acknowledge", number)
    if "relay" in ticket["allowed"]:  # a secret one: it has no number
        street.does("relay", number, text="请问在几层？")
        street.does("reply", number, text="已停工。")
        return
    method = "call" if ticket["citizen"]["phone"] else "visit"
    street.does("contact", number, method=method, reached=True)
    street.does("reply", number, text="已停工。", citizen_feedback={"method": method})


def awaiting(people: People, number: str, office: str = WANGJING) -> None:
    """The same, and the district has passed the reply."""
    replied(people, number, office)
    people.supervisor.does("review", number, approve=True)


CONTENT = {"reach": "reached", "contacted": "yes", "resolved": "resolved", "satisfied": "satisfied"}
DISCONTENT = {**CONTENT, "resolved": "unresolved", "satisfied": "dissatisfied"}
BODIES: dict[str, dict[str, Any]] = {
    "answer": {"text": "已答复。"},
    "transfer": {"service": "119", "text": "已转消防。"},
    "decline": {"reason_code": "na_legal_route", "text": "请走诉讼途径。"},
    "ask": {"text": "在哪条路上？"},
    "add": {"address": {"text": "朝阳区望京街道"}},
    "dispatch": {"office_code": "110105001", "reason": "属地为朝外街道。"},
    "read": {},
    "acknowledge": {},
    "contact": {"method": "call", "reached": True},
    "note": {"text": "已记录。"},
    "reply": {"text": "已停工。", "citizen_feedback": {"method": "call"}},
    "review": {"approve": True},
    "callbacks": CONTENT,
    "withdraw": {"evidence": "录音 0001"},
    "void": {"reason": "重复录入。"},
    "reveal": {"reason": "联系诉求人。"},
}
"""For every action a body fit to be sent."""


def record(app: FastAPI, tables: tuple[str, ...] | None = None) -> dict[str, str | None]:
    """Each table that tests fill, as one hash: equal only while nothing was written."""
    hashed = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        for table in tables or RECORDED
    )
    with app.state.engine.connect() as connection:
        return dict(connection.exec_driver_sql(hashed).all())


RECORDED = (
    "ticket",
    "request",
    "citizen",
    "former_citizen",
    "dispatch",
    "contact",
    "event",
    "statement",
    "objection",
    "extension",
    "hold",
    "supervision",
    "advice",
    "attachment",
    "callback",
    "assessment",
    "exclusion",
    "exclusion_request",
    "dispute",
    "correction",
    "feed_head",
    "feed_entry",
    "idempotency_key",
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 the site by night"


AT_RANDOM = re.compile(r"[0-9a-f]{32,}|(?<=:\d\d)\.\d+")
"""Hashes, and the fractions of seconds: any three digits may stand in them."""


def without_chance(text: str) -> str:
    """Without what may be like a telephone's digits by chance."""
    return AT_RANDOM.sub("", text)

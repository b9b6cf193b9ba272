"""Finished cases put on record by rows, as an import would leave them, without its checks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from fastapi import FastAPI

from app.callbacks.answers import ExclusionCode
from app.callbacks.models import Assessment, Callback, Exclusion
from app.kit.db import Base
from app.kit.rows import Row, insertion_of
from app.tickets.events import Event, linked
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.links import BEFORE_ALL
from app.tickets.models import Ticket
from tests.aids import recount
from tests.aids.cases import answers
from tests.aids.given import WANGJING
from tests.aids.recount import Case

JIANWAI, HEPINGJIE, DONGHUAMEN = "110105001", "110105007", "110101001"
STREETS = [WANGJING, JIANWAI, HEPINGJIE, DONGHUAMEN]
BORDER = datetime.fromisoformat("2026-09-19T00:00:00+08:00")
"""The end of 2026-09; the tests' clock stands in 2026-11."""


class Store(Protocol):
    def __call__(self, cases: Iterable[Case], recorded_at: datetime | None = None) -> None: ...


Json = dict[str, Any]


def ticket(case: Case, number: str, head: bytes = BEFORE_ALL) -> Row:
    street = case["office_code"] if case["office_code"].isdigit() else None
    district = case["office_code"][:6]
    at = recount.instant(case["received_at"])
    return {
        "number": number,
        "status": Status.CLOSED,
        "since": at,
        "version": 1,
        "channel": case["channel"],
        "type": case["type"],
        "category": case.get("category"),
        "urgency": case["urgency"],
        "secret": False,
        "anonymous": False,
        "street_code": street,
        "district_code": district if district.isdigit() else None,
        "office_code": case["office_code"],
        "policy": "beijing-2019",
        "received_at": at,
        "updated_at": at,
        "chain_head": head,
    }


def assessment(case: Case, number: str, recorded_at: datetime | None = None) -> Row:
    callback, at = answers(case), recount.called_back_at(case)
    return {
        "ticket_number": number,
        "office_code": case["office_code"],
        "industry_office": case.get("industry_office"),
        "type": case["type"],
        "category": case.get("category"),
        "channel": case["channel"],
        "urgency": case["urgency"],
        "anonymous": callback["reach"] == "anonymous",
        "merge_group": case.get("merge_group"),
        "reach": callback["reach"],
        "contacted": callback.get("contacted"),
        "resolved": callback.get("resolved"),
        "satisfied": callback.get("satisfied"),
        "contact_ok": recount.contact_ok(case),
        "late": recount.is_late(case),
        "assessed_at": at,
        "recorded_at": recorded_at or at,
    }


def event(fact: Row) -> Row:
    """That it was taken in; of its handling nothing is on record."""
    taken_in = {
        "ticket_number": fact["ticket_number"],
        "seq": 1,
        "at": fact["recorded_at"],
        "actor": "tests",
        "action": Action.IMPORT,
        "to_status": Status.CLOSED,
        "data": {},
    }
    return next(linked(BEFORE_ALL, [taken_in]))


def callback(fact: Row) -> Row:
    return {
        "ticket_number": fact["ticket_number"],
        "seq": 1,
        "cycle": 0,
        "attempt": 1,
        "at": fact["assessed_at"],
        **{name: fact[name] for name in ("reach", "contacted", "resolved", "satisfied")},
        "final": True,
    }


def exclusion(case: Case, number: str) -> Row:
    at = recount.called_back_at(case)
    excluded = ExclusionCode(case["excluded"]["code"])
    return {"ticket_number": number, "code": excluded, "decided_at": at, "recorded_at": at}


def storing(app: FastAPI) -> Store:
    """Puts finished cases on record, numbered in their order; later ones after the former."""
    put: list[str] = []

    def store(cases: Iterable[Case], recorded_at: datetime | None = None) -> None:
        numbered = [(case, f"BJ20260901{len(put) + n:07}") for n, case in enumerate(cases)]
        put.extend(number for _, number in numbered)
        facts = [assessment(case, number, recorded_at) for case, number in numbered]
        events = [event(fact) for fact in facts]
        rows: dict[type[Base], list[Row]] = {
            Ticket: [ticket(*of, made["link"]) for of, made in zip(numbered, events, strict=True)],
            Event: events,
            Callback: [callback(fact) for fact in facts],
            Assessment: facts,
            Exclusion: [exclusion(c, number) for c, number in numbered if c.get("excluded")],
        }
        with app.state.sessions.begin() as session:
            if facts:
                insertion_of(rows).run(session.connection())

    return store


def case(n: int, at: datetime = BORDER - timedelta(days=1), **changed: Any) -> Json:
    """A case of 望京街道 whose citizen is content."""
    answers = {"reach": "reached", "contacted": "yes", "resolved": "resolved", "satisfied": "very"}
    asked = (at - timedelta(days=2)).isoformat()
    return {
        "external_id": f"OLD-{n}",
        "type": "complaint",
        "channel": "phone",
        "office_code": WANGJING,
        "urgency": "L3",
        "received_at": asked,
        "dispatched_at": asked,
        "contacts": [{"at": asked, "method": "call", "reached": True}],
        "replied_at": asked,
        "callback": {"at": at.isoformat(), **(answers | changed.pop("answers", {}))},
        **changed,
    }


UNREACHED = {"reach": "unreached", "contacted": None, "resolved": None, "satisfied": None}
WORKED_EXAMPLE = [
    *(case(n) for n in range(5)),
    case(5, answers={"satisfied": "basic"}),
    case(6, answers={"resolved": "partly", "satisfied": "basic"}),
    case(7, answers={"resolved": "unresolved", "satisfied": "dissatisfied"}),
    case(8, answers=UNREACHED),
    case(9, answers=UNREACHED),
]

"""Random finished cases, as an older system would send them to `POST /v1/imports/cases`, and random
fractions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import strategies as st

TYPES = ["help", "complaint", "complaint", "complaint", "report", "suggest", "consult", "praise"]
CHANNELS = ["phone", "phone", "phone", "wechat", "app", "media", "p110", "superior", "patrol"]
URGENCIES = ["L1", "L2", "L3", "L3", "L3", "L4"]
REACHES = ["reached"] * 7 + ["unreached", "refused", "wrong_number", "anonymous"]
CONTACTED = ["yes", "yes", "yes", "no", "unsure"]
RESOLVED = ["resolved", "resolved", "resolved", "partly", "unresolved", "no_answer"]
SATISFIED = ["very", "satisfied", "basic", "dissatisfied", "very_dissatisfied", "no_answer"]
EXCLUSIONS = ["X1", "X2", "X3", "X4", "X5", "X6"]
FROM_A_SOURCE = ("media", "opinion", "superior")
TICK = timedelta(microseconds=1)


@st.composite
def fractions(draw: st.DrawFn, most: int, *, pieces: int | None = None) -> Fraction:
    """From 0 to `most`, of at most so many pieces. Drawn as by Hypothesis's own strategy, which
    makes several others for each fraction."""
    parts = draw(st.integers(1, pieces))
    return Fraction(draw(st.integers(0, most * parts)), parts)


def random_cases(
    chance: Random, number: int, offices: Sequence[str], border: datetime
) -> list[dict[str, Any]]:
    """So many cases around a border of two periods, some of them to the microsecond on it."""
    groups = [f"G{n}" for n in range(max(number // 20, 1))]
    return [random_case(chance, f"OLD-{n:06}", offices, border, groups) for n in range(number)]


def random_case(
    chance: Random, external_id: str, offices: Sequence[str], border: datetime, groups: list[str]
) -> dict[str, Any]:
    called_at = chance.choice([border, border - TICK, *[somewhen(chance, border, 25)] * 8])
    dispatched_at = called_at - timedelta(minutes=chance.randrange(20, 20 * 24 * 60))
    callback = random_callback(chance)
    case = {
        "external_id": external_id,
        "type": chance.choice(TYPES),
        "channel": chance.choice(CHANNELS),
        "category": None,
        "address": {"text": "北京市"},
        "office_code": chance.choice(offices),
        "urgency": chance.choice(URGENCIES),
        "received_at": dispatched_at.isoformat(),
        "dispatched_at": dispatched_at.isoformat(),
        "contacts": random_contacts(chance, dispatched_at),
        "replied_at": chance.choice([None, (called_at - TICK).isoformat()]),
        "callback": {"at": called_at.isoformat(), **callback},
    }
    if case["channel"] in FROM_A_SOURCE:
        verify(Random(external_id), case)
    if chance.random() < 0.15:
        case["merge_group"] = chance.choice(groups)
    if chance.random() < 0.08 and not content(answers(case)):
        case["excluded"] = {"code": chance.choice(EXCLUSIONS), "text": "经核实不纳入考评"}
    return case


def verify(chance: Random, case: dict[str, Any]) -> None:
    """In place of the callback, of half of them (D.9.1)."""
    if chance.random() < 0.5:
        at = case.pop("callback")["at"]
        resolved = chance.choice(["resolved", "resolved", "partly", "unresolved"])
        method = chance.choice(["site", "photo", "document", "publication"])
        case["verification"] = {"at": at, "method": method, "resolved": resolved}


def answers(case: Mapping[str, Any]) -> dict[str, Any]:
    """The callback's; of a verification what it says in their place."""
    if "verification" in case:
        return {"reach": "verified", "resolved": case["verification"]["resolved"]}
    return dict(case["callback"])


def somewhen(chance: Random, border: datetime, days: int) -> datetime:
    return border + timedelta(minutes=chance.randint(-days * 24 * 60, days * 24 * 60))


def random_contacts(chance: Random, dispatched_at: datetime) -> list[dict[str, Any]]:
    """At most five, often at the limit itself and at the gap that attempts must keep."""
    minutes = [0, 5, 10, 29, 30, 60, 119, 120, 121, 180, 1440, 1441]
    return [
        {
            "at": (dispatched_at + timedelta(minutes=chance.choice(minutes))).isoformat(),
            "method": chance.choice(["call", "visit", "message"]),
            "reached": chance.random() < 0.4,
        }
        for _ in range(chance.randint(0, 5))
    ]


def random_callback(chance: Random) -> dict[str, Any]:
    reach = chance.choice(REACHES)
    if reach != "reached":
        return {"reach": reach}
    return {
        "reach": reach,
        "contacted": chance.choice(CONTACTED),
        "resolved": chance.choice(RESOLVED),
        "satisfied": chance.choice(SATISFIED),
    }


def content(callback: dict[str, Any]) -> bool:
    """Who is content is not excluded (D.10), nor what was verified as resolved."""
    if callback["reach"] == "verified":
        return bool(callback["resolved"] == "resolved")
    return callback.get("resolved") == "resolved" and callback.get("satisfied") in (
        "very",
        "satisfied",
        "basic",
    )

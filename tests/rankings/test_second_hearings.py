"""What a second hearing corrected counts instead, in every row and every number that is opened."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.callbacks.models import Callback, Correction
from tests.aids import recount
from tests.aids.cases import CONTACTED, RESOLVED, SATISFIED, random_cases
from tests.aids.cases import answers as answers_of
from tests.aids.given import People
from tests.aids.past import BORDER, STREETS, Json, storing
from tests.aids.standing import Standing
from tests.conftest import StillClock

RATES = {"response": "responded", "resolution": "resolved", "satisfaction": "satisfied"}
AFTER_THE_SEAL = datetime(2026, 10, 20, 2, 0, 1, tzinfo=UTC)
UNHEARD = {"contacted": None, "resolved": None, "satisfied": None}


def heard_again(chance: Random) -> dict[str, Any]:
    if chance.random() < 0.2:
        return {"reach": "unreached", **UNHEARD}
    answers = {"contacted": CONTACTED, "resolved": RESOLVED, "satisfied": SATISFIED}
    return {
        "reach": "reached",
        **{name: chance.choice(choices) for name, choices in answers.items()},
    }


@pytest.fixture(scope="module")
def stored(app: FastAPI, clearing: sa.Engine) -> tuple[list[Json], Standing]:
    """The cases that `corrected` puts on record, and their rows."""
    chance = Random(4711)
    cases = random_cases(chance, 600, STREETS, BORDER)
    storing(app)(cases)
    with app.state.sessions.begin() as session:
        for n, case in enumerate(cases):
            if answers_of(case)["reach"] == "reached" and chance.random() < 0.15:
                heard = heard_again(chance)
                at = recount.called_back_at(case) + timedelta(days=1)
                correct(session, f"BJ20260901{n:07}", case["callback"], heard, at)
                case["callback"] |= heard
    return cases, Standing(clearing)


@pytest.fixture
def corrected(people: People, stored: tuple[list[Json], Standing]) -> list[Json]:
    """Cases as the recordings have them; some were first recorded otherwise."""
    cases, standing = stored
    standing.put_back()
    return cases


def correct(session: Session, number: str, callback: Json, heard: Json, later: datetime) -> None:
    at = datetime.fromisoformat(callback["at"])
    was = {name: callback[name] for name in heard}
    made = Callback(
        ticket_number=number, seq=2, cycle=0, attempt=1, at=at, reasonable=None, final=True, **was
    )
    session.add(made)
    session.flush()
    session.add(
        Correction(
            ticket_number=number,
            callback_id=made.id,
            corrected_at=later,
            recorded_at=later,
            **heard,
        )
    )


def test_rows_equal_the_recount_of_what_the_recordings_say(
    people: People, corrected: list[Json]
) -> None:
    for period in ("2026-09", "2026-10"):
        rows = people("analyst").get(f"/rankings/{period}").json()["rows"]
        for office, counted in recount.recount(corrected, period).items():
            shown = next(row for row in rows if row["office_code"] == office)
            assert shown["composite_exact"] == str(counted.composite), office
            assert shown["assessed"] == counted.assessed
            assert shown["response"]["numerator"] == str(counted.response)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_opened_numbers_add_up(people: People, corrected: list[Json], rate: str, part: str) -> None:
    rows = people("analyst").get("/rankings/2026-09").json()["rows"]
    for office in STREETS:
        shown = next(row for row in rows if row["office_code"] == office)
        values = [Fraction(item["value"]) for item in opened(people, office, rate, part)]
        assert sum(values) == Fraction(shown[rate][part])


def opened(people: People, office: str, rate: str, part: str) -> Iterator[Json]:
    path, asked = f"/rankings/2026-09/offices/{office}/tickets", {"rate": rate, "counts": part}
    page = people("auditor").get(path, limit=20, **asked).json()
    yield from page["items"]
    while page["next"]:
        page = people("auditor").get(path, limit=20, cursor=page["next"], **asked).json()
        yield from page["items"]


def test_before_it_was_recorded_a_correction_counts_not(
    people: People, corrected: list[Json]
) -> None:
    path = "/rankings/2026-09"
    then = people("analyst").get(path, as_of="2026-09-19T00:00:00Z").json()
    now = people("analyst").get(path).json()
    assert [row["composite_exact"] for row in then["rows"][:4]] != [
        row["composite_exact"] for row in now["rows"][:4]
    ]


def test_what_was_corrected_after_the_seal_is_an_adjustment(
    app: FastAPI, people: People, corrected: list[Json], clock: StillClock
) -> None:
    evaluator = people("evaluator")
    sealed = evaluator.post("/rankings/2026-09/seal")
    assert sealed.status_code == 201, sealed.text
    number, callback = next(
        (f"BJ20260901{n:07}", answers_of(case))
        for n, case in enumerate(corrected)
        if recount.period_of(recount.called_back_at(case)) == "2026-09"
        and answers_of(case).get("resolved") == "unresolved"
        and not case.get("excluded")
        and not case.get("merge_group")
        and case["type"] == "complaint"
        and case["channel"] == "phone"
    )
    heard = {name: callback[name] for name in ("reach", *UNHEARD)} | {"resolved": "resolved"}
    with app.state.sessions.begin() as session:
        correct(session, number, callback, heard, AFTER_THE_SEAL)

    clock.tick(minutes=1)
    body = evaluator.get("/rankings/2026-11/adjustments").json()
    assert [(item["number"], item["why"]) for item in body["items"]] == [(number, "corrected")]
    moved = {change["field"] for change in body["differences"]}
    assert "resolution.numerator" in moved

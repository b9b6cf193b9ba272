"""An audit reads the books of evaluations and the chief's points of whistles, too."""

import pytest
from fastapi import FastAPI

from app.seals import auditing
from app.seals.audit import days
from app.seals.audit.faults import Kind
from tests.aids.given import WANGJING, People
from tests.aids.sealing import force
from tests.conftest import StillClock
from tests.evaluations.test_evaluations import TERM, appeals, decides, marked
from tests.evaluations.test_whistles_on_record import evaluated

BOOK = f"{TERM} {WANGJING}"


def faults(app: FastAPI) -> set[tuple[Kind, str | None, str | None]]:
    with app.state.sessions() as session:
        return {
            (fault.fault, fault.number, fault.table)
            for fault in auditing.whole(session, app.state.city)
        }


def spoken(people: People) -> str:
    """A street marks, a department appeals, a whistle is evaluated."""
    marked(people, WANGJING, 60, veto={"text": "拒不到场。"})
    appeals(people)
    decides(people, approve=False)
    return evaluated(people)


@pytest.mark.parametrize(
    ("forgery", "kind", "number"),
    [
        ("UPDATE evaluation_event SET data = '{\"approve\": true}' WHERE seq = 3", "link", BOOK),
        ("DELETE FROM evaluation_event WHERE seq = 3", "link", BOOK),
        ('UPDATE evaluation_statement SET words = \'{"text": ""}\'', "words", BOOK),
        ("DELETE FROM evaluation_book", "link", BOOK),
    ],
)
def test_a_forged_book_is_named(
    people: People, app: FastAPI, forgery: str, kind: str, number: str
) -> None:
    spoken(people)
    assert faults(app) == set()

    force(app, forgery)

    assert (Kind(f"wrong_{kind}"), number, None) in faults(app)


def test_forged_points_of_a_whistle_are_named(people: People, app: FastAPI) -> None:
    number = spoken(people)

    force(app, "UPDATE whistle_mark SET attitude = '15'")

    assert faults(app) == {(Kind.WRONG_ROW, number, "whistle_mark")}


def test_the_days_hash_the_books(people: People, app: FastAPI, clock: StillClock) -> None:
    spoken(people)
    clock.tick(days=1)
    with app.state.sessions.begin() as session:
        days.keep(session, clock)

    force(app, "DELETE FROM evaluation_event WHERE seq = 3")

    missing = (Kind.WRONG_LINK, f"evaluation {BOOK}", None)
    assert missing in faults(app)

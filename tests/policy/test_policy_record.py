"""Which policy documents a database takes: what was worked by a rule stays worked by it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app import preparation
from app.policy import record
from app.policy.documents import Policies, PolicyRefused
from app.settings import Settings
from tests.aids import given
from tests.aids.given import People
from tests.aids.past import case, storing
from tests.conftest import LONG_AGO

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
LONG_AFTER = datetime(2099, 1, 1, tzinfo=UTC)
"""After the start of the tests' own database."""

SHIPPED = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted(preparation.POLICIES.glob("*.toml"))
}
ANY = next(iter(SHIPPED))
BEGINS = "effective_from = 2019-01-01"


def beginning(at: datetime) -> str:
    """A document's text with another beginning."""
    assert BEGINS in SHIPPED[ANY]
    return SHIPPED[ANY].replace(BEGINS, f"effective_from = {at.isoformat()}")


@pytest.fixture
def session(app: FastAPI) -> Iterator[Session]:
    """What is recorded here is forgotten again."""
    with app.state.sessions() as session:
        yield session


def put_on_record(
    session: Session,
    texts: dict[str, str],
    now: datetime = NOON,
    last_work: datetime | None = NOON - timedelta(hours=1),
) -> None:
    record.record(session, Policies.read(texts), now, last_work)


def test_where_there_are_cases_a_document_begins_in_time_to_come(session: Session) -> None:
    put_on_record(session, SHIPPED | {"next": beginning(NOON + timedelta(microseconds=1))})


@pytest.mark.parametrize("before", [timedelta(), timedelta(microseconds=1), timedelta(days=900)])
def test_a_document_that_would_rule_what_is_done_is_refused(
    session: Session, before: timedelta
) -> None:
    with pytest.raises(PolicyRefused, match=r"late: effective_from: .* is past"):
        put_on_record(session, SHIPPED | {"late": beginning(NOON - before)})


def test_while_there_is_no_case_a_document_begins_when_it_likes(session: Session) -> None:
    late = SHIPPED | {"late": beginning(NOON - timedelta(days=900))}
    put_on_record(session, late, last_work=None)


def test_a_known_document_stays_what_it_was_and_stays(session: Session) -> None:
    put_on_record(session, SHIPPED)
    with pytest.raises(PolicyRefused, match=f"{ANY}: it has other content"):
        put_on_record(session, SHIPPED | {ANY: SHIPPED[ANY] + "\n# a word more\n"})
    with pytest.raises(PolicyRefused, match=f"{ANY}: this database has worked with it"):
        put_on_record(session, {"another": SHIPPED[ANY]})


def in_two_days(words: str = "") -> str:
    return beginning(NOON + timedelta(days=2)) + words


@pytest.mark.parametrize("change", [{"next": in_two_days("\n# 2\n")}, {}])
def test_a_document_that_has_governed_no_case_changes_and_goes(
    session: Session, change: dict[str, str]
) -> None:
    put_on_record(session, SHIPPED | {"next": in_two_days()})
    put_on_record(session, SHIPPED | change, NOON + timedelta(hours=1))

    kept = record.recorded(session)
    assert set(kept) == {*SHIPPED, *change}
    for name, text in change.items():
        assert kept[name].sha256 == Policies.read({name: text}).documents[0].sha256
    # in force by now: what was taken back is missed by nobody, and does not come back in the past
    later = {"now": NOON + timedelta(days=3), "last_work": NOON + timedelta(days=3)}
    put_on_record(session, SHIPPED | change, **later)
    with pytest.raises(PolicyRefused, match="next: "):
        put_on_record(session, SHIPPED | {"next": in_two_days("\n# 3\n")}, **later)


@pytest.mark.parametrize(
    ("after", "kept"), [(timedelta(microseconds=-1), False), (timedelta(), True)]
)
def test_a_document_stays_from_the_first_case_that_it_governed(
    session: Session, after: timedelta, kept: bool
) -> None:
    put_on_record(session, SHIPPED | {"next": in_two_days()})
    later = {"now": NOON + timedelta(days=9), "last_work": NOON + timedelta(days=2) + after}
    if kept:
        with pytest.raises(PolicyRefused, match="next: this database has worked with it"):
            put_on_record(session, SHIPPED, **later)
    else:
        put_on_record(session, SHIPPED, **later)


def test_an_empty_database_takes_any_document_instead_of_another(session: Session) -> None:
    put_on_record(session, SHIPPED, last_work=None)
    put_on_record(session, {"another": SHIPPED[ANY]}, LONG_AFTER, last_work=None)

    assert set(record.recorded(session)) == {"another"}


def answered(app: FastAPI, people: People) -> None:
    storing(app)([case(1, NOON)])


def received(app: FastAPI, people: People) -> None:
    given.ticket(people)


@pytest.mark.parametrize("work", [answered, received])
def test_the_start_knows_whether_there_was_work(
    app: FastAPI,
    people: People,
    settings: Settings,
    tmp_path: Path,
    work: Callable[[FastAPI, People], None],
) -> None:
    work(app, people)
    (tmp_path / "late.toml").write_text(beginning(LONG_AGO), encoding="utf-8")
    with pytest.raises(PolicyRefused, match="late: effective_from"):
        preparation.prepare(settings.model_copy(update={"policy_dir": tmp_path}))

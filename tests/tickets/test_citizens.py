"""Citizens' names and numbers at rest: no table has them in plain text (RULEBOOK D.16)."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app import preparation
from app.seals.audit import service as audit
from app.tables import TABLES
from app.tickets.citizens import ENCIPHERED
from tests.aids import given
from tests.aids.given import People

CITIZEN = {"name": "欧阳奋强", "phone": "13812345678", "callback_phone": "010-84567890 转 6"}
KNOWN = ("欧阳", "奋强", "1234567", "84567890", "13987654321", "13700001111")


def dumped(connection: sa.Connection) -> str:
    """Every row of every table as PostgreSQL writes it into a dump."""
    tables = [table.name for table in TABLES[0].metadata.sorted_tables]
    rows = (
        connection.exec_driver_sql(f"SELECT t::text FROM {table} t").scalars() for table in tables
    )
    return "\n".join(line for table in rows for line in table)


def test_a_dump_shows_no_name_and_no_telephone(people: People, app: FastAPI) -> None:
    number = given.ticket(people, citizen=CITIZEN)
    first = people.operator.get(f"/tickets/{number}").json()["citizen"]
    correction = {"citizen": {"phone": "13987654321"}, "reason": "抄错号码"}
    people.operator.does("correct", number, **correction)
    again = {"phone": "13987654321", "callback_phone": "13700001111", "name": "欧阳先生"}
    urged = people.operator.post("/tickets", given.request(citizen=again)).json()
    people.operator.post("/tickets", given.request(citizen=CITIZEN))  # a citizen of another number
    people.street().does("acknowledge", number)
    shown = people.street().does("reveal", number, reason="回电")

    assert {name: first[name] for name in CITIZEN} == {
        **CITIZEN,
        "callback_phone": "010-84567890-6",
    }
    assert urged["number"] == number
    assert urged["citizen"]["callback_phone"] == "13700001111"
    assert (shown["name"], shown["phone"]) == ("欧阳奋强", "13987654321")
    with app.state.engine.connect() as connection:
        rows = dumped(connection)
    assert number in rows
    assert not [words for words in KNOWN if words in rows]


@pytest.fixture
def written_before(people: People, app: FastAPI) -> Iterator[str]:
    """A ticket whose citizen an older version wrote in plain text, and corrected."""
    number = given.ticket(people, citizen={"name": "赵六", "phone": "13711112222"})
    people.operator.does("correct", number, citizen={"name": "赵七"}, reason="听错")
    plain = {"name": "'赵七'", "phone": "'13711112222'", "callback_phone": "'010-84567890-6'"}
    values = ", ".join(f"{name} = {value}" for name, value in plain.items())
    checks = [f"ALTER TABLE {t} DROP CONSTRAINT ck_{t}_enciphered" for t in TABLES_WITH_CITIZENS]
    with app.state.engine.begin() as connection:
        definitions = connection.execute(sa.text(DEFINED)).scalars().all()
        for check in checks:
            connection.exec_driver_sql(check)
        connection.exec_driver_sql(f"UPDATE citizen SET {values}, callback_hash = NULL")
        former, corrected = '{"name": "赵六"}', '{"name": "赵七"}'
        connection.exec_driver_sql(
            f"UPDATE former_citizen SET former = '{former}', corrected = '{corrected}'"
        )
    yield number
    with app.state.engine.begin() as connection:
        for definition in definitions:
            connection.execute(sa.text(definition))


TABLES_WITH_CITIZENS = ("citizen", "former_citizen")
DEFINED = """
    SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                  pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conname LIKE '%_enciphered'
"""


def test_what_an_older_version_wrote_is_enciphered_at_the_start(
    people: People, app: FastAPI, written_before: str
) -> None:
    for _ in range(2):
        preparation.encipher_citizens(app.state.sessions, app.state.settings.secret_key)

    citizen = people.operator.get(f"/tickets/{written_before}").json()["citizen"]
    assert (citizen["name"], citizen["phone"]) == ("赵七", "13711112222")
    assert citizen["callback_phone"] == "010-84567890-6"
    listed = people.operator.get("/tickets", phone="8456 7890").json()["items"]
    assert [ticket["number"] for ticket in listed] == [written_before]
    with app.state.engine.connect() as connection:
        rows = dumped(connection)
    assert not [words for words in ("赵六", "赵七", "1371111", "8456789") if words in rows]
    with app.state.sessions() as session:
        assert not list(audit.of_tickets(session, app.state.city, [written_before]))


@pytest.mark.parametrize("name", ENCIPHERED)
def test_the_database_admits_no_plain_text(people: People, app: FastAPI, name: str) -> None:
    given.ticket(people, citizen=CITIZEN)

    with pytest.raises(sa.exc.IntegrityError), app.state.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE citizen SET {name} = '13711112222'")


def test_a_telephone_put_beside_another_ticket_is_shown_to_nobody(
    people: People, app: FastAPI
) -> None:
    number = given.ticket(people, citizen=CITIZEN)
    other = given.ticket(people, citizen={"name": "赵六", "phone": "13711112222"})
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE citizen SET phone = other.phone FROM citizen other"
            f" WHERE citizen.ticket_number = '{number}' AND other.ticket_number = '{other}'"
        )

    citizen = people.operator.get(f"/tickets/{number}").json()["citizen"]
    listed = people.operator.get("/tickets").json()["items"]

    assert (citizen["name"], citizen["phone"]) == ("欧阳奋强", None)
    assert len(listed) == 2

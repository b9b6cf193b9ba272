"""A new secret takes the place of another: nothing is lost, and keys go on opening (D.16)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from os import urandom

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app import preparation
from app.access.gate import Gate
from app.access.models import Key
from app.access.service import OtherSecret, carry_over, hashed, keep_admin, keep_secret
from app.seals import auditing
from app.tickets import renewal
from tests.aids import given
from tests.aids.given import ADMIN_KEY, People
from tests.conftest import LONG_AGO
from tests.tickets.test_citizens import dumped

CITIZEN = {"name": "欧阳奋强", "phone": "13812345678", "callback_phone": "010-84567890-6"}
NEW = urandom(32)


def rotate(app: FastAPI, new: bytes, former: bytes) -> None:
    """As a start with JIESU_SECRET_KEY and JIESU_FORMER_SECRET_KEY."""
    with app.state.sessions.begin() as session:
        keep_secret(session, new, former, LONG_AGO)
    preparation.encipher_citizens(app.state.sessions, new, former)
    serve(app, new, former)


def serve(app: FastAPI, secret: bytes, former: bytes = b"") -> None:
    app.state.city = replace(app.state.city, secret=secret, former_secret=former)
    app.state.secret, app.state.gate = secret, Gate(app.state.engine, secret, former)


@pytest.fixture
def old(app: FastAPI, people: People) -> Iterator[bytes]:
    """The secret of all other tests, which the database has again in the end."""
    secret: bytes = app.state.secret
    yield secret
    rotate(app, secret, NEW)
    people.admin.get("/keys")
    for person in people.made.values():
        person.get("/offices", limit=1)
    carried(app)
    serve(app, secret)


def carried(app: FastAPI) -> None:
    with app.state.sessions.begin() as session:
        carry_over(session, app.state.gate.carried)


def check_all(people: People, number: str) -> None:
    listed = people.operator.get("/tickets", phone="138 1234 5678").json()["items"]
    assert [ticket["number"] for ticket in listed] == [number]
    assert people.operator.get("/tickets", phone="01084567890").json()["items"]
    shown = people.operator.get(f"/tickets/{number}").json()["citizen"]
    assert {name: shown[name] for name in CITIZEN} == CITIZEN


def test_citizens_and_keys_are_carried_over(app: FastAPI, people: People, old: bytes) -> None:
    number = given.ticket(people, citizen={**CITIZEN, "name": "欧阳奋"})
    people.operator.does("correct", number, citizen={"name": "欧阳奋强"}, reason="听错")

    rotate(app, NEW, old)
    check_all(people, number)
    carried(app)
    serve(app, NEW)  # the former secret is thrown away
    check_all(people, number)
    with app.state.sessions() as session:
        assert list(auditing.whole(session, app.state.city)) == []
        with pytest.raises(OtherSecret):
            keep_secret(session, old, b"", LONG_AGO)
    with app.state.engine.connect() as connection:
        rows = dumped(connection)
    assert replace(app.state.city, secret=old).cipher.prefix not in rows
    assert app.state.city.cipher.prefix in rows
    assert asyncio.run(Gate(app.state.engine, NEW).caller(ADMIN_KEY + "x")) is None


def test_one_that_was_cut_off_goes_on(
    app: FastAPI, people: People, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [given.ticket(people) for _ in range(3)]
    names = {n: people.operator.get(f"/tickets/{n}").json()["citizen"] for n in numbers}
    monkeypatch.setattr(renewal, "AT_ONCE", 1)
    cipher = replace(app.state.city, secret=NEW, former_secret=old).cipher
    with app.state.sessions.begin() as session:
        assert renewal.renew_citizens(session, cipher, NEW, "") == numbers[0]

    rotate(app, NEW, old)
    for number, citizen in names.items():
        assert people.operator.get(f"/tickets/{number}").json()["citizen"] == citizen


def test_an_administrators_key_stays_what_it_was(app: FastAPI, people: People, old: bytes) -> None:
    """The same row, with its revocation, under the hash of the new secret."""
    with app.state.sessions() as session:
        before = session.get_one(Key, "admin").created_at
        administrators = select(Key.id).where(Key.role == "admin")
        known = set(session.scalars(administrators))
        for revoked_at in (None, LONG_AGO):
            session.get_one(Key, "admin").revoked_at = revoked_at
            session.get_one(Key, "admin").hash = hashed(old, ADMIN_KEY)
            session.flush()
            keep_admin(session, NEW, ADMIN_KEY, LONG_AGO, old)
            assert set(session.scalars(administrators)) == known
            key = session.get_one(Key, "admin", populate_existing=True)
            assert (key.hash, key.created_at) == (hashed(NEW, ADMIN_KEY), before)
            assert key.revoked_at == revoked_at


def test_what_cannot_be_deciphered_stays_as_it_is(app: FastAPI, people: People, old: bytes) -> None:
    number = given.ticket(people, citizen=CITIZEN)
    strange = "enc1:00000000:AAAA"
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE citizen SET name = '{strange}'")

    rotate(app, NEW, old)

    with app.state.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM citizen").scalar() == strange
    assert people.operator.get(f"/tickets/{number}").json()["citizen"]["phone"] == "13812345678"

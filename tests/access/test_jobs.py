"""Work set going at the console: what each process knows of it while it runs, and afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.routing import Mount

from app.access import jobs
from app.access.jobs import State
from tests.aids.given import People
from tests.aids.patience import PATIENCE_SECONDS
from tests.console.visitor import Forms, Visitor

NAME = jobs.SIMULATION
pytestmark = pytest.mark.usefixtures("people")


def state(app: FastAPI) -> State:
    with app.state.sessions() as session:
        return jobs.state(session, NAME)


def begin(app: FastAPI) -> bool:
    with app.state.sessions.begin() as session:
        return jobs.begin(session, NAME) is not None


def wait(app: FastAPI) -> None:
    """Longer than its first statement may take to come."""
    with app.state.sessions.begin() as session:
        session.execute(sa.update(jobs.Job).values(begun_at=sa.func.now() - jobs.STARTS_WITHIN * 2))


@contextmanager
def at_work(app: FastAPI) -> Iterator[None]:
    with app.state.sessions.begin() as session:
        jobs.perform(session, NAME)
        yield


def test_a_job_is_begun_once_and_ends_with_its_work(app: FastAPI) -> None:
    assert state(app) is State.NEVER
    assert begin(app)
    assert (state(app), begin(app)) == (State.RUNNING, False)
    wait(app)
    with at_work(app):
        assert (state(app), begin(app)) == (State.RUNNING, False)
    assert state(app) is State.DONE
    assert begin(app)


def test_a_job_that_fails_has_failed_for_everybody(app: FastAPI) -> None:
    begin(app)
    wait(app)
    with pytest.raises(ZeroDivisionError), at_work(app):
        raise ZeroDivisionError
    assert state(app) is State.FAILED
    assert begin(app)


def test_a_simulation_that_fails_is_told_and_offered_again(
    people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process finds no database; another process of the service knows it, too."""
    monkeypatch.setenv("JIESU_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    admin = Visitor(people.client).signs_in(people.admin)
    admin.fills_in(admin.get("/welcome"), "/welcome/simulate")
    page = admin.get("/welcome").text
    assert 'role="status"' in page
    assert "/console/welcome/simulate" not in Forms(page).by_action
    mounts = [route for route in app.routes if isinstance(route, Mount)]
    console: Any = next(mount.app for mount in mounts if mount.path == "/console")
    console.state.simulation.process.wait(timeout=PATIENCE_SECONDS)
    for _ in range(2):  # the second time only the database can tell
        page = admin.get("/welcome").text
        assert 'role="alert"' in page
        assert "/console/welcome/simulate" in Forms(page).by_action
        assert console.state.simulation is None

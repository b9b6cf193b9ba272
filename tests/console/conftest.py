"""One browser for a run's screens, at a service of the run's database."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from tests.aids import live
from tests.aids.client import Client
from tests.aids.given import People
from tests.conftest import beside
from tests.console.browsing.browser import Screens, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its file: while it is open, Playwright's event loop runs in this thread, and no
    other test could run its own."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def behind_port(app: FastAPI, served: Client) -> Iterator[tuple[FastAPI, str]]:
    """A second application of the same city, at the tests' clock, and its address."""
    second = beside(app)

    def now() -> datetime:
        at: datetime = app.state.clock()
        return at

    second.state.clock = now
    with live.served(second) as (host, port):
        yield second, f"http://{host}:{port}"


@pytest.fixture
def screens(
    browser: Browser, behind_port: tuple[FastAPI, str], app: FastAPI, people: People
) -> Iterator[Screens]:
    """Fails, when the test is over, by whatever went wrong in any window."""
    second, address = behind_port
    second.state.city = app.state.city
    opened = Screens(browser, address, second)
    yield opened
    opened.close()
    assert opened.faults == []

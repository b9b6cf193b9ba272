"""One browser for a run's screens, at a service of the run's database."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from fastapi import FastAPI
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.console.pages import environment
from app.kit.messages import CHINESE, ENGLISH
from tests.aids import live
from tests.aids.client import Client
from tests.aids.given import People
from tests.conftest import beside
from tests.console.browsing.browser import AXE, AXE_PATH, Screens, chromium


@pytest.fixture(scope="session", autouse=True)
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A template is compiled by the first process of the run that shows it, for all languages and
    processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "templates"
    folder.mkdir(exist_ok=True)
    for language in (CHINESE, ENGLISH):
        environment(language).bytecode_cache = FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its file: while it is open, Playwright's event loop runs in this thread, and no
    other test could run its own."""
    with chromium() as started:
        yield started


def axe(_: Request) -> Response:
    kept = {"Cache-Control": "max-age=86400, immutable"}
    return Response(AXE.read_bytes(), media_type="text/javascript", headers=kept)


@pytest.fixture(scope="session")
def behind_port(app: FastAPI, served: Client) -> Iterator[tuple[FastAPI, str]]:
    """A second application of the same city, at the tests' clock, and its address."""
    second = beside(app)

    def now() -> datetime:
        at: datetime = app.state.clock()
        return at

    second.state.clock = now
    second.routes.append(Route(AXE_PATH, axe))
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

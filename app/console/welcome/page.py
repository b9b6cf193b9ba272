"""An empty city offers to be filled with a simulated month, to look at."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from app.access.roles import Role
from app.console.api import path
from app.console.visit import Visit, page
from app.kit.workdays import day_of

ADMIN = frozenset({Role.ADMIN})
CASES = 600
MONTH = timedelta(days=30)


async def is_empty(visit: Visit) -> bool:
    """Whether no period has a request."""
    periods = await visit.api.get("/v1/periods")
    if len(periods) > 1:
        return False
    rankings = [await visit.api.get(path("/v1/rankings/{}", each["name"])) for each in periods]
    return not any(row["volume"] for ranking in rankings for row in ranking["rows"])


async def show(visit: Visit) -> Response:
    """The offer; while the simulation runs its page asks again and again."""
    running: Any = visit.request.app.state.simulation
    ended = running.poll() if running else None
    return visit.page(
        "welcome/page.html",
        empty=await is_empty(visit),
        running=running is not None and ended is None,
        failed=bool(ended),
        cases=CASES,
    )


async def simulate(visit: Visit) -> Response:
    """Begin it once, as a process of its own: it lasts a minute or so, and ends with all or
    nothing. What it says of a fault stands in the service's log."""
    state = visit.request.app.state
    is_running = state.simulation is not None and state.simulation.poll() is None
    if not is_running and await is_empty(visit):
        last = day_of(visit.clock())
        days = ["--from", str(last - MONTH), "--to", str(last), "--cases", str(CASES)]
        state.simulation = subprocess.Popen(
            [sys.executable, "-m", "app", "simulate", *days],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    return visit.go("/welcome")


ROUTES = [
    page("/welcome", show, ADMIN),
    page("/welcome/simulate", simulate, ADMIN, ["POST"]),
]

"""An empty city offers to be filled with a simulated month, to look at."""

import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from app.access import jobs
from app.access.jobs import SIMULATION, State
from app.access.roles import Role
from app.console import hands
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
    state = await simulation(visit)
    return visit.page(
        "welcome/page.html",
        empty=await is_empty(visit),
        running=state is State.RUNNING,
        failed=state is State.FAILED,
        cases=CASES,
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """The simulation that this process of the service has begun."""

    process: subprocess.Popen[bytes]
    at: datetime


async def simulation(visit: Visit) -> State:
    """As every process of the service knows it; the one that began it tells of its early end."""
    begun: Begun | None = visit.request.app.state.simulation
    if begun is not None and begun.process.poll() is not None:
        visit.request.app.state.simulation = None
        await hands.ask(visit, lambda session: jobs.give_up(session, SIMULATION, begun.at))
    return await hands.ask(visit, lambda session: jobs.state(session, SIMULATION))


async def simulate(visit: Visit) -> Response:
    """Begin it once, as a process of its own: it lasts a minute or so, and ends with all or
    nothing. What it says of a fault stands in the service's log."""
    if await is_empty(visit):
        begun_at = await hands.ask(visit, lambda session: jobs.begin(session, SIMULATION))
        if begun_at is not None:
            last = day_of(visit.clock())
            days = ["--from", str(last - MONTH), "--to", str(last), "--cases", str(CASES)]
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "simulate", *days],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            visit.request.app.state.simulation = Begun(process, begun_at)
    return visit.go("/welcome")


ROUTES = [
    page("/welcome", show, ADMIN),
    page("/welcome/simulate", simulate, ADMIN, ["POST"]),
]

"""The application: all rooms meet here."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from anyio import CapacityLimiter
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.types import Scope

from app import docs_page, preparation, rounds
from app.access import gate
from app.access.router import exports_router
from app.access.router import router as keys
from app.attachments.router import router as attachments
from app.bulletins.router import router as bulletins
from app.callbacks.router import router as callbacks
from app.console import app as console
from app.erasure.router import router as erasure
from app.evaluations.router import router as evaluations
from app.feed import pages
from app.feed import service as feed
from app.feed.router import router as entries
from app.feed.waits import Waits
from app.figures import Figures
from app.forces.router import router as forces
from app.imports.router import router as history
from app.kit import clock, db
from app.kit.db import REQUESTS, Limits
from app.kit.gather import Gathered
from app.kit.host import ending, health
from app.kit.host.background import Background
from app.kit.host.door import Door
from app.kit.host.health import Readiness
from app.kit.host.rates import Rate, address_of, key_of
from app.kit.host.startup import Startup
from app.kit.share import Shares
from app.kit.web import cors, problems
from app.kit.web.language import Languages
from app.kit.web.logs import Observed
from app.kit.web.route import Heads, Straight
from app.kit.web.streams import Streams
from app.offices import service as offices
from app.offices.router import open_to
from app.openapi import document
from app.openapi.document import Described
from app.rankings.quick import Rankings
from app.rankings.router import router as rankings
from app.reference.router import router as reference
from app.routing import service as routing
from app.routing.router import router as routes
from app.seals.router import router as seals
from app.settings import AT_ONCE, OWN_CONNECTIONS, STREAM_CONNECTIONS, Settings
from app.statistics.router import router as statistics
from app.suggest import service as suggesting
from app.suggest.router import router as suggestions
from app.tickets.acts.router import router as actions
from app.tickets.intake.router import router as tickets
from app.tickets.intake.together import Together
from app.tickets.views import router as views
from app.tickets.views.inbox import Inboxes
from app.tickets.views.quick import Readings
from app.whistles.campaigns.router import router as campaigns
from app.whistles.ends_router import router as whistle_ends
from app.whistles.orders.router import router as orders
from app.whistles.proposing.router import router as proposing
from app.whistles.router import router as whistles
from app.whistles.sign_in.router import router as report_in_page

logger = logging.getLogger(__name__)

LOOKS = Limits(statement_ms=2_000)


def create_app(settings: Settings, prepare: Callable[[], None] | None = None) -> FastAPI:
    """The application; it runs `prepare` before it reads offices and rules into memory."""
    app = Described(
        title="Jiesu 接诉",
        version="1",
        lifespan=life,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours: kit/logs, metrics
    )
    app.state.settings = settings
    app.state.secret = settings.secret_key
    app.state.clock = clock.utc
    connect(app)
    begin_with(app, [*([prepare] if prepare else []), lambda: load(app)])
    read_together(app)
    rooms = (
        keys,
        exports_router,
        open_to(gate.caller),
        reference,
        forces,
        tickets,
        views.router,
        actions,
        views.inbox_router,
        views.merges_router,
        views.searches_router,
        attachments,
        erasure,
        views.holds_router,
        callbacks,
        proposing,
        whistles,
        whistle_ends,
        campaigns,
        orders,
        report_in_page,
        entries,
        rankings,
        seals,
        evaluations,
        bulletins,
        routes,
        suggestions,
        history,
        statistics,
        health.router,
    )
    for router in rooms:
        app.routes.extend(router.routes)
    app.routes.extend((*document.ROUTES, *docs_page.ROUTES))
    app.routes.extend(console.routes(app))
    problems.install(app)
    app.add_middleware(Straight, app.router)
    app.add_middleware(Heads)
    app.add_middleware(Door, list(checks(app)), Shares(settings.pool_size))
    app.add_middleware(Observed)
    app.add_middleware(Languages)
    cors.install(app, settings.cors_origins)
    return app


def connect(app: FastAPI) -> None:
    """Pools of the requests, of the background, of intake's groups, of streams, and of the looks
    that tell readiness, figures and what is new: none waits for another's."""
    database, state = app.state.settings.database, app.state
    state.engine = db.make_engine(database, state.settings.pool_size, REQUESTS)
    state.own_engine = db.make_engine(database, OWN_CONNECTIONS)
    state.intake_engine = db.make_engine(database, AT_ONCE, REQUESTS, one_plan=True)
    state.looking_engine = db.make_engine(database, 1, LOOKS)
    state.stream_engine = db.make_engine(database, STREAM_CONNECTIONS, REQUESTS)

    def now() -> datetime:
        instant: datetime = state.clock()
        return instant

    state.figures_engine = db.make_engine(database, 1, LOOKS)
    state.waits_engine = db.make_engine(database, 1, LOOKS)
    pools = {
        "requests": state.engine,
        "background": state.own_engine,
        "intake": state.intake_engine,
        "streams": state.stream_engine,
    }
    state.figures = Figures(state.figures_engine, pools, now)
    state.engines = (
        state.engine,
        state.own_engine,
        state.intake_engine,
        state.looking_engine,
        state.stream_engine,
        state.figures_engine,
        state.waits_engine,
    )
    state.streams = Streams(
        db.make_sessions(state.stream_engine), CapacityLimiter(STREAM_CONNECTIONS)
    )
    state.sessions = db.make_sessions(state.engine, before_commit=[feed.number])
    state.own_sessions = db.make_sessions(state.own_engine, before_commit=[feed.number])


def begin_with(app: FastAPI, steps: Sequence[Callable[[], None]]) -> None:
    """The steps, as soon as the database is there; then the background."""
    state = app.state
    state.background = Background(rounds.acts(app), ending.fail)
    state.startup = Startup(steps, ending.fail)
    state.startup.on_done(state.background.start)
    checks = [state.startup.check, state.background.check]
    state.readiness = Readiness(state.looking_engine, checks)


def checks(app: FastAPI) -> Iterator[Callable[[Scope], None]]:
    """What a request may be refused for before anything of it is looked at."""
    startup, settings = app.state.startup, app.state.settings
    yield startup.check
    if settings.rate_per_key:
        yield Rate(settings.rate_per_key, key_of).check
    if settings.rate_per_address:
        yield Rate(settings.rate_per_address, address_of).check


def read_together(app: FastAPI) -> None:
    """Requests of the same moment are taken in, and read, in groups."""
    engine, state = app.state.engine, app.state
    state.together = Together(state.intake_engine, state.sessions, AT_ONCE)
    state.inboxes = Inboxes(engine)
    state.waits = Waits(state.waits_engine, state.inboxes.heads)
    state.readings = Readings(engine)
    state.rankings = Rankings(engine, state.sessions)
    state.offices = Gathered(engine, offices.read)
    state.feeds = Gathered(engine, pages.read)
    secrets = state.settings.secret_key, state.settings.former_secret_key
    state.gate = gate.Gate(engine, *secrets)


@asynccontextmanager
async def life(app: FastAPI) -> AsyncIterator[None]:
    """Wait for the database, read offices and rules into memory, then run the background's acts.

    There are as many threads as connections, so that requests wait for a thread, not in the pool.
    """
    current_default_thread_limiter().total_tokens = app.state.settings.pool_size
    await app.state.startup.start()
    yield
    app.state.startup.stop()
    await app.state.background.stop()
    await app.state.waits.close()
    for engine in app.state.engines:
        engine.dispose()


def load(app: FastAPI) -> None:
    with app.state.own_sessions() as session:
        app.state.city = preparation.make_city(session, app.state.settings)
        routing.refresh(session, app.state.city.router)
        suggesting.refresh(session, app.state.city.suggester)

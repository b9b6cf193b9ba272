"""The one place where rooms meet: what is prepared before serving, and the application itself."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app.access import gate
from app.access import service as access
from app.access.router import router as keys
from app.attachments.router import router as attachments
from app.bulletins.router import router as bulletins
from app.callbacks.models import Assessment
from app.callbacks.router import router as callbacks
from app.city import City
from app.feed import service as feed
from app.feed.router import router as entries
from app.imports.router import router as history
from app.kit import clock, db, health, problems
from app.kit.instants import recording
from app.kit.logs import Observed
from app.kit.route import Heads
from app.offices import seed
from app.offices import service as offices
from app.offices.router import open_to
from app.policy import record
from app.policy.documents import Policies
from app.rankings import registry
from app.rankings.counting.keep_days import keep as keep_days
from app.rankings.quick import Rankings
from app.rankings.router import router as rankings
from app.routing import service as routing
from app.routing.load import make_router, read_areas
from app.routing.router import router as routes
from app.seals.router import router as seals
from app.settings import Settings
from app.statistics.router import router as statistics
from app.sweep import sweep
from app.tickets.acts.router import router as actions
from app.tickets.intake.router import router as tickets
from app.tickets.intake.together import Together
from app.tickets.models import Ticket
from app.tickets.views import router as views
from app.tickets.views.inbox import Inboxes

logger = logging.getLogger(__name__)

ONE_AT_A_TIME = 0x5EED
POLICIES = Path(__file__).parent / "data" / "policy"


def read_policies(settings: Settings) -> Policies:
    """The shipped documents and the city's own. Refuses (PolicyRefused) what is not right."""
    folders = [POLICIES, *([settings.policy_dir] if settings.policy_dir else [])]
    texts: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        texts[path.stem] = path.read_text(encoding="utf-8")
    return Policies.read(texts)


def worked(session: Session) -> bool:
    """Whether there is anything that the rules so far were applied to."""
    done = (sa.exists().select_from(table) for table in (Ticket, Assessment))
    return session.scalar(select(sa.or_(*done))) is True


def prepare(settings: Settings) -> None:
    """What the first request relies on, in a migrated database; again and again, to one effect.

    Refuses PolicyRefused and BadAreas: what an operator brings is looked at before serving.
    """
    engine = db.make_engine(settings.database, pool_size=1)
    policies = read_policies(settings)
    try:
        with db.make_sessions(engine).begin() as session:
            session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            now = recording(session, clock.utc)
            record.record(session, policies, now, worked(session))
            seed.seed(session, now)
            registry.record(session, registry.tabled(session), now)
            read_areas(settings.areas, offices.directory(session))
            if settings.admin_key:
                access.keep_admin(session, settings.secret_key, settings.admin_key, now)
    finally:
        engine.dispose()


def make_city(session: Session, settings: Settings) -> City:
    """All that routing and the services hold in memory, read once."""
    policies = read_policies(settings)
    gazetteer, catalogue = offices.gazetteer(session), offices.catalogue(session)
    directory = offices.directory(session)
    names = {code: office.name for code, office in directory.items()}
    router = make_router(gazetteer, catalogue, names, settings.areas)
    return City(policies, catalogue, directory, router, settings.secret_key)


def create_app(settings: Settings) -> FastAPI:
    app = FastAPI(
        title="Jiesu 接诉",
        version="1",
        lifespan=life,
        docs_url="/docs",
        redoc_url=None,
        redirect_slashes=False,
    )
    engine = db.make_engine(settings.database, settings.pool_size)
    app.state.settings = settings
    app.state.secret = settings.secret_key
    app.state.clock = clock.utc
    app.state.engine = engine
    app.state.sessions = db.make_sessions(engine, before_commit=[feed.number])
    app.state.together = Together(engine, app.state.sessions)
    app.state.inboxes = Inboxes(engine)
    app.state.rankings = Rankings(engine, app.state.sessions)
    app.state.gate = gate.Gate(app.state.sessions, settings.secret_key)
    rooms = (
        keys,
        open_to(gate.caller),
        tickets,
        views.router,
        actions,
        views.inbox_router,
        views.merges_router,
        attachments,
        views.holds_router,
        callbacks,
        entries,
        rankings,
        seals,
        bulletins,
        routes,
        history,
        statistics,
        health.router,
    )
    for router in rooms:
        app.routes.extend(router.routes)
    problems.install(app)
    app.add_middleware(Heads)
    app.add_middleware(Observed)
    return app


@asynccontextmanager
async def life(app: FastAPI) -> AsyncIterator[None]:
    """Reads what is held in memory; then sweeps and learns until the end.

    As many threads as connections: whoever waits, waits for a thread and not in the pool.
    """
    current_default_thread_limiter().total_tokens = app.state.settings.pool_size
    await run_in_threadpool(load, app)
    tasks = [asyncio.create_task(keep(app)) for keep in (keep_sweeping, keep_learning)]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    app.state.engine.dispose()


def load(app: FastAPI) -> None:
    with app.state.sessions() as session:
        app.state.city = make_city(session, app.state.settings)
        routing.refresh(session, app.state.city.router)


async def keep_sweeping(app: FastAPI) -> None:
    """Every few seconds; a database that is away for a while is waited for, and told of."""
    while True:
        await asyncio.sleep(app.state.settings.sweep_seconds)
        try:
            for act in (sweep, keep_days):
                await run_in_threadpool(act, app.state.sessions, app.state.city, app.state.clock)
        except DBAPIError:
            logger.exception("the sweep did not reach the database; it tries again")


async def keep_learning(app: FastAPI) -> None:
    """Every second or so: what was taught anywhere is known here."""
    while True:
        await asyncio.sleep(app.state.settings.learn_seconds)
        try:
            await run_in_threadpool(learn, app)
        except DBAPIError:
            logger.exception("the lessons could not be read; it tries again")


def learn(app: FastAPI) -> None:
    with app.state.sessions() as session:
        routing.refresh(session, app.state.city.router)

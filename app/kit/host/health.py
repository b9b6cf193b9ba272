"""Whether the process lives, whether it can work, and its figures: for those who run it."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.kit import metrics
from app.kit.db import Reading
from app.kit.errors import Unavailable
from app.kit.host import migrate
from app.kit.route import Route

router = APIRouter(route_class=Route, tags=["health"])


class NotMigrated(Unavailable):
    title = "The database does not have this version's migrations"


@router.get("/healthz")
async def is_alive() -> dict[str, str]:
    """The process lives."""
    return {"status": "alive"}


@router.get("/readyz")
def is_ready(session: Reading) -> dict[str, str]:
    """The database is within reach and at the head of the migrations; else 503."""
    if not migrate.at_head(session.connection()):
        raise NotMigrated
    return {"status": "ready"}


@router.get("/metrics")
def show_metrics() -> Response:
    """Prometheus' text format: counts and times by route template, nothing about persons."""
    return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)

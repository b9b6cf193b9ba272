"""Figures for Prometheus: every request by its route's template, not its path."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY
from starlette.types import Scope

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
UNMATCHED = "unmatched"

requests = Counter("jiesu_requests", "Requests answered", ["method", "route", "status"])
durations = Histogram(
    "jiesu_request_seconds", "Time to the end of the answer", ["method", "route"], buckets=BUCKETS
)

calendar_years_missing = Gauge(
    "jiesu_calendar_years_missing",
    "Years whose holidays are not known: of this one and, from November on, the next",
    multiprocess_mode="livemax",
)


def known(method: str) -> str:
    """The method as a label: HTTP's own, or a common label for a client's invention."""
    return method if method in METHODS else "OTHER"


def template(scope: Scope) -> str:
    """`/v1/tickets/{number}`: the template of FastAPI's route, with its routers' prefixes."""
    matched = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    if matched is None and "endpoint" in scope and not scope.get("path_params"):
        return str(scope["path"])  # /docs and its like: the path is the template
    return getattr(matched, "path_format", None) or UNMATCHED


def count(method: str, route: str, status: int, seconds: float) -> None:
    answered(known(method), route, status).inc()
    lasted(known(method), route).observe(seconds)


@cache
def answered(method: str, route: str, status: int) -> Counter:
    return requests.labels(method, route, status)


@cache
def lasted(method: str, route: str) -> Histogram:
    return durations.labels(method, route)


def exposition() -> bytes:
    """All figures as text: of this process, or of every worker where there are several."""
    if values.ValueClass is values.MutexValue:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)

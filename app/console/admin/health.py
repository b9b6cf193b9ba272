"""How the service fares: readiness, acts of the background, pools, and what waits."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from app.console import gauges
from app.console.admin.desk import TABS
from app.console.api import Refused
from app.console.gauges import Values
from app.console.visit import Visit
from app.kit.messages import Message

SECONDS = {
    "jiesu_sweep_behind_seconds": Message("Oldest due change not applied"),
    "jiesu_feed_lag_seconds": Message("Oldest record that no feed shows yet"),
    "jiesu_oldest_l1_seconds": Message("Oldest open emergency (L1)"),
}
COUNTS = {
    "jiesu_callbacks_waiting": Message("Citizens to be called back"),
    "jiesu_callbacks_due": Message("Citizens who were to be called by now"),
    "jiesu_calendar_years_missing": Message("Years whose holidays are not known"),
}
ACTS: Mapping[str, Message] = {
    "note_uses": Message("Uses of keys put on record"),
    "sweep": Message("Due changes applied"),
    "forget_keys": Message("Old idempotency keys forgotten"),
    "count_days": Message("Days counted for the rankings"),
    "hash_days": Message("Days hashed for the seals"),
    "ask_forms": Message("Departments' evaluations asked for"),
    "erase": Message("Citizens forgotten whose time is over"),
    "follow": Message("Search kept up with tickets"),
    "tell_missing": Message("Missing whistles told"),
    "learn": Message("Routing lessons learned"),
    "count_pools": Message("Connections counted"),
}
POOLS: Mapping[str, Message] = {
    "requests": Message("Requests"),
    "background": Message("Background"),
    "intake": Message("Intake"),
    "streams": Message("Exports and streams"),
}
READ_AT = "jiesu_figures_at_seconds"
SUCCEEDED, FAILED = "jiesu_background_succeeded_at_seconds", "jiesu_background_failed_total"
USED, SIZE = "jiesu_pool_used", "jiesu_pool_size"


async def show(visit: Visit) -> Response:
    problem = await refusal(visit)
    metrics = await gauges.read(visit)
    return visit.page(
        "admin/health.html",
        tabs=TABS,
        problem=problem,
        read_at=instant(metrics[READ_AT].get("", 0.0)),
        seconds={name: metrics[key].get("", 0.0) for key, name in SECONDS.items()},
        counts={name: metrics[key].get("", 0.0) for key, name in COUNTS.items()},
        acts=acts(metrics[SUCCEEDED], metrics[FAILED]),
        pools=pools(metrics[USED], metrics[SIZE]),
    )


async def refusal(visit: Visit) -> Mapping[str, Any] | None:
    """The problem of `/readyz`; None while the service is ready."""
    try:
        await visit.api.send("GET", "/readyz")
    except Refused as refused:
        return refused.problem
    return None


Act = tuple[Message | str, datetime | None, int]


def acts(succeeded: Values, failed: Values) -> list[Act]:
    """Each act, the instant of its last success, and how often it failed since the start."""
    return [
        (ACTS.get(name, name), instant(succeeded.get(name, 0.0)), int(failed.get(name, 0)))
        for name in sorted({*succeeded, *failed})
    ]


def pools(used: Values, size: Values) -> list[tuple[Message | str, int, int]]:
    """Each pool of connections: how many are in use, how many it may have."""
    return [
        (POOLS.get(name, name), int(used.get(name, 0)), int(most))
        for name, most in sorted(size.items())
    ]


def instant(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None

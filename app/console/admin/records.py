"""What went out of the service, and the city's own data."""

from pathlib import Path

from starlette.responses import Response

from app.console.admin.desk import TABS
from app.console.admin.keys import every
from app.console.visit import Visit
from app.kit.share import in_turn
from app.offices.overlay_report import report

ROWS_SHOWN = 200


async def exports(visit: Visit) -> Response:
    """Who streamed which list, the newest first, with the name of his key."""
    page = await visit.api.get("/v1/exports", cursor=visit.query.get("cursor"))
    labels = {key["id"]: key["label"] for key in await every(visit)}
    return visit.page("admin/exports.html", tabs=TABS, page=page, labels=labels)


async def data(visit: Visit) -> Response:
    """The files of the overlay with their rows, and what each takes the place of."""
    folder: Path | None = visit.request.app.state.api.state.settings.data_overlay
    files = await in_turn(report, folder) if folder else []
    return visit.page("admin/data.html", tabs=TABS, folder=folder, files=files, most=ROWS_SHOWN)

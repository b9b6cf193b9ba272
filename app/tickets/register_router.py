"""The register of matters on hold over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.kit.paging import Page
from app.kit.route import Route
from app.tickets.calls import Looking
from app.tickets.register import HoldView, Listing, register

router = APIRouter(prefix="/v1/holds", tags=["holds"], route_class=Route)


@router.get("")
def read_register(looking: Looking, listing: Annotated[Listing, Query()]) -> Page[HoldView]:
    """Matters on hold, whoever has them, the next to be reviewed first."""
    return register(looking, listing)

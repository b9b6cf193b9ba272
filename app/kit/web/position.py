"""Positions on the ground, in degrees of WGS-84 (as GPS tells them; no GCJ-02, no BD-09)."""

from typing import Any, Self

from pydantic import model_validator

from app.kit.web.wire import Form


class Position(Form):
    """Refuses half a position, and 0,0, which a device says that knows none."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        members: Any = self
        lon, lat = members.lon, members.lat
        if (lon is None) is not (lat is None):
            raise ValueError("lon and lat come together")
        if lon == 0 and lat == 0:
            raise ValueError("0,0 is no position: leave lon and lat out")
        return self

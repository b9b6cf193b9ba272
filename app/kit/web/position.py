"""Positions on the ground, in degrees: WGS-84, as GPS tells them, or GCJ-02, as China's maps do."""

from enum import StrEnum
from typing import Any, Self

from pydantic import model_validator

from app.kit.datum import in_city, moved_back
from app.kit.messages import Message
from app.kit.web.wire import Form


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"


class Position(Form):
    """`lon` and `lat` are WGS-84 once they are read, whatever their `datum` was.

    Refuses half a position, a 0, which a device says that does not know it, and one that is not in
    Beijing.
    """

    datum: Datum = Datum.WGS84

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        members: Any = self
        lon, lat = members.lon, members.lat
        if (lon is None) is not (lat is None):
            raise ValueError(Message("lon and lat come together"))
        if lon == 0 or lat == 0:
            raise ValueError(
                Message("{lon:g},{lat:g} is no position: leave lon and lat out", lon=lon, lat=lat)
            )
        if lon is not None and not in_city(lon, lat):
            raise ValueError(
                Message(
                    "{lon:g},{lat:g} lies outside Beijing; lon comes before lat", lon=lon, lat=lat
                )
            )
        if self.datum is Datum.GCJ02 and lon is not None:
            lon, lat = moved_back(lon, lat)
            self.__dict__.update(lon=lon, lat=lat, datum=Datum.WGS84)
        return self

"""Which period and which league a page of the board shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.console.visit import Visit
from app.kit.messages import Message

LEAGUES: Mapping[str, Message] = {
    "streets": Message("Streets and townships"),
    "districts": Message("Districts"),
    "city_departments": Message("City departments"),
    "district_departments": Message("District departments"),
    "industries": Message("Industries"),
    "enterprises": Message("Enterprises"),
}
RATES: Mapping[str, Message] = {
    "response": Message("Response"),
    "resolution": Message("Resolution"),
    "satisfaction": Message("Satisfaction"),
}
TWELVE = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """The choice of a page, and all periods, oldest first; without a period there is no ranking."""

    periods: tuple[Mapping[str, Any], ...]
    period: str
    league: str
    district: str

    @property
    def state(self) -> str:
        """`open`, `closed` or `sealed`."""
        return next(str(each["state"]) for each in self.periods if each["name"] == self.period)

    @property
    def twelve(self) -> list[str]:
        """The names of the twelve periods up to this one."""
        names = [str(each["name"]) for each in self.periods]
        return names[: names.index(self.period) + 1][-TWELVE:]

    @property
    def query(self) -> dict[str, str]:
        chosen = {"league": self.league, "district_code": self.district}
        return {name: value for name, value in chosen.items() if value}


async def choose(visit: Visit) -> Shown | None:
    """By the query: else the newest period that has ended, or else the one that runs; None while
    the city has no period."""
    periods = tuple(await visit.api.get("/v1/periods"))
    if not periods:
        return None
    asked = visit.query.get("period", "")
    names = [each["name"] for each in periods]
    ended = [each["name"] for each in periods if each["state"] != "open"]
    period = asked if asked in names else (ended or names)[-1]
    league = visit.query.get("league", "")
    return Shown(
        periods,
        period,
        league if league in LEAGUES else "streets",
        visit.query.get("district", ""),
    )

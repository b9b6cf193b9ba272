"""Models of a street's enforcement centre (综合执法中心): 1+5+N and the like, seat by seat.

The sources differ in their models (SOURCES A.6), so a model is data and a street chooses one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kit.messages import worded
from app.offices.catalogue import DISTRICT


@worded
class ForceKind(StrEnum):
    """How a person belongs to a centre."""

    CORE = "core"  # 街乡自己的执法队
    POSTED = "posted"  # 派驻
    ON_CALL = "on_call"  # 随叫随到


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a model, for people of any of `offices` (`*` is the street's district; none: the
    street's own people). `most` None: as many as come."""

    code: str
    name: str
    kind: ForceKind
    offices: tuple[str, ...] = ()
    least: int = 1
    most: int | None = None
    basis: str = ""

    def offices_of(self, street_code: str, district_code: str) -> tuple[str, ...]:
        """The codes of the offices whose people may take this seat at a street."""
        if not self.offices:
            return (street_code,)
        return tuple(code.replace(DISTRICT, district_code) for code in self.offices)


@dataclass(frozen=True, slots=True)
class CentreModel:
    name: str
    seats: tuple[Seat, ...]


CentreModels = Mapping[str, CentreModel]

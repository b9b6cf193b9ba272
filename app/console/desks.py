"""The desks: which screens a person finds in the bar above his page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.access.roles import Caller, Role
from app.kit.messages import Message
from app.offices.directory import OfficeEntry

Fits = Callable[[OfficeEntry | None], bool]


def anywhere(office: OfficeEntry | None) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Desk:
    """A screen of the bar: its path below /console, its name, the roles that work at it; of those
    with an office the ones whose office it `fits`."""

    path: str
    name: Message
    roles: frozenset[Role]
    fits: Fits = anywhere


def offered(desks: Iterable[Desk], caller: Caller, office: OfficeEntry | None) -> tuple[Desk, ...]:
    """The desks of a caller; the first one is where he begins."""
    return tuple(desk for desk in desks if caller.role in desk.roles and desk.fits(office))

"""What of a ticket its clock depends on, and what falls due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from app.offices.catalogue import Urgency
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.parts import Part

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What of a ticket its clock depends on; `since` is when it came into its status."""

    status: Status
    urgency: Urgency
    since: datetime
    due_at: datetime | None = None
    doubted: bool = False
    group: bool = False
    called: bool = False
    callback_due_at: datetime | None = None
    forced: bool = False
    replied: bool = False
    dispatched_at: datetime | None = None
    asks_extension: Part | None = None
    asks_hold: Part | None = None
    extended_from: datetime | None = None
    review_at: datetime | None = None
    answer_due_at: datetime | None = None
    warned: Sequence[str] = ()
    office_code: str | None = None
    queue: str | None = None
    district_code: str | None = None
    objection_district: str | None = None
    dispatches: int = 0
    reworks: int = 0
    acknowledged: bool = False
    number: str = ""


class Fall(NamedTuple):
    """What happens by itself once `now` is past `at`; a warning has a name, and is given once."""

    at: datetime
    action: Action
    name: str = ""

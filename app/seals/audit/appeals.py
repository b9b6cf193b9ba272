"""Appeals against a callback, replayed from a ticket's events: the request for its exclusion
(RULEBOOK D.10) and the dispute of its recording (D.9), with what was decided."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.access.roles import Role
from app.seals.rederive.assessments import Happened
from app.tickets.event_data import (
    CalledBack,
    Disputed,
    ExclusionAsked,
    HeardAgain,
    Imported,
    Registered,
    Reviewed,
    name,
    read,
)
from app.tickets.life.lifecycle import Action

Row = dict[str, Any]

DECIDED = ("reviewed", "reviewed_at", "flagged", "flagged_at", "approved", "decided_at")


@dataclass(slots=True)
class Appeals:
    """The rows so far: of a ticket there is one of each at most."""

    registered: Row | None = None
    """What its first final callback told of the registry; none in events of older versions."""
    exclusion_request: Row | None = None
    dispute: Row | None = None

    def follow(self, event: Happened) -> None:
        if event.action in STEPS:
            STEPS[event.action](self, event)

    def rows(self, kind: str) -> list[Row]:
        row = getattr(self, kind)
        return [row] if row else []


def register(appeals: Appeals, event: Happened) -> None:
    appeals.registered = event.data.get(name(CalledBack.assessed), appeals.registered)


def come(appeals: Appeals, event: Happened) -> None:
    appeals.registered = event.data.get(name(Imported.assessed))


def ask(appeals: Appeals, event: Happened) -> None:
    appeals.exclusion_request = {
        "seq": event.seq,
        "office_code": event.office_code,
        "code": read(event.data, ExclusionAsked.code),
        "asked_at": event.at,
        **dict.fromkeys(DECIDED),
    }
    if appeals.registered is not None:
        district = appeals.registered[name(Registered.district_code)]
        appeals.exclusion_request["district_code"] = district


def review(appeals: Appeals, event: Happened) -> None:
    """The district reviews, a supervisor flags."""
    word = "flagged" if event.role == Role.SUPERVISOR else "reviewed"
    decide(appeals, event, word, f"{word}_at")


def decide(
    appeals: Appeals, event: Happened, word: str = "approved", at: str = "decided_at"
) -> None:
    assert appeals.exclusion_request is not None  # nothing is decided that nobody asked for
    appeals.exclusion_request |= {word: read(event.data, Reviewed.approve), at: event.at}


def dispute(appeals: Appeals, event: Happened) -> None:
    appeals.dispute = {
        "callback_id": read(event.data, Disputed.callback_id),
        "office_code": event.office_code,
        "raised_at": event.at,
        "heard_at": None,
    }


def hear(appeals: Appeals, event: Happened) -> None:
    """A supervisor may hear what nobody disputes."""
    if appeals.dispute and name(HeardAgain.differs) in event.data:
        appeals.dispute["heard_at"] = event.at


STEPS: dict[Action, Callable[[Appeals, Happened], None]] = {
    Action.CALLBACK: register,
    Action.VERIFICATION: register,
    Action.IMPORT: come,
    Action.REQUEST_EXCLUSION: ask,
    Action.REVIEW_EXCLUSION: review,
    Action.DECIDE_EXCLUSION: decide,
    Action.DISPUTE: dispute,
    Action.CORRECT: hear,
    Action.HEAR_AGAIN: hear,
}

"""A campaign's record: what its events say, from the first day to the summary."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.whistles.events import WhistleEvent, WhistleStatement
from app.whistles.life.loop import OF_CAMPAIGN, WhistleAction

A = WhistleAction
Words = Mapping[str, Any]
Figures = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class TeamLog:
    """A team's day as it stands; `corrections` counts its changes, `reason` is the last one's."""

    team: int
    day: date
    at: datetime
    present: int
    figures: Figures
    words: Words
    corrections: int = 0

    @property
    def reason(self) -> str | None:
        return self.words.get("reason")


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting, a notice or the summary: when it was put on record, its data and its words."""

    at: datetime
    data: Mapping[str, Any]
    words: Words


@dataclass(slots=True)
class CampaignRecord:
    organised: Entry | None = None
    """Command and teams as they were named last."""
    logs: dict[tuple[date, int], TeamLog] = field(default_factory=dict)
    """By day and team."""
    meetings: list[Entry] = field(default_factory=list)
    notices: list[Entry] = field(default_factory=list)
    summary: Entry | None = None

    @property
    def days(self) -> list[date]:
        return sorted({day for day, _ in self.logs})

    def of_day(self, day: date) -> Iterator[TeamLog]:
        for at, log in sorted(self.logs.items()):
            if at[0] == day:
                yield log


def read(session: Session, number: str) -> CampaignRecord:
    """Of one whistle; erased words are empty."""
    query = (
        select(WhistleEvent.action, WhistleEvent.at, WhistleEvent.data, WhistleStatement.words)
        .outerjoin(
            WhistleStatement,
            (WhistleStatement.whistle_number == WhistleEvent.whistle_number)
            & (WhistleStatement.seq == WhistleEvent.seq),
        )
        .where(
            WhistleEvent.whistle_number == number,
            WhistleEvent.action.in_(OF_CAMPAIGN | {A.SEND_BACK}),
        )
        .order_by(WhistleEvent.seq)
    )
    record = CampaignRecord()
    for action, at, data, words in session.execute(query):
        add(record, action, Entry(at, data, words or {}))
    return record


def is_logged(session: Session, number: str, team: int, day: date) -> bool:
    query = sa.exists().where(
        WhistleEvent.whistle_number == number,
        WhistleEvent.action == A.LOG,
        WhistleEvent.data.contains({"team": team, "day": f"{day}"}),
    )
    return bool(session.scalar(sa.select(query)))


def add(record: CampaignRecord, action: WhistleAction, entry: Entry) -> None:
    match action:
        case A.ORGANISE:
            record.organised = entry
        case A.LOG | A.CORRECT_LOG:
            log(record, entry)
        case A.MEET:
            record.meetings.append(entry)
        case A.NOTIFY:
            record.notices.append(entry)
        case A.CONCLUDE:
            record.summary = entry
        case _:
            record.summary = None  # sent back: it goes on


def log(record: CampaignRecord, entry: Entry) -> None:
    """A correction takes the place of what was logged."""
    data = entry.data
    key = (date.fromisoformat(data["day"]), data["team"])
    former = record.logs.get(key)
    record.logs[key] = TeamLog(
        team=data["team"],
        day=key[0],
        at=entry.at,
        present=data["present"],
        figures={name: Decimal(value) for name, value in data["figures"].items()},
        words=entry.words,
        corrections=former.corrections + 1 if former else 0,
    )


def total(logs: Iterable[TeamLog]) -> Figures:
    """Each figure summed, in order of names; exact."""
    sums: Figures = {}
    for each in logs:
        for name, value in each.figures.items():
            sums[name] = sums.get(name, Decimal(0)) + value
    return dict(sorted(sums.items()))

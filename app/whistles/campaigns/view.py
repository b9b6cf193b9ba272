"""A campaign as a caller sees it, made from its events and the visits of its offices."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.workdays import day_of
from app.tickets import personal
from app.tickets.views.view import Viewer
from app.whistles import persons, standing
from app.whistles.campaigns import attendance, record
from app.whistles.campaigns.attendance import Summoned, Visit
from app.whistles.campaigns.record import CampaignRecord, Entry, TeamLog
from app.whistles.campaigns.schemas import (
    AttendanceDaysView,
    CampaignDayView,
    CampaignView,
    CommandView,
    MeetingView,
    NoticeView,
    TeamLogView,
    TeamView,
)
from app.whistles.life import permission
from app.whistles.life.loop import OF_CAMPAIGN, SummonsKind
from app.whistles.models import Attendance, Summons, Whistle
from app.whistles.views import scope
from app.whistles.views.view import brief

Text = Callable[[Any], Any]

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Presence:
    """Who was to be there, and who was."""

    summonses: list[Summoned]
    there: dict[str, set[date]]
    days: list[date]
    """Of the campaign."""


def view_of(viewer: Viewer, whistle: Whistle) -> CampaignView:
    """Of a whistle that is a campaign. To all but the street telephone numbers are hidden."""
    viewer.session.flush()
    query = select(Summons).where(Summons.whistle_number == whistle.number)
    summonses = list(viewer.session.scalars(query.order_by(Summons.office_code)))
    hide = not scope.is_of_street(viewer.caller, whistle, summonses)
    known = persons.names(viewer.session, viewer.city.cipher, [whistle.number])
    names = known.get(whistle.number, [])
    text: Text = (lambda words: personal.hide_all(words, *names)) if hide else plain
    course = record.read(viewer.session, whistle.number)
    presence = Presence(
        [
            summoned(each)
            for each in summonses
            if each.kind is SummonsKind.DEPARTMENT and each.sent_at
        ],
        attendance.days_there(visits(viewer.session, whistle.number)),
        attendance.span(begins_on(whistle), course.days, last_day(whistle, viewer.now)),
    )
    policy = viewer.city.policies.named(whistle.policy)
    parts = scope.parts(viewer.caller, whistle, summonses, policy)
    state = standing.standing_of(whistle, summonses, viewer.now, viewer.caller.office_code)
    return CampaignView(
        number=whistle.number,
        version=whistle.version,
        begins_on=begins_on(whistle),
        until=whistle.campaign_until,
        concluded_at=whistle.concluded_at,
        summary=course.summary and text(course.summary.words.get("text")),
        **organised(course.organised, text),
        days=[day_view(course, day, presence, text) for day in presence.days],
        figures=record.total(course.logs.values()),
        attendance=list(attendances(viewer, presence)),
        meetings=[meeting(entry, text) for entry in course.meetings],
        notices=[
            NoticeView(at=entry.at, text=text(entry.words.get("text"))) for entry in course.notices
        ],
        allowed=[each for each in permission.allowed(state, parts) if each in OF_CAMPAIGN],
    )


def begins_on(whistle: Whistle) -> date:
    """The day on which it was organised, or blown if that was later."""
    return day_of(max(at for at in (whistle.campaign_at, whistle.blown_at) if at))


def last_day(whistle: Whistle, now: datetime) -> date:
    """The day of its summary or end; of one that goes on, the day before today."""
    end = whistle.concluded_at or whistle.ended_at
    if whistle.blown_at is None:
        return date.min
    return day_of(end) if end else day_of(now) - ONE_DAY


def plain(value: Any) -> Any:
    return value


def summoned(summons: Summons) -> Summoned:
    assert summons.sent_at is not None  # a draft's are left out
    return Summoned(
        summons.office_code,
        summons.required,
        summons.sent_at,
        summons.released_at or summons.withdrawn_at,
    )


def visits(session: Session, number: str) -> Iterator[Visit]:
    query = select(Attendance.office_code, Attendance.came_at, Attendance.left_at)
    for row in session.execute(query.where(Attendance.whistle_number == number)):
        yield Visit(*row)


def organised(entry: Entry | None, text: Text) -> dict[str, Any]:
    """Command and teams; none, where the names were erased."""
    words = entry.words if entry else {}
    if not words:
        return {"command": None, "teams": []}
    teams = [TeamView(team=place, **text(team)) for place, team in enumerate(words["teams"], 1)]
    return {"command": CommandView(**text(words["command"])), "teams": teams}


def day_view(course: CampaignRecord, day: date, presence: Presence, text: Text) -> CampaignDayView:
    logs = list(course.of_day(day))
    due = attendance.expected(presence.summonses, day)
    return CampaignDayView(
        day=day,
        present=sum(log.present for log in logs),
        logs=[log_view(log, text) for log in logs],
        figures=record.total(logs),
        offices=sorted(code for code, days in presence.there.items() if day in days),
        absent=attendance.missing(due, presence.there, day),
    )


def log_view(log: TeamLog, text: Text) -> TeamLogView:
    return TeamLogView(
        team=log.team,
        at=log.at,
        present=log.present,
        people=text(log.words.get("people", [])),
        work=text(log.words.get("work")),
        figures=log.figures,
        corrections=log.corrections,
        reason=text(log.words.get("reason")),
    )


def attendances(viewer: Viewer, presence: Presence) -> Iterator[AttendanceDaysView]:
    """Of each summoned office, over the days of the campaign."""
    for each in presence.summonses:
        code, there = each.office_code, presence.there.get(each.office_code, set())
        due = [day for day in presence.days if code in attendance.expected([each], day)]
        yield AttendanceDaysView(
            office_code=code,
            office_name=brief(viewer.city, code).name,
            days=len(there.intersection(presence.days)),
            absent=len(set(due) - there),
        )


def meeting(entry: Entry, text: Text) -> MeetingView:
    words = text(dict(entry.words))
    return MeetingView(
        held_at=entry.data["held_at"],
        people=words.get("people", []),
        text=words.get("text"),
        resolutions=words.get("resolutions", []),
    )

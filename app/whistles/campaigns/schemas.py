"""A campaign as it is shown."""

from datetime import date

from app.kit.web.wire import At, Number, View
from app.whistles.life.loop import WhistleAction

Figures = dict[str, Number]


class PersonView(View):
    name: str
    office_code: str
    duty: str | None


class CommandView(View):
    head: PersonView
    members: list[PersonView]


class TeamView(View):
    """`team` is its number, by which its days are logged."""

    team: int
    name: str
    liaison: PersonView
    members: list[PersonView]


class TeamLogView(View):
    """`corrections` counts the changes after the first word; `reason` is the last one's."""

    team: int
    at: At
    present: int
    people: list[PersonView]
    work: str | None
    figures: Figures
    corrections: int
    reason: str | None


class CampaignDayView(View):
    """Of each day, logged or not. `present` is the sum over the teams; `offices` reported in that
    day, `absent` are the required ones that did not."""

    day: date
    present: int
    logs: list[TeamLogView]
    figures: Figures
    offices: list[str]
    absent: list[str]


class AttendanceDaysView(View):
    """Of the days of the campaign: on how many the office was there, on how many not."""

    office_code: str
    office_name: str
    days: int
    absent: int


class MeetingView(View):
    held_at: At
    people: list[PersonView]
    text: str | None
    resolutions: list[str]


class NoticeView(View):
    at: At
    text: str | None


class CampaignView(View):
    """Command and teams are null and none once their names were erased."""

    number: str
    version: int
    begins_on: date
    until: At | None
    concluded_at: At | None
    summary: str | None
    command: CommandView | None
    teams: list[TeamView]
    days: list[CampaignDayView]
    figures: Figures
    """Summed over all days."""
    attendance: list[AttendanceDaysView]
    meetings: list[MeetingView]
    notices: list[NoticeView]
    allowed: list[WhistleAction]

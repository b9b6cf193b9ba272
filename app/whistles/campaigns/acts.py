"""Acts of a campaign: it is organised, keeps its days, meets, tells, and ends with a summary.

Names and texts are words of their events; codes, days and figures are their data.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.kit.errors import Conflict, Forbidden, Invalid
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.tickets.acts.forms import Words
from app.tickets.acts.supervision import LONGEST
from app.whistles.acts.change import WhistleChange
from app.whistles.campaigns import record
from app.whistles.campaigns.forms import Campaign, CorrectedDay, Meeting, Person, TeamDay
from app.whistles.event_data import Concluded, Logged, Met, Organised
from app.whistles.life.loop import SummonsStatus, WhistleAction
from app.whistles.life.parts import WhistlePart

A, P = WhistleAction, SummonsStatus


class BadCampaign(Invalid):
    title = "The campaign breaks a rule"


class NotYourTeam(Forbidden):
    title = "Another office keeps that team's log"


class LoggedBefore(Conflict):
    title = "That team's day is logged: correct it"


class NotLogged(Conflict):
    title = "That team's day is not logged"


def bad(pointer: str, detail: Message) -> BadCampaign:
    return BadCampaign(detail, errors=[{"pointer": pointer, "detail": detail}])


def organise(change: WhistleChange, body: Campaign) -> None:
    """Command, teams and plan date, for the first time or anew."""
    whistle = change.whistle
    check_logged_teams(change, body)
    whistle.campaign_at = whistle.campaign_at or change.now
    whistle.campaign_until = body.until
    whistle.liaisons = [team.liaison.office_code for team in body.teams]
    if body.until and whistle.blown_at:
        whistle.finish_due_at = body.until
        whistle.escalate_at = whistle.new_date_at or body.until
    data = Organised(
        head=body.command.head.office_code,
        command=offices_of(body.command.members),
        liaisons=whistle.liaisons,
        members=[len(team.members) for team in body.teams],
        until=body.until,
        finish_due_at=whistle.finish_due_at,
    )
    words = body.model_dump(mode="json", include={"command", "teams"})
    change.record(A.ORGANISE, data, words)


def check_logged_teams(change: WhistleChange, body: Campaign) -> None:
    """Refuses (BadCampaign) to drop a team that has a day on record: its number would be lost."""
    logs = record.read(change.session, change.whistle.number).logs
    last = max((team for _, team in logs), default=0)
    if len(body.teams) < last:
        raise bad("/teams", Message("team {last} has a log, and stays", last=last))


def check_campaign(change: WhistleChange, body: Campaign) -> None:
    """Refuses NoSuchOffice, and BadCampaign: a liaison of an office that takes no part, and a plan
    date that has passed or lies more than a year ahead."""
    check_office(change, body.command.head, "/command/head")
    check_offices(change, body.command.members, "/command/members")
    part = taking_part(change)
    for place, team in enumerate(body.teams):
        check_office(change, team.liaison, f"/teams/{place}/liaison")
        check_offices(change, team.members, f"/teams/{place}/members")
        if team.liaison.office_code not in part:
            pointer = f"/teams/{place}/liaison/office_code"
            raise bad(
                pointer,
                Message(
                    "{office_code} takes no part in this whistle",
                    office_code=team.liaison.office_code,
                ),
            )
    if body.until and not change.now < body.until <= change.now + LONGEST:
        raise bad("/until", Message("must lie ahead, within a year"))


def taking_part(change: WhistleChange) -> set[str]:
    """The street and the offices that it summons."""
    called = {
        summons.office_code
        for summons in change.summonses
        if summons.status is not P.WITHDRAWN_BY_RULING
    }
    return called | {change.whistle.street_code, change.whistle.conductor}


def check_offices(change: WhistleChange, people: Iterable[Person], pointer: str) -> None:
    for place, person in enumerate(people):
        check_office(change, person, f"{pointer}/{place}")


def check_office(change: WhistleChange, person: Person, pointer: str) -> None:
    change.city.office(person.office_code, f"{pointer}/office_code", change.now)


def offices_of(people: Iterable[Person]) -> list[str]:
    return sorted({person.office_code for person in people})


def check_day(change: WhistleChange, body: TeamDay) -> None:
    """Refuses NotYourTeam, NoSuchOffice, and BadCampaign: no such team, a day to come, one before
    the campaign. Of what is no campaign the state says so."""
    liaisons = change.whistle.liaisons
    if not liaisons:
        return
    check_team(change, body.team, liaisons)
    check_offices(change, body.people, "/people")
    if body.day > day_of(change.now):
        raise bad("/day", Message("is a day to come"))
    if body.day < begins_on(change):
        raise bad("/day", Message("the campaign began on {day}", day=begins_on(change)))
    check_elsewhere(change, body)


def check_elsewhere(change: WhistleChange, body: TeamDay) -> None:
    """Refuses (BadCampaign) a person who was present in another team that day."""
    course = record.read(change.session, change.whistle.number)
    teams = {
        (person["name"], person["office_code"]): log.team
        for log in course.of_day(body.day)
        if log.team != body.team
        for person in log.words.get("people", ())
    }
    for place, person in enumerate(body.people):
        team = teams.get((person.name, person.office_code))
        if team is not None:
            detail = Message("{person} is in the log of team {team}", person=person.name, team=team)
            raise bad(f"/people/{place}", detail)


def check_team(change: WhistleChange, team: int, liaisons: list[str]) -> None:
    is_chief = WhistlePart.CHIEF in change.parts
    caller = change.caller
    own = {
        place
        for place, office in enumerate(liaisons, 1)
        if is_chief or (caller is not None and office == caller.office_code)
    }
    if team > len(liaisons):
        raise bad(
            "/team",
            Message("there is no team {team}: they are 1 to {most}", team=team, most=len(liaisons)),
        )
    if team not in own:
        raise NotYourTeam(
            Message(
                "the office {office} keeps the log of team {team}",
                office=liaisons[team - 1],
                team=team,
            )
        )


def begins_on(change: WhistleChange) -> date:
    """The day on which it was organised, or blown if that was later."""
    whistle = change.whistle
    instants = [at for at in (whistle.campaign_at, whistle.blown_at) if at]
    return day_of(max(instants, default=change.now))


def log_day(change: WhistleChange, body: TeamDay) -> None:
    """每日分析: a team's day, once. Refuses LoggedBefore."""
    if is_logged(change, body):
        raise LoggedBefore(Message("team {team} on {day}", team=body.team, day=body.day))
    change.record(A.LOG, logged(body), words_of(body))


def correct_day(change: WhistleChange, body: CorrectedDay) -> None:
    """The event of what was logged stays. Refuses NotLogged."""
    if not is_logged(change, body):
        raise NotLogged(Message("team {team} on {day}", team=body.team, day=body.day))
    change.record(A.CORRECT_LOG, logged(body), words_of(body) | {"reason": body.reason})


def is_logged(change: WhistleChange, body: TeamDay) -> bool:
    return record.is_logged(change.session, change.whistle.number, body.team, body.day)


def logged(body: TeamDay) -> Logged:
    figures = {name: f"{value:f}" for name, value in sorted(body.figures.items())}
    return Logged(team=body.team, day=body.day, present=len(body.people), figures=figures)


def words_of(body: TeamDay) -> dict[str, Any]:
    return body.model_dump(mode="json", include={"people", "work"})


def meet(change: WhistleChange, body: Meeting) -> None:
    """联席研判会议, with what it decided."""
    data = Met(
        held_at=body.held_at,
        offices=offices_of(body.people),
        resolutions=len(body.resolutions),
    )
    change.record(A.MEET, data, body.model_dump(mode="json", exclude={"held_at"}))


def check_meeting(change: WhistleChange, body: Meeting) -> None:
    check_offices(change, body.people, "/people")
    if body.held_at > change.now:
        raise bad("/held_at", Message("is an instant to come"))
    if change.whistle.campaign_at and day_of(body.held_at) < begins_on(change):
        raise bad("/held_at", Message("the campaign began on {day}", day=begins_on(change)))


def notify(change: WhistleChange, body: Words) -> None:
    """进展通报: every office that takes part is told, and reads it here."""
    change.record(A.NOTIFY, words={"text": body.text})


def conclude(change: WhistleChange, body: Words) -> None:
    """The summary: its offices may be released now, each when its actions are done."""
    change.whistle.concluded_at = change.now
    course = record.read(change.session, change.whistle.number)
    sums = record.total(course.logs.values())
    figures = {name: f"{value:f}" for name, value in sums.items()}
    data = Concluded(days=len(course.days), figures=figures)
    change.record(A.CONCLUDE, data, words={"text": body.text})

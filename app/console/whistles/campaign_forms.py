"""The forms of a campaign 专项行动: its command and teams, a team's day, a meeting, a notice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.console.forms import Field, Json, Kind
from app.console.forms import body as filled
from app.kit.messages import Message

BLANK = 2
"""Rows for further teams."""
LEAST = 3
PERSON_HINT = Message("Name, office, duty")
EACH = Message("Name, office, duty; each on a line")
COMMAND = Message("Command")
TEXT = Field("text", Message("Text"), Kind.AREA)
PEOPLE = Field("people", Message("Who was there"), Kind.PEOPLE, hint=EACH)
DAY: Sequence[Field] = (
    Field("day", Message("Day"), Kind.DAY),
    PEOPLE,
    Field("work", Message("Work of the day"), Kind.AREA),
    Field(
        "figures",
        Message("Figures of this day"),
        Kind.FIGURES,
        required=False,
        hint=Message("A name and a number, each pair on a line: stalls 12"),
    ),
)
FORMS: Mapping[str, Sequence[Field]] = {
    "log": DAY,
    "correct-log": (*DAY, Field("reason", Message("Reason"), Kind.AREA)),
    "meet": (
        Field("held_at", Message("Held at"), Kind.INSTANT),
        PEOPLE,
        Field("text", Message("What it was about"), Kind.AREA),
        Field("resolutions", Message("Resolutions, one a line"), Kind.LINES),
    ),
    "notify": (TEXT,),
    "conclude": (Field("text", Message("Summary"), Kind.AREA),),
}
Name = Callable[[str], str]
"""The name of an office, by its code."""


def organise(teams: int) -> Iterator[Field]:
    """The command, the plan's date, and a row for each team and some more."""
    yield Field("command.head", Message("Head"), Kind.PERSON, hint=PERSON_HINT, group=COMMAND)
    yield Field("command.members", Message("Members"), Kind.PEOPLE, False, hint=EACH, group=COMMAND)
    yield Field("until", Message("To be done by"), Kind.INSTANT, False, group=COMMAND)
    for place in range(max(teams + BLANK, LEAST)):
        group = Message("Team {number}", number=place + 1)
        for name, label, kind, hint in (
            ("name", Message("Name of the team"), Kind.LINE, None),
            ("liaison", Message("Liaison"), Kind.PERSON, PERSON_HINT),
            ("members", Message("Members"), Kind.PEOPLE, EACH),
        ):
            yield Field(f"teams.{place}.{name}", label, kind, False, hint=hint, group=group)


def body(act: str, typed: Mapping[str, str]) -> Json:
    """A team's row that is left empty is no team."""
    if act == "organise":
        rows = sum(name.startswith("teams.") for name in typed)
        made = filled(organise(rows), typed)
        return made | {"teams": list(made.get("teams", {}).values())}
    team = {"team": typed["team"]} if "team" in typed else {}
    whole = filled((Field("team", Message("Team"), Kind.NUMBER),), team)
    return whole | filled(FORMS.get(act, ()), typed)


def person(of: Mapping[str, Any], name: Name) -> str:
    """A person as the form is filled with him."""
    return "，".join(part for part in (of["name"], name(of["office_code"]), of["duty"]) if part)


def people(of: Sequence[Mapping[str, Any]], name: Name) -> str:
    return "\n".join(person(each, name) for each in of)


def organised(campaign: Json, name: Name) -> dict[str, str]:
    """Command and teams as they stand, in the fields of their form."""
    command = campaign["command"]
    if command is None:
        return {}
    fields = {
        "command.head": person(command["head"], name),
        "command.members": people(command["members"], name),
    }
    for place, team in enumerate(campaign["teams"]):
        fields[f"teams.{place}.name"] = team["name"]
        fields[f"teams.{place}.liaison"] = person(team["liaison"], name)
        fields[f"teams.{place}.members"] = people(team["members"], name)
    return fields


def of_day(log: Json, day: str, name: Name) -> dict[str, str]:
    """A logged day, in the fields of the form that corrects it."""
    figures = "\n".join(f"{unit} {number}" for unit, number in log["figures"].items())
    return {
        "day": day,
        "people": people(log["people"], name),
        "work": log["work"] or "",
        "figures": figures,
    }


def of_team(team: Json, day: str, name: Name) -> dict[str, str]:
    """A day to be logged: as if the whole team had come."""
    return {"day": day, "people": people([team["liaison"], *team["members"]], name)}
